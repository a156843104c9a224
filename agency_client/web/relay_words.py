"""How the relay and the directory stand, in words: what can be done now, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from agency_client.use_cases.needing import Standing
from agency_client.web.desk import Heard
from agency_client.web.telling import telling
from agency_client.web.when import ago, moment, to_the_second
from phoenix_protocol.errors import UnavailableError


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayWords:
    """``state`` in a few words, then what it means line by line; ``is_well`` where nothing is to be done."""

    state: str
    lines: tuple[str, ...]
    is_well: bool
    link: str | None = None
    link_text: str | None = None


_AWAY: Final = (
    "You can read, write and prepare everything here. Nothing goes out, and nothing new comes in, until it answers.",
    "If somebody must know now, phone them.",
)
_HERE: Final = (
    "Everything that the relay had for you by then is here, and you can send. "
    "What has come since shows when you look again."
)
_OLD: Final = (
    "The directory of who is who is more than a day old. "
    "Nothing can be sent by it until the relay shows a newer one."
)


def relay_words(heard: Heard, standing: Standing, now: int) -> RelayWords:
    """How the last look at the relay went, and what that means for the person here."""
    if not standing.is_desk and not standing.is_manager:
        return RelayWords(
            state="This home is nobody's yet",
            lines=("It has no keys: set it up first.",),
            is_well=False,
            link="/members/joining",
            link_text="Join a partnership",
        )
    if heard.error is None:
        return _answering(heard, standing)
    if isinstance(heard.error, UnavailableError):
        return RelayWords(state=_since(heard, standing, now), lines=_AWAY, is_well=False)
    told = telling(heard.error)
    return RelayWords(
        state=heard.error.what,
        lines=(told.next,),
        is_well=False,
        link=told.link,
        link_text=told.link_text,
    )


def _answering(heard: Heard, standing: Standing) -> RelayWords:
    if heard.at is None:
        return RelayWords(
            state="The relay is being asked for the first time since you opened Phoenix",
            lines=("What is new shows here when you look again.",),
            is_well=True,
        )
    if standing.is_stale:
        return RelayWords(state=looked(heard), lines=(_OLD,), is_well=False)
    return RelayWords(
        state=looked(heard),
        lines=(
            _HERE
            if standing.is_desk
            else "Whoever asked to join by then shows here. Look again for whoever has asked since.",
        ),
        is_well=True,
    )


def _since(heard: Heard, standing: Standing, now: int) -> str:
    last = heard.at if heard.at is not None else standing.checked
    if last is None:
        return "The relay does not answer"
    return f"The relay does not answer. It last did {ago(last, now)}, {moment(last)}"


def looked(heard: Heard) -> str:
    """When the last whole look at the relay ended: what came after it is not here yet."""
    if heard.at is None:
        return "The relay has not been looked at since you opened Phoenix"
    on = f"The last full look at the relay ended at {to_the_second(heard.at)}"
    return f"{on}. Another is going on" if heard.is_looking else on
