"""The sweeper: warns, ends, reports, deletes, and leaves nothing that opens once a day is over."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from phoenix_protocol.api import FeedItem, FeedKind
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_protocol.package.events import AddressState, Tombstone
from phoenix_protocol.package.lifecycle import State, Step
from phoenix_protocol.signed import open_signed, parse_signed
from phoenix_relay import logs
from phoenix_relay.storage import Store, Tx
from phoenix_relay.storage.rows import LOST, NewPackage, NewSaying
from phoenix_relay.storage.sqlite import DATABASE
from phoenix_relay.sweeper import SteadyClock, Swept, keep_sweeping, sweep
from tests.relay.stored_packages import (
    COLLEAGUE,
    DESK,
    HOUR,
    MARKER,
    NOW,
    NURSE,
    SENDER,
    To,
    files_in,
    files_with,
    hold,
    new_event,
    new_package,
    opened,
    settings_for,
    signer,
    signing_key,
    to,
    two_blocks,
    upload,
    walk,
)

DAY = 24 * HOUR
#: The end of the key period that NOW + HOUR lies in.
DAY_ENDS = (NOW + HOUR) // DAY * DAY + DAY
RECORDS = to("records", at="mash@ardenfold-police", records=True)


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path / "relay") as store:
        yield store


async def swept(store: Store, at: int) -> Swept:
    return await sweep(store, settings_for(store.home), Seconds(at), signer())


async def feed_of(store: Store, who: bytes, *kinds: FeedKind) -> list[FeedItem]:
    items = await store.read(lambda tx: tx.feed.after(EndpointId(who), 0))
    return [item for item in items if not kinds or item.kind in kinds]


async def state_of(store: Store, new: NewPackage, who: To) -> State:
    there = await store.read(lambda tx: tx.packages.recipient(new.core, who.endpoint))
    assert there is not None
    return there.state


async def count(store: Store, table: str) -> int:
    query = f"SELECT count(*) FROM {table}"
    return await store.read(lambda tx: tx.connection.exec_driver_sql(query).scalar_one())


def opened_tombstone(item: FeedItem) -> Tombstone:
    assert item.object is not None
    key = signing_key().public_bytes()
    return open_signed(parse_signed(item.object), Tombstone, lambda _: key).message


async def test_a_pass_over_nothing_does_nothing(store: Store) -> None:
    assert await swept(store, NOW) == Swept()


# -- warnings ---------------------------------------------------------------------------------------------------------


async def test_the_sender_is_warned_at_half_time_a_day_and_an_hour_before(store: Store) -> None:
    expires = NOW + 10 * DAY
    new = await hold(store, new_package([DESK, COLLEAGUE], expires=expires))
    due = (NOW + 5 * DAY, expires - DAY, expires - HOUR)
    for number, at in enumerate(due):
        assert (await swept(store, at - 1)).warned == 0
        assert (await swept(store, at)).warned == 1
        assert (await swept(store, at + 1)).warned == 0
        for who in (SENDER, COLLEAGUE.endpoint):
            warnings = await feed_of(store, who, FeedKind.WARNING)
            assert [w.core for w in warnings] == [new.core] * (number + 1)
    assert await feed_of(store, DESK.endpoint, FeedKind.WARNING) == []


async def test_warnings_follow_addresses_and_end_when_all_have_committed(store: Store) -> None:
    expires = NOW + 10 * DAY
    second = to("second", at=DESK.address)
    new = await hold(store, new_package([DESK, second, NURSE, RECORDS], expires=expires))
    await walk(store, new, DESK, Step.OFFER, Step.ACCEPT, Step.COMMIT)
    assert (await swept(store, NOW + 5 * DAY)).warned == 1
    await walk(store, new, NURSE, Step.OFFER, Step.RETURN)
    assert (await swept(store, expires - DAY)).warned == 0
    assert (await swept(store, expires - HOUR)).warned == 0


async def test_passes_that_were_missed_are_one_warning(store: Store) -> None:
    expires = NOW + 10 * DAY
    await hold(store, new_package([DESK], expires=expires))
    assert (await swept(store, expires - 10)).warned == 1
    assert len(await feed_of(store, SENDER, FeedKind.WARNING)) == 1


# -- the end ----------------------------------------------------------------------------------------------------------


async def test_at_its_expiry_a_package_ends_and_its_sender_is_told(store: Store) -> None:
    new = await hold(store, new_package([DESK, NURSE, COLLEAGUE], expires=NOW + HOUR))
    await walk(store, new, DESK, Step.OFFER, Step.ACCEPT, Step.COMMIT)
    await walk(store, new, NURSE, Step.OFFER)
    assert (await swept(store, NOW + HOUR - 1)).expired == 0
    done = await swept(store, NOW + HOUR)
    assert (done.expired, done.reported, done.lost) == (1, 1, 0)
    assert await state_of(store, new, DESK) is State.COMMITTED
    assert await state_of(store, new, NURSE) is State.EXPIRED
    for who in (SENDER, COLLEAGUE.endpoint):
        (item,) = await feed_of(store, who, FeedKind.TOMBSTONE)
        tombstone = opened_tombstone(item)
        assert (tombstone.core, tombstone.expired) == (new.core, NOW + HOUR)
        # How far each address that was written to had come, not what it became.
        assert {(s.address, s.state) for s in tombstone.states} == {
            (DESK.address, "committed"),
            (NURSE.address, "offered"),
        }
    assert (await swept(store, NOW + HOUR)).expired == 0
    assert len(await feed_of(store, SENDER, FeedKind.TOMBSTONE)) == 1


async def test_what_was_committed_everywhere_ends_without_a_report(store: Store) -> None:
    second = to("second", at=DESK.address)
    new = await hold(store, new_package([DESK, second, RECORDS], expires=NOW + HOUR))
    await walk(store, new, DESK, Step.OFFER, Step.ACCEPT, Step.COMMIT)
    done = await swept(store, NOW + HOUR)
    assert (done.expired, done.reported) == (1, 0)
    assert await state_of(store, new, second) is State.EXPIRED
    assert await feed_of(store, SENDER, FeedKind.TOMBSTONE) == []


async def test_an_address_is_as_far_as_its_furthest_practitioner(store: Store) -> None:
    new = await hold(store, new_package([DESK, RECORDS], expires=NOW + HOUR))
    await walk(store, new, RECORDS, Step.OFFER, Step.ACCEPT, Step.COMMIT)
    assert (await swept(store, NOW + HOUR)).reported == 1
    (item,) = await feed_of(store, SENDER, FeedKind.TOMBSTONE)
    assert [s.state for s in opened_tombstone(item).states] == ["held"]


async def test_at_its_expiry_nothing_of_a_package_is_kept_but_metadata(store: Store) -> None:
    body = await upload(store, two_blocks(), expires=NOW + HOUR)
    new = await hold(store, new_package([DESK], uploaded=body, expires=NOW + HOUR))
    await hold(store, new_package([DESK], expires=NOW + HOUR))
    assert (await swept(store, NOW + HOUR)).bodies == 1
    assert await count(store, "parts") == 0
    assert await count(store, "bodies") == 0
    assert files_in(store.home / "bodies") == []
    package = await store.read(lambda tx: tx.packages.find(new.core))
    assert package is not None
    assert (package.expired, package.core_bytes) == (True, None)
    delivery = await store.read(lambda tx: tx.packages.delivery(new.core))
    assert delivery is not None
    assert (delivery.signed, delivery.held) == (None, new.delivery.held)


async def test_an_event_between_looking_and_ending_makes_no_false_report(store: Store) -> None:
    new = await hold(store, new_package([DESK], expires=NOW + HOUR))
    await walk(store, new, DESK, Step.OFFER, Step.ACCEPT)
    signing, go_on = threading.Event(), threading.Event()
    calls = []

    def slow(
        core: ObjectHash, states: tuple[AddressState, ...], expired: Seconds, now: Seconds
    ) -> NewSaying:
        calls.append(states)
        signing.set()
        go_on.wait(5)
        return signer()(core, states, expired, now)

    sweeping = asyncio.create_task(
        sweep(store, settings_for(store.home), Seconds(NOW + HOUR), slow)
    )
    await asyncio.to_thread(signing.wait, 5)
    await walk(store, new, DESK, Step.COMMIT)
    go_on.set()
    assert (await sweeping).reported == 0
    assert await state_of(store, new, DESK) is State.COMMITTED
    done = await swept(store, NOW + HOUR)
    assert (done.expired, done.reported) == (1, 0)


async def test_many_packages_end_in_one_pass(store: Store) -> None:
    for _ in range(150):
        await hold(store, new_package([DESK], expires=NOW + HOUR))
    done = await swept(store, NOW + HOUR)
    assert (done.warned, done.expired, done.reported) == (0, 150, 150)
    assert len(await feed_of(store, SENDER, FeedKind.TOMBSTONE)) == 150


# -- bodies -----------------------------------------------------------------------------------------------------------


async def test_a_body_goes_with_the_last_endpoint_that_needs_it(store: Store) -> None:
    body = await upload(store, two_blocks(), expires=NOW + HOUR)
    one = await hold(store, new_package([DESK, NURSE], uploaded=body, expires=NOW + HOUR))
    two = await hold(store, new_package([DESK], uploaded=body, expires=NOW + HOUR))
    for new, who in ((one, DESK), (one, NURSE), (two, DESK)):
        assert len(files_in(store.home / "bodies")) == 2
        await walk(store, new, who, Step.OFFER, Step.ACCEPT, Step.COMMIT)
        done = await swept(store, NOW + 2)
        assert done.bodies == ((new, who) == (two, DESK))
    assert files_in(store.home / "bodies") == []


async def test_an_upload_that_no_package_claims_is_collected(store: Store) -> None:
    now = int((store.home / DATABASE).stat().st_mtime)
    body = await upload(store, two_blocks(), expires=now + 30 * DAY, at=now)
    assert (await swept(store, now + DAY - 60)).bodies == 0
    assert await store.bodies.missing(body) == ()
    assert (await swept(store, now + DAY + 60)).bodies == 1
    assert files_in(store.home / "bodies") == []
    assert await store.read(lambda tx: tx.uploads.find(SENDER, body.digest)) is None


async def test_an_upload_in_progress_is_left_alone(store: Store) -> None:
    """However long ago it was planned, the last block that arrived counts."""
    blocks = two_blocks()
    body = await upload(store, blocks, expires=NOW + 300 * DAY, at=0, skip=[1])
    now = int(store.bodies.last_arrival(body.day, body.id))
    assert (await swept(store, now + DAY - 1)).bodies == 0
    await store.bodies.put(body, 1, blocks[1])


async def test_a_folder_without_a_row_is_removed(store: Store) -> None:
    body = await upload(store, two_blocks(), expires=NOW + 30 * DAY)
    await store.write(lambda tx: tx.connection.exec_driver_sql("DELETE FROM bodies"))
    assert (await swept(store, NOW)).bodies == 1
    assert not store.bodies.folder_of(body.day, body.id).exists()


# -- the end of a day -------------------------------------------------------------------------------------------------


async def test_when_a_day_is_over_its_key_and_all_under_it_are_gone(store: Store) -> None:
    body = await upload(store, two_blocks(), expires=NOW + HOUR)
    new = await hold(store, new_package([DESK], uploaded=body, expires=NOW + HOUR))
    later = await hold(store, new_package([DESK], expires=DAY_ENDS + HOUR))
    event = new_event(new.core, detail_expires=NOW + HOUR)
    await store.write(lambda tx: tx.sayings.record(event))
    assert store.day_keys.days() == (DAY_ENDS, DAY_ENDS + DAY)
    assert (await swept(store, DAY_ENDS - 1)).days == 0
    done = await swept(store, DAY_ENDS)
    assert (done.days, done.truncated) == (1, True)
    assert store.day_keys.days() == (DAY_ENDS + DAY,)
    assert await count(store, "details") == 0
    assert (store.home / f"{DATABASE}-wal").stat().st_size == 0
    assert await store.read(lambda tx: tx.packages.grant(later.core, DESK.endpoint))


async def test_no_byte_of_an_ended_day_is_left_anywhere(store: Store) -> None:
    """Sealed bytes, keys and all: what was written before the end is searched for in every file after it."""
    traces: list[bytes] = []
    for n in range(60):
        uploaded = await upload(store, two_blocks(), expires=NOW + HOUR) if n % 20 == 0 else None
        await hold(store, new_package([DESK, NURSE], uploaded=uploaded, expires=NOW + HOUR))
    for table in ("parts", "details"):
        query = f"SELECT sealed FROM {table}"
        rows = await store.read(lambda tx, q=query: tx.connection.exec_driver_sql(q).all())
        traces += [row[0][40:72] for row in rows]
    traces += [file.read_bytes()[:32] for file in files_in(store.home / "daykeys")]
    traces += [file.read_bytes()[40:72] for file in files_in(store.home / "bodies")]
    assert len(traces) > 350
    everything = b"".join(file.read_bytes() for file in files_in(store.home))
    assert all(trace in everything for trace in traces)
    done = await swept(store, DAY_ENDS)
    assert (done.expired, done.days, done.truncated) == (60, 1, True)
    left = b"".join(file.read_bytes() for file in files_in(store.home))
    assert [trace for trace in traces if trace in left] == []
    assert files_with(store.home, MARKER) == []


async def test_a_reader_in_the_way_is_waited_for(store: Store) -> None:
    await hold(store, new_package([DESK], expires=NOW + HOUR))
    began, go_on = threading.Event(), threading.Event()

    def look(tx: Tx) -> None:
        tx.packages.recipients(ObjectHash(bytes(32)))
        began.set()
        go_on.wait(10)

    looking = asyncio.create_task(store.read(look))
    await asyncio.to_thread(began.wait, 5)
    sweeping = asyncio.create_task(swept(store, DAY_ENDS))
    await asyncio.sleep(0.3)
    go_on.set()
    await looking
    assert (await sweeping).truncated
    assert (store.home / f"{DATABASE}-wal").stat().st_size == 0


# -- lost keys --------------------------------------------------------------------------------------------------------


async def test_packages_whose_key_is_lost_are_reported(tmp_path: Path) -> None:
    """Once its operator says so: a sweep by itself takes nothing for lost."""
    home = tmp_path / "relay"
    async with opened(home) as store:
        body = await upload(store, two_blocks(), expires=NOW + HOUR)
        new = await hold(store, new_package([DESK], uploaded=body, expires=NOW + HOUR))
        done_with = await hold(store, new_package([DESK], expires=NOW + HOUR))
        await walk(store, done_with, DESK, Step.OFFER, Step.ACCEPT, Step.COMMIT)
        other = await hold(store, new_package([DESK], expires=NOW + 3 * DAY))
        (home / "daykeys" / f"{DAY_ENDS}.key").unlink()
        assert (await swept(store, NOW + 60)) == Swept()
    async with opened(home) as store:
        assert (await swept(store, NOW + 60)) == Swept()
        assert await store.settle_lost_keys(NOW, accept_lost=True) == 1
        # A key for the same day, made again before the sweep, does not hide the loss.
        await hold(store, new_package([NURSE], expires=NOW + HOUR))
        await _lost_and_told(store, new, done_with, other)


async def _lost_and_told(
    store: Store, new: NewPackage, done_with: NewPackage, other: NewPackage
) -> None:
    done = await swept(store, NOW + 60)
    assert (done.lost, done.reported, done.expired, done.bodies) == (1, 1, 0, 1)
    (item,) = await feed_of(store, SENDER, FeedKind.TOMBSTONE)
    assert opened_tombstone(item).core == new.core
    assert opened_tombstone(item).expired == NOW + 60
    assert await state_of(store, new, DESK) is State.EXPIRED
    assert await state_of(store, done_with, DESK) is State.COMMITTED
    assert await state_of(store, other, DESK) is State.HELD
    assert (await swept(store, NOW + 61)) == Swept()
    assert LOST not in store.day_keys.days()


async def test_a_key_that_goes_while_serving_destroys_nothing_and_is_told(
    tmp_path: Path,
) -> None:
    logged = io.StringIO()
    logs.configure(logged)
    async with opened(tmp_path / "relay") as store:
        new = await hold(store, new_package([DESK], expires=NOW + HOUR))
        key = store.home / "daykeys" / f"{DAY_ENDS}.key"
        content = key.read_bytes()
        key.unlink()
        passes: asyncio.Queue[None] = asyncio.Queue()
        sweeping = asyncio.create_task(
            keep_sweeping(
                store,
                settings_for(store.home),
                clock=lambda: NOW,
                signer=signer,
                swept=lambda _: passes.put_nowait(None),
            )
        )
        await asyncio.wait_for(passes.get(), 10)
        sweeping.cancel()
        assert await state_of(store, new, DESK) is State.HELD
        key.write_bytes(content)
    async with opened(tmp_path / "relay") as store:
        offer = await store.read(lambda tx: tx.packages.offer(new.core, DESK.endpoint))
        assert offer.cover == new.cover
    (line,) = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert (line["event"], line["code"]) == ("storage_keys_missing", "E_KEY_LOST")
    assert line["file"] == f"daykeys/{DAY_ENDS}.key"


# -- metadata ---------------------------------------------------------------------------------------------------------


async def test_metadata_is_forgotten_after_its_retention(store: Store) -> None:
    new = await hold(store, new_package([DESK], expires=NOW + HOUR))
    event = new_event(new.core, detail_expires=NOW + HOUR)
    await store.write(
        lambda tx: (
            tx.sayings.record(event),
            tx.feed.append([SENDER], FeedKind.EVENT, new.core, NOW, event.hash),
            tx.nonces.spend("key", "nonce", Seconds(NOW + 60)),
            tx.quotas.charge("packages:x", HOUR, NOW),
        )
    )
    await swept(store, NOW + HOUR)
    retention = settings_for(store.home).metadata_retention
    assert await store.read(lambda tx: tx.feed.whole_from()) == NOW + HOUR - retention
    await swept(store, NOW + retention)
    assert await store.read(lambda tx: tx.feed.whole_from()) == NOW
    assert all(item.time > NOW for item in await store.read(lambda tx: tx.feed.after(SENDER, 0)))
    assert await count(store, "nonces") == await count(store, "usage") == 0
    assert await store.read(lambda tx: tx.packages.find(new.core)) is not None
    await swept(store, NOW + HOUR + retention)
    for table in ("packages", "deliveries", "recipients", "sayings", "details", "feed"):
        assert await count(store, table) == 0, table


# -- clock and loop ---------------------------------------------------------------------------------------------------


async def test_a_clock_that_went_back_sweeps_nothing(store: Store) -> None:
    await swept(store, NOW + HOUR)
    await hold(store, new_package([DESK], expires=NOW + 60))
    await swept(store, NOW + HOUR - 300)
    with pytest.raises(RefusedError) as caught:
        await swept(store, NOW + HOUR - 301)
    assert caught.value.code == "E_CLOCK"


def test_a_clock_that_leapt_ahead_is_not_believed() -> None:
    wall, since_start = [NOW], [100.0]
    clock = SteadyClock(lambda: wall[0], lambda: since_start[0])
    wall[0], since_start[0] = Seconds(NOW + 200 * DAY), 100.0 + 200 * DAY
    assert clock.now() == NOW + 200 * DAY
    wall[0] = Seconds(NOW + 400 * DAY)
    with pytest.raises(RefusedError) as caught:
        clock.now()
    assert caught.value.code == "E_CLOCK"


async def test_the_loop_sweeps_again_and_again(store: Store) -> None:
    await hold(store, new_package([DESK], expires=NOW + 2))
    times = iter(range(NOW, NOW + 1000))
    passes: list[Swept] = []
    looping = asyncio.create_task(
        keep_sweeping(
            store,
            settings_for(store.home, key_period=10),
            clock=lambda: Seconds(next(times)),
            signer=signer,
            swept=passes.append,
        )
    )
    while not any(one.expired for one in passes):
        await asyncio.sleep(0.05)
    looping.cancel()
    assert len(passes) >= 2
