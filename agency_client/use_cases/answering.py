"""Answering for a package: not ours, responsible, what came of it (docs/protocol.md §6)."""

from __future__ import annotations

from agency_client.ports.vault import (
    ReceivedPackage,
)
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.reading import received_package
from agency_client.use_cases.sayings import flush, say
from agency_client.use_cases.talking import in_step
from phoenix_protocol import schema
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.sealing.contents import Detail


async def give_back(home: Home, core: ObjectHash, reason: str) -> ReceivedPackage:
    """This is not ours. Nothing was released, and the sender is told why."""
    return await _say_of(home, core, EventKind.RETURNED, Detail(reason=reason, opened=()))


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
    """Say it, unless this home has said just that: whoever was stopped repeats the command, and it is said once."""
    async with in_step(home) as (relay, known):
        await flush(home, relay)
        package = received_package(home, core)
        if not _is_said(home, core, kind, detail):
            await say(home, relay, known, package, kind, detail)
    return received_package(home, core)


def _is_said(home: Home, core: ObjectHash, kind: EventKind, detail: Detail) -> bool:
    """Whether the last word of this kind from here is the same word."""
    _, own = endpoint_of(home)
    with home.vault.reading() as view:
        said = [event.detail for event in view.events.of(core, own) if event.kind is kind]
    return said[-1:] == [schema.encode(detail)]
