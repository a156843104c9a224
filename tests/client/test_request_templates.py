"""The templates of requests and answers: every field is in them and none is answered; others' words steer nothing."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agency_client.record.as_written import AsWritten
from agency_client.record.asked import ReadQuestion
from agency_client.record.decisions import DecisionDocument, read_decision
from agency_client.record.document import Document
from agency_client.record.facts import RecordFacts
from agency_client.record.findings import Findings
from agency_client.record.requests import RequestDocument
from agency_client.record.responses import Answered, ResponseDocument
from agency_client.record.rules.deciding import check_decision
from agency_client.record.rules.responses import PutHere
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.templates import Template, response_document, template
from phoenix_protocol.identifiers import ItemId
from tests.client.record_values import edited, facts
from tests.client.request_values import (
    FRONT,
    NURSE,
    POLICE,
    of_request,
    of_response,
    request_facts,
    response_facts,
)
from tests.client.test_record_template import OUT, fields, written


def question(
    word: str = "appointments", text: str = "Which appointments?", **more: object
) -> ReadQuestion:
    values = {
        "id": ItemId(bytes(16)),
        "word": word,
        "text": text,
        "why": None,
        "period_from": "2026-05-22",
        "period_until": "2026-11-22",
        "counselling": False,
        "about": ("Jordan T",),
        **more,
    }
    return ReadQuestion(**values)  # type: ignore[arg-type]


RESPONSE = response_document(FRONT, [question()])
VICTIM = template(Template.VICTIM_REQUEST)
DECISION = template(Template.DECISION)
#: Names that are the author's own, and what only packages have.
OWN_NAMES = ("section.need_to_know.", "people.identifiers.", "question.ask.", "local.")


@pytest.mark.parametrize(
    ("text", "document", "left_out"),
    [
        (template(Template.PACKAGE), Document, ()),
        (VICTIM, RequestDocument, ("section",)),
        (template(Template.REQUEST), RequestDocument, ("section", "victim")),
        (RESPONSE, ResponseDocument, ()),
        (DECISION, DecisionDocument, ()),
    ],
    ids=["package", "victim", "request", "response", "decision"],
)
def test_every_field_is_in_the_template_and_no_other(
    text: str, document: type[AsWritten], left_out: tuple[str, ...]
) -> None:
    shown = set(written(tomllib.loads(OUT.sub("", text))))
    known = {name for name in fields(document) if name.partition(".")[0] not in left_out}
    assert known - shown == set()
    assert {name for name in shown - known if not name.startswith(OWN_NAMES)} == set()


def test_nothing_in_a_request_is_wrong_but_what_its_author_must_fill_in() -> None:
    must = {
        *("purpose", "to", "question[1].text", "question[1].ask", "people[1].name"),
        *("decision.outcome", "decision.decided_by", "legal.article_6", "legal.retention"),
    }
    for kind in (Template.REQUEST, Template.VICTIM_REQUEST):
        assert {p.place for p in of_request(template(kind)).problems} == must


def test_a_filled_in_request_can_be_sent() -> None:
    filled = edited(
        ('purpose = ""', 'purpose = "Ask"'),
        ('text = ""', 'text = "What?"'),
        ("[question.ask]\n", f'[question.ask]\n"{NURSE}" = "You know"\n'),
        ('\nname = ""\n# Who they are', '\nname = "Jordan T"\n# Who they are'),
        ('outcome = ""', 'outcome = "share_part"'),
        ('decided_by = ""', 'decided_by = "Lead"'),
        ('article_6 = ""', 'article_6 = "e_public_task"'),
        ('retention = ""', 'retention = "safeguarding_default"'),
        text=VICTIM,
    )
    found = of_request(filled, request_facts(POLICE))
    assert found.problems == ()
    assert {"victim.believed_held", "victim.notice_given"} <= {p.place for p in found.owed}


def of_decision(text: str) -> Findings:
    values = facts()
    known = RecordFacts(now=values.now, own=values.own, catalogue=values.catalogue)
    return check_decision(read_decision(text.encode()), known)


def test_nothing_in_a_decision_is_wrong_but_what_its_author_must_fill_in() -> None:
    found = of_decision(DECISION)
    must = {"decision.outcome", "decision.decided_by", "people[1].name"}
    assert {p.place for p in found.problems} == must
    assert {"purpose", "asked.by", "decision.welfare"} <= {p.place for p in found.owed}
    in_full = of_decision(OUT.sub("", DECISION))
    assert {p.place for p in in_full.problems} == {*must, "packages[1]"}


def test_a_filled_in_decision_can_be_recorded() -> None:
    filled = edited(
        ('\nname = ""', '\nname = "Jordan T"'),
        ('outcome = ""', 'outcome = "do_not_share"'),
        ('decided_by = ""', 'decided_by = "Named nurse"'),
        text=DECISION,
    )
    assert of_decision(filled).problems == ()


def test_a_decision_names_no_readers_and_no_section() -> None:
    assert "recipient reads" not in DECISION.split("[legal]")[0]
    assert "@" not in DECISION.replace("@quillmere-council", "").replace("@ardenfold-police", "")
    for table in ("section", "informing", "quality", "onward", "contact"):
        assert f"[{table}" not in DECISION


def test_no_answer_is_given_before_its_author_gives_one() -> None:
    found = of_response(RESPONSE, response_facts(NURSE))
    assert {p.place for p in found.problems if "answer" in p.place} == {"answer[1].answer"}
    assert "people[1].name" in {p.place for p in found.problems}


def test_the_words_that_can_stand_in_a_field_are_in_the_templates() -> None:
    for enumeration, text in (("threshold", VICTIM), ("answer", RESPONSE), ("urgency", VICTIM)):
        for word in shipped_catalogue().enumerations[enumeration]:
            assert re.search(rf"^#.*\b{word}\b", text, re.MULTILINE), word
    assert set(shipped_catalogue().enumerations["answer"]) == {a.value for a in Answered}


def test_nothing_in_a_template_is_too_wide_for_a_screen() -> None:
    long = response_document(FRONT, [question(text="word " * 800)])
    for text in (VICTIM, RESPONSE, DECISION, long):
        assert max(len(line) for line in text.splitlines()) <= 150


@settings(max_examples=60)
@given(
    word=st.text(min_size=1, max_size=40).filter(lambda text: text.strip()),
    text=st.text(max_size=300),
    about=st.lists(st.text(max_size=20), max_size=2),
)
def test_what_others_wrote_is_only_shown(word: str, text: str, about: list[str]) -> None:
    """A question with quotes, brackets, line ends or control characters cannot answer for its reader."""
    written_here = response_document(FRONT, [question(word, text, about=tuple(about))])
    values = tomllib.loads(written_here)
    assert values["answer"] == [{"question": word, "answer": ""}]
    assert values["section"][0]["need_to_know"] == {FRONT: ""}
    assert set(values) == set(tomllib.loads(RESPONSE))
    given = response_facts(NURSE, questions={word: PutHere(id=ItemId(bytes(16)))})
    of_response(written_here, given)
