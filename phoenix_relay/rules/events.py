"""Whether an event is taken: whose word it is, what about, and whether it is this step's turn (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_protocol.api import SealedDetail
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import AgencyId, EndpointId, Seconds, agency_of
from phoenix_protocol.package.events import Event
from phoenix_protocol.package.lifecycle import RELEASED, STEP_OF, Step
from phoenix_protocol.signed import Opened, parse_signed
from phoenix_relay.rules.checkpoints import check_ours
from phoenix_relay.rules.details import check_detail
from phoenix_relay.rules.documents import check_time, open_document
from phoenix_relay.storage.rows import Package, Recipient


def open_event(
    signed: bytes,
    detail: SealedDetail | None,
    *,
    maker: EndpointId,
    directory: Directory,
    now: Seconds,
) -> Opened[Event]:
    """An event by the authenticated endpoint ``maker``, before it is looked up what it is about.

    Raises TamperError as ``open_document``; ``E_RECEIPT_BINDING`` when it speaks for another endpoint or names another
    detail; ``E_ANCHOR``, ``E_TIME``, ``E_DIR_FORK``; RefusedError ``E_DIR_STALE``.
    """
    opened = open_document(parse_signed(signed), Event, maker=maker, directory=directory, now=now)
    event = opened.message
    if event.endpoint != maker:
        raise TamperError("E_RECEIPT_BINDING", "An event speaks for another endpoint.")
    if event.anchor != directory.anchor:
        raise TamperError("E_ANCHOR", "An event belongs to another partnership.")
    check_time(event.time, now)
    check_ours(event.checkpoint, directory, written=event.time, now=now)
    check_detail(event.detail, detail)
    return opened


def about(package: Package | None, recipient: Recipient | None) -> tuple[Package, Recipient]:
    """What an event is about. Raises RefusedError ``E_NOT_FOUND`` when the package is not for its maker."""
    if package is None or recipient is None:
        raise RefusedError("E_NOT_FOUND", "There is nothing here for you under this name.")
    return package, recipient


def judge(
    event: Event, package: Package, recipient: Recipient, recipients: Sequence[Recipient]
) -> Step:
    """The step that an event takes, given where its package is. That the table allows it the store decides, at once.

    Raises TamperError ``E_RECEIPT_BINDING`` for another delivery, ``E_TIME`` for before the package; RefusedError
    ``E_RECEIPT_STATE`` for records that are not released yet.
    """
    if event.delivery != recipient.delivery:
        raise TamperError("E_RECEIPT_BINDING", "An event is about another delivery.")
    check_time(event.time, event.time, not_before=package.created)
    step = STEP_OF[event.kind]
    if step is Step.ACCEPT and recipient.records:
        check_records_released(recipient, recipients, package.agency)
    return step


def check_records_released(
    recipient: Recipient, recipients: Sequence[Recipient], senders_agency: AgencyId
) -> None:
    """Records follow people: raise RefusedError ``E_RECEIPT_STATE`` while nobody else of the agency has accepted.

    The records of the sender's own agency need not wait: what was sent is its own.
    """
    agency = agency_of(recipient.address)
    accepted = (
        other.state in RELEASED and not other.records and agency_of(other.address) == agency
        for other in recipients
    )
    if agency != senders_agency and not any(accepted):
        raise RefusedError("E_RECEIPT_STATE", "Nobody else of this agency has accepted it yet.")
