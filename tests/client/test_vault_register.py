"""The register in the vault: lines written once, found by subject, person, agency and day, and forgotten whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from agency_client.adapters.vault import SqlcipherVault, register
from agency_client.ports.vault import RegisterLine, SharedSection, Wanted
from agency_client.record.subjects import people_terms, reference, terms, words
from phoenix_protocol.identifiers import Seconds
from tests.client.vault_values import NOW, POLICE, core_hash, new_home, opened

FACTS = {"purpose": ("Ask",), "people": ("Jordan T", "Zoë Åkesson"), "withheld": ()}


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[SqlcipherVault]:
    with opened(new_home(tmp_path / "home")) as vault:
        yield vault


def line(n: int, kind: str = "sent", **more: object) -> RegisterLine:
    values = {
        "kind": kind,
        "time": Seconds(NOW + n),
        "core": core_hash(n),
        "parties": (POLICE,),
        "sections": (SharedSection(title="Attendance", readers=(POLICE,), facts=2, files=1),),
        "facts": {"purpose": (f"Ask {n}",)},
        **more,
    }
    return RegisterLine(**values)  # type: ignore[arg-type]


def numbers(vault: SqlcipherVault, **wanted: object) -> list[int]:
    with vault.reading() as view:
        return [found.number for found in view.register.find(Wanted(**wanted))]  # type: ignore[arg-type]


def test_a_line_comes_back_as_it_was_written(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        number = tx.register.add(line(1), terms(parties=[POLICE]))
        assert tx.register.of(core=core_hash(1)) == (line(1, number=number),)
        assert tx.register.add(line(1, facts={}), ()) == number, "a package has one line of a kind"
        assert tx.register.of(core=core_hash(1)) == (line(1, number=number),)
        assert tx.register.of(record=1) == ()


def test_what_was_said_of_one_package_has_a_line_each(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        for said in (core_hash(7), core_hash(8), core_hash(7)):
            tx.register.add(line(1, "notice_correct", said=said), ())
        assert [found.said for found in tx.register.of(core=core_hash(1))] == [
            core_hash(7),
            core_hash(8),
        ]


def test_lines_are_found_by_what_they_are_about(vault: SqlcipherVault) -> None:
    jordan = people_terms([("child", "Jordan T", {"nhs_number": "999 041 7008"})])
    zoe = people_terms([("mother", "Zoë Åkesson-Smith", {})])
    with vault.transaction() as tx:
        tx.register.add(line(1), jordan | terms(references=["QM-0417"], parties=[POLICE]))
        tx.register.add(line(2, "received"), zoe | terms(parties=["nurse@quillmere-health"]))
        tx.register.add(line(3, core=None), jordan | zoe)
    assert numbers(vault) == [1, 2, 3]
    assert numbers(vault, reference=reference("9990417008")) == [1, 3]
    assert numbers(vault, reference=reference(" qm 0417 ")) == [1]
    assert numbers(vault, reference=reference("jordan t")) == [1, 3]
    assert numbers(vault, reference=reference("child")) == [1, 3]
    assert numbers(vault, reference=reference("Jordan")) == [], "a reference is found whole"
    assert numbers(vault, words=words("jor")) == [1, 3]
    assert numbers(vault, words=words("AKESSON zoe")) == [2, 3]
    assert numbers(vault, words=words("Smith, Z")) == [2, 3]
    assert numbers(vault, agency="ardenfold-police") == [1]
    assert numbers(vault, agency="ardenfold") == []
    assert numbers(vault, kinds={"received"}, words=words("zoe")) == [2]
    assert numbers(vault, since=Seconds(NOW + 2), until=Seconds(NOW + 3)) == [2]


def test_what_is_not_kept_is_not_in_the_register_either(vault: SqlcipherVault) -> None:
    def stopped() -> None:
        with vault.transaction() as tx:
            tx.register.add(line(1), terms(names=["Jordan T"]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stopped()
    assert numbers(vault) == numbers(vault, words=words("jordan")) == []


def test_a_line_is_never_changed_and_goes_whole(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        tx.register.add(line(1), terms(names=["Jordan T"]))
        tx.register.add(line(2), terms(names=["Jordan T"]))
    with pytest.raises(dbapi2.Error), vault.transaction() as tx:
        tx.register._session.run("UPDATE register SET line = x''")  # no method does this
    with vault.transaction() as tx:
        tx.register.forget(core=core_hash(1))
        assert tx.register._session.value("SELECT count(*) FROM register_terms") == 3
    assert numbers(vault) == numbers(vault, words=words("jordan")) == [2]


def test_facts_without_a_value_are_not_kept(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        number = tx.register.add(line(1, facts=FACTS), ())
    with vault.reading() as view:
        kept = {name: values for name, values in FACTS.items() if values}
        assert view.register.of(core=core_hash(1)) == (replace(line(1), facts=kept, number=number),)


def test_pages_of_many_lines_are_those_of_few_and_a_line_is_counted_once(
    vault: SqlcipherVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    with vault.transaction() as tx:
        for n in range(1, 9):
            late = line(n, time=Seconds(NOW + (n * 5 % 8)))
            tx.register.add(late, terms(names=["Jordan Johnson" if n % 2 else "Alex"]))
    wanted = Wanted(words=("jo",))  # two words of one name begin so
    with vault.reading() as view:
        found = [n.number for n in view.register.find(wanted)][::-1]
        few = [n.number for n in view.register.page(wanted, start=1, most=2)]
        assert (few, view.register.count(wanted)) == (found[1:3], 4)
        monkeypatch.setattr(register, "_MANY", 2)
        assert [n.number for n in view.register.page(wanted, start=1, most=2)] == few
        assert view.register.count(Wanted(words=("jo",), kinds={"sent"})) == 4
