"""What was told outside the system: recorded with whom, how, why and who approved it, and never refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agency_client.ports.vault import Wanted
from agency_client.record.drafting import draft_package
from agency_client.record.reading import read_document
from agency_client.record.subjects import words
from agency_client.use_cases.disclosing import Disclosure, record_disclosure
from agency_client.use_cases.home import Home
from agency_client.use_cases.sealing import _contents
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Seconds
from tests.client.record_cases import FRIEND, MEANT
from tests.client.record_homes import opened_home
from tests.client.record_values import Edit, edited
from tests.client.test_record_drafting import sealed, setting
from tests.client.vault_values import offer, received
from tests.protocol.seeded_randomness import SeededRandomness

PACKAGE = received(1).package.hex()
TOLD = Disclosure(
    package=PACKAGE,
    to="Dr Ames, general practitioner",
    how="phone",
    why="She sees the child this afternoon",
    approved_by="MASH inspector",
    statements=("attendance.1",),
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with opened_home(tmp_path / "home") as home:
        yield home


def keep(home: Home, *edits: Edit) -> None:
    """A package that this home has received."""
    document = read_document(edited(*edits).encode())
    made = sealed(draft_package(document, setting(), (), SeededRandomness(0)))
    with home.vault.transaction() as tx:
        tx.received.add(received(1), offer(1))
        tx.contents.put(received(1).core, _contents(made))


def test_what_was_told_outside_is_a_record_and_a_line_of_the_register(home: Home) -> None:
    keep(home)
    done = record_disclosure(home, replace(TOLD, at=Seconds(1_795_000_000)))
    assert done.statements == ("attendance.1",)
    assert done.warnings == ()
    with home.vault.reading() as view:
        record = view.records.get(done.record)
        document = json.loads(view.records.document(done.record) or b"")
        (line,) = view.register.find(Wanted(words=words("Jordan")))
        audited = view.audit.rows()[-1]
    assert record is not None
    assert record.cores == (received(1).core,)
    assert record.signed is not None
    assert document["to"] == TOLD.to
    assert document["approved_by"] == "MASH inspector"
    assert document["at"] == 1_795_000_000
    assert line.kind == "disclosure"
    assert line.parties == (TOLD.to,)
    assert line.facts["decided_by"] == ("MASH inspector",)
    assert audited.action == "record.disclosure"


def test_without_statements_it_was_everything_that_is_here(home: Home) -> None:
    keep(home)
    done = record_disclosure(home, replace(TOLD, statements=()))
    assert done.statements == ("attendance.1", "attendance.2", "heard.1")


def test_what_is_controlled_or_names_a_source_is_recorded_and_looked_at_again(home: Home) -> None:
    controlled = ('handling = ["RECIPIENTS_ONLY"]', 'handling = ["C"]')
    keep(home, controlled, FRIEND, MEANT)
    done = record_disclosure(home, replace(TOLD, statements=("heard.1",)))
    assert {(w.code, w.place) for w in done.warnings} == {
        ("W_DISCLOSED_CONTROLLED", "heard"),
        ("W_DISCLOSED_SOURCE", "heard"),
    }
    with home.vault.reading() as view:
        (line,) = view.register.find(Wanted(kinds={"disclosure"}))
    assert line.facts["protected"], "the register says who of them is a protected source"
    assert set(line.facts["protected"]) <= set(line.facts["people"])


@pytest.mark.parametrize(
    ("change", "code"),
    [({"package": "ff" * 16}, "E_NOT_FOUND"), ({"statements": ("heard.9",)}, "E_NOT_FOUND")],
)
def test_what_is_not_here_was_not_told_from_here(
    home: Home, change: dict[str, object], code: str
) -> None:
    keep(home)
    with pytest.raises(RefusedError) as caught:
        record_disclosure(home, replace(TOLD, **change))  # type: ignore[arg-type]  # a case each
    assert caught.value.code == code
    with home.vault.reading() as view:
        assert view.records.listing() == ()
