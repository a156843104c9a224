"""What the relay reads of notices: to whom one is handed, and what a holder did (docs/protocol.md §6.8).

The notice itself (what is corrected, disputed, withdrawn or released) is sealed:
:mod:`phoenix_protocol.sealing.notices`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Final

from phoenix_protocol import limits, schema
from phoenix_protocol.directory.statements import ADDRESS, CHECKPOINT, HASH, TIME
from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import Address, Anchor, EndpointId, ObjectHash, Seconds
from phoenix_protocol.schema import critical_map, optional_map, wire

_AUDIENCE: Final = schema.ListOf(ADDRESS, minimum=1, maximum=limits.RECIPIENTS, ordered=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDelivery:
    """Hands a sealed notice to an audience.

    Signed by whoever hands it on: the notice's maker, or a holder who had passed the item on. ``core`` is the one under
    which this audience has the item, ``notice`` the SHA-256 of the ciphertext that travels beside.
    """

    TYPE: ClassVar[str] = "phoenix/1/notice-delivery"

    anchor: Anchor = wire(HASH)
    core: ObjectHash = wire(HASH)
    endpoint: EndpointId = wire(HASH)
    audience: tuple[Address, ...] = wire(_AUDIENCE)
    notice: bytes = wire(HASH)
    time: Seconds = wire(TIME)
    expires: Seconds = wire(TIME)
    checkpoint: str = wire(CHECKPOINT)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


class AnswerKind(Enum):
    """What a holder says of a notice."""

    RECEIVED = "received"
    DONE = "done"
    DISAGREED = "disagreed"
    PASSED_ON = "passed_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAnswer:
    """What a holder did about a notice.

    ``core`` is the one under which the holder has the item, ``counter`` 1 for the endpoint's first answer to this
    notice, then one more each; the newest counts.
    """

    TYPE: ClassVar[str] = "phoenix/1/notice-answer"

    anchor: Anchor = wire(HASH)
    notice: ObjectHash = wire(HASH)
    core: ObjectHash = wire(HASH)
    endpoint: EndpointId = wire(HASH)
    audience: tuple[Address, ...] = wire(_AUDIENCE)
    answer: AnswerKind = wire(schema.Choice(AnswerKind))
    counter: int = wire(schema.UInt(limits.COUNTER, minimum=1))
    time: Seconds = wire(TIME)
    checkpoint: str = wire(CHECKPOINT)
    detail: bytes | None = wire(HASH, optional=True)  # SHA-256 of the sealed detail
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()
