"""What a full vault costs: inbox, register by subject and person, and reviews, over a hundred thousand packages."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from typing import Any, Final, cast

from agency_client.adapters.vault import SqlcipherVault
from agency_client.client import Client
from agency_client.record.subjects import reference
from agency_client.unlocking import Unlock
from agency_client.use_cases.registering import Sought
from bench.full_vault import child_of, fill
from bench.report import Report, Row, Target
from bench.setting import Setting
from phoenix_protocol.identifiers import Seconds

#: Every other one was sent, the others came.
PACKAGES: Final = 100_000
_ROUNDS: Final = 5
_SLOWEST: Final = 1.0
_MOST: Final = 500
_MANY: Final = "register --person, a tenth of all"
_NEAR: Final = "register --subject, nothing but near names"
_NOTES: Final = (
    "In the program: the same calls without starting one. As a command: everything, from starting Python to the last "
    "byte printed; the key is held by the agent. The fastest run is what it needs, on a busy "
    "machine its processor time is; the median has the other programs in it.",
    "Without the index: every line of the register is read and looked at, which is what finding a subject would cost.",
)


def run(setting: Setting) -> Report:
    """See the module."""
    partnership = setting.partnership
    machine = partnership.reader
    name, number, thread = child_of(PACKAGES // 2 + 1)
    with Client.open(machine.home, Unlock(environment={})) as client:
        begun = time.perf_counter()
        vault = cast(SqlcipherVault, client.home.vault)
        fill(vault, PACKAGES, client.home.clock.now())
        filled = time.perf_counter() - begun
    size = sum(file.stat().st_size for file in machine.home.glob("vault.db*")) / (1 << 20)
    words = {
        "alarms (opens the home, finds nothing)": ("alarms",),
        "inbox": ("inbox", "--offline"),
        "register --subject NUMBER": ("register", "--subject", number),
        "register --subject THREAD": ("register", "--subject", thread),
        "register --person NAME": ("register", "--person", name),
        _MANY: ("register", "--person", name.split()[0]),
        _NEAR: ("register", "--subject", name.split()[0]),
        "review": ("review",),
    }
    commands = {
        text: [partnership.phoenix(machine, *args) for _ in range(_ROUNDS)]
        for text, args in words.items()
    }
    rows: list[Row] = []
    with Client.open(machine.home, Unlock(environment={})) as client:
        for text, call in _calls(client, name, number, thread).items():
            taken, found = _timed(call)
            ran = commands.get(text)
            rows.append(
                {
                    "question": text,
                    "found": found,
                    "in the program s": min(taken),
                    "command, fastest s": min(r.seconds for r in ran) if ran else None,
                    "its processor s": min(r.processor for r in ran) if ran else None,
                    "command, median s": statistics.median(r.seconds for r in ran) if ran else None,
                    "resident MiB": max(r.resident for r in ran) if ran else None,
                }
            )
    return Report(
        name="record",
        title=f"The record: {PACKAGES:,} packages, {size:,.0f} MiB, filled in {filled:,.0f} s",
        columns=tuple(rows[0]),
        rows=rows,
        notes=_NOTES,
        targets=[
            Target(
                wanted=f"{text} in under {_SLOWEST} s",
                found=f"{min(r.seconds for r in ran):.2f} s at its fastest",
                met=min(r.seconds for r in ran) < _SLOWEST,
            )
            for text, ran in commands.items()
            if not text.startswith("alarms")
        ],
    )


def _calls(client: Client, name: str, number: str, thread: str) -> dict[str, Callable[[], Any]]:
    first = name.split()[0]
    soon = Seconds(client.home.clock.now() + 30 * 86400)

    def unindexed() -> list[Any]:
        wanted = reference(thread)
        everything = asyncio.run(client.register(Sought()))
        return [e for e in everything if wanted in map(reference, e.said("thread"))]

    return {
        "alarms (opens the home, finds nothing)": lambda: asyncio.run(client.alerts()),
        "inbox": lambda: asyncio.run(client.inbox()),
        "register --subject NUMBER": lambda: asyncio.run(client.register(Sought(subject=number))),
        "register --subject THREAD": lambda: asyncio.run(client.register(Sought(subject=thread))),
        "register --person NAME": lambda: asyncio.run(client.register(Sought(person=name))),
        _MANY: lambda: (
            asyncio.run(client.register_page(Sought(person=first), start=0, most=1000)).entries
        ),
        _NEAR: lambda: asyncio.run(client.near_names(first)).names,
        "review": lambda: asyncio.run(client.review(soon, _MOST))[0],
        "register, without the index": unindexed,
    }


def _timed(call: Callable[[], Any]) -> tuple[list[float], int]:
    """How long each round took, after one to warm up, and how much was found."""
    found = len(call())
    taken = []
    for _ in range(_ROUNDS if found < 10_000 else 1):
        begun = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begun)
    return taken, found
