"""Who may answer a request, and what an answer takes over from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agency_client.record.responses import ResponseDocument, read_response_document
from agency_client.use_cases.home import Home
from agency_client.use_cases.responding import completed, find_request, response_template
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ObjectHash
from tests.client.record_homes import opened_home
from tests.client.record_values import NOW
from tests.client.request_packages import Package, a_request, a_response, came, offered, stored
from tests.client.request_values import FRONT, NURSE, example
from tests.keys.rings import DESK

P2 = example("p2-request.toml")
TO_DESK = a_request(P2.replace(NURSE, DESK), 60)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with opened_home(tmp_path / "home") as home:
        yield home


def refusal(home: Home, core: ObjectHash) -> str:
    with pytest.raises(RefusedError) as caught:
        find_request(home, core)
    return caught.value.code


def put(home: Home, package: Package = TO_DESK) -> ObjectHash:
    with home.vault.transaction() as tx:
        came(tx, DESK, package)
    return package.core


def test_whoever_was_asked_can_answer_their_own_questions(home: Home) -> None:
    found = find_request(home, put(home))
    assert list(found.put_here) == ["appointments"]
    assert found.reply_to == (FRONT,)


def test_nobody_answers_what_never_came_or_is_not_accepted(home: Home) -> None:
    assert refusal(home, TO_DESK.core) == "E_NOT_FOUND"
    with home.vault.transaction() as tx:
        offered(tx, DESK, TO_DESK)
    assert refusal(home, TO_DESK.core) == "E_NOT_ACCEPTED"


def test_nobody_answers_what_asks_others(home: Home) -> None:
    """A colleague's own request, and another agency's as the records have it."""
    own = a_request(P2, 60, own=DESK, seed=2)
    assert refusal(home, put(home, own)) == "E_NOT_ASKED"
    others = a_request(P2, 60, seed=3)
    with home.vault.transaction() as tx:
        offered(tx, DESK, others)
        stored(tx, NURSE, others, NOW)  # what the nurses were granted, in this vault
    assert refusal(home, others.core) == "E_NOT_ASKED"


def test_nobody_answers_what_asks_nothing(home: Home) -> None:
    request = a_request(P2, 60, own=DESK, seed=2)
    text = example("p2-response-health.toml")
    response = a_response(text, request, NURSE, "appointments", to=(DESK,))
    assert refusal(home, put(home, response)) == "E_NO_REQUEST"


def answer(text: str = "") -> ResponseDocument:
    return read_response_document(text.encode())


def test_an_answer_takes_over_what_its_author_left_out(home: Home) -> None:
    found = find_request(home, put(home))
    filled = completed(answer(), found, {"red", "amber"})
    assert (filled.to, filled.urgency, filled.thread) == ((FRONT,), "red", "QM-0417")
    assert filled.purpose == found.package.purpose
    own = completed(answer('purpose = "Ours"\nurgency = "green"\nthread = "X"\n'), found, {"red"})
    assert (own.purpose, own.urgency, own.thread) == ("Ours", "green", "X")


def test_an_urgency_that_nobody_here_knows_is_not_taken_over(home: Home) -> None:
    found = find_request(home, put(home))
    assert completed(answer(), found, {"green"}).urgency is None


def test_where_an_answer_is_wanted_is_where_it_goes(home: Home) -> None:
    text = P2.replace(NURSE, DESK).replace(
        'reply_to = "front.door@quillmere-council"', 'reply_to = "panel@quillmere-council"'
    )
    found = find_request(home, put(home, a_request(text, 60, seed=4)))
    assert completed(answer(), found, ()).to == (FRONT, "panel@quillmere-council")


def test_the_template_has_the_questions_that_were_put_here(home: Home) -> None:
    text = response_template(home, put(home))
    assert 'question = "appointments"' in text
    assert "tenancy" not in text
