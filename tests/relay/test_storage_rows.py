"""The smaller families: log, joins, epoch keys, sayings, feeds, claims, quotas, nonces, uploads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from phoenix_protocol import limits
from phoenix_protocol.api import FeedKind
from phoenix_protocol.commitments import commit
from phoenix_protocol.directory.statements import Opening
from phoenix_protocol.errors import PhoenixError, RefusedError, TamperError
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    Anchor,
    EndpointId,
    ObjectHash,
    Seconds,
)
from phoenix_protocol.merkle import leaf_hash, root
from phoenix_protocol.randomness import random_bytes
from phoenix_relay.storage import Store, feed, log
from phoenix_relay.storage.rows import Join, StoredEpochKey
from tests.relay.stored_packages import (
    DESK,
    HOUR,
    MARKER,
    NOW,
    NURSE,
    SENDER,
    files_with,
    hold,
    new_event,
    new_package,
    opened,
    two_blocks,
    upload,
)

AGENCY = AgencyId("ardenfold-police")


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path / "relay") as store:
        yield store


def refused(code: str) -> pytest.RaisesExc[PhoenixError]:
    return pytest.RaisesExc(PhoenixError, check=lambda error: error.code == code)


def hashed(n: int) -> ObjectHash:
    return ObjectHash(leaf_hash(str(n).encode()))


# -- the log ----------------------------------------------------------------------------------------------------------


async def test_the_log_gives_back_what_was_appended_in_order(store: Store) -> None:
    opening = Opening(kind="name", salt=bytes(32), text="A. Person")
    entries = [(hashed(n), str(n).encode(), [opening] if n == 1 else []) for n in range(5)]
    await store.write(lambda tx: tx.log.append(0, entries[:2], root([hashed(0), hashed(1)])))
    await store.write(lambda tx: tx.log.append(2, entries[2:], bytes(32)))
    leaves = await store.read(lambda tx: tx.log.page(1, openings=True))
    assert [(leaf.index, leaf.hash, leaf.statement) for leaf in leaves] == [
        (n, hashed(n), str(n).encode()) for n in range(1, 5)
    ]
    assert [leaf.openings for leaf in leaves] == [(opening,), (), (), ()]
    without = await store.read(lambda tx: tx.log.page(0, 2, openings=False))
    assert [(leaf.index, leaf.openings) for leaf in without] == [(0, ()), (1, ())]
    assert await store.read(lambda tx: tx.log.leaf_hashes(3)) == (hashed(3), hashed(4))
    assert [size for size, _ in await store.read(lambda tx: tx.log.roots())] == [2, 5]


async def test_only_who_knows_the_whole_log_appends(store: Store) -> None:
    one, two = (hashed(1), b"1", []), (hashed(2), b"2", [])
    await store.write(lambda tx: tx.log.append(0, [one], bytes(32)))
    for first, entries in ((0, [two]), (2, [two]), (1, [one])):
        with refused("E_DIR_CHAIN"):
            await store.write(lambda tx, f=first, e=entries: tx.log.append(f, e, bytes(32)))
    assert await store.read(lambda tx: tx.log.size()) == 1


async def test_an_opening_can_be_erased(store: Store) -> None:
    opening = Opening(kind="name", salt=bytes(32), text="A. Person")
    await store.write(lambda tx: tx.log.append(0, [(hashed(0), b"0", [opening])], bytes(32)))
    hidden = commit("name", opening.salt, b"A. Person")
    assert await store.write(lambda tx: tx.log.erase_opening(hidden))
    assert not await store.write(lambda tx: tx.log.erase_opening(hidden))
    (leaf,) = await store.read(lambda tx: tx.log.page(0, openings=True))
    assert leaf.openings == ()


async def test_a_page_of_the_log_is_bounded_in_bytes(store: Store) -> None:
    large = bytes(log.PAGE_BYTES // 2 + 1)
    await store.write(
        lambda tx: tx.log.append(0, [(hashed(n), large, []) for n in range(3)], bytes(32))
    )
    assert len(await store.read(lambda tx: tx.log.page(0, openings=False))) == 1
    assert len(await store.read(lambda tx: tx.log.page(2, openings=False))) == 1


# -- joins ------------------------------------------------------------------------------------------------------------


def join(n: int, *, code: str | None = None, agency: AgencyId = AGENCY) -> Join:
    return Join(
        code=code or f"code-{n}",
        request=hashed(n),
        agency=agency,
        address=Address(f"desk{n}@{agency}"),
        joining=str(n).encode(),
        created=Seconds(NOW + n),
        expires=Seconds(NOW + HOUR),
    )


async def test_join_requests_wait_for_their_agency_until_they_end(store: Store) -> None:
    for one in (join(2), join(1), join(3, agency=AgencyId("quillmere-health"))):
        assert await store.write(lambda tx, one=one: tx.joins.add(one))
    assert await store.read(lambda tx: tx.joins.waiting(AGENCY, NOW)) == (join(1), join(2))
    assert await store.read(lambda tx: tx.joins.count(AGENCY, NOW)) == 2
    assert await store.read(lambda tx: tx.joins.by_code("code-2", NOW)) == join(2)
    assert await store.read(lambda tx: tx.joins.by_request(hashed(2), NOW)) == join(2)
    later = Seconds(NOW + HOUR)
    assert await store.read(lambda tx: tx.joins.by_code("code-2", later)) is None
    assert await store.read(lambda tx: tx.joins.waiting(AGENCY, later)) == ()
    await store.write(lambda tx: tx.joins.remove(hashed(2)))
    assert await store.read(lambda tx: tx.joins.by_request(hashed(2), NOW)) is None


async def test_a_code_stands_for_one_request(store: Store) -> None:
    assert await store.write(lambda tx: tx.joins.add(join(1)))
    assert not await store.write(lambda tx: tx.joins.add(join(1)))
    with refused("E_CONFLICT"):
        await store.write(lambda tx: tx.joins.add(join(2, code="code-1")))


# -- epoch keys -------------------------------------------------------------------------------------------------------


def epoch_key(n: int, *, endpoint: EndpointId = DESK.endpoint) -> StoredEpochKey:
    return StoredEpochKey(
        hash=hashed(n),
        endpoint=endpoint,
        number=n,
        valid_from=Seconds(NOW + n * HOUR),
        valid_until=Seconds(NOW + (n + 1) * HOUR),
        opens_until=Seconds(NOW + 9 * HOUR),
        signed=str(n).encode(),
    )


async def test_epoch_keys_are_served_by_time(store: Store) -> None:
    await store.write(lambda tx: tx.epochs.publish([epoch_key(n) for n in range(3)]))
    await store.write(lambda tx: tx.epochs.publish([epoch_key(1)]))
    both = [DESK.endpoint, NURSE.endpoint]
    for at, expected in ((-1, ()), (0, (b"0",)), (HOUR, (b"1",)), (3 * HOUR, ())):
        found = await store.read(lambda tx, at=at: tx.epochs.covering(both, Seconds(NOW + at)))
        assert found == {DESK.endpoint: expected, NURSE.endpoint: ()}
    assert await store.read(lambda tx: tx.epochs.count(DESK.endpoint, Seconds(NOW + HOUR))) == 2


async def test_epoch_keys_are_found_by_endpoint_and_hash(store: Store) -> None:
    await store.write(lambda tx: tx.epochs.publish([epoch_key(n) for n in range(3)]))
    assert await store.read(lambda tx: tx.epochs.find(DESK.endpoint, hashed(2))) == epoch_key(2)
    assert await store.read(lambda tx: tx.epochs.find(NURSE.endpoint, hashed(2))) is None
    wanted = [(DESK.endpoint, hashed(n)) for n in range(400)] + [(NURSE.endpoint, hashed(1))]
    found = await store.read(lambda tx: tx.epochs.find_many(wanted))
    assert found == {(DESK.endpoint, hashed(n)): epoch_key(n) for n in range(3)}


async def test_a_number_stands_for_one_epoch_key(store: Store) -> None:
    await store.write(lambda tx: tx.epochs.publish([epoch_key(1)]))
    for other in (replace(epoch_key(1), hash=hashed(9)), replace(epoch_key(1), number=9)):
        with refused("E_CONFLICT"):
            await store.write(lambda tx, k=other: tx.epochs.publish([epoch_key(2), k]))
    assert await store.read(lambda tx: tx.epochs.find(DESK.endpoint, hashed(2))) is None


# -- sayings and feeds ------------------------------------------------------------------------------------------------


async def test_a_feed_shows_events_with_their_details(store: Store) -> None:
    new = await hold(store, new_package([DESK, NURSE]))
    event = new_event(new.core)
    assert await store.write(lambda tx: tx.sayings.record(event))
    assert not await store.write(lambda tx: tx.sayings.record(event))
    readers = [SENDER, NURSE.endpoint, SENDER]
    await store.write(lambda tx: tx.feed.append(readers, FeedKind.EVENT, new.core, NOW, event.hash))
    items = await store.read(lambda tx: tx.feed.after(NURSE.endpoint, 0))
    assert [(i.kind, i.object, i.detail) for i in items] == [
        (FeedKind.OFFER, None, None),
        (FeedKind.EVENT, event.signed, event.detail),
    ]
    assert items[0].cursor < items[1].cursor
    (mine,) = await store.read(lambda tx: tx.feed.after(SENDER, 0))
    assert mine.object == event.signed
    assert await store.read(lambda tx: tx.feed.after(NURSE.endpoint, items[1].cursor)) == ()
    (second,) = await store.read(lambda tx: tx.feed.after(NURSE.endpoint, items[0].cursor))
    assert second == items[1]
    assert files_with(store.home, MARKER) == []


async def test_a_detail_without_its_key_is_left_out(store: Store) -> None:
    event = new_event(hashed(0), detail_expires=NOW + HOUR)
    await store.write(lambda tx: tx.sayings.record(event))
    await store.write(
        lambda tx: tx.feed.append([SENDER], FeedKind.EVENT, event.core, NOW, event.hash)
    )
    store.day_keys.retire(Seconds(NOW + 3 * 24 * HOUR))
    (item,) = await store.read(lambda tx: tx.feed.after(SENDER, 0))
    assert (item.object, item.detail) == (event.signed, None)


async def test_a_damaged_detail_is_not_served(store: Store) -> None:
    event = new_event(hashed(0))
    await store.write(lambda tx: tx.sayings.record(event))
    await store.write(
        lambda tx: tx.feed.append([SENDER], FeedKind.EVENT, event.core, NOW, event.hash)
    )
    await store.write(
        lambda tx: tx.connection.exec_driver_sql(
            "UPDATE details SET sealed = zeroblob(length(sealed))"
        )
    )
    with refused("E_STORE_INTEGRITY"):
        await store.read(lambda tx: tx.feed.after(SENDER, 0))


async def test_a_page_of_a_feed_is_bounded(store: Store) -> None:
    event = replace(new_event(hashed(0)), signed=bytes(feed.PAGE_BYTES // 2), detail=None)
    await store.write(lambda tx: tx.sayings.record(event))
    for _ in range(4):
        await store.write(
            lambda tx: tx.feed.append([SENDER], FeedKind.EVENT, event.core, NOW, event.hash)
        )
    first = await store.read(lambda tx: tx.feed.after(SENDER, 0))
    assert len(first) == 2
    rest = await store.read(lambda tx: tx.feed.after(SENDER, first[-1].cursor, 1))
    assert len(rest) == 1


async def test_cursors_are_never_used_again(store: Store) -> None:
    await store.write(lambda tx: tx.feed.append([SENDER], FeedKind.WARNING, hashed(0), NOW))
    (first,) = await store.read(lambda tx: tx.feed.after(SENDER, 0))
    await store.write(lambda tx: tx.connection.exec_driver_sql("DELETE FROM feed"))
    await store.write(lambda tx: tx.feed.append([SENDER], FeedKind.WARNING, hashed(0), NOW))
    (second,) = await store.read(lambda tx: tx.feed.after(SENDER, 0))
    assert second.cursor > first.cursor


async def test_a_recall_keeps_its_verdict(store: Store) -> None:
    said = replace(new_event(hashed(0)), kind=FeedKind.RECALL)
    verdict = replace(new_event(hashed(0), counter=2), kind=FeedKind.VERDICT, maker=None)
    await store.write(lambda tx: (tx.sayings.record(said), tx.sayings.record(verdict)))
    assert await store.read(lambda tx: tx.sayings.answer(said.hash)) is None
    await store.write(lambda tx: tx.sayings.set_answer(said.hash, verdict.hash))
    answer = await store.read(lambda tx: tx.sayings.answer(said.hash))
    assert answer is not None
    assert (answer.hash, answer.kind, answer.maker) == (verdict.hash, FeedKind.VERDICT, None)
    about = await store.read(lambda tx: tx.sayings.about(hashed(0)))
    assert [one.hash for one in about] == [said.hash, verdict.hash]


# -- claims, quotas, nonces -------------------------------------------------------------------------------------------


async def test_a_claim_is_used_once_by_one_partnership(store: Store) -> None:
    one, two = Anchor(bytes(32)), Anchor(b"\1" * 32)
    await store.write(lambda tx: tx.claims.make("phoenix-claim-abc"))
    assert await store.read(lambda tx: tx.claims.taken()) is None
    with refused("E_NOT_FOUND"):
        await store.write(lambda tx: tx.claims.take("phoenix-claim-abd", one, NOW))
    await store.write(lambda tx: tx.claims.take("PHOENIX-CLAIM-ABC ", one, NOW))
    await store.write(lambda tx: tx.claims.take("phoenix-claim-abc", one, Seconds(NOW + 9)))
    taken = await store.read(lambda tx: tx.claims.taken())
    assert taken is not None
    assert (taken.anchor, taken.time) == (one, NOW)
    with refused("E_CONFLICT"):
        await store.write(lambda tx: tx.claims.take("phoenix-claim-abc", two, NOW))
    assert files_with(store.home, b"phoenix-claim-abc") == []


async def test_a_quota_counts_in_windows_and_forgets_what_was_refused(store: Store) -> None:
    async def charge(at: int, octets: int, *, refuse: bool = False) -> tuple[int, int]:
        def change(tx: object) -> tuple[int, int]:
            used = tx.quotas.charge("packages:x", HOUR, Seconds(at), octets=octets)  # type: ignore[attr-defined]
            if refuse:
                raise RefusedError("E_QUOTA", "enough")
            return used.count, used.octets

        return await store.write(change)

    start = NOW - NOW % HOUR
    assert await charge(start, 5) == (1, 5)
    assert await charge(start + HOUR - 1, 7) == (2, 12)
    with refused("E_QUOTA"):
        await charge(start, 1000, refuse=True)
    assert await charge(start, 1) == (3, 13)
    assert await charge(start + HOUR, 1) == (1, 1)


async def test_a_nonce_is_spent_once_by_each_key(store: Store) -> None:
    await store.write(lambda tx: tx.nonces.spend("a", "n", NOW))
    await store.write(lambda tx: tx.nonces.spend("b", "n", NOW))
    with refused("E_REQ_SIG"):
        await store.write(lambda tx: tx.nonces.spend("a", "n", NOW))


# -- uploads ----------------------------------------------------------------------------------------------------------


async def test_an_upload_goes_on_where_it_stopped(store: Store) -> None:
    blocks = two_blocks()
    body = await upload(store, blocks, expires=NOW + HOUR, skip=[0])
    assert await store.bodies.missing(body) == (0,)
    again = await upload(store, blocks, expires=NOW + HOUR + 1, skip=[0, 1])
    assert again == body
    assert await store.read(lambda tx: tx.uploads.find(SENDER, body.digest)) == body
    await store.bodies.put(body, 0, blocks[0])
    assert await store.bodies.missing(body) == ()


async def test_the_same_bytes_for_another_day_are_another_body(store: Store) -> None:
    blocks = two_blocks()
    first = await upload(store, blocks, expires=NOW + HOUR)
    await hold(store, new_package(uploaded=first, expires=NOW + HOUR))
    later = NOW + 5 * 24 * HOUR
    second = await upload(store, blocks, expires=later, skip=[0, 1])
    assert second.id != first.id
    assert second.day > first.day
    assert await store.bodies.missing(second) == (0, 1)
    assert await store.read(lambda tx: tx.uploads.find(SENDER, first.digest)) == second
    assert (
        await store.read(lambda tx: tx.uploads.of_day(SENDER, first.digest, Seconds(NOW + HOUR)))
        == first
    )


async def test_an_unclaimed_upload_for_another_day_is_dropped(store: Store) -> None:
    blocks = two_blocks()
    await upload(store, blocks, expires=NOW + HOUR)
    second = await upload(store, blocks, expires=NOW + 5 * 24 * HOUR)
    assert await store.read(lambda tx: tx.uploads.count_open(SENDER)) == 1
    assert await store.read(lambda tx: tx.uploads.find(SENDER, second.digest)) == second


async def test_nobody_learns_what_another_has_uploaded(store: Store) -> None:
    body = await upload(store, two_blocks(), expires=NOW + HOUR)
    other = await store.write(
        lambda tx: tx.uploads.plan(
            DESK.endpoint, body.digest, body.leaves, body.length, Seconds(NOW + HOUR), NOW
        )
    )
    assert other.id != body.id
    assert await store.bodies.missing(other) == (0, 1)


@pytest.mark.parametrize("length", [limits.BLOCK, 2 * limits.BLOCK + 1])
async def test_blocks_and_length_must_fit_together(store: Store, length: int) -> None:
    leaves = [random_bytes(32), random_bytes(32)]
    with refused("E_CONFLICT"):
        await store.write(
            lambda tx: tx.uploads.plan(
                SENDER, root(leaves), leaves, length, Seconds(NOW + HOUR), NOW
            )
        )


async def test_an_upload_keeps_to_its_plan(store: Store) -> None:
    body = await upload(store, two_blocks(), expires=NOW + HOUR)
    with refused("E_CONFLICT"):
        await store.write(
            lambda tx: tx.uploads.plan(
                SENDER, body.digest, body.leaves, body.length + 1, Seconds(NOW + HOUR), NOW
            )
        )
    with pytest.raises(TamperError):
        await store.bodies.put(body, 0, bytes(limits.BLOCK))
