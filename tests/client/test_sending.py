"""A send that takes longer than its package has, told as its sender needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agency_client.use_cases.document_options import Options
from phoenix_protocol.errors import RefusedError
from tests.client.quillmere_homes import desks
from tests.end_to_end.documents import package
from tests.protocol.quillmere import MASH
from tests.relay.quillmere_relay import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """A file that takes a minute to read."""

    clock: Clock
    section: str = "only"
    name: str = "plan.pdf"
    size: int | None = 3

    def read(self) -> Iterator[bytes]:
        self.clock.turn(60)
        yield b"abc"


async def test_what_expires_on_its_way_is_to_be_sent_again_by_its_sender(tmp_path: Path) -> None:
    async with desks(tmp_path, "front door", "mash 1") as here:
        door = here["front door"]
        options = Options(attachments=(Slow(clock=here.town.clock),), expires="30s")
        text = package("Soon over", sections={"only": (MASH,)})
        findings = await door.client.check(text.encode(), options)
        assert "W_DOC_SHORT" in {found.code for found in findings.warnings}
        with pytest.raises(RefusedError) as caught:
            await door.client.send(text.encode(), options)
        assert caught.value.code == "E_EXPIRED"
        assert "--expires" in caught.value.next


async def test_how_to_reach_the_sender_is_remembered_past_packages_that_do_not_say(
    tmp_path: Path,
) -> None:
    silent = re.sub(
        r"\[contact\]\n(?:\w+ = .*\n)+", "", package("Nothing", sections={"only": (MASH,)})
    )
    async with desks(tmp_path, "front door", "mash 1") as here:
        door = here["front door"].client
        assert door.last_contact() == {}
        await door.send(package("Says how", sections={"only": (MASH,)}).encode(), Options())
        said = door.last_contact()
        assert said["phone"]
        await door.send(silent.encode(), Options())
        assert door.last_contact() == said
