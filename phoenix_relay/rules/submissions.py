"""Whether a delivery is taken: the checks in their order, each with its code (docs/protocol.md §5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from phoenix_protocol import limits
from phoenix_protocol.api import Submission
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.directory.statements import Role
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    EndpointId,
    ObjectHash,
    Seconds,
    agency_of,
)
from phoenix_protocol.merkle import leaf_hash
from phoenix_protocol.package.envelope import Core, Delivery, Granted, Recipient, Why, read_core
from phoenix_protocol.signed import Opened
from phoenix_protocol.suite import sha256
from phoenix_relay.rules.addresses import AddressBook
from phoenix_relay.rules.checkpoints import check_ours
from phoenix_relay.rules.documents import check_time, open_document
from phoenix_relay.storage.rows import NewRecipient, StoredEpochKey

FIRST = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A delivery that may be held: what was sent, and for whom. Whether it is *already* held the store decides."""

    core: Core
    core_hash: ObjectHash
    delivery: Opened[Delivery]
    recipients: tuple[NewRecipient, ...]
    octets: int


def accept(
    submission: Submission,
    *,
    sender: EndpointId,
    book: AddressBook,
    now: Seconds,
    largest: int,
    longest: int,
) -> Accepted:
    """Check a submission by the authenticated endpoint ``sender``; ``largest`` bytes, ``longest`` seconds of life here.

    In this order: core and delivery as messages (``E_PARSE``, ``E_LIMIT``, ``E_CRITICAL``, ``E_SUITE``); the sender of
    the core is the one who asks (``E_SIG_DELIVERY``), in force, in an agency that takes part (``E_KEY_UNCERTIFIED``,
    ``E_KEY_REVOKED``, ``E_AGENCY_CLOSED``); the delivery's type and signature (``E_SIG_TYPE``, ``E_SIG_DELIVERY``), of
    this core (``E_SIG_DELIVERY``); partnership (``E_ANCHOR``) and relay; times (``E_TIME``, ``E_EXPIRED``); checkpoint
    (``E_DIR_FORK``, ``E_DIR_STALE``); addresses (``E_NOT_FOUND``, ``E_NOT_ADDRESSED``); endpoints (``E_NOT_ADDRESSED``,
    ``E_KEY_REVOKED``, ``E_AGENCY_CLOSED``); sizes (``E_LIMIT``); digests (``E_CAPSULE_DIGEST``, ``E_BODY_DIGEST``).
    """
    directory = book.directory
    core, core_hash = read_core(submission.core)
    if core.sender != sender:
        raise TamperError("E_SIG_DELIVERY", "A package is sent by another endpoint than its own.")
    delivery = open_document(
        submission.delivery,
        Delivery,
        maker=sender,
        directory=directory,
        now=now,
        code="E_SIG_DELIVERY",
    )
    _check_binding(core, core_hash, delivery.message, directory)
    _check_times(core, now, min(longest, directory.bounds.life))
    check_ours(core.checkpoint, directory, written=core.created, now=now)
    _check_addresses(core, book)
    recipients = _recipients(submission, core, delivery.message, book, now)
    _check_sizes(submission, core, min(largest, directory.bounds.package))
    _check_digests(submission, core, delivery.message)
    return Accepted(
        core=core,
        core_hash=core_hash,
        delivery=delivery,
        recipients=recipients,
        octets=_octets(submission, core),
    )


def check_epoch_keys(
    accepted: Accepted,
    known: Mapping[tuple[EndpointId, ObjectHash], StoredEpochKey],
    now: Seconds,
) -> None:
    """Check that every capsule is sealed to a key of its endpoint that opens until the package expires.

    Raises TamperError ``E_KEY_SUPERSEDED``.
    """
    for granted in accepted.delivery.message.endpoints:
        key = known.get((granted.endpoint, granted.epoch_key))
        begun = key is not None and key.valid_from <= now + limits.CLOCK_SKEW
        if key is None or not begun or key.opens_until < accepted.core.expires:
            raise TamperError(
                "E_KEY_SUPERSEDED",
                "A recipient has no such sealing key for the life of this package.",
                next="Fetch the recipients' keys again and send the package anew, or with an earlier expiry.",
            )


def wanted_epoch_keys(accepted: Accepted) -> tuple[tuple[EndpointId, ObjectHash], ...]:
    """Which epoch keys :func:`check_epoch_keys` needs."""
    endpoints = accepted.delivery.message.endpoints
    return tuple((granted.endpoint, granted.epoch_key) for granted in endpoints)


# -- the checks -----------------------------------------------------------------------------------------------------


def _check_binding(
    core: Core, core_hash: ObjectHash, delivery: Delivery, directory: Directory
) -> None:
    if delivery.core != core_hash:
        raise TamperError("E_SIG_DELIVERY", "The delivery is of another package.")
    if core.anchor != directory.anchor or delivery.anchor != directory.anchor:
        raise TamperError("E_ANCHOR", "The package belongs to another partnership.")
    if core.relay != directory.relay.origin:
        raise TamperError("E_ANCHOR", "The package is for another relay.")


def _check_times(core: Core, now: Seconds, longest: int) -> None:
    check_time(core.created, now)
    if not core.created < core.expires <= core.created + longest:
        raise TamperError("E_TIME", f"A package lives up to {longest} seconds here.")
    if core.expires <= now:
        raise RefusedError("E_EXPIRED", "The package expired before it arrived.")


def _check_addresses(core: Core, book: AddressBook) -> None:
    """Every address is one that the directory knows, and is named for a reason that is true."""
    own = book.address_of(core.sender)
    agencies = {agency_of(r.address) for r in core.recipients if r.why is not Why.RECORDS}
    if own is not None:
        agencies.add(agency_of(own))
    if all(r.why is not Why.TO for r in core.recipients):
        raise TamperError("E_NOT_ADDRESSED", "A package is written to somebody.")
    for recipient in core.recipients:
        if not book.is_known(recipient.address):
            raise RefusedError("E_NOT_FOUND", "A recipient's address is not in the directory.")
        if not _reason_holds(recipient, own, agencies, book.directory):
            raise TamperError("E_NOT_ADDRESSED", "An address is named for a reason that is not so.")


def _reason_holds(
    recipient: Recipient, own: Address | None, agencies: set[AgencyId], directory: Directory
) -> bool:
    match recipient.why:
        case Why.TO:
            return True
        case Why.OWN:
            return recipient.address == own
        case Why.RECORDS:
            agency = directory.agency(agency_of(recipient.address))
            published = agency.keys.records if agency is not None and agency.keys else ()
            return recipient.address in published and agency_of(recipient.address) in agencies


def _recipients(
    submission: Submission,
    core: Core,
    delivery: Delivery,
    book: AddressBook,
    now: Seconds,
) -> tuple[NewRecipient, ...]:
    count = len(delivery.endpoints)
    if (len(submission.capsules), len(submission.grants)) != (count, count):
        raise TamperError("E_CAPSULE_DIGEST", "Each endpoint has one capsule and one grant.")
    ids = {granted.endpoint for granted in delivery.endpoints}
    if len(ids) != count:
        raise TamperError("E_NOT_ADDRESSED", "A delivery names an endpoint twice.")
    by_address = {recipient.address: recipient for recipient in core.recipients}
    return tuple(
        _recipient(granted, capsule, grant, by_address, book, now)
        for granted, capsule, grant in zip(
            delivery.endpoints, submission.capsules, submission.grants, strict=True
        )
    )


def _recipient(
    granted: Granted,
    capsule: bytes,
    grant: bytes,
    by_address: Mapping[Address, Recipient],
    book: AddressBook,
    now: Seconds,
) -> NewRecipient:
    address = book.address_of(granted.endpoint)
    named = by_address.get(address) if address is not None else None
    if named is None:
        raise TamperError("E_NOT_ADDRESSED", "A delivery names an endpoint of no named address.")
    member = book.directory.certified(granted.endpoint, now)
    return NewRecipient(
        endpoint=granted.endpoint,
        address=named.address,
        why=named.why,
        records=member.role is Role.RECORDS or named.why is Why.RECORDS,
        capsule=capsule,
        grant=grant,
    )


def _check_sizes(submission: Submission, core: Core, largest: int) -> None:
    first = submission.cover is not None
    if core.cover.length > 2 * limits.COVER_BYTES or core.body.length > largest:
        raise TamperError("E_LIMIT", f"A package has up to {largest} bytes here.")
    if core.body.length == 0 or core.cover.length == 0:
        raise TamperError("E_BODY_DIGEST", "A package has a cover and a body.")
    if len({len(grant) for grant in submission.grants}) != 1:
        raise TamperError("E_CAPSULE_DIGEST", "All grants of a delivery have one length.")
    if not first and submission.body is not None:
        raise TamperError("E_BODY_DIGEST", "A later delivery has no body.")
    if first and (submission.body is not None) != (core.body.length <= limits.BLOCK):
        raise TamperError("E_BODY_DIGEST", "A body of up to one block travels with its delivery.")


def _check_digests(submission: Submission, core: Core, delivery: Delivery) -> None:
    if (submission.cover is not None) != (delivery.number == FIRST):
        raise TamperError("E_BODY_DIGEST", "The first delivery, and no other, brings the cover.")
    _check_sealed(submission.cover, core.cover.length, core.cover.digest, sha256)
    _check_sealed(submission.body, core.body.length, core.body.digest, leaf_hash)
    for granted, capsule, grant in zip(
        delivery.endpoints, submission.capsules, submission.grants, strict=True
    ):
        if (sha256(capsule), sha256(grant)) != (granted.capsule, granted.grant):
            raise TamperError("E_CAPSULE_DIGEST", "A capsule or grant is not the signed one.")


def _check_sealed(
    data: bytes | None, length: int, digest: bytes, digest_of: Callable[[bytes], bytes]
) -> None:
    if data is not None and (len(data) != length or digest_of(data) != digest):
        raise TamperError("E_BODY_DIGEST", "The cover or body is not the signed one.")


def _octets(submission: Submission, core: Core) -> int:
    parts = (*submission.capsules, *submission.grants, submission.cover or b"")
    body = core.body.length if submission.cover is not None else 0
    return sum(len(part) for part in parts) + body
