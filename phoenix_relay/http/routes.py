"""The shape of a route: who may ask, what travels, what can go wrong. The table of all routes is in ``table``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from phoenix_protocol.key_ids import KeyKind
from phoenix_relay.http.calls import Answer, Call
from phoenix_relay.http.services import Services


class Raw(Enum):
    """A body that is not a message."""

    NONE = "nothing"
    BLOCK = "a block of at most 1 MiB"


#: A message class of phoenix_protocol.api, or no message.
Content = type[Any] | Raw

ANYBODY: Final = frozenset(KeyKind)
MEMBERS: Final = frozenset({KeyKind.ENDPOINT, KeyKind.MANAGER})
ENDPOINTS: Final = frozenset({KeyKind.ENDPOINT})
MANAGERS: Final = frozenset({KeyKind.MANAGER})
NEWCOMERS: Final = frozenset({KeyKind.NEW})

#: What any signed request can be refused for, besides what its route adds.
COMMON_CODES: Final = (
    "E_PARSE",
    "E_KEY_WEAK",
    "E_REQ_SIG",
    "E_NOT_FOUND",
    "E_LIMIT",
    "E_QUOTA",
    "E_RELAY",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One signed endpoint under /v1.

    ``limit`` is the largest body in bytes; ``needs_partnership`` false for what an unclaimed relay answers too;
    ``despite_standing`` true for what a suspended or closed agency may still read; ``cost`` the share of one request
    that it takes out of a quota.
    """

    method: str
    path: str
    name: str
    summary: str
    callers: frozenset[KeyKind]
    handler: Callable[[Services, Call[Any]], Awaitable[Answer]]
    reads: Content = Raw.NONE
    answers: Content = Raw.NONE
    limit: int = 0
    query: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    needs_partnership: bool = True
    despite_standing: bool = False
    cost: float = 1.0

    @property
    def all_codes(self) -> tuple[str, ...]:
        """Every code that a problem document of this route can carry."""
        standing = () if self.despite_standing else ("E_AGENCY_CLOSED",)
        body = () if self.reads is Raw.NONE else ("E_SUITE", "E_CRITICAL")
        return tuple(dict.fromkeys((*COMMON_CODES, *standing, *body, *self.codes)))
