"""Durable acceptances a second over HTTP, beside bare aiohttp and beside the database's own durable inserts."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.load import Load, send_all
from bench.processes import measured_environment, python
from bench.report import Report, Row, Target
from bench.setting import Setting
from bench.submissions import Submitter

#: Senders at once, and how many packages they send together.
_LOADS = {1: 200, 16: 600, 64: 800}
_INSERTS = 300
_NOTES = (
    "Packages of one statement to one endpoint, sealed and signed beforehand; each body travels inline, padded to its "
    "bucket. Every acceptance is durable before it is answered: the request's and the delivery's signatures verified, "
    "everything sealed under the storage key of its day, committed, and the relay's receipt signed (ML-DSA-65 and "
    "Ed25519).",
    "Bare aiohttp reads the same bytes and answers as many as the relay does, and does nothing else. The database "
    "inserts rows of the same length in SQLite with synchronous=FULL, one commit each or one commit for as many as "
    "there are senders. The senders run beside the relay on the same processors.",
)


def run(setting: Setting) -> Report:
    """Measure all three with 1, 16 and 64 senders at once."""
    partnership = setting.partnership
    relay, bodies = asyncio.run(_relay(setting))
    octets = next(iter(relay.values())).octets
    with _bare_server(octets) as port:
        requests = [_bare_request(body) for body in bodies]
        bare = {n: asyncio.run(send_all(port, requests[:c], n)) for n, c in _LOADS.items()}
    inserts = {n: _inserts(partnership.folder / f"inserts-{n}.sqlite", bodies, n) for n in _LOADS}
    rows = [_row(n, relay[n], bare[n], inserts[n], inserts[1]) for n in _LOADS]
    most = max(relay, key=lambda n: relay[n].rate)
    return Report(
        name="relay",
        title="Durable acceptances a second over HTTP",
        columns=list(rows[0]),
        rows=rows,
        notes=(*_NOTES, f"A submission has {len(bodies[0]):,} bytes, an answer {octets:,}."),
        targets=[
            Target(
                wanted="acceptances a second (no number was asked for)",
                found=f"{relay[most].rate:,.0f} at {most} senders; "
                f"{relay[most].rate / bare[most].rate:.2f} of bare aiohttp, "
                f"{relay[most].rate / inserts[1]:.2f} of one commit for each insert",
                met=True,
            )
        ],
    )


async def _relay(setting: Setting) -> tuple[dict[int, Load], list[bytes]]:
    partnership = setting.partnership
    submitter = await Submitter.of(partnership)
    try:
        bodies = [submitter.submission() for _ in range(sum(_LOADS.values()))]
        fresh, found = iter(bodies), {}
        for senders, count in _LOADS.items():
            url, port = partnership.relay.url, partnership.relay.port
            requests = [submitter.request(url, next(fresh)) for _ in range(count)]
            found[senders] = await send_all(port, requests, senders)
    finally:
        submitter.close()
    return found, bodies


@contextmanager
def _bare_server(octets: int) -> Iterator[int]:
    server = subprocess.Popen(
        python(Path(__file__).with_name("bare_server.py"), str(octets)),
        env=measured_environment({}),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()


def _bare_request(body: bytes) -> bytes:
    head = f"POST /v1/packages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _inserts(path: Path, bodies: list[bytes], together: int) -> float:
    """Rows a second, ``together`` of them in one durable commit."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE held (id BLOB PRIMARY KEY, content BLOB NOT NULL)")
    rows = [(os.urandom(32), body) for body in bodies[: max(_INSERTS, together)]]
    started = time.perf_counter()
    for at in range(0, len(rows), together):
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO held VALUES (?, ?)", rows[at : at + together])
        database.execute("COMMIT")
    seconds = time.perf_counter() - started
    database.close()
    return len(rows) / seconds


def _row(senders: int, relay: Load, bare: Load, batched: float, single: float) -> Row:
    return {
        "senders": senders,
        "relay a second": relay.rate,
        "median ms": statistics.median(relay.waits) * 1e3,
        "99th ms": relay.waits[int(len(relay.waits) * 0.99) - 1] * 1e3,
        "bare aiohttp a second": bare.rate,
        "to bare": relay.rate / bare.rate,
        "commit each a second": single,
        "to commit each": relay.rate / single,
        "commit together a second": batched,
        "to commit together": relay.rate / batched,
    }
