"""What the register says of a package is what was sealed or opened; what falls due is what the document says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.ports.vault import SharedSection, Term, TermKind
from agency_client.record.attachments import AttachmentSource
from agency_client.record.looks import Look, looks, owed_looks
from agency_client.record.reading import read_document
from agency_client.record.registering import of_document, of_received
from agency_client.record.subjects import is_named, reference, terms, words
from agency_client.record.when import span
from phoenix_protocol.identifiers import Seconds
from tests.client.record_values import NURSE, POLICE, check, edited
from tests.client.test_record_drafting import drafted, opened

NUMBERED = edited(
    ('role = "child"\n', 'role = "child"\nidentifiers = { nhs_number = "999 041 7008" }\n')
)


def test_a_document_says_what_goes_to_whom_and_why() -> None:
    attached = AttachmentSource(section="heard", name="a.txt", size=1, read=lambda: iter([b"x"]))
    draft = drafted(NUMBERED, attached)
    entered = of_document(read_document(NUMBERED.encode()), draft.sections)
    assert entered.line.parties == (POLICE, NURSE)
    assert entered.line.sections == (
        SharedSection(title="Attendance", readers=(POLICE, NURSE), facts=1, opinions=1),
        SharedSection(title="What was heard", readers=(POLICE,), reported=1, files=1),
    )
    assert entered.line.facts == {
        "purpose": ("Ask for a strategy discussion",),
        "thread": ("QM-0417",),
        "people": ("Jordan T",),
        "roles": ("child",),
        "outcome": ("share_part",),
        "decided_by": ("Safeguarding lead",),
        "consent": ("not_needed",),
        "protected": (),
        "do_not_alert": (),
        "basis": ("e_public_task", "ca2004_s10", "statutory_duty"),
        "reasons": ("If it is not shared: They do not", "If it is shared: They act"),
        "withheld": ("Sibling's records",),
        "known_at": ("2026-11-19",),
    }
    assert {t.text for t in entered.terms if t.kind is TermKind.REFERENCE} == {
        "jordant",
        "child",
        "9990417008",
        "qm0417",
    }
    assert {t.text for t in entered.terms if t.kind is TermKind.AGENCY} == {
        "ardenfold-police",
        "quillmere-health",
    }


def test_what_was_opened_says_the_same_of_what_was_granted() -> None:
    granted = [opened(drafted(NUMBERED))[name] for name in ("attendance", "legal")]
    entered = of_received(granted, parties=["lead@fennick-academy"], purpose="Ask", thread="QM 1")
    assert entered.line.sections == (
        SharedSection(title="Attendance", readers=(), facts=1, opinions=1),
    )
    assert entered.line.facts["people"] == ("Jordan T",)
    assert entered.line.facts["basis"] == ("e_public_task", "ca2004_s10", "statutory_duty")
    assert entered.line.facts["outcome"] == (), "the decision stays with the sender"
    assert Term(TermKind.REFERENCE, "9990417008") in entered.terms
    assert Term(TermKind.AGENCY, "fennick-academy") in entered.terms


def test_every_day_to_look_again_falls_due() -> None:
    more = edited(
        ('labels_checked_by = "Deputy"', 'labels_checked_by = "Deputy"\nreview_at = 2026-12-01'),
        ('informed_how = "In person, 20 November"', "inform_by = 2026-12-04"),
    )
    more += '\n[[informing]]\nperson = "child"\nreview = "not known: ask the nurse"\n'
    more += '\n[[informing]]\nperson = "child"\nreview = "2026-11-23T09:00:00Z"\n'
    day, end = span("2026-12-01"), span("2026-12-04")
    at = span("2026-11-23T09:00:00Z")
    assert day is not None
    assert end is not None
    assert at is not None
    assert list(looks(read_document(more.encode()))) == [
        Look(kind="decision_review", at=Seconds(day.first), place="decision.review_at"),
        Look(kind="inform_review", at=Seconds(end.last), place="legal.inform_by"),
        Look(kind="inform_review", at=Seconds(at.first), place="informing[2].review"),
    ]


def test_what_is_owed_falls_due_under_its_clause_and_place() -> None:
    owed = check(edited(('welfare = "Safety first"\n', ""))).owed
    assert list(owed_looks(owed, Seconds(7))) == [
        Look(kind="owed_answer", at=Seconds(7), place="KM1:decision.welfare")
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("999 041 7008", "9990417008"),
        ("qm/0417", "QM-0417"),
        ("ZOE ÅKESSON", "Zoë Åkesson"),
        ("strasse", "Straße"),
        ("Ｊｏｒｄａｎ", "Jordan"),
        ("жанна", "Жанна"),
    ],
)
def test_case_marks_and_blanks_do_not_count(typed: str, kept: str) -> None:
    assert reference(typed) == reference(kept) != ""


def test_a_name_is_found_by_beginnings_of_its_own_words() -> None:
    assert is_named("Jordan Tanner", words("tan jor"))
    assert not is_named("Jordan Tanner", words("ordan"))
    assert not is_named("Jordan", words("jordan t"))


@given(st.text(max_size=200), st.text(max_size=200))
def test_terms_are_short_and_say_the_same_twice(name: str, number: str) -> None:
    made = terms(names=[name], references=[number])
    assert made == terms(names=[name], references=[number])
    assert all(len(term.text) <= 80 for term in made)
    assert all(reference(term.text) == term.text for term in made)
