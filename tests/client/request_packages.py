"""Requests and responses sealed, and put into a vault as they come to an address, without a relay."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Any

from agency_client.ports.vault import (
    Contents,
    Families,
    OfferRecord,
    Progress,
    ReceivedPackage,
    SentDelivery,
    SentEndpoint,
    SentPackage,
    SentRecord,
    Side,
    StoredRequest,
    StoredSection,
)
from agency_client.record.drafting import draft_package
from agency_client.record.opened import read_section
from agency_client.record.request_drafting import DUE_ON_COVER, request_sections
from agency_client.record.requests import read_request_document
from agency_client.record.response_drafting import ANSWERS_ON_COVER, response_section
from agency_client.record.responses import read_response_document
from agency_client.record.rules.responses import PutHere
from agency_client.use_cases.request_taking import note_asked, note_offer, take_in
from phoenix_protocol import encoding, schema
from phoenix_protocol.identifiers import (
    Address,
    Anchor,
    EndpointId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.package.envelope import Recipient, Why, read_core
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.sealing.drafts import (
    Circumstances,
    MemoryBody,
    PackageDraft,
    SealedPackage,
)
from phoenix_protocol.sealing.seal import seal_package
from tests.client.record_values import NOW
from tests.client.request_values import FRONT
from tests.client.test_request_drafting import setting
from tests.protocol.seeded_randomness import SeededRandomness


@dataclasses.dataclass(frozen=True, kw_only=True)
class Package:
    """A sealed package, and whom it was written to."""

    draft: PackageDraft
    sealed: SealedPackage
    created: Seconds

    @property
    def core(self) -> ObjectHash:
        return self.sealed.core_hash


def sealed(draft: PackageDraft, to: Collection[str], seed: int, created: Seconds) -> Package:
    names = {name for section in draft.sections for name in section.readers}
    recipients = [
        Recipient(address=name, why=Why.TO if name in to else Why.RECORDS)
        for name in names - {draft.sent_from}
    ]
    row = schema.Row(Recipient)
    recipients.append(Recipient(address=draft.sent_from, why=Why.OWN))
    where = Circumstances(
        anchor=Anchor(bytes(32)),
        relay="relay.example",
        package=PackageId(bytes([seed]) * 16),
        sender=EndpointId(bytes(32)),
        recipients=tuple(
            sorted(recipients, key=lambda r: encoding.encode(row.to_plain(r, "Recipient")))
        ),
        created=created,
        expires=Seconds(created + 14 * 86400),
        checkpoint="a checkpoint",
    )
    done = seal_package(draft, where, MemoryBody(), SeededRandomness(seed))
    return Package(draft=draft, sealed=done, created=created)


def a_request(text: str, due: int, *, own: str = FRONT, seed: int = 1) -> Package:
    """A request of config/demo, whose answers are due ``due`` seconds after it."""
    document, where = read_request_document(text.encode()), setting(own)
    randomness, at = SeededRandomness(seed), Seconds(NOW + due)
    more = request_sections(document, at, where, randomness)
    cover = {DUE_ON_COVER: at}
    draft = draft_package(document, where, (), randomness, more, cover=cover)
    return sealed(draft, document.asked, seed, NOW)


def a_response(
    text: str, request: Package, own: str, word: str, *, seed: int = 50, **changes: Any
) -> Package:
    """A response of config/demo to the question ``word`` of a request."""
    document, where = read_response_document(text.encode()), setting(own)
    document = dataclasses.replace(document, **{"to": (FRONT,), "purpose": "Answer", **changes})
    sections = [read_section(section.items) for section in request.sealed.sections]
    item = next(section.item for section in sections if section.id == word)
    asked = {answer.question or "": PutHere(id=item) for answer in document.answer}
    randomness = SeededRandomness(seed)
    more = response_section(document, request.core, asked, where, randomness)
    cover = {ANSWERS_ON_COVER: bytes(request.core)}
    draft = draft_package(document, where, (), randomness, more, cover=cover)
    return sealed(draft, document.to, seed, Seconds(NOW + 60))


def offered(tx: Families, own: str, package: Package) -> None:
    """The cover of a package has come to an address."""
    core, _ = read_core(package.sealed.core)
    cover = package.sealed.cover_content
    tx.received.add(
        ReceivedPackage(
            core=package.core,
            package=core.package,
            sender=core.sender,
            sent_from=cover.sent_from,
            purpose=cover.purpose,
            classification=cover.classification,
            urgency=cover.urgency,
            created=core.created,
            expires=core.expires,
            offered=package.created,
            state=State.OFFERED,
            since=package.created,
        ),
        OfferRecord(
            core=package.sealed.core,
            delivery=b"delivery",
            held=b"held",
            capsule=b"capsule",
            cover=schema.encode(cover),
            cover_key=bytes(32),
            grant_key=bytes(32),
            sequence=package.created,
        ),
    )
    note_offer(tx, Address(own), package.core, core, cover)


def stored(tx: Families, own: str, package: Package, now: Seconds) -> None:
    """An address has accepted a package and stored what it was granted."""
    core, _ = read_core(package.sealed.core)
    granted = [s for s in package.sealed.sections if own in s.reasons]
    tx.contents.put(
        package.core,
        Contents(
            manifest=package.sealed.manifest,
            manifest_salt=package.sealed.manifest_salt,
            sections=tuple(
                StoredSection(
                    entry=s.part.entry,
                    salt=s.part.salt,
                    reasons={Address(own): s.reasons[Address(own)]},
                    items=s.items,
                )
                for s in granted
            ),
            attachments=(),
        ),
    )
    found = tx.received.get(package.core)
    assert found is not None
    sections = [(read_section(s.items), s.part.entry.audience) for s in granted]
    take_in(tx, Address(own), found, core, sections, now)


def came(tx: Families, own: str, package: Package, now: Seconds = NOW) -> None:
    """A package has come to an address and was accepted."""
    offered(tx, own, package)
    stored(tx, own, package, now)


def sent_from_here(tx: Families, package: Package, text: str) -> None:
    """A request as its sender's home has it, once the relay holds it."""
    core, _ = read_core(package.sealed.core)
    document = read_request_document(text.encode())
    endpoints = [EndpointId(bytes([n]) * 32) for n in range(len(core.recipients))]
    numbers = tx.sequences.allocate(endpoints)
    tx.sent.add(
        SentPackage(
            core=package.core,
            package=core.package,
            fingerprint=bytes(package.core),
            outbox="",
            thread=package.draft.thread,
            purpose=package.draft.purpose,
            classification=package.draft.classification,
            urgency=package.draft.urgency,
            created=core.created,
            expires=core.expires,
            progress=Progress.SEALED,
            since=core.created,
        ),
        SentRecord(
            core=package.sealed.core,
            cover=schema.encode(package.sealed.cover_content),
            document=text.encode(),
        ),
        SentDelivery(number=1, delivery=b"delivery"),
        [
            SentEndpoint(
                endpoint=endpoint,
                address=recipient.address,
                why=recipient.why,
                records=False,
                delivery=1,
                sequence=numbers[endpoint],
                epoch_key=ObjectHash(bytes(32)),
                state=State.SENT,
                since=core.created,
            )
            for endpoint, recipient in zip(endpoints, core.recipients, strict=True)
        ],
    )
    tx.sent.hold(package.core, 1, b"held", core.created)
    tx.contents.put(
        package.core,
        Contents(
            manifest=package.sealed.manifest,
            manifest_salt=package.sealed.manifest_salt,
            sections=tuple(
                StoredSection(
                    entry=s.part.entry, salt=s.part.salt, reasons=s.reasons, items=s.items
                )
                for s in package.sealed.sections
            ),
            attachments=(),
        ),
    )
    due = package.sealed.cover_content.optional[DUE_ON_COVER]
    assert isinstance(due, int)
    request = StoredRequest(
        core=package.core,
        side=Side.OURS,
        asker=package.draft.sent_from,
        asked_at=core.created,
        due=Seconds(due),
    )
    note_asked(tx, request, document, [read_section(s.items) for s in package.sealed.sections])
