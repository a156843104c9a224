"""Founding a partnership on a relay that nobody has claimed (docs/protocol.md §4)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field, replace
from typing import Final

from agency_client.use_cases.agencies import (
    AgencyProfile,
    audit,
    first_agency_keys,
    governance_key,
    settle,
)
from agency_client.use_cases.home import Home, UntrustedRelay, stranger
from agency_client.use_cases.knowing import meet
from agency_client.use_cases.protocols import keep_text, versions_of
from keys import holders
from keys.content import Content
from phoenix_protocol import limits, schema
from phoenix_protocol.api import Claim, LogEntry, RelayDescription
from phoenix_protocol.directory import building
from phoenix_protocol.directory.statements import (
    Bounds,
    KeySet,
    Opening,
    RelayKeys,
)
from phoenix_protocol.errors import RefusedError, UsageError
from phoenix_protocol.identifiers import Anchor, Seconds
from phoenix_protocol.signed import Signed, hash_of, sign
from phoenix_protocol.suite.hashing import sha256

CLAIM_PREFIX: Final = "phoenix-claim-"


_CLAIM_SECRET: Final = 20


_DEFAULT_BOUNDS: Final = Bounds(
    attachment=limits.ATTACHMENT_BYTES, package=4 * limits.ATTACHMENT_BYTES, life=limits.LIFE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPartnership:
    """What a founder decides. ``review_due`` is when the protocol must be looked at again (POSIX seconds).

    ``protocol_text`` is the text of the protocol: the partnership names its hash, and the founder's home keeps it.
    """

    name: str
    protocol: str
    protocol_text: bytes | None = field(repr=False, default=None)
    review_due: Seconds
    threshold: int
    founder: AgencyProfile
    person: str


async def create_partnership(home: Home, relay_at: str, claim: str, new: NewPartnership) -> Anchor:
    """Found a partnership on an unclaimed relay: genesis, the founder's agency and its first keys.

    The claim carries a digest of the relay's keys, so that nobody in between can slip in others. Repeating after a lost
    answer finishes the job. Raises UsageError ``E_CLAIM``, RefusedError ``E_THRESHOLD``, ``E_CLAIMED``, and
    ``E_ANCHOR`` when an earlier try in this home was about other particulars.
    """
    if new.threshold != 1:
        raise RefusedError(
            "E_THRESHOLD",
            "A new partnership has one governance key, so its threshold is 1.",
            next="Create it with a threshold of 1 and raise the threshold when more people govern.",
        )
    expected = _digest_in(claim)
    async with home.connect(relay_at, stranger(home), lambda: None) as relay:
        description = await relay.describe()
        _check_relay(description, expected, relay)
        keys = replace(description.keys, url=relay_at)
        _make_keys(home, new)
        founding = _founding_statements(home, new, keys)
        anchor = Anchor(founding[0].hash)
        _check_home(home, anchor)
        settle(home, anchor, relay_at, new.founder.agency)
        if description.anchor is None:
            await _take(relay, Claim(claim=claim, entries=_entries(home.content, founding)))
        elif bytes(description.anchor) != anchor:
            raise _claimed()
        known = await meet(home, relay, anchor)
        if new.protocol_text is not None:
            keep_text(home, versions_of(known), new.protocol_text)
    audit(home, "partnership.created", anchor)
    return anchor


def _digest_in(claim: str) -> bytes:
    text = claim.strip()
    try:
        if not text.startswith(CLAIM_PREFIX):
            raise ValueError(text)
        body = text.removeprefix(CLAIM_PREFIX).upper()
        data = base64.b32decode(body + "=" * (-len(body) % 8))
    except (ValueError, binascii.Error):
        data = b""
    if len(data) != 2 * _CLAIM_SECRET:
        raise UsageError(
            "E_CLAIM",
            "This is not a claim.",
            next="Copy the whole claim that 'phoenix-relay init' printed.",
        )
    return data[_CLAIM_SECRET:]


def _check_relay(description: RelayDescription, expected: bytes, relay: UntrustedRelay) -> None:
    found = sha256(schema.encode(description.keys))[:_CLAIM_SECRET]
    if found != expected:
        raise RefusedError(
            "E_CLAIM",
            "The relay at this address is not the one that the claim is for.",
            next="Check the address with the relay's operator.",
        )
    relay.verify_later(description.keys.response_key)


def _check_home(home: Home, anchor: Anchor) -> None:
    if home.content.anchor not in (None, anchor):
        raise RefusedError(
            "E_ANCHOR",
            "This home founded a partnership before, or tried to, with another name, day, agency or relay.",
            next="Repeat that command as it was, or choose an empty folder with --home.",
        )


async def _take(relay: UntrustedRelay, claim: Claim) -> None:
    # The relay tells its anchor to members only, so a founder learns from its refusal that it is taken.
    try:
        await relay.claim(claim)
    except RefusedError as error:
        if error.code == "E_CONFLICT":
            raise _claimed() from None
        if error.code == "E_NOT_FOUND":
            raise RefusedError(
                "E_CLAIM",
                "The relay does not know this claim.",
                next="Copy the newest claim whole. If it is lost, its operator runs 'phoenix-relay claim'.",
            ) from None
        raise


def _claimed() -> RefusedError:
    return RefusedError(
        "E_CLAIMED",
        "This relay already serves another partnership.",
        next="Use the relay that was set up for you, or ask its operator for another.",
    )


def _make_keys(home: Home, new: NewPartnership) -> None:
    def made(content: Content) -> Content:
        if content.governance is not None and content.root is not None:
            return content  # an earlier try went as far as this
        content = holders.with_person(content, new.person, home.randomness)
        content = holders.with_governance(content, home.randomness)
        content = holders.with_root(content, new.founder.agency, home.randomness)
        return holders.with_manager(content, new.founder.agency, home.randomness)

    home.keystore.update(made)


def _founding_statements(home: Home, new: NewPartnership, keys: RelayKeys) -> list[Signed]:
    """The same bytes on every try: times come from when the keys were made."""
    content = home.content
    issued = content.created
    genesis = building.genesis(
        name=new.name,
        protocol=new.protocol,
        protocol_text=sha256(new.protocol_text) if new.protocol_text is not None else None,
        review_due=new.review_due,
        governance=KeySet(holders=(holders.governance_holder(content),), threshold=1),
        bounds=_DEFAULT_BOUNDS,
        relay=keys,
        issued=issued,
    )
    governance = governance_key(content)
    anchor = Anchor(hash_of(genesis))
    root = KeySet(holders=(holders.root_holder(content),), threshold=1)
    founder = new.founder
    signatory = building.signatory(
        anchor=anchor,
        agency=founder.agency,
        name=founder.name,
        kind=founder.kind,
        jurisdiction=founder.jurisdiction,
        legal_scope=founder.legal_scope,
        root=root,
        issued=issued,
    )
    own = first_agency_keys(content, anchor, founder.agency, root, issued)
    return [sign(genesis, [governance]), sign(signatory, [governance]), own]


def _own_name(content: Content) -> tuple[Opening, ...]:
    return (content.person.name,) if content.person is not None else ()


def _entries(content: Content, statements: list[Signed]) -> tuple[LogEntry, ...]:
    return tuple(LogEntry(statement=s.encoded(), openings=_own_name(content)) for s in statements)
