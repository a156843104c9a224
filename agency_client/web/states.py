"""The states of a package that came, in words for whoever reads it: a label, a tag, what it means, what to do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import State


@dataclass(frozen=True, slots=True, kw_only=True)
class InWords:
    """A state for a person. ``colour`` is a modifier of the tag; the label says it without."""

    label: str
    colour: str
    means: str
    next: str = ""


HERE: Final[dict[State, InWords]] = {
    State.OFFERED: InWords(
        label="Waiting for you",
        colour="blue",
        means="Only its cover is here. Nobody at this machine has accepted it yet.",
        next="Say whether it is yours.",
    ),
    State.ACCEPTED: InWords(
        label="Accepted, not fetched yet",
        colour="blue",
        means="It was accepted here, and not all of it has been fetched.",
        next="Go on fetching it: that goes on where it stopped.",
    ),
    State.COMMITTED: InWords(
        label="Nobody is responsible yet",
        colour="yellow",
        means="It is stored here. Nobody here has said yet who takes responsibility.",
        next="Read it, then say who takes responsibility.",
    ),
    State.ACKNOWLEDGED: InWords(
        label="Somebody is responsible",
        colour="green",
        means="Its sender knows who takes responsibility here.",
        next="Tell the sender what came of it when you know.",
    ),
    State.OUTCOME: InWords(
        label="Outcome told",
        colour="green",
        means="Its sender knows what came of it.",
    ),
    State.ERASED: InWords(
        label="Erased",
        colour="grey",
        means="What it said was erased here for good. That it came stays on record.",
        next="Ask the sender to send it again if you still need it.",
    ),
    State.UNREADABLE: InWords(
        label="Cannot be read",
        colour="red",
        means="It did not verify or did not open, so nothing of it is shown. Its sender was told.",
        next="Ask the sender to send it again, and tell your information manager.",
    ),
    State.RETURNED: InWords(
        label="Returned unread",
        colour="grey",
        means="Somebody here said that it was not theirs. Nothing of it was released here.",
        next="Ask the sender to send it again if it was for you after all.",
    ),
    State.RECALLED: InWords(
        label="Taken back",
        colour="grey",
        means="Its sender took it back before anybody here accepted it.",
        next="Ask the sender what takes its place.",
    ),
    State.EXPIRED: InWords(
        label="Expired",
        colour="grey",
        means="Nobody here accepted and fetched it in time.",
        next="Ask the sender to send it again.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A part of the inbox: its word in the address, what people read, and the states in it (None: all)."""

    word: str
    label: str
    states: Collection[State] | None


FILTERS: Final = (
    Filter(word="", label="All", states=None),
    Filter(
        word="waiting", label="Waiting for you", states=frozenset({State.OFFERED, State.ACCEPTED})
    ),
    Filter(word="open", label="Nobody responsible yet", states=frozenset({State.COMMITTED})),
    Filter(word="taken", label="Somebody responsible", states=frozenset({State.ACKNOWLEDGED})),
    Filter(word="outcome", label="Outcome told", states=frozenset({State.OUTCOME})),
    Filter(word="unreadable", label="Cannot be read", states=frozenset({State.UNREADABLE})),
    Filter(
        word="closed",
        label="Returned, taken back, expired or erased",
        states=frozenset({State.RETURNED, State.RECALLED, State.EXPIRED, State.ERASED}),
    ),
)

#: What a machine of this desk did, as part of a sentence.
DID: Final[dict[EventKind, str]] = {
    EventKind.ACCEPTED: "accepted it",
    EventKind.RETURNED: "returned it",
    EventKind.COMMITTED: "stored it",
    EventKind.UNREADABLE: "could not open it",
    EventKind.ACKNOWLEDGED: "said who is responsible",
    EventKind.OUTCOME: "told the sender what came of it",
    EventKind.ERASED: "erased it",
}


def filter_of(word: str) -> Filter:
    """The part of the inbox that a word in the address means; all of it for any other word."""
    return next((each for each in FILTERS if each.word == word), FILTERS[0])
