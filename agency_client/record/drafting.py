"""From a checked document to what sealing takes: sections with their readers, reasons and items (docs/protocol.md §5).

Numbers of statements become random ids here, people are copied into the sections that name them, and the two added
sections take the answers of `agency_client/record/placement.py`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agency_client.record.document import Document
from agency_client.record.placement import Rules, for_everybody, for_own_agency, of_section
from agency_client.record.statements import Contact, Person, Section, Source, Statement
from agency_client.record.unanswerable import is_open
from phoenix_protocol import record, schema
from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import Address, AgencyId, ItemId, ObjectHash, agency_of
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.record import Head, Kind
from phoenix_protocol.sealing.contents import ItemType
from phoenix_protocol.sealing.drafts import (
    AttachmentDraft,
    ItemDraft,
    PackageDraft,
    SectionDraft,
)

#: What stands on the cover when the author gave no marking or urgency.
DEFAULT_MARKING: Final = "OFFICIAL-SENSITIVE"
NO_URGENCY: Final = "not_stated"

#: Kinds of section, as heads say them.
STATEMENTS: Final = "statements"
LEGAL: Final = "legal"
DECISION: Final = "decision"

#: Why somebody reads a section whom its author did not name.
OWN_COPY: Final = "The sender's own copy"
AGENCY_RECORD: Final = "Agency record"
FOR_EVERYBODY: Final = "Every recipient must know by what right this is shared"

_MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "txt": "text/plain",
    "csv": "text/csv",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "eml": "message/rfc822",
    "zip": "application/zip",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentSource:
    """A file to attach to the section with this id. ``read`` gives its ``size`` bytes each time it is called."""

    section: str
    name: str
    size: int
    read: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Who sends, which addresses keep each agency's records, and by what rules the package was written."""

    own: Address
    records: Mapping[AgencyId, tuple[Address, ...]]
    rules: Rules
    supersedes: ObjectHash | None = None


def draft_package(
    document: Document,
    setting: Setting,
    attachments: Sequence[AttachmentSource],
    randomness: Randomness,
) -> PackageDraft:
    """The draft of a document that :func:`agency_client.record.rules.check_document` has no problem with."""
    ids = _Ids.drawn(document, randomness)
    written = [
        _section(s, document, setting, attachments, ids, randomness) for s in document.section
    ]
    return PackageDraft(
        sent_from=setting.own,
        purpose=document.purpose or "",
        classification=document.classification or DEFAULT_MARKING,
        handling=document.handling,
        urgency=document.urgency or NO_URGENCY,
        contact=_contact(document.contact),
        reference=_reference(randomness),
        thread=document.thread or "",
        supersedes=setting.supersedes,
        sections=(
            *written,
            _legal(document, setting, randomness),
            _decision(document, setting, ids, randomness),
        ),
    )


def media_type_of(name: str) -> str:
    """The media type that the ending of a file name stands for."""
    return _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def readers_of(
    named: Mapping[str, str], setting: Setting, *, own_reason: str = OWN_COPY
) -> dict[Address, str]:
    """Who reads a section, each with the reason: those ``named``, the sender's own address, their agencies' records."""
    readers = {Address(name): reason for name, reason in named.items()}
    readers.setdefault(setting.own, own_reason)
    for agency in {agency_of(name) for name in readers}:
        for name in setting.records.get(agency, ()):
            readers.setdefault(name, AGENCY_RECORD)
    return readers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ids:
    """The random ids of a document's statements by number, and of its people by the author's id for them."""

    statements: Mapping[int, ItemId]
    people: Mapping[str, ItemId]

    @classmethod
    def drawn(cls, document: Document, randomness: Randomness) -> _Ids:
        return cls(
            statements={number: _new_id(randomness) for number in document.statements},
            people={name: _new_id(randomness) for name in document.persons},
        )


def _new_id(randomness: Randomness) -> ItemId:
    return ItemId(randomness.random_bytes(16))


def _reference(randomness: Randomness) -> str:
    """Eight letters and digits to say on the phone, which mean nothing."""
    text = base64.b32encode(randomness.random_bytes(5)).decode()
    return f"{text[:4]}-{text[4:]}"


def _contact(contact: Contact) -> dict[str, str]:
    names = ("name", "role", "phone", "out_of_hours", "email")
    return {name: getattr(contact, name) for name in names if getattr(contact, name)}


def _section(
    section: Section,
    document: Document,
    setting: Setting,
    attachments: Sequence[AttachmentSource],
    ids: _Ids,
    randomness: Randomness,
) -> SectionDraft:
    named = {name for statement in section.statement for name in statement.about}
    people = [p for name, p in document.persons.items() if name in named]
    return SectionDraft(
        head=_head(
            STATEMENTS,
            section.title or section.id or "",
            section.marking or document.classification,
            section.handling or document.handling,
            section.id,
        ),
        head_id=_new_id(randomness),
        items=(
            *(_person(person, ids) for person in people),
            *(_statement(s, setting, ids) for s in section.statement),
            *_items(of_section(section), randomness),
        ),
        attachments=tuple(
            AttachmentDraft(
                id=_new_id(randomness),
                name=file.name,
                media_type=media_type_of(file.name),
                size=file.size,
                read=file.read,
            )
            for file in attachments
            if file.section == section.id
        ),
        readers=readers_of(section.need_to_know, setting),
    )


def _legal(document: Document, setting: Setting, randomness: Randomness) -> SectionDraft:
    everybody = dict.fromkeys(document.to, FOR_EVERYBODY)
    return SectionDraft(
        head=_head(LEGAL, "Legal basis", document.classification, document.handling, LEGAL),
        head_id=_new_id(randomness),
        items=tuple(_items(for_everybody(document, setting.rules), randomness)),
        readers=readers_of(everybody, setting),
    )


def _decision(
    document: Document, setting: Setting, ids: _Ids, randomness: Randomness
) -> SectionDraft:
    return SectionDraft(
        head=_head(DECISION, "Decision", document.classification, document.handling, DECISION),
        head_id=_new_id(randomness),
        items=(
            *(_person(person, ids) for person in document.persons.values()),
            *_items(for_own_agency(document, setting.rules), randomness),
        ),
        readers=readers_of({}, setting),
    )


def _head(
    kind: str, title: str, marking: str | None, handling: tuple[str, ...], name: str | None
) -> Head:
    optional: dict[str, Plain] = {"id": name} if name else {}
    return Head(
        kind=kind,
        title=title,
        marking=marking or DEFAULT_MARKING,
        handling=handling,
        optional=optional,
    )


def _items(entries: Iterable[record.Entries], randomness: Randomness) -> Iterator[ItemDraft]:
    for answers in entries:
        yield _item(ItemType.ENTRIES, _new_id(randomness), answers)


def _item(type_: ItemType, id_: ItemId, message: Any) -> ItemDraft:
    return ItemDraft(type=type_, id=id_, content=schema.encode(message))


def _person(person: Person, ids: _Ids) -> ItemDraft:
    label = person.id or ""
    optional: dict[str, Plain] = {"location_sensitive": True} if person.location_sensitive else {}
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
    return _item(ItemType.PERSON, ids.people[label], message)


def _statement(statement: Statement, setting: Setting, ids: _Ids) -> ItemDraft:
    kind = Kind(statement.kind)
    as_of = statement.as_of
    message = record.Statement(
        kind=kind,
        text=statement.text or "",
        about=tuple(ids.people[name] for name in statement.about if not is_open(name)),
        author=statement.author,
        author_role=statement.author_role,
        origin=agency_of(setting.own),
        chain_depth=0,
        source=_source(statement.source, kind),
        basis=tuple(ids.statements[number] for number in statement.basis),
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
    return _item(ItemType.STATEMENT, ids.statements[statement.number], message)


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
