"""The relay's routes as the client uses them: method, types, limits (docs/protocol.md §9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from phoenix_protocol import limits
from phoenix_protocol.api import BLOCK_TYPE, MEDIA_TYPE

_SMALL: Final = 64 * limits.KIB
_OBJECT: Final = 3 * limits.MIB
_OFFER: Final = 8 * limits.MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route. ``sends`` and ``gives`` are media types, ``None`` for no body.

    ``limit`` is the most bytes of an answer. Whatever a route does, the same once more changes
    nothing and succeeds: a request whose answer was lost is sent again.
    """

    method: str
    sends: str | None = None
    gives: str | None = MEDIA_TYPE
    limit: int = _SMALL


DESCRIBE: Final = Route(method="GET")
CLAIM: Final = Route(method="POST", sends=MEDIA_TYPE)
CHECKPOINT: Final = Route(method="GET")
LOG: Final = Route(method="GET", limit=limits.PAGE_BYTES)
PROOF: Final = Route(method="GET")
APPEND: Final = Route(method="POST", sends=MEDIA_TYPE)

JOIN: Final = Route(method="POST", sends=MEDIA_TYPE, gives=None)
JOININGS: Final = Route(method="GET", limit=limits.PAGE_BYTES)
JOINING: Final = Route(method="GET", limit=limits.PAGE_BYTES)
PUBLISH_EPOCHS: Final = Route(method="POST", sends=MEDIA_TYPE, gives=None)
QUERY_EPOCHS: Final = Route(method="POST", sends=MEDIA_TYPE, limit=limits.PAGE_BYTES)

PLAN_UPLOAD: Final = Route(method="POST", sends=MEDIA_TYPE, limit=limits.MIB)
PUT_BLOCK: Final = Route(method="PUT", sends=BLOCK_TYPE, gives=None)
SUBMIT: Final = Route(method="POST", sends=MEDIA_TYPE, limit=_OBJECT)
OFFER: Final = Route(method="GET", limit=_OFFER)
STATES: Final = Route(method="GET", limit=limits.MIB)
RELEASED: Final = Route(method="GET", limit=_OFFER)
BLOCK: Final = Route(method="GET", gives=BLOCK_TYPE, limit=limits.BLOCK)

SAY: Final = Route(method="POST", sends=MEDIA_TYPE, gives=None)
RECALL: Final = Route(method="POST", sends=MEDIA_TYPE, limit=_OBJECT)
VOID: Final = Route(method="POST", sends=MEDIA_TYPE, gives=None)
HAND_NOTICE: Final = Route(method="POST", sends=MEDIA_TYPE, gives=None)
ANSWER_NOTICE: Final = Route(method="POST", sends=MEDIA_TYPE, gives=None)
FEED: Final = Route(method="GET", limit=limits.PAGE_BYTES)
