"""Serving, draining and stopping: the process as an operator runs it (docs/protocol.md §9)."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from phoenix_protocol.errors import PhoenixError, UnavailableError
from phoenix_relay.app import drain, listening
from phoenix_relay.settings import Bounds
from tests.relay.quillmere_relay import Clock, Town, make_home, running, settings_for


async def test_draining_lets_what_runs_finish_and_nobody_in(town: Town) -> None:
    nurse = town.endpoint("nurse")
    poll = asyncio.create_task(town.feed(nurse, wait=30))
    while not len(town.services.waiting):
        await asyncio.sleep(0.01)
    with town.services.gate.passing():
        draining = asyncio.create_task(drain(town.services))
        assert await asyncio.wait_for(poll, 5) == ()
        reply = await town.ask(nurse, "GET", "/v1/checkpoint")
        assert (reply.status, reply.code) == (503, "E_RELAY")
        assert int(reply.headers["Retry-After"]) > 0
        async with town.session.get(town.relay.url + "/readyz") as response:
            assert response.status == 503
        async with town.session.get(town.relay.url + "/healthz") as response:
            assert response.status == 200
        assert not draining.done()
    await asyncio.wait_for(draining, 5)


async def test_a_change_in_progress_is_answered_before_the_relay_stops(tmp_path: Path) -> None:
    async with running(tmp_path / "relay", Clock()) as town:
        sent = [town.package(to=("nurse",)) for _ in range(6)]
        asked = [asyncio.create_task(town.submit(one)) for one in sent]
        while not town.services.gate.running:
            await asyncio.sleep(0)
        await drain(town.services)
        replies = await asyncio.gather(*asked)
    held = {one.hash for one, reply in zip(sent, replies, strict=True) if reply.status == 200}
    assert {reply.status for reply in replies} <= {200, 503}
    assert held
    async with running(tmp_path / "relay", Clock()) as town:
        kept = {item.core for item in await town.feed(town.endpoint("nurse"))}
    assert kept == held


async def test_what_was_held_is_there_after_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    async with running(tmp_path / "relay", clock) as town:
        sent = await town.held()
    async with running(tmp_path / "relay", clock) as town:
        nurse = town.endpoint("nurse")
        await town.accepted(nurse, sent)
        assert (await town.ask(nurse, "GET", f"{sent.target}/body/0")).content == sent.body


async def test_a_taken_port_is_said_plainly(tmp_path: Path) -> None:
    make_home(tmp_path / "relay")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = settings_for(tmp_path / "relay", port=taken.getsockname()[1])
        with pytest.raises(UnavailableError) as refused:
            async with listening(busy):
                pass
    assert refused.value.code == "E_RELAY"


async def test_a_folder_without_a_relay_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(PhoenixError) as refused:
        async with listening(settings_for(tmp_path)):
            pass
    assert refused.value.code == "E_NOT_FOUND"


async def test_connections_are_bounded(tmp_path: Path) -> None:
    bounds = Bounds(connections=4)
    async with running(tmp_path / "relay", Clock(), bounds=bounds) as town:
        at = urlsplit(town.relay.url)
        opened = [await asyncio.open_connection(at.hostname, at.port) for _ in range(8)]
        ends = [asyncio.create_task(reader.read()) for reader, _ in opened]
        done, _ = await asyncio.wait(ends, timeout=1)
        assert len(done) >= 4
        for task in ends:
            task.cancel()
        for _, writer in opened:
            writer.close()
        await asyncio.sleep(0.1)
        assert (await town.ask(town.endpoint("nurse"), "GET", "/v1/checkpoint")).status == 200


def test_the_program_says_where_it_listens_and_stops_when_told(tmp_path: Path) -> None:
    program = [
        sys.executable,
        "-c",
        "import sys; from phoenix_relay.cli import main; sys.exit(main())",
    ]
    home = ["--home", str(tmp_path / "relay")]
    subprocess.run([*program, *home, "init"], check=True, capture_output=True)
    with subprocess.Popen(
        [*program, *home, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = json.loads(process.stdout.readline())
        assert said["event"] == "listening"
        with urllib.request.urlopen(said["url"] + "/readyz", timeout=10) as response:
            assert response.status == 200
        process.send_signal(signal.SIGTERM)
        logged = process.stderr.read()
        assert process.wait(timeout=20) == 0
        assert process.stdout.read() == ""
    lines = [json.loads(line) for line in logged.splitlines()]
    assert [line["event"] for line in lines] == ["listening", "draining", "stopped"]
    assert "127.0.0.1" not in logged.replace(said["url"], "")
