"""Events, other evidence, postings, alerts, quarantine and the directory: kept once, found again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agency_client.adapters.vault import SqlcipherVault
from agency_client.adapters.vault.alerts import QUARANTINE_BYTES, QuarantineTable
from agency_client.ports.vault import KeptCheckpoint, ObjectKind, Route, Seen
from phoenix_protocol.api import LogEntry
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.signed import Signature, Signed
from phoenix_protocol.suite.signatures import SIGNATURE_BYTES
from tests.client.vault_values import (
    NOW,
    alert,
    bad,
    core_hash,
    endpoint,
    event,
    kept,
    log_entry,
    new_home,
    opened,
    posting,
)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[SqlcipherVault]:
    with opened(new_home(tmp_path / "home")) as vault:
        yield vault


def test_an_endpoint_says_one_thing_under_one_counter(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        assert tx.events.next_counter(core_hash(1), endpoint(0)) == 1
        assert tx.events.add(event(1)) is Seen.NEW
        assert tx.events.add(event(1)) is Seen.SAME
        assert tx.events.add(event(1, words="otherwise")) is Seen.OTHER
        assert tx.events.add(event(1, 2)) is Seen.NEW
        assert tx.events.add(event(1, by=4)) is Seen.NEW
        assert tx.events.next_counter(core_hash(1), endpoint(0)) == 3
        assert tx.events.next_counter(core_hash(2), endpoint(0)) == 1
        assert set(tx.events.of(core_hash(1))) == {event(1), event(1, 2), event(1, by=4)}
        assert tx.events.of(core_hash(1), endpoint(0)) == (event(1), event(1, 2))
        assert tx.events.of(core_hash(2)) == ()


def test_an_object_is_kept_as_it_first_came(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        assert tx.objects.keep(kept(1)) is Seen.NEW
        assert tx.objects.keep(replace(kept(1), signed=b"other signature bytes")) is Seen.SAME
        tombstone = replace(kept(1, ObjectKind.TOMBSTONE), time=Seconds(NOW + 5))
        tx.objects.keep(tombstone)
        tx.objects.keep(replace(kept(2, ObjectKind.VOID), core=None))
        assert tx.objects.get(kept(1).hash) == kept(1)
        assert tx.objects.get(kept(3).hash) is None
        assert tx.objects.of(core_hash(1)) == (kept(1), tombstone)
        assert tx.objects.of(core_hash(1), ObjectKind.TOMBSTONE) == (tombstone,)
        assert tx.objects.of(core_hash(2)) == ()


def test_postings_wait_in_order_until_they_are_done(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        for n in (3, 1, 2):
            tx.postings.add(posting(n, Route.RECALLS if n == 1 else Route.EVENTS))
        tx.postings.add(posting(3))
        assert [p.core for p in tx.postings.waiting()] == [core_hash(n) for n in (3, 1, 2)]
        assert tx.postings.waiting(Route.RECALLS) == (posting(1, Route.RECALLS),)
        tx.postings.done(posting(3).hash)
        tx.postings.add(posting(3))
        assert [p.core for p in tx.postings.waiting()] == [core_hash(1), core_hash(2)]


def test_an_alert_is_raised_once_and_seen_once(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        assert tx.alerts.add(alert(1))
        assert not tx.alerts.add(replace(alert(1), time=Seconds(NOW + 9)))
        assert tx.alerts.add(alert(1, about="3-5"))
        assert tx.alerts.add(replace(alert(1), core=None))
        assert not tx.alerts.add(replace(alert(1), core=None))
        first, second, general = tx.alerts.unseen()
        assert replace(first, number=0) == alert(1)
        assert (second.about, general.core) == ("3-5", None)
        tx.alerts.see(first.number, Seconds(NOW + 1))
        tx.alerts.see(first.number, Seconds(NOW + 2))
        assert [a.number for a in tx.alerts.unseen()] == [second.number, general.number]
        assert tx.alerts.of(core_hash(1)) == (replace(first, seen=Seconds(NOW + 1)), second)


def test_quarantine_keeps_the_bytes_within_its_bound(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        assert tx.quarantine.add(bad(1))
        assert not tx.quarantine.add(bad(1))
        assert tx.quarantine.get(bad(1).digest) == bad(1)
        assert tx.quarantine.get(bad(2).digest) is None
        assert tx.quarantine.listing() == ((bad(1).digest, "E_SIG_DELIVERY", NOW),)
        small = QuarantineTable(tx.quarantine._session, bound=100)
        assert small.add(bad(2))
        assert small.get(bad(2).digest) == replace(bad(2), content=None)
        assert len(small.listing()) == 2
    assert QUARANTINE_BYTES == 64 << 20


def test_the_directory_grows_page_by_page(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        tx.directory.append(0, [log_entry(0), log_entry(1)])
        tx.directory.append(1, [log_entry(1), log_entry(2)])
        assert tx.directory.size() == 3
        assert tx.directory.entries() == (log_entry(0), log_entry(1), log_entry(2))
        assert tx.directory.entries(1, 1) == (log_entry(1),)
        with pytest.raises(TamperError) as refused:
            tx.directory.append(4, [log_entry(4)])
        assert refused.value.code == "E_DIR_CHAIN"


def test_the_past_does_not_change_but_signatures_may(vault: SqlcipherVault) -> None:
    def statement(payload: bytes, signature: int) -> LogEntry:
        signed = Signed(
            type="phoenix/1/member",
            payload=payload,
            signatures=(
                Signature(
                    signer=endpoint(1),  # type: ignore[arg-type]
                    signature=bytes([signature]) * SIGNATURE_BYTES,
                ),
            ),
        )
        return LogEntry(statement=signed.encoded(), openings=())

    with vault.transaction() as tx:
        tx.directory.append(0, [statement(b"one", 1)])
        tx.directory.append(0, [statement(b"one", 2)])
        assert tx.directory.entries() == (statement(b"one", 1),)
        with pytest.raises(TamperError) as refused:
            tx.directory.append(0, [statement(b"two", 1)])
        assert refused.value.code == "E_DIR_FORK"


def test_openings_come_later_and_can_be_erased(vault: SqlcipherVault) -> None:
    bare = LogEntry(statement=log_entry(1).statement, openings=())
    with vault.transaction() as tx:
        tx.directory.append(0, [bare])
        assert tx.directory.entries() == (bare,)
        tx.directory.append(0, [log_entry(1)])
        assert tx.directory.entries() == (log_entry(1),)
        tx.directory.erase_openings(0)
        assert tx.directory.entries() == (bare,)


def test_checkpoints_are_kept_as_proof(vault: SqlcipherVault) -> None:
    one = KeptCheckpoint(note="note one", why="E_DIR_FORK", time=NOW)
    two = KeptCheckpoint(note="note two", why="E_DIR_FORK", time=NOW)
    with vault.transaction() as tx:
        for checkpoint in (one, two, one):
            tx.directory.keep_checkpoint(checkpoint)
        assert tx.directory.checkpoints() == (one, two)
