"""Check, backup, restore, status: damage is named, a copy is whole, and a restore brings nothing back to life."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from phoenix_protocol.api import FeedKind
from phoenix_protocol.commitments import commit
from phoenix_protocol.directory.statements import Opening
from phoenix_protocol.errors import PhoenixError, RefusedError, TamperError, UsageError
from phoenix_protocol.identifiers import EndpointId, Seconds
from phoenix_protocol.joining import join_code
from phoenix_protocol.merkle import Frontier
from phoenix_protocol.package.lifecycle import State, Step
from phoenix_protocol.randomness import SystemRandomness
from phoenix_relay.maintenance.checking import MOST, damage, find_damage
from phoenix_relay.maintenance.copies import CURSOR_STEP, MANIFEST, back_up, restore
from phoenix_relay.maintenance.findings import Finding
from phoenix_relay.maintenance.status import status
from phoenix_relay.maintenance.strays import strays
from phoenix_relay.storage import Store
from phoenix_relay.storage.parts import EVERYONE, Part
from phoenix_relay.storage.rows import Join, NewPackage, StoredEpochKey
from phoenix_relay.storage.sqlite import DATABASE
from phoenix_relay.sweeper import sweep
from tests.relay.stored_packages import (
    AGENCY,
    COLLEAGUE,
    DESK,
    HOUR,
    MARKER,
    NOW,
    NURSE,
    SENDER,
    files_in,
    files_with,
    hold,
    new_event,
    new_package,
    opened,
    settings_for,
    signer,
    two_blocks,
    upload,
    walk,
)

DAY = 24 * HOUR


async def fill(store: Store) -> tuple[NewPackage, NewPackage]:
    """Some of everything; returns a package with an inline body and one with an uploaded body."""
    frontier = Frontier()
    for n in range(3):
        statement = new_event(
            bytes([n]) * 32
        )  # any Signed object: check reads no statement's meaning
        opening = Opening(kind="name", salt=bytes(32), text=f"Person {n}")
        first, frontier = frontier.size, frontier.append(statement.hash)
        entry = (statement.hash, statement.signed, [opening])
        root = frontier.root()
        await store.write(lambda tx, f=first, e=entry, r=root: tx.log.append(f, [e], r))
    inline = await hold(store, new_package([DESK, NURSE, COLLEAGUE]))
    body = await upload(store, two_blocks(), expires=NOW + HOUR)
    uploaded = await hold(store, new_package([DESK], uploaded=body, expires=NOW + HOUR))
    await upload(store, two_blocks(), expires=NOW + HOUR, skip=[0])
    event = new_event(inline.core)
    key = new_event(b"k" * 32)
    join = Join(
        code=join_code(inline.core),
        request=inline.core,
        agency=AGENCY,
        address=DESK.address,
        joining=b"as it came",
        created=NOW,
        expires=Seconds(NOW + HOUR),
    )
    epoch = StoredEpochKey(
        hash=key.hash,
        endpoint=DESK.endpoint,
        number=1,
        valid_from=NOW,
        valid_until=Seconds(NOW + HOUR),
        opens_until=Seconds(NOW + HOUR),
        signed=key.signed,
    )
    await store.write(
        lambda tx: (
            tx.sayings.record(event),
            tx.feed.append([SENDER], FeedKind.EVENT, inline.core, NOW, event.hash),
            tx.joins.add(join),
            tx.epochs.publish([epoch]),
        )
    )
    await walk(store, inline, NURSE, Step.OFFER, Step.ACCEPT, Step.COMMIT)
    return inline, uploaded


def filled(home: Path) -> tuple[NewPackage, NewPackage]:
    """A relay in ``home`` with some of everything, closed."""

    async def run() -> tuple[NewPackage, NewPackage]:
        async with opened(home) as store:
            return await fill(store)

    return asyncio.run(run())


def damaged(home: Path) -> tuple[Finding, ...]:
    return find_damage(home, SystemRandomness())


def refused(kind: type[PhoenixError], code: str) -> pytest.RaisesExc[PhoenixError]:
    return pytest.RaisesExc(kind, check=lambda error: error.code == code)


# -- check ------------------------------------------------------------------------------------------------------------


def test_a_store_as_it_should_be_has_no_findings(tmp_path: Path) -> None:
    filled(tmp_path / "relay")
    assert damaged(tmp_path / "relay") == ()


def test_a_swept_store_has_no_findings(tmp_path: Path) -> None:
    filled(tmp_path / "relay")

    async def run() -> None:
        async with opened(tmp_path / "relay") as store:
            for at in (NOW + HOUR, NOW + 2 * DAY, NOW + 20 * DAY):
                await sweep(store, settings_for(store.home), Seconds(at), signer())

    asyncio.run(run())
    assert damaged(tmp_path / "relay") == ()


def test_what_is_not_the_relays_is_told_and_stops_no_sweep(tmp_path: Path) -> None:
    home = tmp_path / "relay"
    filled(home)
    assert strays(home) == ()
    body = next(path for path in (home / "bodies").glob("*/*") if path.is_dir())
    put = [
        home / "bodies" / "notes.txt",
        home / "bodies" / "12345",  # a file where a day's folder would be
        body.parent / "copy-of-a-body",
        body / "0.bak",
        home / "daykeys" / "old.key",
    ]
    for path in put:
        path.write_bytes(b"x")
    (home / "bodies" / "folder").mkdir()
    (body / "99").symlink_to(put[0])
    odd = {*put, home / "bodies" / "folder", body / "99"}
    assert strays(home) == tuple(sorted(str(path.relative_to(home)) for path in odd))
    assert damaged(home) == (), "none of it is damage"

    async def run() -> None:
        async with opened(home) as store:
            for at in (NOW + HOUR, NOW + 20 * DAY):
                await sweep(store, settings_for(home), Seconds(at), signer())

    asyncio.run(run())
    assert not body.exists(), "the relay goes on to forget"
    assert put[0].exists()


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE leaves SET statement = zeroblob(9) WHERE place = 1", "log"),
        ("UPDATE leaves SET hash = zeroblob(32) WHERE place = 1", "log"),
        ("DELETE FROM leaves WHERE place = 1", "log"),
        ("DELETE FROM leaves WHERE place = 2", "log"),
        ("UPDATE roots SET root = zeroblob(32) WHERE size = 2", "log"),
        ("UPDATE openings SET text = 'Somebody else' WHERE place = 0", "openings"),
        ("UPDATE openings SET salt = randomblob(32) WHERE place = 0", "openings"),
        ("UPDATE epochs SET signed = randomblob(100)", "epochs"),
        ("UPDATE epochs SET hash = randomblob(32)", "epochs"),
        ("UPDATE joins SET code = 'AAAA-AAAA-AAAA-AAAA'", "joins"),
        ("UPDATE sayings SET signed = randomblob(100)", "sayings"),
        ("UPDATE sayings SET hash = randomblob(32)", "sayings"),
        ("UPDATE packages SET core_bytes = randomblob(100)", "packages"),
        ("UPDATE packages SET expires = expires + 1", "packages"),
        ("UPDATE packages SET sender = randomblob(32)", "packages"),
        ("DELETE FROM packages", "parts"),
        ("DELETE FROM packages", "recipients"),
        ("DELETE FROM packages", "deliveries"),
        ("UPDATE deliveries SET signed = randomblob(100)", "deliveries"),
        ("UPDATE deliveries SET held = randomblob(100)", "receipts"),
        ("UPDATE recipients SET state = 'opened'", "recipients"),
        ("UPDATE recipients SET address = 'other@northshire-police'", "recipients"),
        ("UPDATE recipients SET delivery = randomblob(32)", "recipients"),
        ("UPDATE details SET sealed = randomblob(100)", "details"),
        ("UPDATE details SET day = day + 1", "daykeys"),
        *[
            (f"UPDATE parts SET sealed = randomblob(100) WHERE part = '{part.value}'", "parts")
            for part in Part
        ],
        ("UPDATE bodies SET digest = randomblob(32) WHERE claimed", "bodies"),
        ("UPDATE bodies SET leaves = randomblob(64) WHERE claimed", "bodies"),
        ("UPDATE bodies SET leaves = randomblob(64) WHERE NOT claimed", "bodies"),
    ],
)
def test_a_changed_row_is_found_and_named(tmp_path: Path, statement: str, place: str) -> None:
    home = tmp_path / "relay"
    filled(home)
    with sqlite3.connect(home / DATABASE) as connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()
    assert place in {finding.place for finding in damaged(home)}


def test_a_part_that_is_not_what_the_sender_signed_is_found(tmp_path: Path) -> None:
    """Sealed properly, so that only the sender's digest can tell."""

    async def run() -> None:
        async with opened(tmp_path / "relay") as store:
            inline, _ = await fill(store)
            other = new_package([DESK])
            await store.write(
                lambda tx: (
                    tx.parts.remove(inline.core, EVERYONE),
                    tx.parts.keep(
                        inline.core,
                        store.day_keys.day_of(inline.expires),
                        [(EVERYONE, Part.COVER, other.cover), (EVERYONE, Part.BODY, b"other")],
                    ),
                )
            )

    asyncio.run(run())
    found = damaged(tmp_path / "relay")
    assert {f.name.rpartition("/")[2] for f in found if f.place == "parts"} == {"cover", "body"}


@pytest.mark.parametrize("change", ["flip", "cut", "remove"])
def test_a_changed_block_is_found_and_named(tmp_path: Path, change: str) -> None:
    home = tmp_path / "relay"
    filled(home)
    with sqlite3.connect(home / DATABASE) as connection:
        (body,) = connection.execute("SELECT id FROM bodies WHERE claimed").fetchone()
    (file,) = (home / "bodies").glob(f"*/{body.hex()}/1")
    content = bytearray(file.read_bytes())
    content[100] ^= 4
    if change == "remove":
        file.unlink()
    else:
        file.write_bytes(content if change == "flip" else content[:100])
    assert [(f.place, f.name) for f in damaged(home)] == [("bodies", f"{body[:8].hex()}/1")]


def test_a_lost_storage_key_is_found(tmp_path: Path) -> None:
    home = tmp_path / "relay"
    filled(home)
    for key in (home / "daykeys").iterdir():
        key.unlink()
    found = damaged(home)
    assert {(f.place, f.code) for f in found} == {("daykeys", "E_KEY_LOST")}
    assert len(found) == 2


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    home = tmp_path / "relay"
    filled(home)
    content = bytearray((home / DATABASE).read_bytes())
    for at in range(4096, len(content), 8192):
        content[at : at + 64] = os.urandom(64)
    (home / DATABASE).write_bytes(content)
    assert "database" in {f.place for f in damaged(home)}


def test_findings_tell_where_and_nothing_of_what() -> None:
    several = tuple(
        Finding(place="parts", name=str(n), what="It was changed.") for n in range(MOST + 7)
    )
    error = damage(several)
    assert (error.code, error.exit_code) == ("E_STORE_INTEGRITY", 5)
    assert str(MOST + 7) in error.what
    assert [p.place for p in error.problems] == [f"parts {n}" for n in range(MOST)]


def test_check_runs_beside_a_relay_that_writes_and_deletes(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path / "relay") as store:
            await fill(store)
            stop = asyncio.Event()

            async def keep_busy() -> None:
                while not stop.is_set():
                    body = await upload(store, two_blocks(), expires=NOW + HOUR)
                    new = await hold(store, new_package([DESK], uploaded=body, expires=NOW + HOUR))
                    await walk(store, new, DESK, Step.OFFER, Step.ACCEPT, Step.COMMIT)
                    await sweep(store, settings_for(store.home), NOW, signer())

            busy = asyncio.create_task(keep_busy())
            for _ in range(5):
                assert await asyncio.to_thread(damaged, store.home) == ()
            stop.set()
            await busy

    asyncio.run(run())


# -- backup and restore -----------------------------------------------------------------------------------------------


def test_a_backup_has_all_but_storage_keys(tmp_path: Path) -> None:
    home, copy = tmp_path / "relay", tmp_path / "copy"
    filled(home)
    copied = back_up(home, copy, NOW)
    assert (copied.bodies, copied.keys, copied.time) == (3, True, NOW)
    secrets = [file.read_bytes() for file in files_in(home / "daykeys")]
    assert len(secrets) >= 2
    for key in secrets:
        assert files_with(copy, key) == []
    assert not (copy / "daykeys").exists()
    assert files_with(copy, MARKER) == []
    assert {file.stat().st_mode & 0o077 for file in files_in(copy)} == {0}
    for name in ("log.key", "response.key", "receipt.key"):
        assert (copy / "keys" / name).read_bytes() == (home / "keys" / name).read_bytes()
    assert damaged(home) == ()


def test_signing_keys_can_be_left_out(tmp_path: Path) -> None:
    home, copy, again = tmp_path / "relay", tmp_path / "copy", tmp_path / "again"
    filled(home)
    assert not back_up(home, copy, NOW, keys=False).keys
    for key in files_in(home / "keys"):
        assert files_with(copy, key.read_bytes()) == []
    assert not restore(copy, again).keys
    assert not (again / "keys").exists()


def test_a_backup_taken_while_serving_is_consistent(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened(tmp_path / "relay") as store:
            await fill(store)
            stop = asyncio.Event()

            async def keep_busy() -> int:
                sent = 0
                while not stop.is_set():
                    body = await upload(store, two_blocks(), expires=NOW + HOUR)
                    await hold(store, new_package([DESK], uploaded=body, expires=NOW + HOUR))
                    sent += 1
                return sent

            busy = [asyncio.create_task(keep_busy()) for _ in range(4)]
            await asyncio.sleep(0.2)
            await asyncio.to_thread(back_up, store.home, tmp_path / "copy", NOW)
            stop.set()
            assert sum(await asyncio.gather(*busy)) > 4

    asyncio.run(run())
    with sqlite3.connect(tmp_path / "copy" / DATABASE) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        bodies = connection.execute("SELECT id FROM bodies WHERE claimed").fetchall()
    assert len(bodies) > 1
    for (body,) in bodies:
        names = {file.name for file in (tmp_path / "copy" / "bodies").glob(f"*/{body.hex()}/*")}
        assert names == {"0", "1"}


def test_nothing_opens_from_a_backup_once_its_day_is_over(tmp_path: Path) -> None:
    """The promise: a backup from before, restored after the end of the day, opens nothing and reports everything."""
    home, copy, again = tmp_path / "relay", tmp_path / "copy", tmp_path / "again"
    inline, uploaded = filled(home)
    back_up(home, copy, NOW)

    async def end() -> None:
        async with opened(home) as store:
            await sweep(store, settings_for(home), Seconds(inline.expires + DAY), signer())

    asyncio.run(end())
    assert files_in(home / "daykeys") == []
    restore(copy, again)

    async def look() -> None:
        async with opened(again) as store:
            for new, who in ((inline, DESK), (inline, COLLEAGUE), (uploaded, DESK)):
                for question in _openings(new, who.endpoint):
                    with pytest.raises(PhoenixError) as caught:
                        await store.read(question)
                    assert caught.value.code in {"E_EXPIRED", "E_NOT_FOUND"}
                with pytest.raises(PhoenixError):
                    await store.block(new.core, 0)
            await store.require_keys(NOW)
            done = await sweep(store, settings_for(again), Seconds(NOW + 1), signer())
            assert (done.lost, done.reported, done.bodies) == (2, 2, 2)
            there = await store.read(lambda tx: tx.packages.recipients(inline.core))
            states = {r.endpoint: r.state for r in there}
            assert states[DESK.endpoint] is State.EXPIRED
            assert states[NURSE.endpoint] is State.COMMITTED

    asyncio.run(look())
    assert damaged(again) == ()
    assert files_in(again / "bodies") == []


def _openings(new: NewPackage, who: EndpointId) -> list[Callable[[object], object]]:
    return [
        lambda tx: tx.packages.offer(new.core, who),  # type: ignore[attr-defined]
        lambda tx: tx.packages.grant(new.core, who),  # type: ignore[attr-defined]
        lambda tx: tx.parts.get(new.core, EVERYONE, Part.COVER),  # type: ignore[attr-defined]
    ]


def test_a_restore_brings_no_recalled_package_back(tmp_path: Path) -> None:
    home, copy, again = tmp_path / "relay", tmp_path / "copy", tmp_path / "again"
    inline, _ = filled(home)
    back_up(home, copy, NOW)

    async def recall() -> None:
        async with opened(home) as store:
            await store.write(lambda tx: tx.packages.recall(inline.core, NOW))

    asyncio.run(recall())
    restore(copy, again)

    async def look() -> None:
        async with opened(again) as store:
            with pytest.raises(RefusedError):
                await store.read(lambda tx: tx.packages.offer(inline.core, DESK.endpoint))

    asyncio.run(look())


def test_no_client_misses_what_a_restored_relay_says(tmp_path: Path) -> None:
    """Feeds go on beyond any cursor that a client can have seen after the backup."""
    home, copy, again = tmp_path / "relay", tmp_path / "copy", tmp_path / "again"
    filled(home)
    back_up(home, copy, NOW)

    async def cursor(of: Path) -> int:
        async with opened(of) as store:
            await store.write(
                lambda tx: tx.feed.append([SENDER], FeedKind.WARNING, new_package().core, NOW)
            )
            return (await store.read(lambda tx: tx.feed.after(SENDER, 0)))[-1].cursor

    seen = asyncio.run(cursor(home))
    restore(copy, again)
    assert asyncio.run(cursor(again)) > seen + CURSOR_STEP // 2


def test_a_feed_that_was_empty_goes_on_from_far_ahead_too(tmp_path: Path) -> None:
    async def run(home: Path) -> int:
        async with opened(home) as store:
            await store.write(
                lambda tx: tx.feed.append([SENDER], FeedKind.WARNING, new_package().core, NOW)
            )
            return (await store.read(lambda tx: tx.feed.after(SENDER, 0)))[-1].cursor

    async def empty() -> None:
        async with opened(tmp_path / "relay"):
            pass

    asyncio.run(empty())
    back_up(tmp_path / "relay", tmp_path / "copy", NOW)
    restore(tmp_path / "copy", tmp_path / "again")
    assert asyncio.run(run(tmp_path / "again")) > CURSOR_STEP


def test_backup_and_restore_want_empty_folders_and_whole_copies(tmp_path: Path) -> None:
    home, copy, full = tmp_path / "relay", tmp_path / "copy", tmp_path / "full"
    filled(home)
    full.mkdir()
    (full / "something").write_text("here")
    with refused(RefusedError, "E_CONFLICT"):
        back_up(home, full, NOW)
    with refused(UsageError, "E_NOT_FOUND"):
        back_up(tmp_path / "nowhere", copy, NOW)
    back_up(home, copy, NOW)
    with refused(RefusedError, "E_CONFLICT"):
        back_up(home, copy, NOW)
    with refused(RefusedError, "E_CONFLICT"):
        restore(copy, home)
    with refused(UsageError, "E_PARSE"):
        restore(full, tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("name", [DATABASE, "keys/log.key"])
def test_a_changed_copy_is_not_restored(tmp_path: Path, name: str) -> None:
    home, copy = tmp_path / "relay", tmp_path / "copy"
    filled(home)
    back_up(home, copy, NOW)
    content = bytearray((copy / name).read_bytes())
    content[-1] ^= 1
    (copy / name).write_bytes(content)
    with refused(TamperError, "E_STORE_INTEGRITY"):
        restore(copy, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_manifest_names_only_what_a_backup_has(tmp_path: Path) -> None:
    home, copy = tmp_path / "relay", tmp_path / "copy"
    filled(home)
    back_up(home, copy, NOW)
    manifest = json.loads((copy / MANIFEST).read_text())
    manifest["files"]["../../escaped"] = manifest["files"][DATABASE]
    (copy / MANIFEST).write_text(json.dumps(manifest))
    with refused(UsageError, "E_PARSE"):
        restore(copy, tmp_path / "again")


def test_a_backup_that_was_not_finished_is_none(tmp_path: Path) -> None:
    home, copy = tmp_path / "relay", tmp_path / "copy"
    filled(home)
    back_up(home, copy, NOW)
    (copy / MANIFEST).unlink()
    with refused(UsageError, "E_PARSE"):
        restore(copy, tmp_path / "again")


# -- status -----------------------------------------------------------------------------------------------------------


def test_status_counts(tmp_path: Path) -> None:
    home = tmp_path / "relay"
    filled(home)
    found = status(home)
    assert {name: found[name] for name in found if not name.endswith("_bytes")} == {
        "origin": "127.0.0.1:8080/log",
        "anchor": None,
        "log_size": 3,
        "endpoints": 1,
        "joins": 1,
        "packages": 2,
        "unfinished": 2,
        "oldest_held": NOW,
        "next_expiry": NOW + HOUR,
        "day_keys": 2,
        "next_day_ends": (NOW + HOUR) // DAY * DAY + DAY,
        "last_sweep": None,
    }
    assert all(isinstance(found[f"{name}_bytes"], int) for name in ("held", "database", "body"))


def test_commitments_of_openings_are_the_protocols(tmp_path: Path) -> None:
    home = tmp_path / "relay"
    filled(home)
    with sqlite3.connect(home / DATABASE) as connection:
        kept = connection.execute("SELECT commitment FROM openings WHERE place = 1").fetchone()
    assert kept == (commit("name", bytes(32), b"Person 1"),)
