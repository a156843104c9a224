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
from phoenix_relay.storage.damage import DamageError
from phoenix_relay.storage.day_keys import OVERHEAD
from phoenix_relay.storage.parts import Part
from phoenix_relay.storage.sqlite import DATABASE
from tests.relay.stored_packages import (
    DESK,
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
    for _ in range(2):
        with pytest.raises(DamageError) as damaged:
            await store.block(new.core, 1)
        assert (damaged.value.code, store.home / damaged.value.file) == ("E_DAMAGED", file)
    assert await store.block(new.core, 0) == blocks[0]
    assert await store.bodies.missing(body) == (1,)
    assert file.with_name("1.damaged").exists() == (change != "remove")
    await store.bodies.put(body, 1, blocks[1])
    assert await store.block(new.core, 1) == blocks[1], "sent again, it is mended"


async def test_damage_is_final_only_while_the_key_is_right_and_the_folder_there(
    store: Store,
) -> None:
    """A key file or a mount of another relay opens nothing: that is put right, and nothing is marked."""
    blocks = two_blocks()
    body = await upload(store, blocks, expires=NOW + HOUR)
    new = await hold(store, new_package(uploaded=body, expires=NOW + HOUR))
    inline = await hold(store, new_package(expires=NOW + HOUR))
    key = store.home / "daykeys" / f"{body.day}.key"
    right = key.read_bytes()
    key.write_bytes(bytes(32))
    async with opened(store.home) as mistaken:
        for core in (new.core, inline.core):
            with refused("E_STORE_INTEGRITY"):
                await mistaken.block(core, 0)
        with refused("E_STORE_INTEGRITY"):
            await mistaken.read(lambda tx: tx.packages.grant(inline.core, DESK.endpoint))
    key.write_bytes(right)
    folder = store.home / "bodies"
    folder.rename(store.home / "away")
    with refused("E_STORE_INTEGRITY"):
        await store.block(new.core, 0)
    (store.home / "away").rename(folder)
    assert await store.block(new.core, 0) == blocks[0]


@pytest.mark.parametrize("part", [Part.BODY, Part.GRANT])
async def test_damage_in_the_database_is_final_too(store: Store, part: Part) -> None:
    new = await hold(store, new_package())
    await store.write(
        lambda tx: tx.connection.exec_driver_sql(
            "UPDATE parts SET sealed = zeroblob(length(sealed)) WHERE part = ?", (part.value,)
        )
    )
    asked = {
        Part.BODY: lambda: store.block(new.core, 0),
        Part.GRANT: lambda: store.read(lambda tx: tx.packages.grant(new.core, DESK.endpoint)),
    }
    with pytest.raises(DamageError) as damaged:
        await asked[part]()
    assert damaged.value.file == DATABASE


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
