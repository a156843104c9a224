"""What is for whoever runs the relay: answered on an address of its own, or to this machine alone."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import aiohttp
import pytest

from phoenix_protocol.errors import UnavailableError
from phoenix_relay.app import drain, listening
from phoenix_relay.http.health import FOR_OPERATORS, is_of_this_machine
from tests.relay.quillmere_relay import Clock, make_home, running, settings_for


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


async def statuses(url: str, **fields: str) -> dict[str, int]:
    async with aiohttp.ClientSession() as session:
        found = {}
        for path in FOR_OPERATORS:
            async with session.get(url + path, headers=fields) as response:
                found[path] = response.status
        return found


def all_of(status: int) -> dict[str, int]:
    return dict.fromkeys(FOR_OPERATORS, status)


@pytest.mark.parametrize(
    ("remote", "fields", "answered"),
    [
        ("127.0.0.1", {}, True),
        ("127.8.9.1", {}, True),
        ("::1", {}, True),
        ("::ffff:127.0.0.1", {}, True),
        ("192.0.2.7", {}, False),
        ("10.0.0.7", {}, False),
        ("::ffff:192.0.2.7", {}, False),
        ("2001:db8::7", {}, False),
        ("", {}, False),
        (None, {}, False),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, False),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}, False),
    ],
)
def test_who_is_of_this_machine(remote: str | None, fields: dict[str, str], answered: bool) -> None:
    assert is_of_this_machine(remote, fields) is answered


async def test_without_an_address_of_their_own_this_machine_alone_is_answered(
    tmp_path: Path,
) -> None:
    async with running(tmp_path / "relay", Clock()) as town:
        assert await statuses(town.relay.url) == all_of(200)
        for field in ("X-Forwarded-For", "forwarded", "x-real-ip", "Via"):
            assert await statuses(town.relay.url, **{field: "192.0.2.7"}) == all_of(404)
        assert town.relay.metrics is None


def own_address() -> str | None:
    """An address of this machine that others reach it at, if it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            return None
        found = str(probe.getsockname()[0])
    return None if found.startswith("127.") else found


async def test_whoever_comes_by_another_address_finds_nothing_there(tmp_path: Path) -> None:
    host = own_address()
    if host is None:
        pytest.skip("This machine has no address but its own.")
    async with running(tmp_path / "relay", Clock(), host=host) as town:
        assert await statuses(town.relay.url) == all_of(404)
        async with town.session.get(town.relay.url + "/openapi.json") as response:
            assert response.status == 200
        assert (await town.ask(town.endpoint("nurse"), "GET", "/v1/checkpoint")).status == 200


async def test_with_an_address_of_their_own_they_are_there_and_nowhere_else(tmp_path: Path) -> None:
    async with running(tmp_path / "relay", Clock(), metrics_port=free_port()) as town:
        assert town.relay.metrics is not None
        assert await statuses(town.relay.url) == all_of(404)
        assert await statuses(town.relay.metrics) == all_of(200)
        assert await statuses(town.relay.metrics, Via="proxy") == all_of(200)
        await town.held(to=("nurse",))
        async with town.session.get(town.relay.metrics + "/metrics") as response:
            assert 'route="submitPackage",status="200"} 1.0' in await response.text()
        async with town.session.get(town.relay.metrics + "/v1/checkpoint") as response:
            assert response.status == 404


async def test_readiness_is_told_while_the_relay_drains(tmp_path: Path) -> None:
    async with running(tmp_path / "relay", Clock(), metrics_port=free_port()) as town:
        assert town.relay.metrics is not None
        with town.services.gate.passing():
            draining = asyncio.create_task(drain(town.services))
            await asyncio.sleep(0)
            assert (await statuses(town.relay.metrics))["/readyz"] == 503
        await draining


async def test_an_address_that_is_taken_is_said_by_its_setting(tmp_path: Path) -> None:
    make_home(tmp_path / "relay")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = settings_for(tmp_path / "relay", metrics_port=taken.getsockname()[1])
        with pytest.raises(UnavailableError) as refused:
            async with listening(busy):
                pass
    assert "metrics_port" in refused.value.next
