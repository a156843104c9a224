"""What suspending and resuming an agency do and do not do, in words, before it is signed (docs/protocol.md §4, §8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from phoenix_protocol.directory.statements import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingWords:
    """A page that asks once: its title, its button, and what follows."""

    title: str
    button: str
    does: tuple[str, ...]
    does_not: tuple[str, ...]
    classes: str = ""


#: What goes through a page of its own. Closing has a tick instead.
STANDINGS: Final[Mapping[Standing, StandingWords]] = {
    Standing.SUSPENDED: StandingWords(
        title="Suspend this agency?",
        button="Suspend this agency",
        classes="govuk-button--warning",
        does=(
            "Its members can send nothing and fetch nothing, and nobody can send to them, until it is resumed.",
            "What waits for them at the relay goes on waiting. It can expire meanwhile.",
            "Nobody new can join it.",
            "Everybody in the partnership sees that it is suspended, and since when. That stays in the log.",
        ),
        does_not=(
            "It takes nothing back: what is on their machines stays there and can be read.",
            "It ends no member and no key. When the agency is resumed, they go on as before.",
            "It tells nobody why: there is no place for a reason in it. Phone the agency, and keep your reason in your "
            "own records.",
        ),
    ),
    Standing.RESUMED: StandingWords(
        title="Resume this agency?",
        button="Resume this agency",
        does=(
            "Its members can send, fetch and be sent to again, at once.",
            "People and desks can join it again.",
            "Everybody in the partnership sees that it takes part again, and since when.",
        ),
        does_not=(
            "It does not bring back what expired meanwhile: whoever sent that sends it again.",
            "It does not make up for keys in other hands: if that is why it was suspended, whoever they are of has to "
            "be ended as soon as it takes part again.",
            "It tells nobody why: there is no place for a reason in it.",
        ),
    ),
}
