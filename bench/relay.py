"""Durable acceptances a second over HTTP, beside bare aiohttp and beside the database's own durable inserts.

Packages are sealed beforehand. Senders share one endpoint and one process; the relay is a process of
its own. An acceptance is an answer with the relay's signed *held*, given after the commit.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from aiohttp import ClientSession, web

from agency_client.client import Client
from agency_client.ports.relay import Relay
from agency_client.unlocking import Unlock
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.recipients import find_targets
from agency_client.use_cases.talking import in_step
from bench import world
from bench.partnership import READER
from bench.report import Report, Row
from bench.setting import Setting
from phoenix_protocol.api import Submission
from phoenix_protocol.identifiers import Address, PackageId, Seconds
from phoenix_protocol.package.envelope import Recipient, Why
from phoenix_protocol.sealing.drafts import Circumstances, MemoryBody, SealTo, Sender
from phoenix_protocol.sealing.seal import deliver, seal_package

T = TypeVar("T")

_SENDERS = (1, 16, 64)
_PACKAGES = 192
_CONTENT = 1024
_DAY = 86400


def run(setting: Setting) -> Report:
    """Hand in packages at each number of senders, then measure what they are compared with."""
    machine = setting.partnership.sender
    with Client.open(machine.home, Unlock(environment={})) as client:
        rows = asyncio.run(_measured(client.home, setting))
    return Report(
        name="relay",
        title="Durable acceptances a second",
        columns=("what", "senders", "a second", "of bare aiohttp", "of one commit each"),
        rows=rows,
        notes=(
            f"{_PACKAGES} packages of {_CONTENT} bytes for one endpoint at each number of senders, sealed beforehand.",
            "The relay verifies the request, the sender's composite signature and every digest, and signs its receipt.",
            "Bare aiohttp takes the same bytes and answers 200. The database: rows of 16 KiB, one and 64 a commit.",
        ),
    )


async def _measured(home: Home, setting: Setting) -> list[Row]:
    single = _inserts(setting.folder / "single.db", batch=1)
    batched = _inserts(setting.folder / "batched.db", batch=64)
    rows: list[Row] = []
    for senders in _SENDERS:
        bare = await _bare(senders)
        held = await _held(home, senders)
        rows.append(
            {
                "what": "acceptances",
                "senders": senders,
                "a second": held,
                "of bare aiohttp": held / bare,
                "of one commit each": held / single,
            }
        )
        rows.append({"what": "bare aiohttp", "senders": senders, "a second": bare})
    rows.append({"what": "durable inserts, one a commit", "a second": single})
    rows.append({"what": "durable inserts, 64 a commit", "a second": batched})
    return rows


async def _held(home: Home, senders: int) -> float:
    async with in_step(home) as (relay, known):
        submissions = _sealed(home, known, await _targets(home, relay, known), _PACKAGES)

        async def hand_in(submission: Submission) -> None:
            await relay.submit(submission)

        return await _rate(hand_in, submissions, senders)


async def _targets(home: Home, relay: Relay, known: Known) -> list[SealTo]:
    _, own_id = endpoint_of(home)
    now = home.now()
    targets, _ = await find_targets(
        relay, known, {Address(READER): Why.TO}, own_id, now, Seconds(now + _DAY)
    )
    return [
        SealTo(
            endpoint=t.endpoint,
            address=t.address,
            epoch_key=t.epoch_key.hash,
            key=t.key,
            sequence=1,
        )
        for t in targets
    ]


def _sealed(home: Home, known: Known, to: list[SealTo], count: int) -> list[Submission]:
    """Packages for the reading desk, as a send would hand them in."""
    own, own_id = endpoint_of(home)
    now = home.now()
    draft = world.draft(os.urandom(_CONTENT), world.people(1))
    section = replace(draft.sections[0], readers={Address(READER): "To arrange a check"})
    draft = replace(draft, sent_from=own.address, sections=(section,))
    sealed = []
    for _ in range(count):
        where = Circumstances(
            anchor=known.directory.anchor,
            relay=known.directory.relay.origin,
            package=PackageId(os.urandom(16)),
            sender=own_id,
            recipients=(Recipient(address=Address(READER), why=Why.TO),),
            created=now,
            expires=Seconds(now + _DAY),
            checkpoint=known.checkpoint,
        )
        body = MemoryBody()
        package = seal_package(draft, where, body, home.randomness)
        sender = Sender(endpoint=own_id, key=own.document_key())
        delivery = deliver(package, where, 1, to, sender, home.randomness)
        sealed.append(
            Submission(
                core=package.core,
                delivery=delivery.signed.encoded(),
                cover=package.cover,
                body=bytes(body.data),
                capsules=delivery.capsules,
                grants=delivery.grants,
            )
        )
    return sealed


async def _rate(work: Callable[[T], Awaitable[None]], items: list[T], workers: int) -> float:
    waiting = iter(items)

    async def one() -> None:
        for item in waiting:
            await work(item)

    started = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(workers)))
    return len(items) / (time.perf_counter() - started)


async def _bare(senders: int) -> float:
    """An aiohttp server in this process that reads the same amount and answers with as much as a receipt."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=bytes(4096))

    app = web.Application(client_max_size=1 << 24)
    app.router.add_post("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with ClientSession() as session:

        async def post(body: bytes) -> None:
            async with session.post(url, data=body) as response:
                await response.read()

        rate = await _rate(post, [bytes(80 << 10)] * 600, senders)
    await runner.cleanup()
    return rate


def _inserts(path: Path, *, batch: int) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE held (id BLOB PRIMARY KEY, body BLOB)")
    rows = 256 if batch == 1 else 4096
    started = time.perf_counter()
    for _ in range(rows // batch):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO held VALUES (?, ?)",
            [(os.urandom(16), bytes(16 << 10)) for _ in range(batch)],
        )
        connection.execute("COMMIT")
    rate = rows / (time.perf_counter() - started)
    connection.close()
    return rate
