"""The keys of this machine: which there are, as words to compare, and what is due. Never a secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from agency_client.use_cases.joining import MemberLine
from agency_client.use_cases.key_words import words_of_key
from agency_client.use_cases.needing import MEMBERS_NEAR
from agency_client.web.asked import Asked
from agency_client.web.people_words import PHASES, kind_of_key, who_of
from agency_client.web.saying import say
from agency_client.web.table import get, post
from phoenix_protocol.identifiers import Seconds

_HERE: Final = "/members/keys"
#: Members who have not ended, whether or not their certificate has.
_ACTING: Final = frozenset({"in force", "not in force"})
_SAID: Final = {
    "rotated": "New keys were made and given to the relay.",
    "nothing": "Nothing was due. Every key that is needed is there.",
}


async def own_keys(asked: Asked) -> web.StreamResponse:
    """Keys that sign, keys that open, and when the next are due."""
    found = asked.client.keys_status()
    keys = [
        (kind_of_key(each.kind), each.subject, words_of_key(bytes.fromhex(each.fingerprint)))
        for each in found.keys
    ]
    return asked.page(
        "people/keys.html",
        title="Keys on this machine",
        said=_SAID.get(asked.query("said")),
        found=found,
        keys=keys,
        phases=PHASES,
        members=await _members(asked),
        may_rotate=who_of(asked).is_desk,
        now=asked.now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedDue:
    """The certificates of an agency's members: when the first ends, how many do soon, and when to look again."""

    first: Seconds | None
    near: int
    look: Seconds | None


async def _members(asked: Asked) -> CertifiedDue | None:
    """What is due of members whom this machine certified; None for a desk's."""
    if not who_of(asked).is_manager:
        return None
    lines: tuple[MemberLine, ...] = await asked.client.members(offline=True)
    return certified_due(
        [line.valid_until for line in lines if line.standing in _ACTING], asked.now
    )


def certified_due(ends: Sequence[Seconds], now: int) -> CertifiedDue:
    """When certificates that end at ``ends`` are to be looked at: so long before as Home says it too."""
    first = min(ends, default=None)
    near = sum(end <= now + MEMBERS_NEAR for end in ends)
    look = None if first is None or near else Seconds(first - MEMBERS_NEAR)
    return CertifiedDue(first=first, near=near, look=look)


async def rotate(asked: Asked) -> web.StreamResponse:
    """Make and publish what is due, and destroy what is past its time. It goes on by itself too."""
    if not who_of(asked).is_desk:
        raise web.HTTPNotFound
    return await say(
        asked,
        "Making the keys that are due",
        asked.client.catch_up,
        then=lambda kept: (
            f"{_HERE}?said={'rotated' if kept.published or kept.destroyed else 'nothing'}"
        ),
        back=_HERE,
    )


PAGES = (get(_HERE, own_keys), post(_HERE, rotate))
