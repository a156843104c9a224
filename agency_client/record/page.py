"""An opened section in lines for a person to read: everything that its sender said, and nothing left to a program.

Labels stand in place of codes. Texts of others are made safe to show. A test compares this with the fields of each
message, because a reader acts on what the page says: a name without "nobody may learn where this person is" is a trap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from agency_client.record.catalogue import Catalogue
from agency_client.record.copied import source_known_to
from agency_client.record.date_words import written_day
from agency_client.record.opened import ReadPerson, ReadStatement
from agency_client.record.plain import plain
from agency_client.record.wording import in_words
from phoenix_protocol.identifiers import ItemId
from phoenix_protocol.record import CLASS_OF, Person, Source, Statement

#: What was said before these notices is not what stands now.
_SUPERSEDED: Final = ("withdrawn", "corrected")
_INDENT: Final = " " * 12


def person_lines(person: ReadPerson, catalogue: Catalogue) -> Iterator[str]:
    """Who somebody is, and what readers must know about them."""
    said: Person = person.said
    born = f", born {written_day(said.born)}" if said.born else ""
    yield plain(f"{said.name} ({said.role}){born}")
    if said.optional.get("location_sensitive") is True:
        yield "    Nobody may learn where this person is."
    if known_to := source_known_to(said):
        yield plain(f"    Protected source. {only_these(known_to)}")
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
    marks: Sequence[str] = (),
    now: Statement | None = None,
) -> Iterator[str]:
    """One statement: class, text, and on the lines below how it is known and how far it can be relied on.

    ``names`` gives the people of the section by their labels, ``called`` what statements are called; ``marks`` say
    what became of it since, ``now`` what stands in its place: nobody takes the old words for that.
    """
    said = statement.said
    yield plain(f"{statement.class_.value:<8}  {words_of(said, catalogue, marks)}")
    if statement.about:
        yield _INDENT + plain(f"About {', '.join(names.get(p, p) for p in statement.about)}")
    own = f"{called[statement.id]}: " if statement.id in called else ""
    before = tuple(_details(said, called, catalogue))
    yield from (_INDENT + plain(line) for line in (own + before[0], *before[1:]))
    if now is not None:
        yield plain(f"{CLASS_OF[now.kind].value:<8}  Now: {words_of(now, catalogue)}")
        changed = (line for line in _details(now, called, catalogue) if line not in before)
        yield from (_INDENT + plain(line) for line in changed)


def words_of(said: Statement, catalogue: Catalogue, marks: Sequence[str] = ()) -> str:
    """What a statement says, after whether it still stands and how far it was checked. The text is literal."""
    gone = [mark.upper() for mark in marks if mark in _SUPERSEDED]
    standing = _standing(said, catalogue)
    rest = [*(mark for mark in marks if mark not in _SUPERSEDED), standing]
    mark = marked(each for each in rest if each.upper() not in gone)
    return f"{', '.join(gone)}. It said: {mark}{said.text}" if gone else f"{mark}{said.text}"


def _details(said: Statement, called: Mapping[ItemId, str], catalogue: Catalogue) -> Iterator[str]:
    yield _known(said)
    for line in (
        _with_name(source_in_words(said.source, catalogue)),
        _times(said),
        reliance_in_words(said, called, catalogue),
        care_in_words(said, catalogue),
    ):
        if line:
            yield line


def only_these(known_to: Sequence[str]) -> str:
    """Which addresses alone may know who a protected source is. The text is literal."""
    return f"Only these may know who this is: {', '.join(known_to)}"


def marked(marks: Iterable[str]) -> str:
    """What stands before a text: every word once, however many say it; nothing where nobody said anything."""
    words = dict.fromkeys(mark.upper() for mark in marks if mark)
    return f"[{', '.join(words)}] " if words else ""


def _standing(said: Statement, catalogue: Catalogue) -> str:
    """Disputed, verified, not checked: said before the words, so that nobody reads them without it."""
    if said.verification is None:
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
        parts.append("protected source: protect who it is")
    return ", ".join(parts)


def _times(said: Statement) -> str:
    happened = " to ".join(written_day(t) for t in (said.event_from, said.event_to) if t)
    parts = (
        ("As of", written_day(said.as_of or "")),
        ("happened", happened),
        ("written down", written_day(said.recorded_at or "")),
    )
    return _sentence(f"{name} {value}" for name, value in parts if value)


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
