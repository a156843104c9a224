"""docs/records.md says what is there: every field of a record's document, and the examples work."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from agency_client.ports.vault import RestrictReason
from agency_client.record.assurances import AssuranceDocument, AssuranceEntry
from agency_client.record.breaches import (
    Affected,
    Breach,
    BreachDocument,
    Misdirection,
    Notified,
)
from agency_client.record.decisions import Asked, DecisionAlone, DecisionDocument
from agency_client.record.misdirection import Opened
from agency_client.record.restricted import REASONS
from agency_client.record.reviews import Change, Lesson, ReviewDocument
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.tables import declared
from agency_client.record.wording import in_words


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "records.md").read_text("utf-8")


def own_fields(table: type[Any]) -> set[str]:
    """The fields that a table does not have from the table that it is made from."""
    inherited = {entry.name for base in table.__mro__[1:-1] for entry in declared(base)}
    return {entry.name for entry in declared(table)} - inherited


TABLES = (
    *(DecisionDocument, DecisionAlone, Asked),
    *(BreachDocument, Breach, Affected, Notified, Misdirection),
    *(ReviewDocument, Change, Lesson, AssuranceDocument, AssuranceEntry),
)


@pytest.mark.parametrize("table", TABLES)
def test_every_field_is_on_the_page(page: str, table: type[Any]) -> None:
    named = set(re.findall(r"`([a-z0-9_]+)`", page))
    assert own_fields(table) - named == set()


def test_whether_it_was_opened_is_on_the_page(page: str) -> None:
    rows = re.findall(r"^\| `([a-z]+)` \| (?!what)", page, re.MULTILINE)
    assert {opened.value for opened in Opened} <= set(rows)


def test_every_outcome_is_on_the_page(page: str) -> None:
    outcomes = shipped_catalogue().enumerations["decision_outcome"]
    assert set(outcomes) <= set(re.findall(r"`([a-z_]+)`", page))
    assert in_words(shipped_catalogue(), "decision_outcome", "do_not_share") == "Do not share"


def test_every_reason_to_restrict_is_on_the_page(page: str) -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| ", page, re.MULTILINE)
    assert set(REASONS) == set(RestrictReason)
    assert {reason.value for reason in REASONS} <= set(rows)
