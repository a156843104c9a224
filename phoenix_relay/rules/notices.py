"""Whether a notice or an answer to one is taken, and who gets it (docs/protocol.md §6.8, §9.4)."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_protocol.api import SealedDetail
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Address, Anchor, EndpointId, Seconds
from phoenix_protocol.package.envelope import read_core
from phoenix_protocol.package.notices import NoticeAnswer, NoticeDelivery
from phoenix_protocol.signed import Opened
from phoenix_relay.rules.addresses import AddressBook
from phoenix_relay.rules.checkpoints import check_ours
from phoenix_relay.rules.details import check_detail
from phoenix_relay.rules.documents import check_time, open_document
from phoenix_relay.storage.rows import Package, Recipient


def open_delivery(
    signed: bytes,
    words: SealedDetail | None,
    *,
    maker: EndpointId,
    directory: Directory,
    now: Seconds,
    longest: int,
) -> Opened[NoticeDelivery]:
    """A notice handed on by the authenticated endpoint ``maker``, to be kept for ``longest`` seconds at most.

    Raises TamperError as ``events.open_event``; ``E_TIME`` and RefusedError ``E_EXPIRED`` for times that cannot be.
    """
    opened = open_document(signed, NoticeDelivery, maker=maker, directory=directory, now=now)
    said = opened.message
    _check_made(said.endpoint, said.anchor, maker, directory)
    check_time(said.time, now)
    if not said.time < said.expires <= said.time + min(longest, directory.bounds.life):
        raise TamperError("E_TIME", "A notice is kept as long as a package may live here.")
    if said.expires <= now:
        raise RefusedError("E_EXPIRED", "The notice expired before it arrived.")
    check_ours(said.checkpoint, directory, written=said.time, now=now)
    check_detail(said.notice, words)
    return opened


def open_answer(
    signed: bytes,
    detail: SealedDetail | None,
    *,
    maker: EndpointId,
    directory: Directory,
    now: Seconds,
) -> Opened[NoticeAnswer]:
    """An answer by the authenticated endpoint ``maker``. Raises as ``events.open_event``."""
    opened = open_document(signed, NoticeAnswer, maker=maker, directory=directory, now=now)
    said = opened.message
    _check_made(said.endpoint, said.anchor, maker, directory)
    check_time(said.time, now)
    check_ours(said.checkpoint, directory, written=said.time, now=now)
    check_detail(said.detail, detail)
    return opened


def _check_made(
    endpoint: EndpointId, anchor: Anchor, maker: EndpointId, directory: Directory
) -> None:
    if endpoint != maker:
        raise TamperError("E_RECEIPT_BINDING", "A notice speaks for another endpoint.")
    if anchor != directory.anchor:
        raise TamperError("E_ANCHOR", "A notice belongs to another partnership.")


def check_parties(
    said: NoticeDelivery,
    package: Package | None,
    recipients: Sequence[Recipient],
    book: AddressBook,
) -> None:
    """A notice is between those who have the package, as long as the relay knows who they are.

    A statement may be corrected when the relay has long forgotten its package: then those who get it judge. Raises
    RefusedError ``E_NOT_FOUND`` for a maker, TamperError ``E_NOT_ADDRESSED`` for an audience that has no part in it.
    """
    if package is None:
        return
    parties = _parties(package, recipients, book)
    if book.address_of(said.endpoint) not in parties:
        raise RefusedError("E_NOT_FOUND", "There is nothing here for you under this name.")
    # An expired package's core is gone, and with it addresses that no delivery reached.
    if package.core_bytes is not None and not set(said.audience) <= parties:
        raise TamperError("E_NOT_ADDRESSED", "A notice is for somebody who has no part in it.")


def _parties(
    package: Package, recipients: Sequence[Recipient], book: AddressBook
) -> frozenset[Address | None]:
    named = {recipient.address for recipient in recipients}
    if package.core_bytes is not None:
        core, _ = read_core(package.core_bytes)
        named |= {recipient.address for recipient in core.recipients}
    return frozenset({*named, book.address_of(package.sender)})


def readers_of(
    audience: Sequence[Address], maker: EndpointId, book: AddressBook, now: Seconds
) -> frozenset[EndpointId]:
    """Whoever may act at the addresses of an audience, but the maker. Nobody is at an address that is not known."""
    everybody = (book.acting_at(address, now) for address in audience)
    return frozenset[EndpointId]().union(*everybody) - {maker}
