"""Answering for a package: not ours, responsible, what came of it (docs/protocol.md §6)."""

from __future__ import annotations

from agency_client.ports.vault import (
    ReceivedPackage,
)
from agency_client.use_cases.home import Home
from agency_client.use_cases.reading import received_package
from agency_client.use_cases.sayings import flush, say
from agency_client.use_cases.talking import in_step
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.sealing.contents import Detail


async def give_back(home: Home, core: ObjectHash, reason: str) -> ReceivedPackage:
    """This is not ours. Nothing was released, and the sender is told why."""
    async with in_step(home) as (relay, known):
        await flush(home, relay)
        package = received_package(home, core)
        await say(home, relay, known, package, EventKind.RETURNED, Detail(reason=reason, opened=()))
    return received_package(home, core)


async def acknowledge(
    home: Home, core: ObjectHash, owner: str, use: str, due: Seconds | None = None
) -> ReceivedPackage:
    """A person takes responsibility. May be repeated when the owner changes."""
    detail = Detail(owner=owner, use=use, due=due, opened=())
    return await _say_of(home, core, EventKind.ACKNOWLEDGED, detail)


async def outcome(home: Home, core: ObjectHash, words: str) -> ReceivedPackage:
    """What came of it: the feedback that a referrer waits for. May be repeated."""
    return await _say_of(home, core, EventKind.OUTCOME, Detail(words=words, opened=()))


async def _say_of(home: Home, core: ObjectHash, kind: EventKind, detail: Detail) -> ReceivedPackage:
    async with in_step(home) as (relay, known):
        await flush(home, relay)
        await say(home, relay, known, received_package(home, core), kind, detail)
    return received_package(home, core)
