"""How deliveries go, agency by agency, out of journeys: counts and times, no scores. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from agency_client.ports.vault.sent import Journey
from phoenix_protocol.identifiers import AgencyId, Seconds, agency_of
from phoenix_protocol.package.lifecycle import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """How long something took (seconds): in half of the cases at most ``half``, in every case at most ``longest``."""

    count: int
    half: int | None = None
    longest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What this home sent to one agency, each package once for every address, by how far it is.

    ``owned`` somebody took responsibility for, ``stored`` is there without, ``waiting`` is on its way, ``returned`` was
    not theirs, ``failed`` did not arrive or did not open; ``recalled`` was taken back from here.
    """

    agency: AgencyId
    sent: int
    owned: int
    stored: int
    waiting: int
    returned: int
    failed: int
    recalled: int
    accepted_after: Took
    acknowledged_after: Took
    waits_since: Seconds | None


_OWNED: Final = frozenset({State.ACKNOWLEDGED, State.OUTCOME})
_STORED: Final = frozenset({State.COMMITTED, State.ERASED})
_WAITING: Final = frozenset({State.SENT, State.HELD, State.OFFERED, State.ACCEPTED})
_FAILED: Final = frozenset({State.EXPIRED, State.UNREADABLE})


def health(journeys: Iterable[Journey]) -> tuple[Health, ...]:
    """What there is to say of every agency that was written to, by the agencies' names."""
    by_agency: dict[AgencyId, list[Journey]] = {}
    for journey in journeys:
        by_agency.setdefault(agency_of(journey.address), []).append(journey)
    return tuple(_of(agency, by_agency[agency]) for agency in sorted(by_agency))


def _of(agency: AgencyId, journeys: Sequence[Journey]) -> Health:
    def count(states: Iterable[State]) -> int:
        return sum(journey.state in states for journey in journeys)

    waiting = [journey.created for journey in journeys if journey.state in _WAITING]
    return Health(
        agency=agency,
        sent=len(journeys),
        owned=count(_OWNED),
        stored=count(_STORED),
        waiting=len(waiting),
        returned=count({State.RETURNED}),
        failed=count(_FAILED),
        recalled=count({State.RECALLED}),
        accepted_after=took(j.accepted - j.created for j in journeys if j.accepted is not None),
        acknowledged_after=took(
            j.acknowledged - j.created for j in journeys if j.acknowledged is not None
        ),
        waits_since=min(waiting, default=None),
    )


def took(times: Iterable[int]) -> Took:
    """The middle one and the longest. Clocks differ: nothing took less than no time."""
    found = sorted(max(0, time) for time in times)
    if not found:
        return Took(count=0)
    return Took(count=len(found), half=found[(len(found) - 1) // 2], longest=found[-1])
