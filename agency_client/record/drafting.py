"""From a checked document to what sealing takes: sections with their readers, reasons and items (docs/protocol.md §5).

Numbers of statements become random ids here, people are copied into the sections that name them, and the two added
sections take the answers of `agency_client/record/placement.py`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agency_client.record.attachments import AttachmentSource, attachment_draft
from agency_client.record.copying import handling_of
from agency_client.record.document import Document
from agency_client.record.items import Ids, item, new_id, person_item, statement_item
from agency_client.record.placement import Rules, for_everybody, for_own_agency, of_section
from agency_client.record.statements import Contact, Section
from phoenix_protocol import record
from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import Address, AgencyId, ObjectHash, agency_of
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.record import Head
from phoenix_protocol.sealing.contents import ItemType
from phoenix_protocol.sealing.drafts import (
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Who sends, which addresses keep each agency's records, and by what rules the package was written."""

    own: Address
    records: Mapping[AgencyId, tuple[Address, ...]]
    rules: Rules
    supersedes: ObjectHash | None = None


#: Makes the sections that a kind of document has beside those that its author wrote.
More = Callable[[Ids], Iterable[SectionDraft]]


def draft_package(
    document: Document,
    setting: Setting,
    attachments: Sequence[AttachmentSource],
    randomness: Randomness,
    more: More = lambda _ids: (),
    ids: Ids | None = None,
    cover: Mapping[str, Plain] | None = None,
) -> PackageDraft:
    """The draft of a document that :func:`agency_client.record.rules.check_document` has no problem with.

    ``more`` makes sections beside those that were written; ``cover`` are optional entries of the cover.
    """
    ids = ids or Ids.drawn(document, randomness)
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
        reference=fresh_reference(randomness),
        thread=document.thread or "",
        supersedes=setting.supersedes,
        sections=(
            *written,
            *more(ids),
            _legal(document, setting, randomness),
            _decision(document, setting, ids, randomness),
        ),
        cover_optional=cover or {},
    )


def readers_of(named: Mapping[str, str], setting: Setting) -> dict[Address, str]:
    """Who reads a section, each with the reason: those ``named``, the sender's own address, their agencies' records."""
    readers = {Address(name): reason for name, reason in named.items()}
    readers.setdefault(setting.own, OWN_COPY)
    for agency in {agency_of(name) for name in readers}:
        for name in setting.records.get(agency, ()):
            readers.setdefault(name, AGENCY_RECORD)
    return readers


def fresh_reference(randomness: Randomness) -> str:
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
    ids: Ids,
    randomness: Randomness,
) -> SectionDraft:
    named = {name for statement in section.statement for name in statement.about}
    people = [p for name, p in document.persons.items() if name in named]
    return SectionDraft(
        head=head_of(
            STATEMENTS,
            section.title or section.id or "",
            section.marking or document.classification,
            handling_of(section, document),
            section.id,
        ),
        head_id=new_id(randomness),
        items=(
            *(person_item(person, ids) for person in people),
            *(statement_item(s, agency_of(setting.own), ids) for s in section.statement),
            *entry_items(of_section(section), randomness),
        ),
        attachments=tuple(
            attachment_draft(file, new_id(randomness))
            for file in attachments
            if file.section == section.id
        ),
        readers=readers_of(section.need_to_know, setting),
    )


def _legal(document: Document, setting: Setting, randomness: Randomness) -> SectionDraft:
    everybody = dict.fromkeys(document.to, FOR_EVERYBODY)
    return SectionDraft(
        head=head_of(LEGAL, "Legal basis", document.classification, document.handling, LEGAL),
        head_id=new_id(randomness),
        items=tuple(entry_items(for_everybody(document, setting.rules), randomness)),
        readers=readers_of(everybody, setting),
    )


def _decision(
    document: Document, setting: Setting, ids: Ids, randomness: Randomness
) -> SectionDraft:
    return SectionDraft(
        head=head_of(DECISION, "Decision", document.classification, document.handling, DECISION),
        head_id=new_id(randomness),
        items=(
            *(person_item(person, ids) for person in document.persons.values()),
            *entry_items(for_own_agency(document, setting.rules), randomness),
        ),
        readers=readers_of({}, setting),
    )


def head_of(
    kind: str, title: str, marking: str | None, handling: tuple[str, ...], name: str | None
) -> Head:
    """A section's head; without a marking of its own it has the default one."""
    optional: dict[str, Plain] = {"id": name} if name else {}
    return Head(
        kind=kind,
        title=title,
        marking=marking or DEFAULT_MARKING,
        handling=handling,
        optional=optional,
    )


def entry_items(entries: Iterable[record.Entries], randomness: Randomness) -> Iterator[ItemDraft]:
    """Answers as items of a section."""
    for answers in entries:
        yield item(ItemType.ENTRIES, new_id(randomness), answers)
