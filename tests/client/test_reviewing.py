"""What is due is listed soonest first and quickly; holds reach what the register knows; erasure leaves a tombstone."""

from __future__ import annotations

import time
from pathlib import Path

from agency_client.ports.vault import (
    Copy,
    Due,
    EraseReason,
    Families,
    RegisterLine,
    Retained,
    StoredHold,
    Tombstone,
)
from agency_client.record.retained import SaidOfKeeping, first_review
from agency_client.record.subjects import terms
from agency_client.use_cases.held import all_reached, holds_on
from phoenix_protocol.identifiers import AgencyId, Anchor, Seconds
from phoenix_protocol.sealing.holds import Hold, HoldAuthority
from phoenix_protocol.signed import sign
from phoenix_protocol.suite.signatures import DocumentPrivateKey
from tests.client.test_vault_secrecy import decrypted
from tests.client.vault_values import (
    MARKER,
    NOW,
    attachment,
    contents,
    core_hash,
    digest,
    event,
    fill,
    new_home,
    offer,
    opened,
    package_id,
    received,
    segment_id,
    write_blob,
)

DAY = 86400
MANAGER = DocumentPrivateKey.from_seed(bytes(64))


def a_hold(**scope: object) -> StoredHold:
    said = Hold(
        anchor=Anchor(bytes(32)),
        agency=AgencyId("ardenfold-police"),
        salt=digest("salt", scope),
        authority=HoldAuthority.LITIGATION,
        reference="Claim 4",
        set_by="B. Lindqvist",
        review_at=Seconds(NOW + 30 * DAY),
        time=NOW,
        checkpoint="note",
        **scope,  # type: ignore[arg-type]
    )
    signed = sign(said, [MANAGER])
    return StoredHold(hash=signed.hash, said=said, signed=signed.encoded())


def register(tx: Families, n: int, name: str, thread: str) -> None:
    line = RegisterLine(
        kind="received", time=NOW, core=core_hash(n), facts={"people": (name,), "thread": (thread,)}
    )
    tx.register.add(line, terms(names=[name], references=[thread]))


def test_a_hold_reaches_by_package_thread_and_subject(tmp_path: Path) -> None:
    with opened(new_home(tmp_path / "home")) as vault, vault.transaction() as tx:
        for n, (name, thread) in enumerate(
            [("Jordan T", "QM-0417"), ("Jördan Tait", "QM-1"), ("Sam J Tree", "QM-0417")]
        ):
            tx.received.add(received(n), offer(n))
            register(tx, n, name, thread)
        by_subject, by_thread = a_hold(subject="jordan t"), a_hold(thread="qm 0417")
        by_package = a_hold(package=package_id(1))
        for hold in (by_subject, by_thread, by_package):
            assert tx.holds.add(hold)
            assert not tx.holds.add(hold)
        reached = {core: set(holds) for core, holds in all_reached(tx).items()}
        assert reached == {
            core_hash(0): {by_subject.hash, by_thread.hash},
            core_hash(1): {by_subject.hash, by_package.hash},
            core_hash(2): {by_thread.hash},
        }
        assert tx.holds.lift(by_thread.hash, b"lift", NOW)
        assert holds_on(tx, core_hash(2)) == ()
        assert [hold.lifted for hold in tx.holds.all()] == [None, NOW, None]
        assert tx.holds.lifting(by_thread.hash) == b"lift"
        assert tx.holds.lifting(by_subject.hash) is None


def test_a_lift_that_comes_first_ends_the_hold_that_comes_later(tmp_path: Path) -> None:
    with opened(new_home(tmp_path / "home")) as vault, vault.transaction() as tx:
        hold = a_hold(package=package_id(1))
        tx.holds.lift(hold.hash, b"lift", NOW)
        tx.holds.add(hold)
        assert tx.holds.open() == ()


def test_everything_said_of_an_erased_package_is_gone(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    said = (" statement 7.", " released", " document 7", ": purpose 7", " detail ", " reason 7.")
    words = [f"{MARKER}{text}".encode() for text in said]
    with opened(home) as vault:
        with vault.transaction() as tx:
            fill(tx, 7)
            tx.retention.put(Retained(core=core_hash(7), copy=Copy.RECORD, rule=MARKER, review=NOW))
        vault.settle()
        assert [
            w for w in words if not any(w in page for page in decrypted(home / "vault.db"))
        ] == []
        with vault.transaction() as tx:
            tx.erasure.package(core_hash(7), b"blank", stone())
            tx.notices.erase(core_hash(7))
        vault.settle()
        pages = list(decrypted(home / "vault.db"))
        assert [w for w in words if any(w in page for page in pages)] == []
        for secret in (offer(7).grant_key, offer(7).cover_key, b"grant 7", b"capsule 7"):
            assert not any(secret in page for page in pages)
        with vault.reading() as view:
            assert view.erasure.tombstones(core_hash(7)) == (stone(),)
            assert view.erasure.is_erased(core_hash(7))
            assert [e.signed for e in view.events.of(core_hash(7))] == [event(7).signed]
            assert view.contents.get(core_hash(7)) is None
            assert view.retention.of(core_hash(7)) == ()
        assert vault.check() == ()


def stone() -> Tombstone:
    return Tombstone(
        core=core_hash(7), reason=EraseReason.NOT_NEEDED, time=NOW, actor="endpoint:00"
    )


def test_the_files_of_an_erased_section_are_doomed_until_removed(tmp_path: Path) -> None:
    with opened(new_home(tmp_path / "home")) as vault:
        file = attachment(7, 1, b"ciphertext")
        blob = write_blob(vault, b"ciphertext")
        with vault.transaction() as tx:
            tx.contents.put(core_hash(7), contents(7, file))
            tx.received.add(received(7), offer(7))
            tx.erasure.sections(core_hash(7), [segment_id(7, 0)], b"less", stone())
            assert tx.erasure.doomed() == (blob,)
            kept = tx.contents.get(core_hash(7))
            assert kept is not None
            assert [s.entry.segment for s in kept.sections] == [segment_id(7, 1)]
            assert (kept.attachments, kept.grant) == ((), b"less")
            assert not tx.erasure.is_erased(core_hash(7))
            tx.erasure.removed(blob)
            assert tx.erasure.doomed() == ()


def test_the_exchange_copy_is_looked_at_sooner_than_the_record() -> None:
    late = SaidOfKeeping(review="2032-08-31")
    assert first_review(Copy.EXCHANGE, late, NOW) == NOW + 90 * DAY
    assert first_review(Copy.RECORD, late, NOW) > NOW + 5 * 365 * DAY
    assert first_review(Copy.RECORD, SaidOfKeeping(), NOW) == NOW + 365 * DAY
    soon = SaidOfKeeping(review="2026-12-01")
    assert first_review(Copy.EXCHANGE, soon, NOW) == first_review(Copy.RECORD, soon, NOW)
    past = SaidOfKeeping(review="not known: the case is open")
    assert first_review(Copy.RECORD, past, NOW) == NOW + 365 * DAY


def test_what_is_due_is_found_quickly_among_many(tmp_path: Path) -> None:
    with opened(new_home(tmp_path / "home")) as vault:
        with vault.transaction() as tx:
            for n in range(5_000):
                at = Seconds(NOW + (n * 7919 % 5_000) * DAY)
                due = Due(kind="retention_review", at=at, made=NOW, core=core_hash(n))
                tx.dues.put(due)
        began = time.perf_counter()
        with vault.reading() as view:
            found = view.dues.open(until=Seconds(NOW + 30 * DAY))
        assert time.perf_counter() - began < 0.5
    assert [due.at for due in found] == [NOW + n * DAY for n in range(31)]
