"""Messages of the rules, which know people, sections and addresses by ids and places, in the writer's names. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from agency_client.record.findings import Findings
from agency_client.record.plain import plain
from agency_client.web.fields import value_at
from phoenix_protocol.errors import Problem

_SOURCE: Final = re.compile(r"\bthe source ([A-Za-z0-9_-]+)")
_SECTION: Final = re.compile(r"section\[(\d+)\]")
_READER: Final = re.compile(r'(?:section|question)\[\d+\]\.(?:need_to_know|ask)\."?([^"]+)"?')
_TO: Final = re.compile(r"to\[(\d+)\]")
_HERE: Final = {
    "section": re.compile(r"\b(this) section\b", re.IGNORECASE),
    "address": re.compile(r"\b(this) address\b", re.IGNORECASE),
}


def called(position: int, person: Mapping[str, Any]) -> str:
    """What a person is called: their name, or their number among the people."""
    return str(person.get("name") or f"Person {position + 1}")


def section_called(document: Mapping[str, Any], number: int) -> str:
    """What a section is called, by its number from 1: its title, or its number."""
    title = value_at(document, ("section", number - 1, "title"))
    return f"“{plain(str(title))}”" if title else str(number)


def with_names(
    findings: Findings, document: Mapping[str, Any], names: Mapping[str, str] | None = None
) -> Findings:
    """The same findings, with the names of protected sources, and the section and the address that each means.

    ``names`` are those of addresses.
    """
    people = document.get("people") or ()
    sources = {
        str(person.get("id")): called(n, person)
        for n, person in enumerate(people)
        if person.get("source_known_to")
    }

    def named(problem: Problem) -> Problem:
        words = _SOURCE.sub(
            lambda at: f"the source {sources[at[1]]}" if at[1] in sources else at[0],
            problem.message,
        )
        words = _put(words, "section", _section_of(problem.place, document))
        words = _put(words, "address", _address_of(problem.place, document, names or {}))
        return replace(problem, message=words)

    return _each(findings, named)


def _each(findings: Findings, change: Callable[[Problem], Problem]) -> Findings:
    return replace(
        findings,
        problems=tuple(map(change, findings.problems)),
        warnings=tuple(map(change, findings.warnings)),
        prompts=tuple(map(change, findings.prompts)),
        owed=tuple(map(change, findings.owed)),
    )


def _put(words: str, what: str, name: str) -> str:
    """``this section`` with what it is called, at the beginning of a sentence too."""
    if not name:
        return words

    def put(at: re.Match[str]) -> str:
        if what == "address":
            return name
        return f"{'The' if at[1][0] == 'T' else 'the'} section {name}"

    return _HERE[what].sub(put, words)


def _section_of(place: str, document: Mapping[str, Any]) -> str:
    at = _SECTION.match(place)
    return section_called(document, int(at[1])) if at is not None else ""


def _address_of(place: str, document: Mapping[str, Any], names: Mapping[str, str]) -> str:
    at, reader = _TO.fullmatch(place), _READER.fullmatch(place)
    address = value_at(document, ("to", int(at[1]) - 1)) if at is not None else None
    if reader is not None:
        address = reader[1]
    return plain(names.get(str(address), str(address))) if address else ""
