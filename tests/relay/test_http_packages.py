"""Submitting, offering and releasing over real HTTP (docs/protocol.md §5, §6)."""

from __future__ import annotations

from phoenix_protocol.api import Offer
from tests.relay.quillmere_relay import Town


async def test_a_package_is_held_and_offered_to_each_endpoint(town: Town) -> None:
    sent = town.package()
    held = town.open_held(await town.submit(sent))
    assert (held.core, held.time) == (sent.hash, town.clock())
    for label in ("mash 1", "mash 2", "nurse"):
        offer = (await town.ask(town.endpoint(label), "GET", sent.target)).message(Offer)
        assert offer.cover == sent.cover
