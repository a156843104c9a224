"""Requests and responses as packages: each question to exactly whom it is put, and both come back as written."""

from __future__ import annotations

import dataclasses
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agency_client.record.asked import read_request, read_response
from agency_client.record.drafting import OWN_COPY, Setting, draft_package
from agency_client.record.placement import Rules
from agency_client.record.request_drafting import DUE_ON_COVER, iso, request_sections
from agency_client.record.requests import read_request_document
from agency_client.record.response_drafting import ANSWERS_ON_COVER, response_section
from agency_client.record.responses import Answered, read_response_document
from agency_client.record.rules.responses import PutHere
from agency_client.record.shipped import shipped_catalogue
from phoenix_protocol.identifiers import Address, AgencyId, ItemId, ObjectHash, Seconds
from phoenix_protocol.sealing.drafts import PackageDraft
from tests.client.record_values import NOW
from tests.client.request_values import CHARITY, FRONT, HOUSING, NURSE, example
from tests.client.test_record_drafting import everything, opened, readers, sealed
from tests.protocol.seeded_randomness import SeededRandomness

DUE = Seconds(NOW + 4 * 3600)
RECORDS = Address("records@quillmere-health")
CORE = ObjectHash(b"\7" * 32)


def setting(own: str, **changes: Any) -> Setting:
    values: dict[str, Any] = {
        "own": Address(own),
        "records": {AgencyId("quillmere-health"): (RECORDS,)},
        "rules": Rules(protocol="Quillmere 1", catalogue=shipped_catalogue()),
    }
    return Setting(**values | changes)


def asked(text: str, own: str = FRONT) -> PackageDraft:
    document, where = read_request_document(text.encode()), setting(own)
    more = request_sections(document, DUE, where, SeededRandomness(3))
    cover = {DUE_ON_COVER: DUE}
    return draft_package(document, where, (), SeededRandomness(4), more, cover=cover)


def answered(text: str, own: str, questions: dict[str, PutHere]) -> PackageDraft:
    document, where = read_response_document(text.encode()), setting(own)
    document = dataclasses.replace(document, to=(FRONT,), purpose="An answer")
    more = response_section(document, CORE, questions, where, SeededRandomness(5))
    cover = {ANSWERS_ON_COVER: CORE}
    return draft_package(document, where, (), SeededRandomness(6), more, cover=cover)


def test_each_reads_its_own_question_and_no_other() -> None:
    draft = asked(example("p2-request.toml"))
    found = readers(draft)
    assert set(found["appointments"]) == {NURSE, RECORDS, FRONT}
    assert set(found["tenancy"]) == {HOUSING, FRONT}
    assert set(found["engagement"]) == {CHARITY, FRONT}
    assert set(found["request"]) == {NURSE, HOUSING, CHARITY, RECORDS, FRONT}
    assert found["tenancy"] == {HOUSING: "You are the landlord", FRONT: OWN_COPY}
    for_all = everything(opened(draft)["request"])
    assert not [
        word for word in ("Jordan", "tenancy", "appointments", "landlord") if word in for_all
    ]


def test_a_request_comes_back_as_it_was_written() -> None:
    draft = asked(example("p2-request.toml"))
    request = read_request(opened(draft).values())
    assert request is not None
    assert request.due == DUE
    assert request.reply_to == (FRONT,)
    assert request.deputies[CHARITY] == "trustees@lantern-youth"
    assert [q.word for q in request.questions] == ["appointments", "tenancy", "engagement"]
    first = request.questions[0]
    assert first.text.startswith("Which appointments")
    assert (first.period_from, first.period_until) == ("2026-05-22", "2026-11-22")
    assert first.about == ("Jordan T",)
    assert not first.counselling
    said = request.answers
    assert said["request.threshold"] == ("ca1989_s47",)
    assert "Article 6(1)(e)" in said["request.public_task"][0]
    assert said["request.on_behalf_of"] == ("Quillmere Council Children's Services",)
    legal = opened(draft)["legal"]
    assert legal.answers["legal.gateway"] == ("ca1989_s47",)
    assert legal.do_not_alert == ("Everybody in the household", "Adults seen with the child")


def test_one_who_is_asked_reads_one_question() -> None:
    draft = asked(example("p2-request.toml"))
    granted = {s.head.optional["id"] for s in draft.sections if HOUSING in s.readers}
    sections = [s for name, s in opened(draft).items() if name in granted]
    request = read_request(sections)
    assert request is not None
    assert [q.word for q in request.questions] == ["tenancy"]
    assert opened(draft)["decision"] not in sections


def test_the_tests_of_a_request_about_a_victim_reach_whom_it_asks() -> None:
    draft = asked(example("victim-request.toml"), "mash@ardenfold-police")
    said = opened(draft)["request"].answers
    assert "school nurse looked" in said["victim.believed_held"][0]
    assert said["victim.notice_given"] == ("2026-11-20",)


def test_the_cover_says_by_when_and_to_what_and_nothing_else() -> None:
    cover = sealed(asked(example("p2-request.toml"))).cover_content
    assert cover.optional == {DUE_ON_COVER: DUE}
    assert "Jordan" not in repr(cover)
    questions = {"appointments": PutHere(id=ItemId(b"\1" * 16))}
    reply = sealed(answered(example("p2-response-health.toml"), NURSE, questions)).cover_content
    assert reply.optional == {ANSWERS_ON_COVER: CORE}


def test_a_response_comes_back_as_it_was_written() -> None:
    id_ = ItemId(b"\1" * 16)
    draft = answered(example("p2-response-health.toml"), NURSE, {"appointments": PutHere(id=id_)})
    sections = opened(draft)
    response = read_response(list(sections.values()))
    assert response is not None
    assert (response.request, response.malformed) == (CORE, 0)
    shared, withheld = response.answers
    assert shared.question == withheld.question == id_
    assert (shared.answer, withheld.answer) == (Answered.SHARED, Answered.WITHHELD)
    assert shared.statements == tuple(s.id.hex() for s in sections["appointments"].statements)
    assert withheld.statements == ()
    assert "presumption" in (withheld.reason or "")
    assert withheld.review_at == "2027-01-31"
    assert set(readers(draft)["response"]) == {FRONT, NURSE, RECORDS}
    assert "searched" in everything(sections["response"])
    assert "Caldicott" not in everything(sections["response"])


def test_an_ordinary_package_is_neither() -> None:
    draft = asked(example("p2-request.toml"))
    legal = [s for s in opened(draft).values() if s.kind == "legal"]
    assert read_request(legal) is None
    assert read_response(legal) is None


NAMES = st.sampled_from(
    [
        *("answer.answer", "answer[1].answer", "answer[1].question_id", "answer[2].answer"),
        *(
            "answer[2].question_id",
            "answer[1].statement_ids",
            "response.core",
            "answer[0x1].answer",
        ),
    ]
)
TEXTS = st.sampled_from(
    [
        *(answer.value for answer in Answered),
        *("SHARED", "held", "", "0" * 32, "g" * 32, "1" * 64, " " * 64, "not known: x"),
    ]
)


@settings(max_examples=150)
@given(answers=st.dictionaries(NAMES, st.lists(TEXTS, max_size=2).map(tuple), max_size=8))
def test_whatever_others_write_no_answer_becomes_another(
    answers: dict[str, tuple[str, ...]],
) -> None:
    section = dataclasses.replace(SECTION, answers=answers)
    response = read_response([section])
    assert response is not None
    for answer in response.answers:
        tables = [name.rpartition(".")[0] for name in answers if name.endswith(".answer")]
        assert any(answers[f"{table}.answer"] == (answer.answer.value,) for table in tables)
    tables = {name.partition(".")[0] for name in answers if name.startswith("answer")}
    known = {name for name in tables if name != "answer[0x1]"}
    assert len(response.answers) + response.malformed == len(known)


SECTION = opened(
    answered(
        example("p2-response-health.toml"),
        NURSE,
        {"appointments": PutHere(id=ItemId(bytes(16)))},
    )
)["response"]


def test_moments_are_written_as_others_read_them() -> None:
    assert iso(NOW) == "2026-11-22T12:00:00Z"
