"""Over https: the certificate of the relay's address is checked before anything is sent."""

from __future__ import annotations

import ssl

import pytest
import trustme
from aiohttp import web

from agency_client.adapters.relay_address import relay_address
from agency_client.adapters.relay_http import HttpRelay
from phoenix_protocol.errors import UnavailableError
from tests.client.small_relay import SmallRelay, message
from tests.client.steady import SteadyClock
from tests.client.test_relay_http import CHECKPOINT, KEY, KEY_ID, NOTE, REQUESTER
from tests.protocol.seeded_randomness import SeededRandomness


@pytest.mark.parametrize(
    ("name", "trusted"), [("localhost", True), ("localhost", False), ("other.example", True)]
)
async def test_only_a_trusted_certificate_for_this_name_is_talked_to(
    name: str, trusted: bool
) -> None:
    authority, clock = trustme.CA(), SteadyClock()
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(server_side)
    client_side = ssl.create_default_context()
    if trusted:
        authority.configure_trust(client_side)
    async with SmallRelay({KEY_ID: KEY.public_bytes()}, clock) as server:
        server.answers[CHECKPOINT] = message(NOTE)
        site = web.TCPSite(server.runner, "localhost", 0, ssl_context=server_side)
        await site.start()
        port = server.runner.addresses[-1][1]
        async with HttpRelay(
            relay_address(f"https://localhost:{port}"),
            REQUESTER,
            response_key=server.key.public_bytes,
            clock=clock,
            randomness=SeededRandomness(),
            tls=client_side,
        ) as relay:
            if trusted and name == "localhost":
                assert await relay.checkpoint() == NOTE
                return
            with pytest.raises(UnavailableError) as caught:
                await relay.checkpoint()
    assert "certificate" in caught.value.what
    assert (server.requests, clock.slept) == ([], [])
