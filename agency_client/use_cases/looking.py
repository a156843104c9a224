"""One look at the relay for whoever this home is: a desk fetches what is new, a manager learns who waits to join."""

from __future__ import annotations

from dataclasses import dataclass

from agency_client.use_cases.home import Home
from agency_client.use_cases.joining import waiting
from agency_client.use_cases.keeping import catch_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look found: how many wait to join; None where this home decides about nobody."""

    joining: int | None = None


async def look(home: Home) -> Looked:
    """Look once. Raises RefusedError ``E_NOT_APPROVED``, UnavailableError ``E_RELAY``.

    A home without keys has nothing to look for.
    """
    if home.content.endpoint is not None:
        await catch_up(home)
    if home.content.manager is None:
        return Looked()
    return Looked(joining=len(await waiting(home)))
