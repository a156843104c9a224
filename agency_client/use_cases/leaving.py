"""Who has left while a package of this home waits for them: nobody there can open it (docs/protocol.md §6.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agency_client.ports.vault import AddressProgress, Alert, Families
from agency_client.use_cases.expiring import raise_alert
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import Known
from phoenix_protocol import limits
from phoenix_protocol.directory.agencies import TakesPart
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, Seconds
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.lifecycle import UNFINISHED

#: The finding, about the first machine of an address, of a package that waits there for nobody.
LEFT: Final = "N_RECIPIENT_LEFT"


def note_who_left(home: Home, known: Known) -> None:
    """Raise the finding where every machine that a package waits for has left; drop it where it holds no more.

    A package is sealed to the machines of its day: who joins an address later cannot open it.
    """
    now = home.clock.now()
    with home.vault.reading() as view:
        waiting = set(_waiting_for_nobody(view, known, now))
        over = [a for a in view.alerts.unseen() if a.code == LEFT and _named(a) not in waiting]
        told = {_named(a) for core, _ in waiting for a in view.alerts.of(core) if a.code == LEFT}
    fresh = sorted(waiting - told)
    if not fresh and not over:
        return
    with home.vault.transaction() as tx:
        for core, machine in fresh:
            raise_alert(tx, LEFT, core, machine, now)
        for alert in over:
            tx.alerts.see(alert.number, now)


def _named(alert: Alert) -> tuple[ObjectHash | None, str]:
    return alert.core, alert.about


def _waiting_for_nobody(
    view: Families, known: Known, now: Seconds
) -> Iterator[tuple[ObjectHash, str]]:
    for summary in view.sent.expiring(Seconds(now + limits.LIFE), UNFINISHED):
        core, is_on = summary.package.core, summary.package.expires > now
        waiting = {a.address for a in summary.addresses if _is_waited_for(a) and is_on}
        machines: dict[Address, list[EndpointId]] = {address: [] for address in waiting}
        for endpoint in view.sent.endpoints(core) if waiting else ():
            if endpoint.address in machines and endpoint.state in UNFINISHED:
                machines[endpoint.address].append(endpoint.endpoint)
        for left in machines.values():
            if left and not any(_is_there(machine, known, now) for machine in left):
                yield core, min(left).hex()


def _is_waited_for(progress: AddressProgress) -> bool:
    return progress.why is Why.TO and progress.state in UNFINISHED


def _is_there(id_: EndpointId, known: Known, now: Seconds) -> bool:
    """Whether a machine can still ask for what waits for it."""
    endpoint = known.directory.endpoint(id_)
    if endpoint is None or endpoint.in_force_at(now) is None:
        return False
    agency = known.directory.agency(endpoint.agency)
    return agency is not None and agency.standing is TakesPart.ACTIVE
