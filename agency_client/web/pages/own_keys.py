"""The keys of this machine: which there are, as words to compare, and what is due. Never a secret."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from agency_client.use_cases.key_words import words_of_key
from agency_client.web.asked import Asked
from agency_client.web.people_words import PHASES, kind_of_key, who_of
from agency_client.web.saying import say
from agency_client.web.table import get, post

_HERE: Final = "/members/keys"
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
        may_rotate=who_of(asked).is_desk,
        now=asked.now,
    )


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
