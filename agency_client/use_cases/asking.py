"""Asking the relay after packages of ours: how far they are, and whether it still has them (docs/protocol.md §6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from agency_client.ports.relay import Relay
from agency_client.ports.vault import AddressProgress, Alert, Progress, SentPackage
from agency_client.ports.vault.settings import HELD_ASKED
from agency_client.use_cases.expiring import is_owed
from agency_client.use_cases.home import Home
from agency_client.use_cases.talking import in_step
from phoenix_protocol import limits
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.package.lifecycle import UNFINISHED, State, Step

#: How often to ask after everything that the relay holds of ours (seconds).
_ASK_EVERY: Final = 86400


async def ask_where(home: Home, core: ObjectHash) -> None:
    """Ask the relay which endpoints have been offered a package of ours. What they did, only they can say."""
    async with in_step(home) as (relay, _):
        await _ask_where(home, relay, core)


async def ask_after_held(home: Home, relay: Relay) -> None:
    """Once a day ask after every package of ours that the relay had taken and that is not with everybody."""
    now = home.now()
    with home.vault.reading() as view:
        asked = view.settings.get(HELD_ASKED) or 0
        waiting = view.sent.expiring(Seconds(now + limits.LIFE), UNFINISHED)
    held = [s.package.core for s in waiting if _is_missed(s.package, s.addresses, now)]
    if not held or now - asked < _ASK_EVERY:
        return
    for core in held:
        if not await _ask_where(home, relay, core):
            return
    with home.vault.transaction() as tx:
        tx.settings.put(HELD_ASKED, now)


async def _ask_where(home: Home, relay: Relay, core: ObjectHash) -> bool:
    """Whether the relay has answered: how far it is there, or that it has no such package."""
    try:
        said = await relay.states(core)
    except RefusedError as error:
        if error.code == "E_NOT_FOUND":
            _note_lost(home, core)
        return error.code == "E_NOT_FOUND"
    offered = {e.endpoint for e in said.endpoints if e.state == State.OFFERED.value}
    now = home.clock.now()
    with home.vault.transaction() as tx:
        for endpoint in tx.sent.endpoints(core):
            if endpoint.endpoint in offered and endpoint.state is State.HELD:
                tx.sent.step(core, endpoint.endpoint, Step.OFFER, now)
    return True


def _note_lost(home: Home, core: ObjectHash) -> None:
    """The relay had signed that it holds this, and knows nothing of it now."""
    now = home.clock.now()
    with home.vault.transaction() as tx:
        package = tx.sent.get(core)
        if package is None or not _is_missed(package, tx.sent.addresses(core), now):
            return  # it was never handed in, or nobody waits for it
        if tx.alerts.add(Alert(code="A_RELAY_LOST", core=core, time=now)):
            tx.audit.append(
                time=now,
                actor=home.actor(),
                action="package.lost",
                on=core,
                outcome="A_RELAY_LOST",
            )


def _is_missed(package: SentPackage, addresses: Iterable[AddressProgress], now: Seconds) -> bool:
    """Whether somebody has to get this from the relay, which said that it has it."""
    return package.progress is Progress.HELD and package.expires > now and is_owed(addresses)
