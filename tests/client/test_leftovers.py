"""What a send leaves that was killed before its package was kept: gone at the next look, and nothing else with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest_asyncio

from agency_client.use_cases.document_options import Options
from agency_client.use_cases.reading import received_package
from agency_client.use_cases.sayings import say
from agency_client.use_cases.talking import in_step
from phoenix_protocol.package.blocks import digest_of
from phoenix_protocol.package.events import EventKind
from tests.client.quillmere_homes import Desk, Desks, desks
from tests.end_to_end.documents import package
from tests.protocol.quillmere import MASH


class Attached:
    """A file for a section."""

    section, name, size = "only", "register.txt", 3

    def read(self) -> Iterator[bytes]:
        yield b"abc"


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path, "front door", "mash 1") as made:
        yield made


def files(here: Desks, desk: Desk) -> list[Path]:
    folder = here.folder / desk.label.replace(" ", "-") / "blobs"
    return [path for path in folder.rglob("*") if path.is_file()]


def killed(here: Desks, desk: Desk) -> None:
    """A send got as far as its files: two are whole, one is not."""
    desk.home.outbox.parcel("ab" * 16).create()
    for content in (b"first", b"second"):
        with desk.home.vault.blobs.create(digest_of(content)) as blob:
            blob.write(content)
    parts = here.folder / desk.label.replace(" ", "-") / "blobs" / "parts"
    parts.mkdir(exist_ok=True)
    (parts / "tmpabc").write_bytes(b"thi")


async def sent(desk: Desk) -> str:
    text = package("With a file", sections={"only": (MASH,)}).encode()
    done = await desk.client.send(text, Options(attachments=(Attached(),)))
    await desk.client.told(done.result.package)
    return str(done.result.package.hex())


async def test_files_of_a_send_that_was_killed_go_and_those_of_packages_stay(here: Desks) -> None:
    door = here["front door"]
    await sent(door)
    kept = files(here, door)
    assert len(kept) == 1
    killed(here, door)
    assert len(files(here, door)) == 4
    await door.client.catch_up()
    assert files(here, door) == kept


async def test_nothing_goes_while_another_program_sends(here: Desks) -> None:
    door = here["front door"]
    killed(here, door)
    with door.home.outbox.making():
        await door.client.catch_up()
        assert len(files(here, door)) == 3
    await door.client.catch_up()
    assert files(here, door) == []


async def test_nothing_goes_while_a_package_is_being_fetched(here: Desks) -> None:
    desk = here["mash 1"]
    id_ = await sent(here["front door"])
    await desk.client.catch_up()
    core = desk.client.find_received(id_)
    async with in_step(desk.home) as (relay, known):
        await say(desk.home, relay, known, received_package(desk.home, core), EventKind.ACCEPTED)
    killed(here, desk)
    await desk.client.catch_up()
    assert len(files(here, desk)) == 3, "its files may be among these"
    await desk.client.accept(core)
    await desk.client.catch_up()
    assert len(files(here, desk)) == 1, "its own"
