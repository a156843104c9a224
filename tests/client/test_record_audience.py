"""Whoever writes a package sees who will read which section, and who learns who a source is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agency_client.cli.audience_pages import audience_lines
from agency_client.record.audience import Audience, audience_of
from agency_client.record.reading import read_document
from agency_client.record.requests import read_request_document
from tests.client.record_values import COUNCIL, NURSE, OWN, POLICE
from tests.client.test_record_drafting import OWN_RECORDS, RECORDS, setting

P1 = Path(__file__).resolve().parents[2] / "config" / "demo" / "p1.toml"
MANAGER = "manager@quillmere-council"


def test_every_section_names_its_readers_and_who_does_not_read_it() -> None:
    found = audience_of(read_document(P1.read_bytes()), setting())
    attendance = found.parts[0]
    assert (attendance.kind, attendance.number, attendance.id) == ("section", 1, "attendance")
    assert attendance.readers == (COUNCIL, POLICE, NURSE)
    assert attendance.others == (MANAGER,)
    assert {OWN, RECORDS, OWN_RECORDS} <= set(attendance.copies)
    protected = next(part for part in found.parts if part.id == "protected")
    assert protected.readers == (MANAGER,)
    assert OWN in protected.copies
    assert [(s.id, s.known_to, s.readers) for s in found.sources] == [
        ("friend", (MANAGER,), (MANAGER,))
    ]


def test_a_person_reads_it_in_sentences() -> None:
    lines = list(audience_lines(audience_of(read_document(P1.read_bytes()), setting())))
    assert lines[0] == (
        f"  Section 1 'Attendance since half term': read by {COUNCIL}, {POLICE}, {NURSE}; "
        f"not by {MANAGER}."
    )
    assert (
        lines[-1] == f"  Who the source 'friend' is: {MANAGER} will know, and no other recipient."
    )


@pytest.mark.parametrize(
    ("readers", "others", "said"),
    [
        ((POLICE,), (), "read by everybody it goes to."),
        ((), (), "read by nobody."),
        ((), (NURSE,), f"read by nobody; not by {NURSE}."),
    ],
)
def test_no_sentence_says_not_by_nobody(
    readers: tuple[str, ...], others: tuple[str, ...], said: str
) -> None:
    first = audience_of(read_document(P1.read_bytes()), setting()).parts[0]
    audience = Audience(parts=(replace(first, readers=readers, others=others, copies=()),))
    assert [line.split(": ", 1)[1] for line in audience_lines(audience)] == [said]


def test_a_question_names_whom_it_asks_and_a_broken_address_does_no_harm() -> None:
    asked = {"question": [{"id": "q", "ask": {NURSE: "Knows", "nobody": "No address"}}]}
    found = audience_of(read_request_document(json.dumps(asked).encode()), setting())
    (part,) = found.parts
    assert (part.kind, part.readers, part.others) == ("question", (NURSE, "nobody"), ())
