"""Body blocks as files: whole or not there, sealed, checked on the way in and out, never served damaged."""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from phoenix_protocol import limits
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.identifiers import Seconds
from phoenix_relay.storage import Store
from phoenix_relay.storage.day_keys import OVERHEAD
from tests.relay.stored_packages import (
    HOUR,
    MARKER,
    NOW,
    files_in,
    files_with,
    hold,
    new_package,
    opened,
    two_blocks,
    upload,
)


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path / "relay") as store:
        yield store


def refused(code: str) -> pytest.RaisesExc[PhoenixError]:
    return pytest.RaisesExc(PhoenixError, check=lambda error: error.code == code)


async def test_blocks_are_sealed_files_that_say_nothing(store: Store) -> None:
    body = await upload(store, two_blocks(), expires=NOW + HOUR)
    files = files_in(store.home / "bodies")
    assert [file.name for file in files] == ["0", "1"]
    assert [file.stat().st_size for file in files] == [limits.BLOCK + OVERHEAD, 5000 + OVERHEAD]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert body.digest.hex() not in str(files[0])
    assert files_with(store.home, MARKER) == []


async def test_a_block_that_is_not_the_announced_one_leaves_nothing(store: Store) -> None:
    blocks = two_blocks()
    body = await upload(store, blocks, expires=NOW + HOUR, skip=[0, 1])
    for index, data in ((0, blocks[1]), (1, blocks[0]), (1, blocks[1][:-1]), (1, b"")):
        with refused("E_BODY_DIGEST"):
            await store.bodies.put(body, index, data)
    for index in (-1, 2):
        with refused("E_NOT_FOUND"):
            await store.bodies.put(body, index, blocks[0])
        with refused("E_NOT_FOUND"):
            await store.bodies.read(body, index)
    assert files_in(store.home / "bodies") == []


async def test_the_same_block_again_is_fine(store: Store) -> None:
    blocks = two_blocks()
    body = await upload(store, blocks, expires=NOW + HOUR)
    await store.bodies.put(body, 0, blocks[0])
    assert await store.bodies.read(body, 0) == blocks[0]
    assert len(files_in(store.home / "bodies")) == 2


@pytest.mark.parametrize("change", ["flip first", "flip last", "cut", "swap", "remove"])
async def test_damage_is_never_served(store: Store, change: str) -> None:
    blocks = two_blocks()
    body = await upload(store, blocks, expires=NOW + HOUR)
    new = await hold(store, new_package(uploaded=body, expires=NOW + HOUR))
    file = store.bodies.folder_of(body.day, body.id) / "1"
    content = bytearray(file.read_bytes())
    if change == "flip first":
        content[0] ^= 1
    elif change == "flip last":
        content[-1] ^= 1
    elif change == "cut":
        del content[-100:]
    elif change == "swap":
        other = await upload(store, two_blocks(), expires=NOW + HOUR)
        content = bytearray((store.bodies.folder_of(other.day, other.id) / "1").read_bytes())
    file.write_bytes(content)
    if change == "remove":
        file.unlink()
    with refused("E_STORE_INTEGRITY"):
        await store.block(new.core, 1)
    assert await store.block(new.core, 0) == blocks[0]


async def test_a_torn_block_counts_as_missing_and_is_mended_by_sending_it_again(
    store: Store,
) -> None:
    blocks = two_blocks()
    body = await upload(store, blocks, expires=NOW + HOUR)
    file = store.bodies.folder_of(body.day, body.id) / "0"
    file.write_bytes(file.read_bytes()[:1000])
    assert await store.bodies.missing(body) == (0,)
    await store.bodies.put(body, 0, blocks[0])
    assert await store.bodies.read(body, 0) == blocks[0]


async def test_a_full_disk_leaves_no_part_of_a_block(store: Store) -> None:
    blocks = two_blocks()
    body = await upload(store, blocks, expires=NOW + HOUR, skip=[0])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, before[1]))
    try:
        with refused("E_RELAY"):
            await store.bodies.put(body, 0, blocks[0])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [file.name for file in files_in(store.home / "bodies")] == ["1"]
    assert await store.bodies.missing(body) == (0,)
    await store.bodies.put(body, 0, blocks[0])


async def test_nothing_opens_once_the_day_key_is_gone(store: Store) -> None:
    blocks = two_blocks()
    body = await upload(store, blocks, expires=NOW + HOUR)
    store.day_keys.retire(Seconds(NOW + 2 * 24 * HOUR))
    with refused("E_EXPIRED"):
        await store.bodies.read(body, 0)
    with refused("E_EXPIRED"):
        await store.bodies.put(body, 0, blocks[0])
