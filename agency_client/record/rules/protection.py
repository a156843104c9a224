"""Rules on who is named where: a protected source only to those who may know it (hard block 9), nobody on the cover.

The sources of a document are those that its author protects, and those of the packages that it speaks of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from agency_client.record.copying import controlled_in
from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Finding, problem, warning
from agency_client.record.places import Place
from agency_client.record.sources import Protected, is_named, is_named_in_part, protected_in
from agency_client.record.statements import Person
from agency_client.record.subjects import reference
from agency_client.record.tables import declared

Text = tuple[str, Place]
#: Answers that stay with the sender's agency.
_OWN: Final = frozenset({"confider"})
#: Reasons by address: each reader reads their own, and nobody else's.
_REASONS: Final = ("need_to_know", "ask")
#: How another child is a source, whom somebody may want to protect.
_CHILDREN: Final = frozenset({"peer", "child"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A protected source, and the ids under which the document has it."""

    is_: Protected
    ids: frozenset[str]


def known_only_to_those_named(document: Document, facts: Facts) -> Iterator[Finding]:
    """What some read whom nobody named to know a protected source neither is about them nor names them."""
    for source in _sources(document, facts):
        for readers, part in document.parts():
            if source.is_.unknown_to(readers):
                yield from _told_in(readers, part, source, document)


def not_told_to_everybody(document: Document, facts: Facts) -> Iterator[Finding]:
    """What every recipient reads does not name a source that some of them may not know."""
    for source in _sources(document, facts):
        if source.is_.unknown_to(document.to):
            for text, at in _for_everybody(document):
                if is_named(source.is_.name, text):
                    yield _refusal(source.is_, at)


def not_told_to_originators(document: Document, facts: Facts) -> Iterator[Finding]:
    """What tells an agency that its statement is to go on, or went on, names no source that it may not know."""
    for section, _, copied in controlled_in(document):
        texts = (
            (document.onward.safety_override, (*document.onward.at, "safety_override")),
            (document.purpose, ("purpose",)),
            *((why, (*section.at, "need_to_know", to)) for to, why in section.need_to_know.items()),
        )
        for source in _sources(document, facts):
            for text, at in texts if source.is_.unknown_to({copied.sent_from}) else ():
                if is_named(source.is_.name, text or ""):
                    yield _refusal(source.is_, at)


def no_part_of_a_name(document: Document, facts: Facts) -> Iterator[Finding]:
    """A first name or surname by itself can tell who a source is as well: a person has to look."""
    sources = _sources(document, facts)
    ids = {id_ for source in sources for id_ in source.ids}
    others = [person.name or "" for person in document.people if person.id not in ids]
    for source in sources:
        for text, at in _read_by_others(source, document):
            named = is_named(source.is_.name, text)  # this stops the package already
            if not named and is_named_in_part(source.is_.name, text, others):
                message = (
                    f"This has a part of the name of the source {source.is_.label} in it, and not everybody "
                    "who reads it may know who that is."
                )
                yield warning("W_DOC_PROTECTED", at, message, clause="Q2")


def nobody_on_the_cover(document: Document, facts: Facts) -> Iterator[Finding]:
    """What is read in lists before anybody has accepted anything names nobody whom it is about."""
    people = [p for p in document.people if not p.source_known_to]  # who they are stops the package
    for name in ("purpose", "handling", "contact"):
        for text, at in _texts(getattr(document, name), (name,)):
            if any(_is_on(person, text) for person in people):
                message = "This names somebody on the cover, which is shown in lists before it is accepted."
                yield warning("W_DOC_COVER", at, message, clause="CO11")
            elif name != "contact" and any(_is_child_in_part(person, text) for person in people):
                message = (
                    "This has a part of the child's name on the cover, which is shown in lists "
                    "before it is accepted."
                )
                yield warning("W_DOC_COVER", at, message, clause="CO11")


def somebody_may_know(document: Document, facts: Facts) -> Iterator[Finding]:
    """A source that is protected, or another child, of whom nobody is named to know who they are."""
    if any(person.source_known_to for person in document.people):
        return
    for _, statement in document.statements.values():
        source = statement.source
        if source is None or statement.copied is not None or statement.kind == "child_said":
            continue
        if source.reference is not None:  # known by that, and by no name
            continue
        if source.identity_protected or source.type in _CHILDREN:
            message = (
                "Nobody is named who may know who this source is. If you name them anywhere, everybody who "
                "reads that learns it, and may pass it on."
            )
            yield warning("W_DOC_SOURCE", source.at or statement.at, message, clause="Q2")
            return


def _is_on(person: Person, text: str) -> bool:
    written = reference(text)
    numbers = (reference(number) for number in person.identifiers.values())
    is_a_word = len((person.name or "").strip()) > 1  # an initial is in every sentence
    return (is_a_word and is_named(person.name or "", text)) or any(
        n and n in written for n in numbers
    )


def _is_child_in_part(person: Person, text: str) -> bool:
    return person.role == "child" and is_named_in_part(person.name or "", text)


def _sources(document: Document, facts: Facts) -> list[_Source]:
    """What the document says of its own people holds, but for those whom another agency protects."""
    own = protected_in(document.people)
    named = {_folded(person.name): person.id for person in document.people}
    found = [_Source(is_=each, ids=frozenset({each.label})) for each in own]
    for other in facts.sources:
        stricter = (each.known_to <= other.known_to for each in own if _same(each, other))
        if any(stricter) or (other.ours and _folded(other.name) in named):
            continue
        id_ = named.get(_folded(other.name))
        found.append(_Source(is_=other, ids=frozenset({id_} if id_ else ())))
    return found


def _same(one: Protected, other: Protected) -> bool:
    return _folded(one.name) == _folded(other.name)


def _folded(name: str | None) -> str:
    return (name or "").strip().casefold()


def _told_in(
    readers: frozenset[str], part: Any, source: _Source, document: Document
) -> Iterator[Finding]:
    for table in _tables(part):
        if not source.ids.isdisjoint(table.about):
            yield _refusal(source.is_, (*table.at, "about"))
    for text, at in _told_with(readers, part, source, document):
        if is_named(source.is_.name, text):
            yield _refusal(source.is_, at)


def _told_with(
    readers: frozenset[str], part: Any, source: _Source, document: Document
) -> Iterator[Text]:
    """The texts of a part that somebody reads who may not know a source, and the notes on those whom it is about."""
    reasons = {(*part.at, name, to): to for name in _REASONS for to in getattr(part, name, ())}
    for text, at in _texts(part, part.at):
        if source.is_.unknown_to({reasons[at]} if at in reasons else readers):
            yield text, at
    about = {name for table in _tables(part) for name in table.about}
    for other in document.people:
        if other.id in about and other.id not in source.ids:
            yield other.notes or "", (*other.at, "notes")


def _read_by_others(source: _Source, document: Document) -> Iterator[Text]:
    """Every text that somebody reads who may not know a source."""
    for readers, part in document.parts():
        if source.is_.unknown_to(readers):
            yield from _told_with(readers, part, source, document)
    if source.is_.unknown_to(document.to):
        yield from _for_everybody(document)


def _tables(part: Any) -> tuple[Any, ...]:
    """What in a part is about people: the statements of a section, a question itself."""
    return tuple(part.statement) if hasattr(part, "statement") else (part,)


def _refusal(source: Protected, at: Place) -> Finding:
    message = (
        f"This tells readers who the source {source.label} is. Only {len(source.known_to)} "
        "of the addresses may know."
    )
    return problem("E_DOC_PROTECTED", at, message, clause="Q2")


def _for_everybody(document: Document) -> Iterator[Text]:
    """Every text on the cover and in the sections that are for all, and where it stands."""
    for name in ("purpose", "thread", "handling", "permitted_action"):
        yield from _texts(getattr(document, name), (name,))
    for name in ("needed", "evidence", "limits"):
        yield from _texts(getattr(document.consent, name), (*document.consent.at, name))
    for table in document.for_all():
        yield from _texts(table, table.at)


def _texts(value: Any, at: Place) -> Iterator[Text]:
    """Every text in a table, a list or a map, with its place."""
    if isinstance(value, str):
        yield value, at
    elif isinstance(value, tuple):
        for n, each in enumerate(value):
            yield from _texts(each, (*at, n))
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, (*at, name))
    elif hasattr(value, "at"):
        for entry in declared(type(value)):
            if entry.name not in _OWN:
                yield from _texts(getattr(value, entry.name), (*at, entry.name))


RULES = (
    known_only_to_those_named,
    not_told_to_everybody,
    not_told_to_originators,
    no_part_of_a_name,
    nobody_on_the_cover,
    somebody_may_know,
)
