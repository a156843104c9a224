"""People and statements as items of a sealed section: the author's ids and numbers become random ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agency_client.record.copying import passed_on
from agency_client.record.document import Document
from agency_client.record.statements import Person, Source, Statement
from agency_client.record.unanswerable import is_open
from phoenix_protocol import record, schema
from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import AgencyId, ItemId
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.record import Kind
from phoenix_protocol.sealing.contents import ItemType
from phoenix_protocol.sealing.drafts import ItemDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """The random ids of a document's statements by number, and of its people by the author's id for them."""

    statements: Mapping[int, ItemId]
    people: Mapping[str, ItemId]

    @classmethod
    def drawn(cls, document: Document, randomness: Randomness) -> Ids:
        """A fresh id for every statement and person of ``document``."""
        return cls(
            statements={number: new_id(randomness) for number in document.statements},
            people={name: new_id(randomness) for name in document.persons},
        )


def new_id(randomness: Randomness) -> ItemId:
    """Sixteen random bytes that name an item for ever."""
    return ItemId(randomness.random_bytes(16))


def item(type_: ItemType, id_: ItemId, message: Any) -> ItemDraft:
    """A record message as an item of a section."""
    return ItemDraft(type=type_, id=id_, content=schema.encode(message))


def person_item(person: Person, ids: Ids) -> ItemDraft:
    """Somebody, to be copied into a section that names them."""
    label = person.id or ""
    optional: dict[str, Plain] = {"location_sensitive": True} if person.location_sensitive else {}
    if person.source_known_to:
        optional["source_known_to"] = list(person.source_known_to)
    message = record.Person(
        label=label,
        name=person.name or "",
        role=person.role or "",
        born=person.born,
        identifiers=dict(person.identifiers),
        part3_category=person.part3_category,
        notes=person.notes,
        optional=optional,
    )
    return item(ItemType.PERSON, ids.people[label], message)


def statement_item(statement: Statement, origin: AgencyId, ids: Ids) -> ItemDraft:
    """A statement made by the agency ``origin``, whose chain begins here; or a copy, whose chain goes on."""
    about = tuple(ids.people[name] for name in dict.fromkeys(statement.about) if not is_open(name))
    basis = tuple(ids.statements[number] for number in dict.fromkeys(statement.basis))
    if statement.copied is not None:
        copy = passed_on(statement.copied, about, basis)
        return item(ItemType.STATEMENT, ids.statements[statement.number], copy)
    kind = Kind(statement.kind)
    as_of = statement.as_of
    message = record.Statement(
        kind=kind,
        text=statement.text or "",
        about=about,
        author=statement.author,
        author_role=statement.author_role,
        origin=origin,
        chain_depth=0,
        source=_source(statement.source, kind),
        basis=basis,
        as_of=None if as_of and is_open(as_of) else as_of,
        event_from=statement.event_from,
        event_to=statement.event_to,
        recorded_at=statement.recorded_at,
        verification=statement.verification,
        verified_by=statement.verified_by,
        test=statement.test,
        grade=_grade(statement),
        special_category=statement.special_category,
        flags=statement.flags,
        optional=_why_not(statement),
    )
    return item(ItemType.STATEMENT, ids.statements[statement.number], message)


def _why_not(statement: Statement) -> dict[str, Plain]:
    """The author's reasons for not saying when, or about whom."""
    answers = {"as_of": (statement.as_of or "",), "about": statement.about}
    reasons = {name: next(filter(is_open, given), None) for name, given in answers.items()}
    return {f"{name}_not_known": reason for name, reason in reasons.items() if reason}


def _source(source: Source | None, kind: Kind) -> record.Source | None:
    if source is None:
        is_childs = kind is Kind.CHILD_SAID
        return record.Source(type="child", identity_protected=False) if is_childs else None
    return record.Source(
        type=source.type or "",
        detail=source.detail,
        relation=source.relation,
        reference=source.reference,
        identity_protected=source.identity_protected,
        first_hand=source.first_hand,
    )


def _grade(statement: Statement) -> record.Grade | None:
    grade = statement.grade
    return record.Grade(scheme=grade.scheme or "", code=grade.code or "") if grade else None
