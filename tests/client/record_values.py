"""A document that no rule has anything to say about, and the facts that it is checked against."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from typing import Any

from agency_client.record.facts import Facts, Own, Reach
from agency_client.record.findings import Findings
from agency_client.record.reading import read_document
from agency_client.record.rules import RULES, check_document
from agency_client.record.shipped import shipped_calendar, shipped_catalogue
from phoenix_protocol import limits
from phoenix_protocol.directory.statements import Bounds
from phoenix_protocol.identifiers import Address, Seconds

#: 22 November 2026, noon UTC.
NOW = Seconds(1_795_348_800)

POLICE = "mash@ardenfold-police"
NURSE = "school.nurse@quillmere-health"
COUNCIL = "front.door@quillmere-council"
OWN = Address("lead@fennick-academy")

ADDRESSES = {
    POLICE: Reach.IN_FORCE,
    NURSE: Reach.IN_FORCE,
    COUNCIL: Reach.IN_FORCE,
    "manager@quillmere-council": Reach.IN_FORCE,
    "left@quillmere-council": Reach.ENDED,
    "office@paused-charity": Reach.SUSPENDED,
    "office@closed-charity": Reach.CLOSED,
    OWN: Reach.IN_FORCE,
}

COMPLETE = """\
to = ["mash@ardenfold-police", "school.nurse@quillmere-health"]
purpose = "Ask for a strategy discussion"
classification = "OFFICIAL-SENSITIVE"
handling = ["RECIPIENTS_ONLY"]
permitted_action = ["own_agency_planning"]
urgency = "amber"
expires = "14d"
thread = "QM-0417"

[contact]
name = "Duty lead"
phone = "01632 960 001"

[[people]]
id = "child"
name = "Jordan T"
role = "child"

[[section]]
id = "attendance"
title = "Attendance"
confidential = ["private"]
sensitivity = ["personal"]
[section.need_to_know]
"mash@ardenfold-police" = "To compare"
"school.nurse@quillmere-health" = "To arrange a check"
[[section.statement]]
kind = "record"
text = "Absent 11 of 30 sessions"
about = ["child"]
as_of = 2026-11-20
[[section.statement]]
kind = "professional_assessment"
text = "Out of character"
about = ["child"]
author = "Form tutor"
basis = [1]

[[section]]
id = "heard"
title = "What was heard"
confidential = ["private"]
sensitivity = ["personal"]
[section.need_to_know]
"mash@ardenfold-police" = "To look for the car"
[[section.statement]]
kind = "reported"
text = "A friend saw a car"
about = ["child"]
author = "Pastoral lead"
as_of = 2026-11-19
source = { type = "public_named" }

[decision]
outcome = "share_part"
decided_by = "Safeguarding lead"
decided_at = 2026-11-20
welfare = "Safety first"
consequence_of_not_sharing = "The pattern"
if_shared = "They act"
if_not_shared = "They do not"
more_harm = "no"
why_this_much = "Enough for the task"
why_enough = "Dates are there"
withheld = "Sibling's records"
relationship_impact = "Some"
information_known_at = 2026-11-19
labels_checked_by = "Deputy"

[legal]
regime = "uk_gdpr_part2"
article_6 = "e_public_task"
gateway = ["ca2004_s10"]
confidence_basis = "statutory_duty"
article_8 = "Necessary"
consent = "not_needed"
informed = "informed_before"
informed_how = "In person, 20 November"
privacy_notice = "Pupil notice 2026"
retention = "safeguarding_default"

[quality]
checked_on = 2026-11-20

[consent]
needed = "no_lawful_basis"
seeking_would_risk = "no"
seeking_would_prejudice = "no"
seeking_would_delay = "no"

[[capacity]]
person = "child"
outcome = "can_decide"
how_explained = "With pictures"

[child_voice]
words = "I want it to stop"
"""

Edit = tuple[str, str]


def edited(*edits: Edit, text: str = COMPLETE) -> str:
    """``text`` with each (old, new) put in once. An edit that changes nothing is a mistake of the test."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def facts(**changes: Any) -> Facts:
    """The facts of an ordinary school, with ``changes``."""
    ordinary = Facts(
        now=NOW,
        own=Own(address=OWN, kind="education", jurisdiction="england", legal_scope="b"),
        addresses=ADDRESSES,  # type: ignore[arg-type]  # literals that are addresses
        bounds=Bounds(attachment=limits.MIB, package=2 * limits.MIB, life=limits.LIFE),
        catalogue=shipped_catalogue(),
        calendar=shipped_calendar(),
        review_due=Seconds(NOW + 86400),
    )
    return dataclasses.replace(ordinary, **changes)


def own(**changes: Any) -> Own:
    """The ordinary school, with ``changes``."""
    return dataclasses.replace(facts().own, **changes)


def check(text: str | bytes, given: Facts | None = None, rules: Any = RULES) -> Findings:
    """What the rules find in a document."""
    data = text.encode() if isinstance(text, str) else text
    return check_document(_read(data), given or facts(), rules)


_read = lru_cache(maxsize=512)(read_document)


def told(findings: Findings) -> set[str]:
    """Findings as short lines: ``problem E_DOC_KIND section[1].statement[1].kind``."""
    kinds = {
        "problem": findings.problems,
        "warning": findings.warnings,
        "owed": findings.owed,
        "prompt": findings.prompts,
    }
    return {f"{kind} {p.code} {p.place}".strip() for kind, found in kinds.items() for p in found}
