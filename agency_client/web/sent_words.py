"""How far what was sent is, in the words of whoever sent it: states, steps on the way, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agency_client.ports.vault import AddressProgress, Shows
from agency_client.record.timeline import Mark
from agency_client.web.states import InWords
from agency_client.web.when import moment, short_day, short_time
from phoenix_protocol.package.events import Answer
from phoenix_protocol.package.lifecycle import State, least_advanced

THERE: Final[dict[State, InWords]] = {
    State.SENT: InWords(
        label="Not at the relay yet",
        colour="yellow",
        means="It waits on this machine and goes by itself when the relay answers.",
        next="Phone them if it cannot wait.",
    ),
    State.HELD: InWords(
        label="At the relay",
        colour="yellow",
        means="The relay holds it for them. None of their machines has asked for it yet.",
    ),
    State.OFFERED: InWords(
        label="They can see its cover",
        colour="yellow",
        means="Nobody there has accepted it yet, so nobody has read it.",
    ),
    State.ACCEPTED: InWords(
        label="Accepted, not stored there yet",
        colour="yellow",
        means="Somebody there said that it is theirs, and is fetching it.",
    ),
    State.COMMITTED: InWords(
        label="Nobody is responsible yet",
        colour="blue",
        means="It is stored there. Nobody there has said who takes responsibility.",
    ),
    State.ACKNOWLEDGED: InWords(
        label="Somebody is responsible",
        colour="green",
        means="A named person there has taken responsibility.",
    ),
    State.OUTCOME: InWords(
        label="Outcome told", colour="green", means="They told you what came of it."
    ),
    State.ERASED: InWords(
        label="Erased there", colour="grey", means="They had it, and have erased it since."
    ),
    State.UNREADABLE: InWords(
        label="Did not open there",
        colour="red",
        means="Their machine could not open it: they have read nothing of it.",
        next="Phone them, and send it again.",
    ),
    State.RETURNED: InWords(
        label="Returned: not theirs",
        colour="red",
        means="They said that it is not theirs. Nothing but its cover was released to them.",
        next="Read why, and send it to whoever it is for.",
    ),
    State.RECALLED: InWords(
        label="Taken back",
        colour="grey",
        means="You took it back before anybody there accepted it.",
    ),
    State.EXPIRED: InWords(
        label="Not delivered",
        colour="red",
        means="Its time ran out before they had it.",
        next="Phone them now. Send it again if it is still needed.",
    ),
}

#: Steps: as one that was taken, as one that is to come, and what it means.
STEPS: Final[dict[Mark, tuple[str, str, str]]] = {
    Mark.SENT: ("You sent it", "", ""),
    Mark.HELD: ("The relay took it", "The relay takes it", ""),
    Mark.OFFERED: ("They could see its cover", "They see its cover", ""),
    Mark.ACCEPTED: ("They accepted it as theirs", "They accept it as theirs", ""),
    Mark.COMMITTED: ("They stored it", "They store it", "From then on they can read it."),
    Mark.ACKNOWLEDGED: (
        "Somebody took responsibility",
        "Somebody takes responsibility",
        "By name, saying what they use it for.",
    ),
    Mark.OUTCOME: ("They told you what came of it", "They tell you what came of it", ""),
    Mark.ERASED: ("They erased it", "", ""),
    Mark.UNREADABLE: ("It did not open on a machine there", "", "Nobody read it on that machine."),
    Mark.RETURNED: ("They returned it: not theirs", "", ""),
    Mark.RECALLED: ("You took it back", "", "Nobody there had accepted it."),
    Mark.EXPIRED: ("Its time ran out", "", "Phone them: they do not have it."),
    Mark.LOST: ("The relay lost it", "", "Phone them: they do not have it. Send it again."),
    Mark.GIVEN_UP: ("It was given up", "", "It never left this machine, or the relay refused it."),
}
#: What is known of a step that has no time.
UNTIMED: Final[dict[Mark, str]] = {
    Mark.HELD: "We have not been told when the relay took it. It was before the next step.",
    Mark.OFFERED: "We have not been told when they could first see the cover. It was before the next step.",
}
#: Steps at which something went wrong.
TROUBLE: Final = frozenset({Mark.UNREADABLE, Mark.RETURNED, Mark.EXPIRED, Mark.LOST, Mark.GIVEN_UP})

ANSWERS: Final[dict[Answer, str]] = {
    Answer.RECALLED: "taken back: nobody there has read it, and nobody can any more",
    Answer.TOO_LATE: "too late: they had accepted or returned it. Phone them if they must not use it",
    Answer.UNKNOWN: "the relay does not know it there: it never got to them",
}

SHOWS: Final[dict[Shows, str]] = {
    Shows.ALL: "Everything",
    Shows.TROUBLED: "Did not get to somebody, to be dealt with",
    Shows.WAITING: "On its way to somebody",
    Shows.UNOWNED: "Stored, nobody responsible yet",
    Shows.FAILED: "Returned, expired or did not open",
}


#: From these it may go on at any moment: what is known of them is told with the time at which it was learnt.
MOVING: Final = frozenset({State.HELD, State.OFFERED, State.ACCEPTED, State.COMMITTED})


def known_at(state: State, since: int, heard: int | None, asked: int | None) -> int:
    """When an address was known to be at ``state``, where it is ``since`` then.

    ``heard`` is when this machine last looked at the relay, ``asked`` when it asked after this package. A look brings
    what others said; that they can see a cover is told only when somebody asks.
    """
    looked = heard if state is not State.HELD else None
    return max(time for time in (since, looked, asked) if time is not None)


def as_of(known: int, now: int) -> str:
    """At what time what is shown was true, to stand before it."""
    is_today = short_day(known) == short_day(now)
    return f"As of {short_time(known)} today" if is_today else f"As of {moment(known)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """A package in one word: that of the address which needs attention most."""

    state: State
    words: InWords


def overall(addresses: Sequence[AddressProgress]) -> Overall:
    """One word for several addresses."""
    state = least_advanced(address.state for address in addresses)
    return Overall(state=state, words=THERE[state])
