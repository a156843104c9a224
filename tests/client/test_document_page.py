"""The page about the document says what is there: every field, kind, code and table, and the example works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agency_client.record.document import Document
from agency_client.record.problems import NEXT, WARNING_NEXT
from agency_client.record.tables import declared
from phoenix_protocol.record import CLASS_OF
from tests.client.record_values import check


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "document.md").read_text("utf-8")


def tables(table: Any, name: str = "The document") -> Iterator[tuple[str, list[str]]]:
    yield name, [entry.name for entry in declared(table)]
    for entry in declared(table):
        inner = getattr(entry.reader, "table", None)
        if inner is not None:
            yield from tables(inner, entry.name)


def test_every_field_is_on_the_page(page: str) -> None:
    named = set(re.findall(r"`([a-z0-9_]+)`", page)) | set(
        re.findall(r"`\[+(?:section\.)?([a-z_]+)\]+`", page)
    )
    missing = {
        f"{name}.{field}"
        for name, fields in tables(Document)
        for field in fields
        if field not in named
    }
    assert missing == set()


def test_every_code_is_on_the_page_and_no_other(page: str) -> None:
    assert set(re.findall(r"`([EW]_DOC_[A-Z_]+)`", page)) == {*NEXT, *WARNING_NEXT}


def test_every_kind_has_its_class(page: str) -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (FACT|REPORTED|OPINION) \|", page, re.MULTILINE)
    assert dict(rows) == {kind.value: class_.value for kind, class_ in CLASS_OF.items()}


def test_the_example_is_sent(page: str) -> None:
    example = page.split("```toml\n", 1)[1].split("```", 1)[0]
    assert check(example).problems == ()
