"""What receipts say of packages that reached somebody who should not have them, and keeping that with the breach."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from agency_client.ports.vault import Families, ObjectKind
from agency_client.record.breaches import BreachDocument
from agency_client.record.facts import RecordFacts
from agency_client.record.misdirection import Reached, ReachedEndpoint
from agency_client.use_cases.home import Home
from agency_client.use_cases.recording import ToRecord, cores_of, keep
from phoenix_protocol.identifiers import Address, ObjectHash, PackageId, Seconds

#: What the receipts said at the time, kept beside the breach.
RECEIPTS: Final = "breach_receipts"


def reached_by(view: Families, document: BreachDocument, facts: RecordFacts) -> Iterator[Reached]:
    """How far each package that was sent from here is at each address that should not have it."""
    wrong = {address.strip().casefold() for address in document.misdirection.wrong_recipient}
    for core in cores_of(document.packages, facts):
        package = view.sent.get(core)
        for address in view.sent.addresses(core):
            if package is not None and address.address in wrong:
                yield Reached(
                    package=package.package.hex(),
                    address=address.address,
                    state=address.state,
                    since=address.since,
                    endpoints=tuple(_endpoints(view, core, address.address)),
                )


def _endpoints(view: Families, core: ObjectHash, address: Address) -> Iterator[ReachedEndpoint]:
    is_reported = bool(view.objects.of(core, ObjectKind.TOMBSTONE))
    for endpoint in view.sent.endpoints(core):
        if endpoint.address == address:
            events = view.events.of(core, endpoint.endpoint)
            yield ReachedEndpoint(
                endpoint=endpoint.endpoint.hex(),
                state=endpoint.state,
                said=frozenset(event.kind for event in events),
                is_reported=is_reported,
            )


def keep_receipts(
    home: Home, tx: Families, number: int, reached: Sequence[Reached], now: Seconds
) -> None:
    """What the receipts said at this moment is part of the record."""
    if not reached:
        return
    said = [reached_values(each) for each in reached]
    new = ToRecord(
        kind=RECEIPTS,
        document=json.dumps(said, indent=1).encode(),
        summary="; ".join(f"{each.address}: {each.in_words}" for each in reached),
        about=number,
        cores=_cores(tx, reached),
    )
    keep(home, tx, new, now)


def reached_values(each: Reached) -> dict[str, Any]:
    """What receipts say of one address, for programs."""
    return {
        "package": each.package,
        "address": each.address,
        "state": each.state.value,
        "since": each.since,
        "opened": each.opened.value,
        "endpoints": [
            {
                "endpoint": e.endpoint,
                "state": e.state.value,
                "said": sorted(kind.value for kind in e.said),
            }
            for e in each.endpoints
        ],
    }


def _cores(tx: Families, reached: Sequence[Reached]) -> tuple[ObjectHash, ...]:
    found = (tx.sent.by_package(PackageId(bytes.fromhex(each.package))) for each in reached)
    return tuple(dict.fromkeys(package.core for package in found if package is not None))
