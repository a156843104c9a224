"""Package documents for end-to-end tests: the one that the surface shows, and one that says everything."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

MASH, NURSE, FRONT = (
    "mash@ardenfold-police",
    "school.nurse@quillmere-health",
    "front.door@quillmere-council",
)
#: The sections of :func:`package`, and who reads each.
SECTIONS: Mapping[str, Sequence[str]] = {
    "attendance": (MASH, NURSE),
    "observed": (MASH,),
    "health": (NURSE,),
}

#: The package of the surface's example.
BY_HAND = """
to = ["mash@ardenfold-police", "school.nurse@quillmere-health"]
purpose = "Ask for a strategy discussion about missing episodes"
classification = "OFFICIAL-SENSITIVE"
handling = ["RECIPIENTS_ONLY"]
urgency = "amber"
expires = "14d"
thread = "QM-0417"

[contact]
name = "Duty safeguarding lead"
phone = "01632 960 001"
out_of_hours = "01632 960 002"

[[people]]
id = "child"
name = "Jordan T"
role = "child"
born = 2011-03-02
identifiers = { nhs_number = "999 041 7008" }

[[section]]
id = "attendance"
title = "Attendance"
[section.need_to_know]
"mash@ardenfold-police" = "To set the missing episodes against school absence"
"school.nurse@quillmere-health" = "To arrange a health check"
[[section.statement]]
kind = "record"
text = "Absent 11 of 30 sessions, 2 to 20 November 2026"
about = ["child"]
as_of = 2026-11-20
source = { type = "own_record", detail = "Register extract" }
[[section.statement]]
kind = "professional_assessment"
text = "The change since October is out of character"
author = "Form tutor"
basis = [1]

[decision]
outcome = "share_part"
decided_by = "Designated safeguarding lead"
welfare = "Jordan's safety comes first; the pattern needs several agencies' information"
if_shared = "..."
if_not_shared = "..."
withheld = "Sibling's records: not necessary"

[legal]
regime = "uk_gdpr_part2"
article_6 = "e_public_task"
gateway = ["ca2004_s10"]
confidence_basis = "overriding_public_interest"
consent = "not_sought"
consent_not_sought_reason = ["would_place_someone_at_risk"]
informed = "not_informed"
not_informed_reason = ["sch2_p2_crime_prejudice"]
retention = "safeguarding_default"
"""


def package(
    purpose: str,
    *,
    sections: Mapping[str, Sequence[str]] = SECTIONS,
    expires: str = "14d",
    mark: str = "",
    more: str = "",
) -> str:
    """A package whose sections say which they are. ``mark`` begins every text in it; ``more`` goes at the end."""
    to = sorted({address for readers in sections.values() for address in readers})
    lines = [
        f"to = {json.dumps(to)}",
        f"purpose = {_text(mark, purpose)}",
        'classification = "OFFICIAL-SENSITIVE"',
        'handling = ["RECIPIENTS_ONLY"]',
        'urgency = "amber"',
        f"expires = {json.dumps(expires)}",
        f"thread = {_text(mark, 'QM-0417')}",
        "[contact]",
        f"name = {_text(mark, 'Duty safeguarding lead')}",
        f"phone = {_text(mark, '01632 960 001')}",
        "[[people]]",
        'id = "child"',
        f"name = {_text(mark, 'Jordan T')}",
        'role = "child"',
        f"identifiers = {{ nhs_number = {_text(mark, '999 041 7008')} }}",
    ]
    for name, readers in sections.items():
        lines += _section(name, readers, mark)
    lines += [
        "[decision]",
        'outcome = "share_part"',
        f"decided_by = {_text(mark, 'Designated safeguarding lead')}",
        f"welfare = {_text(mark, 'The child comes first')}",
        f"if_shared = {_text(mark, 'Help comes')}",
        f"if_not_shared = {_text(mark, 'Help does not come')}",
        f"withheld = {_text(mark, 'The records of others')}",
        "[legal]",
        'regime = "uk_gdpr_part2"',
        'article_6 = "e_public_task"',
        'gateway = ["ca2004_s10"]',
        'confidence_basis = "overriding_public_interest"',
        'consent = "not_sought"',
        'consent_not_sought_reason = ["would_place_someone_at_risk"]',
        'informed = "not_informed"',
        'not_informed_reason = ["sch2_p2_crime_prejudice"]',
        'retention = "safeguarding_default"',
        more,
    ]
    return "\n".join(lines)


def _section(name: str, readers: Sequence[str], mark: str) -> list[str]:
    needs = [f"{json.dumps(reader)} = {_text(mark, f'To act on {name}')}" for reader in readers]
    return [
        "[[section]]",
        f"id = {json.dumps(name)}",
        f"title = {_text(mark, f'Title of {name}')}",
        "[section.need_to_know]",
        *needs,
        "[[section.statement]]",
        'kind = "record"',
        f"text = {_text(mark, f'Said in {name}')}",
        'about = ["child"]',
        "as_of = 2026-11-20",
        f'source = {{ type = "own_record", detail = {_text(mark, "Register extract")} }}',
        "[[section.statement]]",
        'kind = "professional_assessment"',
        f"text = {_text(mark, f'Thought in {name}')}",
        f"author = {_text(mark, 'Form tutor')}",
    ]


def _text(mark: str, text: str) -> str:
    return json.dumps(f"{mark}{text}", ensure_ascii=False)
