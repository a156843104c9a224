"""Records and what falls due: numbered, appended, found again, and gone where their texts are erased."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from agency_client.adapters.vault import SqlcipherVault
from agency_client.ports.vault import Due, Record, RegisterLine, SharedSection
from agency_client.record.subjects import terms
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Seconds
from tests.client.test_vault_secrecy import decrypted
from tests.client.vault_values import MARKER, NOW, core_hash, new_home, opened


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[SqlcipherVault]:
    with opened(new_home(tmp_path / "home")) as vault:
        yield vault


def record(n: int, kind: str = "decision", **more: object) -> Record:
    values = {"kind": kind, "time": Seconds(NOW + n), "summary": f"{MARKER} {n}", **more}
    return Record(**values)  # type: ignore[arg-type]


def due(n: int, kind: str = "decision_review", **more: object) -> Due:
    values = {"kind": kind, "at": Seconds(NOW + n), "made": NOW, **more}
    return Due(**values)  # type: ignore[arg-type]


def test_a_record_comes_back_as_it_was_written_with_its_number(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        first = tx.records.add(record(1, cores=(core_hash(2), core_hash(1))), b"outcome = 1\r\n")
        second = tx.records.add(record(2, "advice", about=first, signed=b"signed"), b"\x00")
    with vault.reading() as view:
        kept = view.records.get(first)
        assert (first, second) == (1, 2)
        assert kept == record(1, cores=(core_hash(2), core_hash(1)), number=first)
        assert view.records.document(first) == b"outcome = 1\r\n"
        assert view.records.following(first) == (
            record(2, "advice", about=first, signed=b"signed", number=second),
        )
        assert view.records.get(3) is None
        assert view.records.document(3) is None


def test_records_are_found_by_package_kind_and_day(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        tx.records.add(record(1, cores=(core_hash(1),)), b"1")
        tx.records.add(record(2, "breach", cores=(core_hash(1), core_hash(2))), b"2")
        tx.records.add(record(3, "advice"), b"3")
    with vault.reading() as view:
        numbers = [r.number for r in view.records.of(core_hash(1))]
        assert numbers == [1, 2]
        assert [r.number for r in view.records.of(core_hash(1), {"breach"})] == [2]
        assert [r.number for r in view.records.of(core_hash(3))] == []
        assert [r.number for r in view.records.listing({"breach", "advice"})] == [2, 3]
        since, until = Seconds(NOW + 2), Seconds(NOW + 3)
        assert [r.number for r in view.records.listing(since=since, until=until)] == [2]


def test_no_record_is_about_one_that_is_not_there(vault: SqlcipherVault) -> None:
    with pytest.raises(RefusedError) as refused, vault.transaction() as tx:
        tx.records.add(record(1, about=7), b"")
    assert refused.value.code == "E_NOT_FOUND"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE records SET kind = 'other'",
        "DELETE FROM records",
        "UPDATE record_texts SET document = x''",
        "DELETE FROM dues",
    ],
)
def test_what_is_written_stays_as_it_is(vault: SqlcipherVault, change: str) -> None:
    with vault.transaction() as tx:
        tx.dues.put(due(1, record=tx.records.add(record(1), b"document")))
    with pytest.raises(dbapi2.Error), vault.transaction() as tx:
        tx.records._session.run(change)  # no method does this
    with vault.reading() as view:
        assert view.records.document(1) == b"document"


def test_erasing_leaves_that_there_was_a_record(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        tx.records.add(record(1, cores=(core_hash(1),)), b"document")
        tx.records.erase(1)
        assert tx.records.document(1) is None
        assert tx.records.get(1) == record(1, cores=(core_hash(1),), summary="", number=1)


def test_erased_texts_are_gone_from_every_page(tmp_path: Path) -> None:
    home = new_home(tmp_path / "secret")
    with opened(home) as vault:
        with vault.transaction() as tx:
            for n in range(20):
                tx.records.add(record(n, signed=b"signed %03d" % n), b"document of %03d" % n)
                line = RegisterLine(kind="decision", time=NOW, record=n + 1)
                tx.register.add(line, terms(names=[f"Somebody{n:03}"]))
        vault.settle()
        gone = (b"document of 007", b"signed 007", f"{MARKER} 7".encode(), b"somebody007")
        for text in gone:
            assert any(text in page for page in decrypted(home / "vault.db"))
        with vault.transaction() as tx:
            tx.records.erase(8)
            tx.register.forget(record=8)
        vault.settle()
        for text in gone:
            assert not any(text in page for page in decrypted(home / "vault.db")), text
        assert any(b"document of 008" in page for page in decrypted(home / "vault.db"))


def test_values_do_not_show_their_texts() -> None:
    line = RegisterLine(kind="sent", time=NOW, facts={"people": (MARKER,)})
    section = SharedSection(title=MARKER, readers=())
    assert MARKER not in repr((record(1), line, section))


def test_what_is_due_is_listed_soonest_first_until_it_is_done(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        late = tx.dues.put(due(20, core=core_hash(1), place="section"))
        soon = tx.dues.put(due(10, "breach_report"))
        assert [d.number for d in tx.dues.open()] == [soon, late]
        assert [d.number for d in tx.dues.open(until=Seconds(NOW + 10))] == [soon]
        assert [d.number for d in tx.dues.open({"decision_review"})] == [late]
        assert [d.number for d in tx.dues.open(limit=1)] == [soon]
        by = tx.records.add(record(1), b"")
        tx.dues.close(soon, Seconds(NOW + 5), by)
        tx.dues.close(soon, Seconds(NOW + 6))
        assert [d.number for d in tx.dues.open()] == [late]
    with vault.reading() as view:
        assert view.dues.of(core=core_hash(1)) == (
            due(20, core=core_hash(1), place="section", number=late),
        )
        assert view.dues.find("breach_report") is None


def test_the_same_is_due_once_and_its_earlier_times_stay_on_record(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        number = tx.records.add(record(1), b"")
        first = tx.dues.put(due(10, record=number))
        assert tx.dues.put(due(10, record=number)) == first
        second = tx.dues.put(due(30, record=number, made=Seconds(NOW + 9)))
        assert tx.dues.put(due(30, record=number, place="other")) not in {first, second}
        assert [d.number for d in tx.dues.open() if d.place == ""] == [second]
        kept = {d.number: d for d in tx.dues.of(record=number)}
        assert (kept[first].at, kept[first].closed) == (NOW + 10, NOW + 9)
        assert tx.dues.find("decision_review", record=number) == kept[second]
