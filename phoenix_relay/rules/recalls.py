"""Taking back, and saying which sequence numbers lead to nothing: whose right it is (docs/protocol.md §6)."""

from __future__ import annotations

from phoenix_protocol import encoding
from phoenix_protocol.api import SealedDetail
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import EndpointId, Seconds
from phoenix_protocol.package.envelope import read_core
from phoenix_protocol.package.events import AddressAnswer, Answer, Recall, Verdict, Void
from phoenix_protocol.signed import Opened, parse_signed
from phoenix_relay.rules.checkpoints import check_ours
from phoenix_relay.rules.details import check_detail
from phoenix_relay.rules.documents import check_time, open_document
from phoenix_relay.storage.rows import Package


def open_recall(
    signed: bytes,
    detail: SealedDetail | None,
    *,
    maker: EndpointId,
    directory: Directory,
    now: Seconds,
) -> Opened[Recall]:
    """A recall by the authenticated endpoint ``maker``. Raises as ``events.open_event``."""
    opened = open_document(parse_signed(signed), Recall, maker=maker, directory=directory, now=now)
    recall = opened.message
    if recall.endpoint != maker:
        raise TamperError("E_RECEIPT_BINDING", "A recall speaks for another endpoint.")
    if recall.anchor != directory.anchor:
        raise TamperError("E_ANCHOR", "A recall belongs to another partnership.")
    check_time(recall.time, now)
    check_ours(recall.checkpoint, directory, written=recall.time, now=now)
    check_detail(recall.detail, detail)
    return opened


def require_sender(package: Package | None, maker: EndpointId) -> Package:
    """The package, when ``maker`` sent it. Raises RefusedError ``E_NOT_FOUND``."""
    if package is None or package.sender != maker:
        raise RefusedError("E_NOT_FOUND", "There is nothing here for you under this name.")
    return package


def verdict(
    recall: Opened[Recall],
    answers: tuple[AddressAnswer, ...],
    package: Package,
    *,
    checkpoint: str,
    now: Seconds,
) -> Verdict:
    """The relay's answer to a recall, for its receipt key to sign.

    UNKNOWN for an address that the package names and that no delivery reached.
    """
    return Verdict(
        anchor=recall.message.anchor,
        core=recall.message.core,
        recall=recall.hash,
        answers=_complete(answers, package),
        time=now,
        checkpoint=checkpoint,
    )


def _complete(answers: tuple[AddressAnswer, ...], package: Package) -> tuple[AddressAnswer, ...]:
    if package.core_bytes is None:
        return answers
    answered = {answer.address for answer in answers}
    core, _ = read_core(package.core_bytes)
    unknown = (
        AddressAnswer(address=recipient.address, answer=Answer.UNKNOWN)
        for recipient in core.recipients
        if recipient.address not in answered
    )
    return tuple(
        sorted((*answers, *unknown), key=lambda a: encoding.encode([a.address, a.answer.value]))
    )


def open_void(
    signed: bytes, *, maker: EndpointId, directory: Directory, now: Seconds
) -> Opened[Void]:
    """A void by the authenticated endpoint ``maker``, for an endpoint that the directory knows.

    Raises as ``events.open_event``, and RefusedError ``E_NOT_FOUND`` for an endpoint that nobody knows.
    """
    opened = open_document(parse_signed(signed), Void, maker=maker, directory=directory, now=now)
    void = opened.message
    if void.sender != maker:
        raise TamperError("E_RECEIPT_BINDING", "A void speaks for another endpoint.")
    if void.anchor != directory.anchor:
        raise TamperError("E_ANCHOR", "A void belongs to another partnership.")
    if directory.endpoint(void.recipient) is None:
        raise RefusedError("E_NOT_FOUND", "There is no such endpoint.")
    check_time(void.time, now)
    check_ours(void.checkpoint, directory, written=void.time, now=now)
    return opened


def check_voided(package: Package | None, maker: EndpointId) -> None:
    """A number is voided by whoever used it. Raises TamperError ``E_RECEIPT_BINDING`` for somebody else's package."""
    if package is not None and package.sender != maker:
        raise TamperError("E_RECEIPT_BINDING", "A void names the package of another sender.")
