"""Storing what was opened, together with the receipt that says so (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from agency_client.ports.relay import Relay
from agency_client.ports.vault import (
    Contents,
    Families,
    Posting,
    ReceivedPackage,
    Route,
    StoredAttachment,
    StoredSection,
)
from agency_client.record.opened import ReadSection, read_section
from agency_client.record.registering import Entered, of_received
from agency_client.use_cases.advice_packages import take_advice, written_to
from agency_client.use_cases.disagreeing import take_disagreement
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.notice_hearing import judge_waiting
from agency_client.use_cases.reading import stored_contents
from agency_client.use_cases.replacing import keep_replacement, notice_replacement
from agency_client.use_cases.request_taking import take_in
from agency_client.use_cases.retaining import own_copy, retain
from agency_client.use_cases.sayings import make_event, post_or_record, subject_of
from phoenix_protocol import schema
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Address, ItemId, Seconds, agency_of
from phoenix_protocol.package.envelope import Why, read_core
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.record import Attachment
from phoenix_protocol.sealing.contents import Detail, ItemType
from phoenix_protocol.sealing.manifest import entry_commitment
from phoenix_protocol.sealing.open_body import (
    OpenedAttachment,
    OpenedPackage,
    OpenedSection,
    parse_item,
)


async def commit(
    home: Home,
    relay: Relay,
    known: Known,
    package: ReceivedPackage,
    opened: OpenedPackage,
) -> None:
    """Store durably, together with the receipt that says so; only then may the relay delete its copy."""
    own, _ = endpoint_of(home)
    posting = await _committed(home, relay, known, package, opened.opened)
    entered = _entered(home, package, opened)
    contents = _to_contents(opened, own.address)
    copy = own_copy(home, known)
    now = home.clock.now()
    with home.vault.transaction() as tx:
        tx.contents.put(package.core, contents)
        retain(tx, package.core, contents, copy, now)
        keep_replacement(tx, package.core, contents.manifest.supersedes)
        notice_replacement(home, tx, package.core, now)
        tx.register.add(replace(entered.line, core=package.core, time=now), entered.terms)
        _take_in(home, tx, own.address, package, opened, now)
        tx.postings.add(posting)
        judge_waiting(tx, home, known, package.core, now)
        tx.audit.append(
            time=now,
            actor=home.actor(),
            action="package.stored",
            on=package.core,
            detail={"sections": str(len(opened.sections))},
        )
    home.vault.blobs.discard_incoming(package.core)
    # Stored is stored: a relay that refuses to hear it takes nothing away from the reader.
    await post_or_record(home, relay, posting)


def _entered(home: Home, package: ReceivedPackage, opened: OpenedPackage) -> Entered:
    """The package's line of the register. What a colleague sent names whom it went to."""
    parties = [package.sent_from]
    own, _ = endpoint_of(home)
    if agency_of(package.sent_from) == agency_of(own.address):
        with home.vault.reading() as view:
            offer = view.received.offer(package.core)
        if offer is not None:
            core, _ = read_core(offer.core)
            parties += [r.address for r in core.recipients if r.why is Why.TO]
    return of_received(
        list(_readable(opened)),
        parties=parties,
        purpose=package.purpose,
        thread=opened.manifest.thread,
    )


def _take_in(
    home: Home,
    tx: Families,
    own: Address,
    package: ReceivedPackage,
    opened: OpenedPackage,
    now: Seconds,
) -> None:
    """What the package asks or answers."""
    offer = tx.received.offer(package.core)
    sections = [
        (read, section.entry.audience)
        for section in opened.sections
        for read in _readable_of(section)
    ]
    if offer is not None:
        core, _ = read_core(offer.core)
        take_in(tx, own, package, core, sections, now)
        read = [each for each, _ in sections]
        take_advice(home, tx, own, package, written_to(core), read, now)
        take_disagreement(home, tx, own, package, written_to(core), read, now)


def _readable(opened: OpenedPackage) -> Iterator[ReadSection]:
    """The sections whose form holds: one that does not is told of when it is read, and stops nothing here."""
    for section in opened.sections:
        yield from _readable_of(section)


def _readable_of(section: OpenedSection) -> Iterator[ReadSection]:
    with suppress(TamperError):
        yield read_section(section.items)


async def say_committed(home: Home, relay: Relay, known: Known, package: ReceivedPackage) -> None:
    """Say again that a package is stored, when the relay refused to hear it: its sender waits for that word."""
    contents = stored_contents(home, package.core)
    if package.state is not State.ACCEPTED or contents is None:
        return
    with home.vault.reading() as view:
        if any(posting.core == package.core for posting in view.postings.waiting(Route.EVENTS)):
            return
    parts: list[StoredSection | StoredAttachment] = [*contents.sections, *contents.attachments]
    opened = tuple(sorted(entry_commitment(part.entry, part.salt) for part in parts))
    posting = await _committed(home, relay, known, package, opened)
    with home.vault.transaction() as tx:
        tx.postings.add(posting)
    await post_or_record(home, relay, posting)


async def _committed(
    home: Home,
    relay: Relay,
    known: Known,
    package: ReceivedPackage,
    opened: tuple[Commitment, ...],
) -> Posting:
    detail = Detail(record=package.package.hex(), opened=opened)
    about = subject_of(home, package)
    return await make_event(home, relay, known, about, EventKind.COMMITTED, detail)


def _to_contents(opened: OpenedPackage, own: Address) -> Contents:
    return Contents(
        manifest=opened.manifest,
        manifest_salt=opened.grant.manifest_salt,
        grant=schema.encode(opened.grant),
        sections=tuple(
            StoredSection(entry=s.entry, salt=s.salt, reasons={own: s.reason}, items=s.items)
            for s in opened.sections
        ),
        attachments=tuple(
            _stored(section, attachment, {own: section.reason})
            for section in opened.sections
            for attachment in section.attachments
        ),
    )


def _stored(
    section: OpenedSection, attachment: OpenedAttachment, reasons: dict[Address, str]
) -> StoredAttachment:
    descriptor = attachment.descriptor
    return StoredAttachment(
        entry=attachment.entry,
        salt=attachment.salt,
        reasons=reasons,
        section=section.entry.segment,
        item=_item_of(section, descriptor),
        name=descriptor.name,
        media_type=descriptor.media_type,
        size=descriptor.size,
        digest=descriptor.digest,
        key=attachment.place.key,
        stored=True,
    )


def _item_of(section: OpenedSection, descriptor: Attachment) -> ItemId:
    return next(
        item.id
        for item in section.items
        if item.type is ItemType.ATTACHMENT and parse_item(item) == descriptor
    )
