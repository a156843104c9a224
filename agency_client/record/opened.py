"""An opened section as values to show: strict about its form, literal about its words (docs/protocol.md §5).

A reader shows what is there: which fields a kind of statement needs is the sender's rule. The class beside a statement
(FACT, REPORTED, OPINION) is taken from its kind and never from anything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agency_client.record.copied import source_known_to
from phoenix_protocol import limits, record, schema
from phoenix_protocol.encoding import Plain
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import ItemId
from phoenix_protocol.record import CLASS_OF, StatementClass
from phoenix_protocol.sealing.contents import Item, ItemType

_MESSAGES: Final[dict[ItemType, type[Any]]] = {
    ItemType.HEAD: record.Head,
    ItemType.PERSON: record.Person,
    ItemType.STATEMENT: record.Statement,
    ItemType.ATTACHMENT: record.Attachment,
    ItemType.ENTRIES: record.Entries,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStatement:
    """One statement: its id for ever, the class that its kind has, and what the author said."""

    id: ItemId
    class_: StatementClass
    about: tuple[
        str, ...
    ]  # the section's people by their labels; an id in hex for somebody who is not in it
    said: record.Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPerson:
    """Somebody whom the section names."""

    id: ItemId
    said: record.Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAttachment:
    """A file that belongs to the section. Its name is the sender's: never a path to write to."""

    id: ItemId
    said: record.Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSection:
    """A section. ``id`` is its author's word for it, ``item`` the random id of its head; ``answers`` are named."""

    id: str
    item: ItemId
    kind: str
    title: str
    marking: str
    handling: tuple[str, ...]
    people: tuple[ReadPerson, ...]
    statements: tuple[ReadStatement, ...]
    attachments: tuple[ReadAttachment, ...]
    answers: Mapping[str, tuple[str, ...]]
    do_not_alert: tuple[str, ...]


def read_section(items: Sequence[Item]) -> ReadSection:
    """The section that ``items`` make up. Raises TamperError ``E_PARSE``, ``E_LIMIT`` or ``E_CRITICAL``."""
    _check_form(items)
    said = [(item, _decoded(item)) for item in items]
    head: record.Head = said[0][1]
    people = _of(said, record.Person)
    labels = {item.id: person.label for item, person in people}
    answers, do_not_alert = _answers([entries for _, entries in _of(said, record.Entries)])
    return ReadSection(
        id=_name(head.optional, items[0]),
        item=items[0].id,
        kind=head.kind,
        title=head.title,
        marking=head.marking,
        handling=head.handling,
        people=tuple(ReadPerson(id=item.id, said=person) for item, person in people),
        statements=tuple(_statement(i, s, labels) for i, s in _of(said, record.Statement)),
        attachments=tuple(
            ReadAttachment(id=item.id, said=file) for item, file in _of(said, record.Attachment)
        ),
        answers=answers,
        do_not_alert=do_not_alert,
    )


def _check_form(items: Sequence[Item]) -> None:
    """One head, first; every id once."""
    heads = [n for n, item in enumerate(items) if item.type is ItemType.HEAD]
    if heads != [0]:
        raise TamperError("E_PARSE", "A section does not begin with its one head.")
    if len({item.id for item in items}) != len(items):
        raise TamperError("E_PARSE", "Two items of a section have one id.")


def _decoded(item: Item) -> Any:
    return schema.decode(_MESSAGES[item.type], item.content, limit=limits.STATEMENT_BYTES)


def _of(said: Sequence[tuple[Item, Any]], message: type[Any]) -> list[tuple[Item, Any]]:
    return [(item, value) for item, value in said if isinstance(value, message)]


def _name(optional: Mapping[str, Plain], head: Item) -> str:
    name = optional.get("id")
    return name if isinstance(name, str) and name else head.id.hex()


def _statement(item: Item, said: record.Statement, labels: Mapping[ItemId, str]) -> ReadStatement:
    return ReadStatement(
        id=item.id,
        class_=CLASS_OF[said.kind],
        about=tuple(labels.get(person, person.hex()) for person in said.about),
        said=said,
    )


def _answers(
    entries: Sequence[record.Entries],
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    answers: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        if answers.keys() & entry.entries.keys():
            raise TamperError("E_PARSE", "A section gives two answers of one name.")
        answers |= entry.entries
    return answers, tuple(line for entry in entries for line in entry.do_not_alert)


# -- for programs -----------------------------------------------------------------------------------------------------


def section_json(section: ReadSection) -> dict[str, Any]:
    """A section as ``phoenix open --json`` prints it. Texts are literal; ids and digests are in hex."""
    return {
        "id": section.id,
        "title": section.title,
        "kind": section.kind,
        "marking": section.marking,
        "handling": list(section.handling),
        "people": [_person_json(person) for person in section.people],
        "statements": [statement_json(statement) for statement in section.statements],
        "attachments": [_attachment_json(file) for file in section.attachments],
        "answers": {name: list(values) for name, values in section.answers.items()},
        "do_not_alert": list(section.do_not_alert),
    }


def _person_json(person: ReadPerson) -> dict[str, Any]:
    said = person.said
    return {
        "id": said.label,
        "name": said.name,
        "role": said.role,
        "born": said.born,
        "identifiers": dict(said.identifiers),
        "part3_category": list(said.part3_category),
        "notes": said.notes,
        "location_sensitive": said.optional.get("location_sensitive") is True,
        "source_known_to": list(source_known_to(said)),
    }


def statement_json(statement: ReadStatement) -> dict[str, Any]:
    """One statement, as in a section."""
    said = statement.said
    return {
        "id": statement.id.hex(),
        "kind": said.kind.value,
        "class": statement.class_.value,
        "text": said.text,
        "source": _source_json(said.source),
        "author": said.author,
        "author_role": said.author_role,
        "about": list(statement.about),
        "origin": said.origin,
        "chain_depth": said.chain_depth,
        "basis": [other.hex() for other in said.basis],
        "as_of": said.as_of,
        "event_from": said.event_from,
        "event_to": said.event_to,
        "recorded_at": said.recorded_at,
        "verification": said.verification,
        "verified_by": said.verified_by,
        "test": said.test,
        "grade": {"scheme": said.grade.scheme, "code": said.grade.code} if said.grade else None,
        "special_category": list(said.special_category),
        "flags": list(said.flags),
    }


def _source_json(source: record.Source | None) -> dict[str, Any] | None:
    if source is None:
        return None
    return {
        "type": source.type,
        "detail": source.detail,
        "relation": source.relation,
        "reference": source.reference,
        "identity_protected": source.identity_protected,
        "first_hand": source.first_hand,
    }


def _attachment_json(file: ReadAttachment) -> dict[str, Any]:
    said = file.said
    return {
        "id": file.id.hex(),
        "name": said.name,
        "media_type": said.media_type,
        "size": said.size,
        "digest": said.digest.hex(),
    }
