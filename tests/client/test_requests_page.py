"""docs/requests.md says what is there: every field, code and word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from agency_client.record.document import Document
from agency_client.record.problems import REQUEST_NEXT
from agency_client.record.requests import (
    Asking,
    Deputy,
    Question,
    RequestDocument,
    Victim,
)
from agency_client.record.responses import Answer, Answered, Responding, ResponseDocument
from agency_client.record.tables import declared
from phoenix_protocol.errors import NEXT_STEPS


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "requests.md").read_text("utf-8")


@pytest.mark.parametrize(
    "table",
    [Asking, Question, Deputy, Victim, RequestDocument, Responding, Answer, ResponseDocument],
)
def test_every_field_is_on_the_page(page: str, table: type[Any]) -> None:
    named = set(re.findall(r"`(?:request\.)?([a-z0-9_]+)`", page))
    named |= set(re.findall(r"`\[+([a-z_]+)\]+`", page)) | {"request"}
    of_packages = {entry.name for entry in declared(Document)}
    assert {e.name for e in declared(table)} - of_packages - named == set()


def test_every_code_is_on_the_page_and_is_one(page: str) -> None:
    table = set(re.findall(r"^\| `([EW]_DOC_[A-Z]+)` \|", page, re.MULTILINE))
    assert table == set(REQUEST_NEXT)
    others = set(re.findall(r"`([EN]_(?!DOC)[A-Z_]+)`", page))
    assert others <= set(NEXT_STEPS)


def test_the_four_answers_are_told_apart_on_the_page(page: str) -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|$", page, re.MULTILINE))
    meanings = [rows[answer.value] for answer in Answered]
    assert len(set(meanings)) == 4
