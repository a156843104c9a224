"""From addresses to endpoints with keys to seal to (docs/protocol.md §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agency_client.ports.relay import Relay
from agency_client.use_cases.knowing import Known
from phoenix_protocol.api import EpochQuery
from phoenix_protocol.directory.endpoints import Endpoint
from phoenix_protocol.directory.statements import Role
from phoenix_protocol.epochs import EpochKey, choose, open_epoch_key
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Address, AgencyId, EndpointId, Seconds
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.signed import Opened, parse_signed
from phoenix_protocol.suite.sealing_keys import SealingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An endpoint to seal to, with the epoch key chosen for it."""

    endpoint: EndpointId
    address: Address
    why: Why
    is_records: bool
    epoch_key: Opened[EpochKey]
    published: bytes = field(repr=False)  # the Signed epoch key

    @property
    def key(self) -> SealingKey:
        """The key, ready to seal to."""
        return SealingKey(self.epoch_key.message.key)


def records_addresses(
    known: Known, agencies: Sequence[AgencyId]
) -> dict[AgencyId, tuple[Address, ...]]:
    """The records desks that these agencies publish."""
    found = {}
    for agency in agencies:
        state = known.directory.agency(agency)
        if state is not None and state.keys is not None and state.keys.records:
            found[agency] = state.keys.records
    return found


async def current_keys(
    relay: Relay, known: Known, endpoints: Sequence[Endpoint], now: Seconds
) -> dict[EndpointId, tuple[Opened[EpochKey], ...]]:
    """The epoch keys that the relay serves for endpoints, each verified under its endpoint's document key.

    Raises TamperError ``E_KEY_UNCERTIFIED``, ``E_SIG`` when the relay serves somebody else's.
    """
    found = await _published(relay, known, endpoints, now)
    return {endpoint: tuple(key for key, _ in keys) for endpoint, keys in found.items()}


async def _published(
    relay: Relay, known: Known, endpoints: Sequence[Endpoint], now: Seconds
) -> dict[EndpointId, tuple[tuple[Opened[EpochKey], bytes], ...]]:
    """The same, each with its Signed bytes."""
    if not endpoints:
        return {}
    answer = await relay.epoch_keys(EpochQuery(endpoints=tuple(e.id for e in endpoints), at=now))
    found = {}
    for endpoint, served in zip(endpoints, answer.endpoints, strict=True):
        member = known.directory.certified(endpoint.id, now)
        found[endpoint.id] = tuple(
            (open_epoch_key(parse_signed(key), member.document_key, known.directory.anchor), key)
            for key in served.keys
        )
    return found


async def find_targets(
    relay: Relay,
    known: Known,
    addresses: Mapping[Address, Why],
    own: EndpointId,
    now: Seconds,
    expires: Seconds,
) -> tuple[tuple[Target, ...], tuple[EndpointId, ...]]:
    """Every endpoint of ``addresses`` to seal to, and those left out for want of a key.

    The sending endpoint keeps its own copy and is not sealed to. Raises RefusedError
    ``E_KEY_SUPERSEDED`` when an address that was written to is left without any endpoint.
    """
    acting = [
        (address, why, endpoint)
        for address, why in addresses.items()
        for endpoint in known.directory.acting_at(address, now, known.openings)
        if endpoint.id != own
    ]
    keys = await _published(relay, known, [endpoint for _, _, endpoint in acting], now)
    targets, left_out = [], []
    for address, why, endpoint in acting:
        try:
            chosen = choose(tuple(key for key, _ in keys[endpoint.id]), now, expires)
        except TamperError:
            left_out.append(endpoint.id)
            continue
        targets.append(
            Target(
                endpoint=endpoint.id,
                address=address,
                why=why,
                is_records=why is Why.RECORDS or endpoint.newest.role is Role.RECORDS,
                epoch_key=chosen,
                published=next(signed for key, signed in keys[endpoint.id] if key is chosen),
            )
        )
    reached = {target.address for target in targets}
    for address, why in addresses.items():
        if why is Why.TO and address not in reached:
            raise RefusedError(
                "E_KEY_SUPERSEDED",
                "A recipient has no sealing key for the whole life of this package.",
                next="Choose an earlier expiry, or ask them to run 'phoenix inbox' once, which publishes keys.",
            )
    return tuple(targets), tuple(left_out)
