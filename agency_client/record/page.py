"""An opened section in lines for a person to read: everything that its sender said, and nothing left to a program.

Labels stand in place of codes. Texts of others are made safe to show. A test compares this with the fields of each
message, because a reader acts on what the page says: a name without "nobody may learn where this person is" is a trap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agency_client.record.catalogue import Catalogue
from agency_client.record.opened import ReadPerson, ReadStatement
from agency_client.record.plain import plain
from agency_client.record.wording import in_words
from agency_client.record.zones import clock_words
from phoenix_protocol.identifiers import ItemId
from phoenix_protocol.record import Person, Source, Statement

#: What is true of a statement unless somebody said otherwise, and so needs no word.
_UNREMARKABLE: Final = frozenset({None, "unverified"})
_INDENT: Final = " " * 12


def person_lines(person: ReadPerson, catalogue: Catalogue) -> Iterator[str]:
    """Who somebody is, and what readers must know about them."""
    said: Person = person.said
    born = f", born {said.born}" if said.born else ""
    yield plain(f"{said.name} ({said.role}){born}")
    if said.optional.get("location_sensitive") is True:
        yield "    Nobody may learn where this person is."
    for name, value in said.identifiers.items():
        yield plain(f"    {name.replace('_', ' ')}: {value}")
    if said.part3_category:
        words = [in_words(catalogue, "person_category_part3", c) for c in said.part3_category]
        yield plain(f"    For law enforcement: {', '.join(words)}")
    if said.notes:
        yield plain(f"    {said.notes}")


def statement_lines(
    statement: ReadStatement,
    names: Mapping[str, str],
    called: Mapping[ItemId, str],
    catalogue: Catalogue,
    mark: str = "",
) -> Iterator[str]:
    """One statement: class, text, and on the lines below how it is known and how far it can be relied on.

    ``names`` gives the people of the section by their labels, ``called`` what statements are called; ``mark`` says what
    became of it since.
    """
    said = statement.said
    standing = _standing(said, catalogue)
    mark += f"[{standing.upper()}] " if standing else ""
    yield plain(f"{statement.class_.value:<8}  {mark}{said.text}")
    if statement.about:
        yield _INDENT + plain(f"About {', '.join(names.get(p, p) for p in statement.about)}")
    for line in (
        f"{called[statement.id]}: {_known(said)}" if statement.id in called else _known(said),
        _with_name(source_in_words(said.source, catalogue)),
        _times(said),
        reliance_in_words(said, called, catalogue),
        care_in_words(said, catalogue),
    ):
        if line:
            yield _INDENT + plain(line)


def _standing(said: Statement, catalogue: Catalogue) -> str:
    """Disputed, corrected, withdrawn, verified: said before the words, so that nobody reads them without it."""
    if said.verification in _UNREMARKABLE:
        return ""
    return in_words(catalogue, "verification", said.verification or "")


def _known(said: Statement) -> str:
    parts = [said.kind.value.replace("_", " ").capitalize()]
    if said.author:
        parts.append(f"by {said.author}")
    if said.author_role:
        parts.append(f"({said.author_role})")
    if said.verified_by:
        parts.append(f"checked by {said.verified_by}")
    if said.chain_depth:
        times = "once" if said.chain_depth == 1 else f"{said.chain_depth} times"
        return f"{' '.join(parts)}, first said by {said.origin}, passed on {times}"
    return " ".join(parts)


def _with_name(source: str) -> str:
    return f"Source: {source}" if source else ""


def source_in_words(source: Source | None, catalogue: Catalogue) -> str:
    """Where a statement comes from; empty where nothing was said. The text is literal."""
    if source is None:
        return ""
    parts = [in_words(catalogue, "source_type", source.type)]
    parts += [part for part in (source.relation, source.detail, source.reference) if part]
    if source.first_hand is not None:
        parts.append("first hand" if source.first_hand else "not first hand")
    if source.identity_protected:
        parts.append("protect who it is")
    return ", ".join(parts)


def _times(said: Statement) -> str:
    happened = " to ".join(clock_words(t) for t in (said.event_from, said.event_to) if t)
    parts = (("As of", said.as_of), ("happened", happened), ("written down", said.recorded_at))
    return _sentence(f"{name} {clock_words(value)}" for name, value in parts if value)


def reliance_in_words(said: Statement, called: Mapping[ItemId, str], catalogue: Catalogue) -> str:
    """Its grade, what it rests on, and what would test it. The text is literal."""
    parts = []
    if said.grade is not None:
        scheme = in_words(catalogue, "grade_scheme", said.grade.scheme)
        parts.append(f"graded {said.grade.code} ({scheme})")
    if said.basis:
        rests = ", ".join(called.get(b, b.hex()[:8]) for b in said.basis)
        parts.append(f"rests on {rests}")
    if said.test:
        parts.append(f"what would test it: {said.test}")
    return _sentence(parts)


def care_in_words(said: Statement, catalogue: Catalogue) -> str:
    """What needs care: its flags and special categories. The text is literal."""
    flags = [in_words(catalogue, "statement_flag", flag) for flag in said.flags]
    special = [in_words(catalogue, "special_category", code) for code in said.special_category]
    if special:
        flags.append(f"special category: {', '.join(special)}")
    return _sentence(flags)


def _sentence(parts: Sequence[str] | Iterator[str]) -> str:
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]
