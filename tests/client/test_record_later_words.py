"""Words said later of a package do not name a protected source either (hard block 9)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agency_client.record.advice import check_advice, question_document, read_advice_document
from agency_client.record.disagreements import (
    Step,
    check_step,
    read_step_document,
    step_document,
)
from agency_client.record.findings import Findings
from agency_client.record.reading import read_document
from agency_client.record.requests import read_request_document
from agency_client.record.responses import read_response_document
from agency_client.record.rules import check_document
from agency_client.record.sources import (
    Protected,
    hints_at_source,
    is_named_in_part,
    protected_in,
    tells_source,
)
from agency_client.use_cases.protecting import refuse_naming
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ObjectHash
from tests.client.record_values import COUNCIL, NURSE, POLICE, facts

P1 = Path(__file__).resolve().parents[2] / "config" / "demo" / "p1.toml"
SOURCE = Protected(label="friend", name="Robin S", known_to=frozenset({COUNCIL}), ours=False)


def test_a_protected_source_is_named_to_those_alone_who_may_know() -> None:
    friend = protected_in(read_document(P1.read_bytes()).people)
    known_to = friend[0].known_to
    assert tells_source(friend, ["Robin S said so"], [POLICE])
    assert tells_source(friend, ["why", "ROBIN S SAID SO"], [*known_to, POLICE])
    assert not tells_source(friend, ["A friend said so"], [POLICE])
    assert not tells_source(friend, ["Robin S said so"], known_to)


def test_a_part_of_a_name_is_a_whole_word_of_three_letters() -> None:
    assert is_named_in_part("Robin S", "says ROBIN's mother")
    assert is_named_in_part("Anne-Marie O'Hara", "as o'hara said")
    assert not is_named_in_part("Robin S", "the s and robins")
    assert not is_named_in_part("Sam T", "Sam said", besides=["Sam Other"])
    assert hints_at_source([SOURCE], ["Robin"], [POLICE])
    assert not hints_at_source([SOURCE], ["Robin"], [COUNCIL])


def test_words_by_command_are_refused_with_a_way_out_or_looked_at_again() -> None:
    with pytest.raises(RefusedError) as refused:
        refuse_naming([SOURCE], [None, "As Robin S said"], [COUNCIL, POLICE])
    assert (refused.value.code, refused.value.next) == (
        "E_DOC_PROTECTED",
        "Say it without the name.",
    )
    assert "Robin" not in str(refused.value)
    (hint,) = refuse_naming([SOURCE], ["Robin said"], [POLICE])
    assert hint.code == "W_DOC_PROTECTED"
    assert refuse_naming([SOURCE], ["Robin S and Robin"], [COUNCIL]) == ()


def blocked(findings: Findings) -> list[str]:
    return [p.place for p in findings.problems if p.code == "E_DOC_PROTECTED"]


def test_a_disagreement_and_a_question_for_advice_are_held_to_it() -> None:
    given = facts(sources=(SOURCE,))
    words = {"core": ObjectHash(bytes(32)).hex(), "what": "Robin S was not asked", "why": "Late"}
    for to, found in ((POLICE, ["disagreement.what"]), (COUNCIL, [])):
        step = read_step_document(step_document([to], Step.RAISED, words))
        assert blocked(check_step(step, given)) == found
    asking = {"question": "May we?", "included": ["It came from Robin S"]}
    data = question_document("manager@fennick-academy", asking, None, ())
    assert blocked(check_advice(read_advice_document(data), given)) == ["asking.included[1]"]


def test_a_question_an_answer_and_a_deputy_are_held_to_it() -> None:
    response = {
        "to": [COUNCIL, POLICE],
        "answer": [{"question": "q", "answer": "withheld", "reason": "Robin S asked us not to"}],
        "response": {"searched": "The notes on Robin S"},
    }
    read = read_response_document(json.dumps(response).encode())
    found = blocked(check_document(read, facts(sources=(SOURCE,))))
    assert set(found) == {"answer[1].reason", "response.searched"}
    request = {
        "question": [
            {"id": "q", "text": "What did Robin S say?", "ask": {COUNCIL: "Knows them"}},
        ],
        "deputy": [{"instead_of": COUNCIL, "address": NURSE}],
    }
    asked = read_request_document(json.dumps(request).encode())
    assert blocked(check_document(asked, facts(sources=(SOURCE,)))) == ["question[1].text"]
    alone = read_request_document(json.dumps({**request, "deputy": []}).encode())
    assert blocked(check_document(alone, facts(sources=(SOURCE,)))) == []
    both = {"id": "q", "text": "Who?", "ask": {COUNCIL: "As Robin S knows", POLICE: "Robin S"}}
    reasons = read_request_document(json.dumps({"question": [both]}).encode())
    assert blocked(check_document(reasons, facts(sources=(SOURCE,)))) == [
        f'question[1].ask."{POLICE}"'
    ]
