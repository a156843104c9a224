"""Governing a partnership: what it says of itself, and how it stands (docs/protocol.md §4)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from agency_client.record.assurances import doubt
from agency_client.record.dues import is_overdue
from agency_client.use_cases.agencies import append, audit, governance_key
from agency_client.use_cases.home import Home
from agency_client.use_cases.key_words import KeyWords, words_of_holders
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.protocols import (
    ProtocolVersion,
    has_adopted,
    keep_text,
    versions_of,
)
from agency_client.use_cases.talking import in_step, known_here
from phoenix_protocol.directory import building
from phoenix_protocol.directory.agencies import Agency, TakesPart
from phoenix_protocol.directory.statements import Adoption, Assurance, Partnership
from phoenix_protocol.identifiers import AgencyId, Anchor, ObjectHash, Seconds
from phoenix_protocol.signed import sign
from phoenix_protocol.suite.hashing import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatoryLine:
    """An agency as its partners see it: its standing, the protocol it has signed, what it assures of its security.

    It stands so since ``since``; ``roots`` are the keys that speak for it. ``is_current`` says that it has signed the
    newest version; ``doubt`` what gives pause about its assurances.
    """

    id: AgencyId
    name: str
    standing: TakesPart
    since: Seconds
    kind: str
    jurisdiction: str
    legal_scope: str
    roots: tuple[KeyWords, ...]
    adopted: Adoption | None
    is_current: bool
    assurances: tuple[Assurance, ...]
    doubt: str | None

    @property
    def is_active(self) -> bool:
        """Whether it takes part."""
        return self.standing is TakesPart.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnershipStatus:
    """The partnership as its members see it."""

    name: str
    anchor: Anchor
    version: int
    protocol: ProtocolVersion
    review_due: Seconds
    overdue: bool
    review: ObjectHash | None
    governors: int
    threshold: int
    agencies: tuple[SignatoryLine, ...]
    log_size: int
    relay: str

    @property
    def not_adopted(self) -> tuple[AgencyId, ...]:
        """The agencies that take part and have not signed the newest version of the protocol yet."""
        return tuple(each.id for each in self.agencies if each.is_active and not each.is_current)


async def amend(home: Home, *, text: bytes | None = None, **changes: Any) -> Partnership:
    """A new version of the partnership with ``changes`` to its fields, or the newest where nothing changes.

    ``text`` is the text of the protocol from now on: the partnership names its hash, and this home keeps it.
    """
    key = governance_key(home.content)
    if text is not None:
        changes["protocol_text"] = sha256(text)
    async with in_step(home) as (relay, known):
        newest = known.directory.partnership
        if dataclasses.replace(newest, **changes) != newest:
            statement = building.amended(
                newest,
                anchor=known.directory.anchor,
                previous=known.directory.partnership_head,
                issued=home.now(),
                **changes,
            )
            signed = sign(statement, [key])
            known = await append(home, relay, known, [(signed, ())])
            audit(home, "partnership.amended", signed.hash)
    if text is not None:
        keep_text(home, versions_of(known), text)
    return known.directory.partnership


async def partnership_status(home: Home, *, offline: bool = False) -> PartnershipStatus:
    """The partnership as it stands. An overdue review is a warning and never blocks: the law authorises sharing.

    ``offline`` asks nobody.
    """
    known = await known_here(home, offline=offline)
    newest, now = known.directory.partnership, home.now()
    return PartnershipStatus(
        name=newest.name,
        anchor=known.directory.anchor,
        version=newest.version,
        review_due=newest.review_due,
        protocol=versions_of(known)[-1],
        overdue=is_overdue(newest.review_due, now),
        review=newest.review,
        governors=len(newest.governance.holders),
        threshold=newest.governance.threshold,
        agencies=signatory_lines(known, now),
        log_size=known.directory.size,
        relay=newest.relay.origin,
    )


def signatory_lines(known: Known, now: Seconds) -> tuple[SignatoryLine, ...]:
    """Every agency that was ever admitted, in the order of admission."""
    version = versions_of(known)[-1]
    return tuple(_signatory(agency, version, now) for agency in known.directory.agencies())


def _signatory(agency: Agency, version: ProtocolVersion, now: Seconds) -> SignatoryLine:
    keys = agency.keys
    assurances = keys.assurances if keys is not None else ()
    return SignatoryLine(
        id=agency.id,
        name=agency.signatory.name,
        standing=agency.standing,
        since=agency.since,
        kind=agency.signatory.kind,
        jurisdiction=agency.signatory.jurisdiction,
        legal_scope=agency.signatory.legal_scope,
        roots=words_of_holders(agency.root),
        adopted=keys.adopted if keys is not None else None,
        is_current=has_adopted(keys, version),
        assurances=assurances,
        doubt=doubt(assurances, now),
    )
