"""Sealing a package onto this disk and into the vault, before anything leaves (docs/protocol.md §5)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from agency_client.ports.outbox import Parcel
from agency_client.ports.relay import Relay
from agency_client.ports.vault import (
    Contents,
    Copy,
    Due,
    Families,
    PassedOn,
    Progress,
    SentDelivery,
    SentEndpoint,
    SentPackage,
    SentRecord,
    StoredAttachment,
    StoredSection,
)
from agency_client.record.looks import Look
from agency_client.record.registering import Entered
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.proving import forget_files, keep_files, keep_sealing_keys
from agency_client.use_cases.recipients import Target, find_targets
from agency_client.use_cases.replacing import keep_replacement
from agency_client.use_cases.retaining import own_copy, retain
from phoenix_protocol import encoding, schema
from phoenix_protocol.api import Submission
from phoenix_protocol.errors import PhoenixError, UnavailableError
from phoenix_protocol.identifiers import Address, EndpointId, ItemId, ObjectHash, PackageId, Seconds
from phoenix_protocol.package.envelope import RECIPIENTS, Recipient, Why
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.record import Attachment
from phoenix_protocol.sealing.contents import ItemType
from phoenix_protocol.sealing.drafts import (
    Circumstances,
    PackageDraft,
    SealedPackage,
    SealedSection,
    SealTo,
    Sender,
)
from phoenix_protocol.sealing.open_body import parse_item
from phoenix_protocol.sealing.seal import deliver, seal_package
from phoenix_protocol.suite.hashing import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """A statement of a received package that goes on, under an id of the new one, to addresses that did not have it."""

    core: ObjectHash
    item: ItemId
    to_item: ItemId
    to: tuple[Address, ...]


#: What else is kept in the transaction that keeps a sealed package. What it raises leaves nothing of the package here.
Keep = Callable[[Families, SentPackage], None]


def _nothing_more(_tx: Families, _package: SentPackage) -> None:
    """An ordinary package has nothing kept beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A checked document, ready to seal.

    ``fingerprint`` tells two sends apart: a digest over document and options, completed with the attachments' digests.
    ``entered`` is its line of the register, ``looks`` what falls due because of it,
    ``passed_on`` what it hands on of other packages, ``keep`` what is kept together with it.
    """

    draft: PackageDraft
    addresses: dict[Address, Why]
    expires: Seconds
    document: bytes = field(repr=False)
    options: tuple[str, ...]
    entered: Entered
    owed: tuple[str, ...] = ()
    looks: tuple[Look, ...] = ()
    passed_on: tuple[Passing, ...] = ()
    keep: Keep = _nothing_more


def fingerprint(outgoing: Outgoing, attachments: Sequence[bytes]) -> bytes:
    """What tells this send from another: document, options and attachments, byte for byte."""
    return sha256(encoding.encode([outgoing.document, list(outgoing.options), list(attachments)]))


async def seal(
    home: Home, relay: Relay, known: Known, outgoing: Outgoing, now: Seconds
) -> tuple[SentPackage, tuple[EndpointId, ...], PackageId | None]:
    """Seal a checked document; gives the unfinished send, who was left out, and an earlier send of the same."""
    own, own_id = endpoint_of(home)
    targets, left_out = await find_targets(
        relay, known, outgoing.addresses, own_id, now, outgoing.expires
    )
    where = Circumstances(
        anchor=known.directory.anchor,
        relay=known.directory.relay.origin,
        package=PackageId(home.randomness.random_bytes(16)),
        sender=own_id,
        recipients=_recipients(outgoing.addresses),
        created=now,
        expires=outgoing.expires,
        checkpoint=known.checkpoint,
    )
    parcel = home.outbox.parcel(where.package.hex())
    sender = Sender(endpoint=own_id, key=own.document_key())
    # From numbers to the vault nobody tidies up: to others they would look like left behind.
    with home.outbox.making():
        to = _numbered(home, targets)
        sealed, submission = await asyncio.to_thread(
            _seal_to_disk, home, parcel, outgoing.draft, where, to, sender
        )
        repeated = _sent_before(home, outgoing, sealed)
        copy = own_copy(home, known)
        try:
            await asyncio.to_thread(keep_files, home, sealed, parcel)
            package = _keep(home, outgoing, where, sealed, submission, targets, to, copy)
        except PhoenixError:
            forget_files(home, sealed)
            parcel.remove()
            raise
    return package, left_out, repeated


def _numbered(home: Home, targets: Sequence[Target]) -> list[SealTo]:
    """Every target with its number, which is given before use and never again.

    A number that leads nowhere is voided later; a number used twice is an alarm.
    """
    with home.vault.transaction() as tx:
        sequences = tx.sequences.allocate([target.endpoint for target in targets])
    return [
        SealTo(
            endpoint=target.endpoint,
            address=target.address,
            epoch_key=target.epoch_key.hash,
            key=target.key,
            sequence=sequences[target.endpoint],
        )
        for target in targets
    ]


def _recipients(addresses: dict[Address, Why]) -> tuple[Recipient, ...]:
    return RECIPIENTS.arranged(Recipient(address=a, why=why) for a, why in addresses.items())


def _seal_to_disk(
    home: Home,
    parcel: Parcel,
    draft: PackageDraft,
    where: Circumstances,
    to: Sequence[SealTo],
    sender: Sender,
) -> tuple[SealedPackage, Submission]:
    parcel.create()
    try:
        with parcel.new_body() as body:
            sealed = seal_package(draft, where, body, home.randomness, home.executor)
        delivery = deliver(sealed, where, 1, to, sender, home.randomness)
        submission = Submission(
            core=sealed.core,
            delivery=delivery.signed.encoded(),
            cover=sealed.cover,
            capsules=delivery.capsules,
            grants=delivery.grants,
        )
        parcel.finish(submission, sealed.leaves)
    except OSError as error:
        parcel.remove()
        raise UnavailableError(
            "E_STORE_WRITE",
            f"The disk would not take the sealed package ({error.strerror}).",
            next="Make room on the disk, then repeat the same command.",
        ) from None
    except PhoenixError:
        parcel.remove()
        raise
    return sealed, submission


def _keep(
    home: Home,
    outgoing: Outgoing,
    where: Circumstances,
    sealed: SealedPackage,
    submission: Submission,
    targets: Sequence[Target],
    to: Sequence[SealTo],
    copy: Copy,
) -> SentPackage:
    """From here on the send is unfinished, and repeating it sends these bytes."""
    draft = outgoing.draft
    package = SentPackage(
        core=sealed.core_hash,
        package=where.package,
        fingerprint=fingerprint(outgoing, attachment_digests(sealed)),
        outbox=where.package.hex(),
        thread=draft.thread,
        purpose=draft.purpose,
        classification=draft.classification,
        urgency=draft.urgency,
        created=where.created,
        expires=where.expires,
        progress=Progress.SEALED,
        since=where.created,
        owed=outgoing.owed,
    )
    record = SentRecord(
        core=sealed.core, cover=schema.encode(sealed.cover_content), document=outgoing.document
    )
    endpoints = [
        SentEndpoint(
            endpoint=target.endpoint,
            address=target.address,
            why=target.why,
            records=target.is_records,
            delivery=1,
            sequence=sealed_to.sequence,
            epoch_key=target.epoch_key.hash,
            state=State.SENT,
            since=where.created,
        )
        for target, sealed_to in zip(targets, to, strict=True)
    ]
    contents = _contents(sealed)
    with home.vault.transaction() as tx:
        tx.sent.add(
            package, record, SentDelivery(number=1, delivery=submission.delivery), endpoints
        )
        tx.contents.put(sealed.core_hash, contents)
        keep_sealing_keys(tx, targets, where.created)
        retain(tx, sealed.core_hash, contents, copy, where.created)
        keep_replacement(tx, sealed.core_hash, sealed.manifest.supersedes)
        line = replace(outgoing.entered.line, core=package.core, time=package.created)
        tx.register.add(line, outgoing.entered.terms)
        for look in outgoing.looks:
            tx.dues.put(_due(look, package))
        _keep_passed_on(home, tx, outgoing, package)
        outgoing.keep(tx, package)
        tx.audit.append(
            time=where.created,
            actor=home.actor(),
            action="package.sealed",
            on=sealed.core_hash,
            detail={"endpoints": str(len(endpoints)), "owed": str(len(outgoing.owed))},
        )
    return package


def _keep_passed_on(home: Home, tx: Families, outgoing: Outgoing, package: SentPackage) -> None:
    """The onward register: by it what is said of a statement later reaches whoever it was passed on to."""
    for passing in outgoing.passed_on:
        for address in passing.to:
            tx.onward.add(
                PassedOn(
                    core=passing.core,
                    item=passing.item,
                    to_core=package.core,
                    to_item=passing.to_item,
                    to_address=address,
                    time=package.created,
                )
            )
    for core in dict.fromkeys(passing.core for passing in outgoing.passed_on):
        items = str(sum(passing.core == core for passing in outgoing.passed_on))
        tx.audit.append(
            time=package.created,
            actor=home.actor(),
            action="statements.passed-on",
            on=core,
            detail={"statements": items},
        )


def _due(look: Look, package: SentPackage) -> Due:
    return Due(
        kind=look.kind, at=look.at, made=package.created, core=package.core, place=look.place
    )


def attachment_digests(sealed: SealedPackage) -> list[bytes]:
    return [part.entry.content for section in sealed.sections for part in section.attachments]


def _contents(sealed: SealedPackage) -> Contents:
    return Contents(
        manifest=sealed.manifest,
        manifest_salt=sealed.manifest_salt,
        sections=tuple(
            StoredSection(
                entry=section.part.entry,
                salt=section.part.salt,
                reasons=section.reasons,
                items=section.items,
            )
            for section in sealed.sections
        ),
        attachments=tuple(
            stored for section in sealed.sections for stored in _stored_attachments(section)
        ),
    )


def _stored_attachments(section: SealedSection) -> list[StoredAttachment]:
    found = []
    parts = {part.place.segment: part for part in section.attachments}
    for item in section.items:
        if item.type is not ItemType.ATTACHMENT:
            continue
        descriptor = parse_item(item)
        if not isinstance(descriptor, Attachment):
            continue
        part = parts[descriptor.segment]
        found.append(
            StoredAttachment(
                entry=part.entry,
                salt=part.salt,
                reasons=section.reasons,
                section=section.part.place.segment,
                item=item.id,
                name=descriptor.name,
                media_type=descriptor.media_type,
                size=descriptor.size,
                digest=descriptor.digest,
                key=part.place.key,
                stored=True,
            )
        )
    return found


def _sent_before(home: Home, outgoing: Outgoing, sealed: SealedPackage) -> PackageId | None:
    wanted = fingerprint(outgoing, attachment_digests(sealed))
    with home.vault.reading() as view:
        earlier = [p for p in view.sent.by_fingerprint(wanted) if p.progress is Progress.HELD]
    return earlier[0].package if earlier else None
