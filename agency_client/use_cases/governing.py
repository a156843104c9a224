"""Governing a partnership: what it says of itself, and how it stands (docs/protocol.md §4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agency_client.use_cases.agencies import append, audit, governance_key
from agency_client.use_cases.home import Home
from agency_client.use_cases.talking import in_step
from phoenix_protocol.directory import building
from phoenix_protocol.identifiers import AgencyId, Anchor, Seconds
from phoenix_protocol.signed import sign


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnershipStatus:
    """The partnership as its members see it."""

    name: str
    anchor: Anchor
    version: int
    review_due: Seconds
    overdue: bool
    governors: int
    threshold: int
    agencies: tuple[tuple[AgencyId, str, str], ...]  # id, name, standing
    log_size: int
    relay: str


async def amend(home: Home, **changes: Any) -> int:
    """A new version of the partnership with ``changes`` to its fields; gives its number."""
    async with in_step(home) as (relay, known):
        newest = known.directory.partnership
        statement = building.amended(
            newest,
            anchor=known.directory.anchor,
            previous=known.directory.partnership_head,
            issued=home.now(),
            **changes,
        )
        signed = sign(statement, [governance_key(home.content)])
        await append(home, relay, known, [(signed, ())])
    audit(home, "partnership.amended", signed.hash)
    return statement.version


async def partnership_status(home: Home) -> PartnershipStatus:
    """The partnership as it stands. An overdue review is a warning and never blocks: the law authorises sharing."""
    async with in_step(home) as (_, known):
        newest = known.directory.partnership
    return PartnershipStatus(
        name=newest.name,
        anchor=known.directory.anchor,
        version=newest.version,
        review_due=newest.review_due,
        overdue=newest.review_due <= home.now(),
        governors=len(newest.governance.holders),
        threshold=newest.governance.threshold,
        agencies=tuple(
            (a.id, a.signatory.name, a.standing.value) for a in known.directory.agencies()
        ),
        log_size=known.directory.size,
        relay=newest.relay.origin,
    )
