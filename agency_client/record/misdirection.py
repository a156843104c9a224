"""What the receipts of a package say of somebody who got it and should not have: was it opened there? Pure.

Nothing of a package but its cover is released before the recipient's signed word *accepted* (docs/protocol.md §6.1), so
states and events answer this for every endpoint, as far as the relay has passed them on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import RELEASED, State


class Opened(Enum):
    """Whether the content was released to somebody, from the worst to the best."""

    YES = "yes"  # the keys were released: take it that it was read
    UNKNOWN = "unknown"  # it ended and nobody has confirmed how
    COVER = "cover"  # its cover at most: who sent it, why, marked how
    NO = "no"  # not even its cover


#: Words that nobody says before the content was released.
_AFTER_RELEASE: Final = frozenset(
    {EventKind.ACCEPTED, EventKind.COMMITTED, EventKind.ACKNOWLEDGED, EventKind.OUTCOME}
)
_UNSEEN: Final = frozenset({State.SENT, State.HELD})
_TAKE_BACK: Final = "Take it back now: phoenix recall."
_IN_WORDS: Final = {
    Opened.YES: "They accepted it, and its content was released to them. Get it attested that it is destroyed.",
    Opened.UNKNOWN: "It has expired and nobody has confirmed how. Ask them whether they opened it.",
    Opened.COVER: "They can have seen its cover and nothing else. Nothing of its content was released to them.",
    Opened.NO: "They have not been offered it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedEndpoint:
    """One machine of an address: its state, what it has said, and whether the relay has reported how it ended."""

    endpoint: str
    state: State
    said: frozenset[EventKind] = frozenset()
    is_reported: bool = False

    @property
    def opened(self) -> Opened:
        """Whether the content was released to it."""
        if self.state in RELEASED or self.said & _AFTER_RELEASE:
            return Opened.YES
        if self.state is State.EXPIRED and not self.is_reported:
            return Opened.UNKNOWN
        return Opened.NO if self.state in _UNSEEN else Opened.COVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far a package was at one address when this was looked up."""

    package: str
    address: str
    state: State
    since: Seconds
    endpoints: tuple[ReachedEndpoint, ...]

    @property
    def opened(self) -> Opened:
        """Whether the content was released to anybody at the address: the worst of its machines."""
        seen = {endpoint.opened for endpoint in self.endpoints}
        return next((each for each in Opened if each in seen), Opened.UNKNOWN)

    @property
    def in_words(self) -> str:
        """The same, and what to do about it."""
        words = _IN_WORDS[self.opened]
        can_be_recalled = any(e.state in _UNSEEN | {State.OFFERED} for e in self.endpoints)
        return f"{words} {_TAKE_BACK}" if can_be_recalled else words
