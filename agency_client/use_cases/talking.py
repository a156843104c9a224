"""Talking to the relay that this home knows, as whoever this home is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agency_client.use_cases.home import Home, Speaker, UntrustedRelay, relay_url, speaker_of
from agency_client.use_cases.knowing import Known, recall_directory, sync
from keys.content import missing


@asynccontextmanager
async def in_step(
    home: Home, speaker: Speaker | None = None
) -> AsyncIterator[tuple[UntrustedRelay, Known]]:
    """A connection to the home's relay, with the directory fetched and verified first.

    Raises LockedError ``E_KEY_MISSING`` for a home that knows no relay or has no keys to speak with, and what fetching
    raises.
    """
    known = recall_directory(home)
    if known is None:
        raise missing("a directory")
    with home.vault.reading() as view:
        url = relay_url(view)
    response_key = known.directory.relay.response_key
    async with home.connect(url, speaker or speaker_of(home), lambda: response_key) as relay:
        yield relay, await sync(home, relay, known)


async def known_here(home: Home, *, offline: bool = False, speaker: Speaker | None = None) -> Known:
    """The directory as this home knows it, having asked the relay unless ``offline``.

    Raises LockedError ``E_KEY_MISSING`` for a home that knows no partnership, and what fetching raises.
    """
    if not offline:
        async with in_step(home, speaker) as (_, known):
            return known
    recalled = recall_directory(home)
    if recalled is None:
        raise missing("a directory")
    return recalled
