"""The register of a home: what is sought is found with its state by now, and looking is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agency_client.ports.vault import RegisterLine
from agency_client.record.subjects import people_terms, terms
from agency_client.use_cases.deciding import decide
from agency_client.use_cases.home import Home
from agency_client.use_cases.near_names import near_names
from agency_client.use_cases.registering import Sought, entries_of, register, register_page
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.lifecycle import State, Step
from tests.client.record_homes import opened_home
from tests.client.vault_values import (
    NOW,
    POLICE,
    core_hash,
    endpoint,
    offer,
    package_id,
    received,
    send,
)


@pytest.fixture
def home(tmp_path: Path, repository: Path) -> Iterator[Home]:
    """A home that sent one package, received one, and decided not to share once."""
    decision = (repository / "config" / "demo" / "decision.toml").read_bytes()
    jordan = people_terms([("child", "Jordan T", {"nhs_number": "999 041 7008"})])
    facts = {"people": ("Jordan T",), "roles": ("child",), "thread": ("QM-0417",)}
    with opened_home(tmp_path / "home") as home:
        with home.vault.transaction() as tx:
            send(tx, 1, (1, POLICE, False))
            tx.sent.set_owed(core_hash(1), ["KM1:decision.welfare"])
            tx.received.add(replace(received(2), expires=Seconds(NOW + 10**8)), offer(2))
            tx.register.add(
                RegisterLine(
                    kind="sent", time=NOW, core=core_hash(1), parties=(POLICE,), facts=facts
                ),
                jordan | terms(references=["QM-0417"], parties=[POLICE]),
            )
            tx.register.add(
                RegisterLine(
                    kind="received",
                    time=Seconds(NOW + 86400),
                    core=core_hash(2),
                    parties=("lead@fennick-academy",),
                    facts={"people": ("Jordan Tanner", "Alex T"), "roles": ("child", "parent")},
                ),
                people_terms([("c", "Jordan Tanner", {}), ("p", "Alex T", {})])
                | terms(parties=["lead@fennick-academy"]),
            )
        decide(home, decision)
        yield home


def kinds(home: Home, **sought: object) -> list[str]:
    return [e.line.kind for e in register(home, Sought(**sought))]  # type: ignore[arg-type]


def test_everything_is_there_oldest_first(home: Home) -> None:
    assert kinds(home) == ["sent", "received", "decision"]


def test_a_line_says_how_far_it_is_by_now(home: Home) -> None:
    with home.vault.transaction() as tx:
        tx.sent.hold(core_hash(1), 1, b"held", NOW)
        for step in (Step.OFFER, Step.ACCEPT, Step.COMMIT):
            tx.sent.step(core_hash(1), endpoint(1), step, NOW)
    sent, came, decided = register(home, Sought())
    assert sent.reference == package_id(1).hex()
    assert [(p.name, p.state) for p in sent.parties] == [(POLICE, State.COMMITTED.value)]
    assert sent.owed == ("KM1:decision.welfare",)
    assert (came.reference, came.state) == (package_id(2).hex(), State.OFFERED.value)
    assert decided.reference == "r1"
    assert decided.parties == (), "a decision is shared with nobody"
    assert decided.said("asked_by") == ("lead@lantern-youth",)


def test_what_is_sought_is_found_and_nothing_else(home: Home) -> None:
    assert kinds(home, subject="9990417008") == ["sent", "decision"]
    assert kinds(home, subject="QM-0417") == ["sent", "decision"]
    assert kinds(home, subject="qm 0418") == []
    assert kinds(home, subject="...") == [], "what says nothing finds nothing"
    assert kinds(home, person="jordan") == ["sent", "received", "decision"]
    assert kinds(home, person="jordan tan") == ["received"]
    assert kinds(home, person="alex jordan") == [], "two people are not one"
    assert kinds(home, person="-") == []
    assert kinds(home, agency="fennick-academy") == ["received"]
    assert kinds(home, agency="Lead@Fennick-Academy") == ["received"]
    assert kinds(home, agency="head@fennick-academy") == []
    assert kinds(home, agency="lead@lantern-youth") == ["decision"], "who asked is found too"
    assert kinds(home, since=Seconds(NOW + 1)) == ["received", "decision"]
    assert kinds(home, until=Seconds(NOW + 1)) == ["sent"]
    assert kinds(home, person="jordan", agency="ardenfold-police") == ["sent"]


def test_names_are_near_by_their_beginnings_or_by_one_whole_word_and_by_nothing_else(
    home: Home,
) -> None:
    def near(text: str) -> tuple[str, ...]:
        return tuple(sorted(near_names(home, text).names))

    assert near("Jord Tan") == ("Jordan Tanner",)
    assert near("alëx") == ("Alex T",)
    assert near("Jordan Smith") == ("Jordan T", "Jordan Tanner")
    assert near("Jordon") == (), "likeness is no reason to name a child"
    assert near("...") == ()


def test_looking_and_taking_copies_away_are_in_the_audit_record(home: Home) -> None:
    register(home, Sought(person="Jordan"))
    register(home, Sought(), exported=("csv",))
    with home.vault.reading() as view:
        read, exported = view.audit.rows()[-2:]
    assert (read.action, dict(read.detail)) == ("register.read", {"lines": "3"})
    assert (exported.action, dict(exported.detail)) == (
        "register.exported",
        {"lines": "3", "csv": "yes"},
    )


@pytest.mark.parametrize(
    "sought",
    [
        {},
        {"person": "Jordan"},
        {"person": "Jordan Alex"},
        {"person": "!"},
        {"subject": "qm 0417"},
        {"subject": "-"},
        {"agency": "ardenfold-police"},
        {"agency": POLICE},
        {"agency": "nobody@ardenfold-police"},
        {"since": Seconds(NOW + 1)},
        {"kinds": frozenset({"decision", "sent"})},
    ],
)
def test_pages_are_the_register_turned_round(home: Home, sought: dict[str, object]) -> None:
    wanted = Sought(**sought)  # type: ignore[arg-type]
    whole = register(home, wanted)[::-1]
    pages = [register_page(home, wanted, start=n, most=2) for n in (0, 2)]
    assert [entry for page in pages for entry in page.entries] == list(whole)
    assert {page.whole for page in pages} == {len(whole)}


def test_a_page_that_was_looked_at_is_in_the_audit_record(home: Home) -> None:
    register_page(home, Sought(), start=0, most=2)
    with home.vault.reading() as view:
        row = view.audit.rows()[-1]
    assert (row.action, row.detail["lines"]) == ("register.read", "2")


def test_a_look_that_shows_nothing_is_recorded_where_something_was_sought(tmp_path: Path) -> None:
    with opened_home(tmp_path / "home") as home:
        register_page(home, Sought(), start=0, most=2)
        register(home, Sought())
        with home.vault.reading() as view:
            assert "register.read" not in {row.action for row in view.audit.rows()}
        register_page(home, Sought(person="Jordan"), start=0, most=2)
        with home.vault.reading() as view:
            row = view.audit.rows()[-1]
    assert (row.action, dict(row.detail)) == ("register.read", {"lines": "0"})


def test_the_lines_of_a_package(home: Home) -> None:
    assert [entry.line.kind for entry in entries_of(home, core_hash(2))] == ["received"]
