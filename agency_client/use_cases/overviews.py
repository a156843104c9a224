"""What the pictures show: how deliveries go, and what expires when. Talks to nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from agency_client.record.health import Health, health
from agency_client.use_cases.expiring import is_owed
from agency_client.use_cases.home import Home
from agency_client.use_cases.viewing import WAITING, tidy
from phoenix_protocol.identifiers import Address, ObjectHash, Seconds
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.lifecycle import UNFINISHED

#: So many packages at most are looked at: the newest.
MOST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """A package that expires before somebody has it: one of ours, or one that waits here."""

    core: ObjectHash
    at: Seconds
    own: bool
    purpose: str = field(repr=False)
    waits_for: tuple[Address, ...]


def delivery_health(home: Home, since: Seconds) -> tuple[Health, ...]:
    """How what was sent from here since then went, agency by agency."""
    tidy(home)
    with home.vault.reading() as view:
        return health(view.sent.journeys(since, MOST))


def expiring(home: Home, until: Seconds) -> tuple[Expiring, ...]:
    """What expires by ``until`` and is not with everybody, ours and what waits here, soonest first."""
    tidy(home)
    now = home.clock.now()
    own = home.content.endpoint.address if home.content.endpoint is not None else None
    with home.vault.reading() as view:
        sent = [s for s in view.sent.expiring(until, UNFINISHED) if is_owed(s.addresses)]
        came = view.received.inbox(WAITING)
    ours = [
        Expiring(
            core=s.package.core,
            at=s.package.expires,
            own=True,
            purpose=s.package.purpose,
            waits_for=tuple(
                a.address for a in s.addresses if a.why is Why.TO and a.state in UNFINISHED
            ),
        )
        for s in sent
    ]
    theirs = [
        Expiring(core=p.core, at=p.expires, own=False, purpose=p.purpose, waits_for=(own,))
        for p in came
        if own is not None and p.expires < until
    ]
    found = [each for each in (*ours, *theirs) if each.at > now]
    return tuple(sorted(found, key=lambda each: each.at))
