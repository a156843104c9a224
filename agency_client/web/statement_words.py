"""What a statement or a person carries, as names and values for a page. Texts are literal: templates make them safe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from agency_client.record.catalogue import Catalogue
from agency_client.record.opened import ReadStatement
from agency_client.record.when import span
from agency_client.record.wording import in_words
from agency_client.web.when import moment
from phoenix_protocol.record import Kind, Person, Source, Statement


@dataclass(frozen=True, slots=True)
class Said:
    """A name and what was said under it."""

    name: str
    words: str = field(repr=False)


#: How an author knows what a statement says, in plain words.
KINDS: Final[dict[Kind, str]] = {
    Kind.OBSERVED: "Seen or heard by the author",
    Kind.RECORD: "From a record",
    Kind.CHILD_SAID: "Said by the child",
    Kind.REPORTED: "Told to the author by somebody",
    Kind.HEARSAY: "Told to the author by somebody who heard it from somebody else",
    Kind.INTELLIGENCE: "Police intelligence",
    Kind.PROFESSIONAL_ASSESSMENT: "Professional assessment",
    Kind.PROFESSIONAL_CONCERN: "Professional concern, not evidenced",
    Kind.HYPOTHESIS: "A possible explanation, not tested",
}
#: What is true of a statement unless somebody said otherwise.
_UNCHECKED: Final = "unverified"


def standing(said: Statement, catalogue: Catalogue) -> str | None:
    """How far it was checked, as its sender said when sending; None for what was not checked."""
    if said.verification in {None, _UNCHECKED}:
        return None
    return in_words(catalogue, "verification", said.verification or "")


def statement_facts(
    statement: ReadStatement, names: Mapping[str, str], catalogue: Catalogue
) -> tuple[Said, ...]:
    """Everything of a statement but its class, its words and what it rests on."""
    said = statement.said
    about = ", ".join(names.get(label, label) for label in statement.about)
    author = ", ".join(part for part in (said.author, said.author_role) if part)
    pairs = (
        ("About", about),
        ("How it is known", KINDS[said.kind]),
        ("Author", author),
        ("Source", source_words(said.source, catalogue)),
        ("First said by", _chain(said)),
        ("As of", dated(said.as_of)),
        ("Not said as of when", _reason(said, "as_of_not_known")),
        ("Not said about whom", _reason(said, "about_not_known")),
        ("Happened", " to ".join(dated(t) for t in (said.event_from, said.event_to) if t)),
        ("Written down", dated(said.recorded_at)),
        ("Checked", _checked(said, catalogue)),
        ("Graded", _grade(said, catalogue)),
        ("What would test it", said.test),
        ("Take care", _labels(catalogue, "statement_flag", said.flags)),
        ("Special category", _labels(catalogue, "special_category", said.special_category)),
    )
    return tuple(Said(name, words) for name, words in pairs if words)


def is_protected(statement: ReadStatement) -> bool:
    """Whether nobody may say who said it."""
    source = statement.said.source
    return source is not None and (source.identity_protected or source.type == "protected")


def source_words(source: Source | None, catalogue: Catalogue) -> str:
    """Where a statement comes from. That a source is protected is a tag of the statement, louder than these words."""
    if source is None:
        return ""
    parts = [in_words(catalogue, "source_type", source.type)]
    parts += [part for part in (source.relation, source.detail, source.reference) if part]
    if source.first_hand is not None:
        parts.append("first hand" if source.first_hand else "not first hand")
    return ", ".join(parts)


def _chain(said: Statement) -> str:
    if not said.chain_depth:
        return ""
    times = "once" if said.chain_depth == 1 else f"{said.chain_depth} times"
    return f"{said.origin}, and passed on {times} since"


def _reason(said: Statement, name: str) -> str:
    found = said.optional.get(name)
    return found if isinstance(found, str) else ""


def _checked(said: Statement, catalogue: Catalogue) -> str:
    words = in_words(catalogue, "verification", said.verification or "")
    return f"{words}, by {said.verified_by}" if said.verified_by else words


def _grade(said: Statement, catalogue: Catalogue) -> str:
    if said.grade is None:
        return ""
    return f"{said.grade.code} ({in_words(catalogue, 'grade_scheme', said.grade.scheme)})"


def _labels(catalogue: Catalogue, enumeration: str, codes: Sequence[str]) -> str:
    return "; ".join(in_words(catalogue, enumeration, code) for code in codes)


def person_facts(said: Person, known_to: Sequence[str], catalogue: Catalogue) -> tuple[Said, ...]:
    """Everything of a person but name and role."""
    return tuple(
        Said(name, words) for name, words in _of_person(said, known_to, catalogue) if words
    )


def _of_person(
    said: Person, known_to: Sequence[str], catalogue: Catalogue
) -> Iterator[tuple[str, str | None]]:
    yield "Born", dated(said.born)
    for name, value in said.identifiers.items():
        words = name.replace("_", " ").replace("nhs ", "NHS ")
        yield words[:1].upper() + words[1:], value
    yield "For law enforcement", _labels(catalogue, "person_category_part3", said.part3_category)
    yield "Only these may know who it is", ", ".join(known_to)
    yield "Notes", said.notes


_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]")
_DAY: Final = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])(?:-([0-9]{2}))?")


def dated(text: str | None) -> str:
    """A day or month as people write it, a time on the clock of the United Kingdom; anything else as it is."""
    if text is None:
        return ""
    found = _DAY.fullmatch(text)
    if found is not None:
        year, month, day = found.groups()
        words = f"{date(int(year), int(month), 1):%B} {year}"
        return f"{int(day)} {words}" if day else words
    at = span(text) if _TIME.match(text) else None
    return moment(at.first) if at is not None else text
