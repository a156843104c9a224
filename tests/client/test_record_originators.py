"""What goes to whoever controls a statement: a package that can be sent, and repeats nothing of the statement."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agency_client.record.copying import with_copies
from agency_client.record.originators import (
    ToOriginator,
    Written,
    override_words,
    release_requests,
)
from agency_client.record.reading import read_document
from agency_client.record.syntax import parse
from phoenix_protocol.identifiers import Address
from tests.client.record_cases import COPY, HEARD, copies
from tests.client.record_values import COUNCIL, NOW, NURSE, OWN, POLICE, check, edited, facts

CONTROLLED = copies(handling=("C",), sent_from=Address(COUNCIL))
OVERRIDE = ("[decision]", '[onward]\nsafety_override = "She is in the car now"\n[decision]')
Make = Callable[[Written], tuple[ToOriginator, ...]]


def written(*edits: tuple[str, str]) -> Written:
    data = edited((HEARD, "\n" + COPY + HEARD), OVERRIDE, *edits).encode()
    document = with_copies(read_document(data), CONTROLLED)
    return Written(document=document, values=parse(data).values, own=OWN, now=NOW)


@pytest.mark.parametrize("make", [release_requests, override_words])
def test_it_is_a_package_that_nothing_stops_and_that_owes_nothing(make: Make) -> None:
    (made,) = make(written())
    found = check(made.document)
    assert found.problems == ()
    assert found.owed == ()
    assert made.address == COUNCIL
    assert made.called == ("view.1",)


@pytest.mark.parametrize("make", [release_requests, override_words])
def test_it_names_package_statement_and_recipients_and_repeats_nothing(make: Make) -> None:
    (made,) = make(written())
    text = made.document.decode()
    for word in (made.package.hex(), "view.1", POLICE, NURSE):
        assert word in text
    for word in ("Exploitation", "Jordan", "QM-0417", "Absent", "pictures"):
        assert word not in text


def test_a_request_says_what_for_and_an_override_why() -> None:
    (asked,), (told,) = release_requests(written()), override_words(written())
    assert b"Ask for a strategy discussion" in asked.document
    assert b"To arrange a check" in asked.document
    assert b"She is in the car now" not in asked.document
    assert b"She is in the car now" in told.document


def test_word_of_an_override_does_not_wait_for_a_consent_or_a_decision() -> None:
    """It goes as urgent does: with what is there."""
    relying = (('article_6 = "e_public_task"', 'article_6 = ["a_consent"]'),)
    (told,) = override_words(written(*relying))
    assert b"a_consent" not in told.document
    assert check(told.document, facts(urgent=True)).problems == ()


def test_what_is_not_controlled_needs_neither() -> None:
    data = edited((HEARD, "\n" + COPY + HEARD)).encode()
    document = with_copies(read_document(data), copies())
    given = Written(document=document, values=parse(data).values, own=OWN, now=NOW)
    assert release_requests(given) == override_words(given) == ()
