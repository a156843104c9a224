"""Messages of the rules, which know people by their ids alone, in the names that the writer gave. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from agency_client.record.findings import Findings
from phoenix_protocol.errors import Problem

_SOURCE: Final = re.compile(r"\bthe source ([A-Za-z0-9_-]+)")


def called(position: int, person: Mapping[str, Any]) -> str:
    """What a person is called: their name, or their number among the people."""
    return str(person.get("name") or f"Person {position + 1}")


def with_names(findings: Findings, document: Mapping[str, Any]) -> Findings:
    """The same findings, with the names of the sources that the document protects."""
    people = document.get("people") or ()
    names = {
        str(person.get("id")): called(n, person)
        for n, person in enumerate(people)
        if person.get("source_known_to")
    }

    def named(problem: Problem) -> Problem:
        words = _SOURCE.sub(
            lambda at: f"the source {names[at[1]]}" if at[1] in names else at[0], problem.message
        )
        return replace(problem, message=words)

    return replace(
        findings,
        problems=tuple(map(named, findings.problems)),
        warnings=tuple(map(named, findings.warnings)),
        prompts=tuple(map(named, findings.prompts)),
        owed=tuple(map(named, findings.owed)),
    )
