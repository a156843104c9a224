"""Answering for a package: not ours, responsible, what came of it (docs/protocol.md §6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from agency_client.ports.vault import ReceivedPackage
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.reading import received_package
from agency_client.use_cases.sayings import flush, say
from agency_client.use_cases.talking import in_step
from phoenix_protocol import limits, schema
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.sealing.contents import Detail


async def give_back(home: Home, core: ObjectHash, reason: str) -> ReceivedPackage:
    """This is not ours. Nothing was released, and the sender is told why."""
    return await _say_of(home, core, EventKind.RETURNED, Detail(reason=reason, opened=()))


async def acknowledge(
    home: Home,
    core: ObjectHash,
    owner: str,
    use: str,
    due: Seconds | None = None,
    *,
    from_now: bool = False,
) -> ReceivedPackage:
    """A person takes responsibility. May be repeated when the owner changes.

    ``from_now``: ``due`` was said as a length. The same length within an hour is the same word, though its end is
    another; later it is another term.
    """
    detail = Detail(owner=owner, use=use, due=due, opened=())
    return await _say_of(home, core, EventKind.ACKNOWLEDGED, detail, from_now=from_now)


async def outcome(home: Home, core: ObjectHash, words: str) -> ReceivedPackage:
    """What came of it: the feedback that a referrer waits for. May be repeated."""
    return await _say_of(home, core, EventKind.OUTCOME, Detail(words=words, opened=()))


async def _say_of(
    home: Home, core: ObjectHash, kind: EventKind, detail: Detail, *, from_now: bool = False
) -> ReceivedPackage:
    """Say it, unless this home has said just that: whoever was stopped repeats the command, and it is said once."""
    async with in_step(home) as (relay, known):
        await flush(home, relay)
        package = received_package(home, core)
        if not _is_said(home, core, kind, detail, from_now=from_now):
            await say(home, relay, known, package, kind, detail)
    return received_package(home, core)


#: A length that is said again within this is said by somebody who repeats a command (seconds).
_REPEATED: Final = 3600
#: What may lie between reading a command and its event: a passphrase, a relay that is slow (seconds).
_SLOW: Final = 300


def _is_said(
    home: Home, core: ObjectHash, kind: EventKind, detail: Detail, *, from_now: bool
) -> bool:
    """Whether the last word of this kind from here is the same word."""
    _, own = endpoint_of(home)
    with home.vault.reading() as view:
        said = [event for event in view.events.of(core, own) if event.kind is kind][-1:]
    if not said or said[0].detail is None:
        return False
    before = schema.decode(Detail, said[0].detail, limit=limits.DETAIL_BYTES)
    if from_now and detail.due is not None and before.due is not None:
        age = home.clock.now() - said[0].time
        is_repeat = age < _REPEATED and abs(detail.due - before.due - age) <= _SLOW
        detail = replace(detail, due=before.due) if is_repeat else detail
    return before == detail
