"""What was said about a package since it was sealed, by endpoints and by the relay (docs/protocol.md §6.11, B11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from phoenix_protocol import limits, schema
from phoenix_protocol.errors import TamperError
from phoenix_protocol.evidence import notices
from phoenix_protocol.evidence.damage import at, numbered
from phoenix_protocol.evidence.envelope import Envelope
from phoenix_protocol.evidence.histories import Gap, Histories
from phoenix_protocol.evidence.makers import (
    by_endpoint,
    by_relay,
    check_of,
    check_senders,
    unbound,
)
from phoenix_protocol.evidence.messages import SAYING_RECORD, Bundle, BundleSaying
from phoenix_protocol.evidence.parts import VerifiedParts
from phoenix_protocol.evidence.past import Past
from phoenix_protocol.evidence.records import Records
from phoenix_protocol.identifiers import EndpointId, ObjectHash, SignerId
from phoenix_protocol.package.events import Event, Recall, Tombstone, Verdict, Void
from phoenix_protocol.package.notices import NoticeAnswer, NoticeDelivery
from phoenix_protocol.sealing.contents import Detail
from phoenix_protocol.sealing.notices import Notice
from phoenix_protocol.sealing.padding import unframe
from phoenix_protocol.sealing.words import Bound, Purpose
from phoenix_protocol.signed import Opened, Signed, parse_signed
from phoenix_protocol.suite.content import decrypt
from phoenix_protocol.suite.hashing import sha256

Said = Event | Recall | Void | Verdict | Tombstone | Notice | NoticeDelivery | NoticeAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedSaying:
    """Something said of the package; ``detail`` are its words, where it has any and they are shown.

    ``signer`` is the key of then, which the log certified for its maker, or the relay's.
    """

    message: Said
    hash: ObjectHash
    signer: SignerId
    detail: Detail | None = field(repr=False)

    @property
    def maker(self) -> EndpointId | None:
        """Which endpoint says it; None for the relay."""
        return made_by(self.message)

    @property
    def has_words(self) -> bool:
        """Whether its maker said something in words, shown here or not."""
        return getattr(self.message, "detail", None) is not None


def made_by(message: Said) -> EndpointId | None:
    """Which endpoint says it; None for the relay."""
    match message:
        case Void():
            return message.sender
        case Verdict() | Tombstone():
            return None
        case _:
            return message.endpoint


_TYPES: Final[dict[str, type[Said]]] = {
    message.TYPE: message
    for message in (
        Event,
        Recall,
        Void,
        Verdict,
        Tombstone,
        Notice,
        NoticeDelivery,
        NoticeAnswer,
    )
}


def maker_of(signed: Signed) -> EndpointId | None:
    """Which endpoint says it, unverified; None where it is the relay. Raises TamperError ``E_PARSE``, ``E_LIMIT``."""
    message = _TYPES.get(signed.type)
    return made_by(schema.decode(message, signed.payload)) if message is not None else None


def read_sayings(
    records: Records, bundle: Bundle, past: Past, envelope: Envelope, parts: VerifiedParts
) -> tuple[tuple[VerifiedSaying, ...], tuple[Gap, ...]]:
    """B11 and B12: everything said, in the order of the file, and the numbers that are missing."""
    judge = _Judge(past, envelope, parts)
    histories = Histories()
    said: list[VerifiedSaying] = []
    for number in range(bundle.said):
        with at(numbered("said", number)):
            record = records.record(SAYING_RECORD)
            verified = judge.verified(schema.decode(BundleSaying, record, limit=SAYING_RECORD))
            if isinstance(verified.message, Event):
                histories.follow(verified.message)
            said.append(verified)
    return tuple(said), tuple(histories.gaps)


class _Judge:
    """Verifies one saying after another. Notices come before what is said of them."""

    def __init__(self, past: Past, envelope: Envelope, parts: VerifiedParts) -> None:
        self._past: Final = past
        self._envelope: Final = envelope
        self._parts: Final = parts
        self._notices: Final[set[ObjectHash]] = set()

    def verified(self, saying: BundleSaying) -> VerifiedSaying:
        signed = parse_signed(saying.signed)
        opened = self._judged(signed)
        content = self._words(saying, opened.message)
        detail = None
        if isinstance(opened.message, NoticeDelivery) and content is not None:
            notices.check_handed(content, self._notices)
        elif content is not None:
            detail = schema.decode(Detail, content, limit=limits.DETAIL_BYTES)
        (signer,) = opened.signers
        return VerifiedSaying(
            message=opened.message, hash=opened.hash, signer=signer, detail=detail
        )

    def _judged(self, signed: Signed) -> Opened[Any]:
        past, envelope = self._past, self._envelope
        match signed.type:
            case Event.TYPE:
                return _event(signed, past, envelope)
            case Recall.TYPE:
                return _recall(signed, past, envelope)
            case Void.TYPE:
                return _void(signed, past, envelope)
            case Verdict.TYPE | Tombstone.TYPE:
                return _relayed(signed, past, envelope)
            case Notice.TYPE:
                opened = notices.notice(signed, past, envelope, self._parts)
                self._notices.add(opened.hash)
                return opened
            case NoticeDelivery.TYPE:
                return notices.delivery(signed, past, envelope, self._notices)
            case NoticeAnswer.TYPE:
                return notices.answer(signed, past, envelope, self._notices)
        raise TamperError("E_SIG_TYPE", "This is nothing that is said of a package.")

    def _words(self, saying: BundleSaying, message: Said) -> bytes | None:
        if saying.ciphertext is None or saying.key is None:
            if (saying.ciphertext, saying.key) != (None, None):
                raise TamperError("E_PARSE", "Words and their key are not both there.")
            return None
        digest, maker, purpose = None, made_by(message), Purpose.DETAIL
        if isinstance(message, Event | Recall | NoticeAnswer):
            digest = message.detail
        elif isinstance(message, NoticeDelivery):
            digest, purpose = message.notice, Purpose.NOTICE
        if sha256(saying.ciphertext) != digest:
            raise unbound("The words are not those that were signed.")
        bound = Bound(
            purpose=purpose,
            anchor=self._past.anchor,
            core=self._envelope.hash,
            maker=maker or EndpointId(b""),
        )
        length = len(saying.ciphertext)
        return unframe(
            decrypt(saying.key, bound.context(), saying.ciphertext, expected_length=length)
        )


def _event(signed: Signed, past: Past, envelope: Envelope) -> Opened[Event]:
    opened = by_endpoint(signed, Event, past)
    event = opened.message
    check_of(event.anchor, event.core, past, envelope)
    delivery = envelope.delivery(event.delivery)
    if delivery is None or delivery.message.granted_to(event.endpoint) is None:
        raise unbound("A receipt is by somebody to whom nothing was delivered.")
    return opened


def _recall(signed: Signed, past: Past, envelope: Envelope) -> Opened[Recall]:
    opened = by_endpoint(signed, Recall, past)
    check_of(opened.message.anchor, opened.message.core, past, envelope)
    check_senders(opened.message.endpoint, past, envelope)
    return opened


def _void(signed: Signed, past: Past, envelope: Envelope) -> Opened[Void]:
    opened = by_endpoint(signed, Void, past)
    if envelope.hash not in {entry.core for entry in opened.message.entries}:
        raise unbound("A note about numbers is of another package.")
    check_of(opened.message.anchor, envelope.hash, past, envelope)
    check_senders(opened.message.sender, past, envelope)
    return opened


def _relayed(signed: Signed, past: Past, envelope: Envelope) -> Opened[Verdict | Tombstone]:
    message: type[Verdict | Tombstone] = Verdict if signed.type == Verdict.TYPE else Tombstone
    opened = by_relay(signed, message, past)
    check_of(opened.message.anchor, opened.message.core, past, envelope)
    return opened
