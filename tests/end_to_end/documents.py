"""Package documents for end-to-end tests: the one that the surface shows, and one that says everything."""

from __future__ import annotations

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
