"""Who gets which answer: the placement table of docs/protocol.md §5, as tables of named answers.

What every recipient must know goes into one section for all; the decision, the details of consent and the advice go
into one for the sender's own agency. Every answer keeps the name that it has in the document (``legal.article_6``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from agency_client.record.answers import Informing
from agency_client.record.catalogue import Catalogue, Whose
from agency_client.record.document import Document
from agency_client.record.places import Place, written
from agency_client.record.statements import SECTION_ANSWERS, Section
from agency_client.record.tables import declared
from phoenix_protocol import limits
from phoenix_protocol.record import Entries

#: Fields of the answer tables that do not become a named answer of their table.
_ELSEWHERE: Final = frozenset({("legal", "do_not_alert"), ("consent", "limits")})
#: The most answers, and bytes of them, that one item holds. A single answer is smaller (16 texts of 16 KiB).
_MOST: Final = 64
_LARGEST: Final = limits.STATEMENT_BYTES // 2
#: Where answers to an agency's own questions stand, and the questions.
LOCAL: Final = "local"
LOCAL_QUESTION: Final = "local_question"
#: What recipients read in place of a person's id where they may not know the person.
_NO_ROLE: Final = "somebody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """By what rules a package was written: the partnership's protocol, the catalogue, and whether it was urgent.

    ``protocol_text`` is the SHA-256 of the protocol's text, where the partnership names one.
    """

    protocol: str
    protocol_version: int = 1
    protocol_text: bytes | None = None
    catalogue: Catalogue
    urgent: bool = False


def for_everybody(document: Document, rules: Rules) -> tuple[Entries, ...]:
    """Legal basis, informing and do-not-alert, quality, permitted use, limits of consent."""
    package = {
        "purpose_code": document.purpose_code,
        "permitted_action": document.permitted_action,
        "next_review": _values(document.next_review),
        "consent.limits": _values(document.consent.limits),
        "protocol": (rules.protocol,),
        "protocol.version": (str(rules.protocol_version),),
        "protocol.hash": (rules.protocol_text.hex(),) if rules.protocol_text else (),
        "catalogue.version": (rules.catalogue.version,),
        "catalogue.digest": (rules.catalogue.digest.hex(),),
    }
    for whose in Whose:
        named = rules.catalogue.named(whose)
        if named is not None:
            version, digest = named
            package |= {
                f"catalogue.{whose.value}_version": (version,),
                f"catalogue.{whose.value}_digest": (digest.hex(),),
            }
    sets = (
        package,
        dict(answers_of(document.legal)),
        dict(answers_of(document.quality)),
        *(_about_informing(entry, document) for entry in document.informing),
    )
    alert = Entries(entries={}, do_not_alert=document.legal.do_not_alert)
    return (*entries_of(sets), *((alert,) if alert.do_not_alert else ()))


def for_own_agency(document: Document, rules: Rules) -> tuple[Entries, ...]:
    """The decision, the weighing, what was withheld, consent, capacity, the child's wishes, advice, confiders,
    what the agency or partnership asked besides."""
    tables = (
        document.decision,
        document.onward,
        document.consent,
        document.child_voice,
        *document.capacity,
        *document.advice,
    )
    urgent = {"urgent": _values(rules.urgent)}
    kept_back = dict(_kept_back(document))
    asked_here = dict(_local(document, rules.catalogue))
    return entries_of(
        (urgent, *(dict(answers_of(table)) for table in tables), kept_back, asked_here)
    )


def of_section(section: Section) -> tuple[Entries, ...]:
    """What is said of a section as a whole, for its own readers."""
    return entries_of([{name: _values(getattr(section, name)) for name in SECTION_ANSWERS}])


def entries_of(sets: Iterable[Mapping[str, tuple[str, ...]]]) -> tuple[Entries, ...]:
    """``sets`` of answers as messages, without what is empty, none larger than one item of a section can be."""
    return tuple(
        Entries(entries=part, do_not_alert=()) for answers in sets for part in _parts(answers)
    )


def _parts(answers: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, tuple[str, ...]]]:
    part: dict[str, tuple[str, ...]] = {}
    size = 0
    for name, values in answers.items():
        if not values:
            continue
        grows = sum(len(value.encode()) for value in values)
        if part and (len(part) == _MOST or size + grows > _LARGEST):
            yield part
            part, size = {}, 0
        part[name] = values
        size += grows
    if part:
        yield part


def answers_of(table: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every answer of a table and of the tables inside it, by its place in the document."""
    for entry in declared(type(table)):
        value, at = getattr(table, entry.name), (*table.at, entry.name)
        if at in _ELSEWHERE:
            continue
        inner = value if isinstance(value, tuple) else (value,)
        if any(hasattr(item, "at") for item in inner):
            for item in inner:
                yield from answers_of(item)
        elif values := _values(value):
            yield written(at), values


def _values(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    return value if isinstance(value, tuple) else (value,)


def _about_informing(entry: Informing, document: Document) -> dict[str, tuple[str, ...]]:
    """One person's informing, under the person's role: not every reader may know who it is."""
    answers = dict(answers_of(entry))
    person = document.persons.get(entry.person or "")
    place: Place = (*entry.at, "person")
    answers[written(place)] = (person.role if person and person.role else _NO_ROLE,)
    return answers


def _local(document: Document, catalogue: Catalogue) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Answers to questions of an agency's own, with the questions as they were asked: later nobody may know them."""
    for id_, answer in document.local.items():
        if answer.strip():
            question = catalogue.questions.get(id_)
            yield written((LOCAL, id_)), (answer,)
            if question is not None:
                yield written((LOCAL_QUESTION, id_)), (question.text,)


def _kept_back(document: Document) -> Iterator[tuple[str, tuple[str, ...]]]:
    for section in document.section:
        if section.confider is not None:
            yield written((*section.at, "confider")), (section.confider,)
    for person in document.people:
        if person.identifier_absent_reason is not None:
            place: Place = (*person.at, "identifier_absent_reason")
            yield written(place), (person.identifier_absent_reason,)
