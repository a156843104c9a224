"""Holding packages: idempotent, sealed at rest, each part to whom it belongs, gone when nobody needs it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_protocol.package.lifecycle import State, Step
from phoenix_relay.storage import Store
from phoenix_relay.storage.parts import EVERYONE, Part
from tests.relay.stored_packages import (
    COLLEAGUE,
    DESK,
    HOUR,
    MARKER,
    NOW,
    NURSE,
    SENDER,
    another_core,
    files_with,
    hold,
    new_delivery,
    new_package,
    opened,
    to,
    two_blocks,
    upload,
    walk,
)

LATE = to("late", at="mash@ardenfold-police")


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path / "relay") as store:
        yield store


def refused(code: str) -> pytest.RaisesExc[RefusedError]:
    return pytest.RaisesExc(RefusedError, check=lambda error: error.code == code)


async def test_what_is_held_is_offered_unchanged(store: Store) -> None:
    new = await hold(store, new_package([DESK, NURSE, COLLEAGUE]))
    for kept in new.delivery.recipients:
        offer = await store.read(lambda tx, kept=kept: tx.packages.offer(new.core, kept.endpoint))
        assert (offer.core, offer.cover) == (new.core_bytes, new.cover)
        assert (offer.delivery, offer.held) == (new.delivery.signed, new.delivery.held)
        assert offer.capsule == kept.capsule
        grant = await store.read(lambda tx, kept=kept: tx.packages.grant(new.core, kept.endpoint))
        assert grant == kept.grant
    assert await store.block(new.core, 0) == new.inline
    side = await store.read(lambda tx: tx.packages.senders_side(new.core))
    assert side == (SENDER, COLLEAGUE.endpoint)


async def test_nothing_secret_is_on_the_disk_in_the_clear(store: Store) -> None:
    body = await upload(store, two_blocks(), expires=NOW + HOUR)
    await hold(store, new_package(uploaded=body, expires=NOW + HOUR))
    await hold(store, new_package())
    assert files_with(store.home, MARKER) == []


async def test_the_same_package_again_gets_the_first_receipt(store: Store) -> None:
    new = new_package()
    first = await store.write(lambda tx: tx.packages.hold(new))
    again = replace(new, delivery=replace(new.delivery, held=b"another", held_hash=bytes(32)))
    second = await store.write(lambda tx: tx.packages.hold(again))
    assert (first.fresh, second.fresh) == (True, False)
    assert first.held == second.held == new.delivery.held
    assert len(await store.read(lambda tx: tx.packages.recipients(new.core))) == 1


async def test_another_core_under_the_same_id_is_a_conflict(store: Store) -> None:
    new = await hold(store, new_package())
    with refused("E_CONFLICT"):
        await store.write(lambda tx: tx.packages.hold(another_core(new)))
    stored = await store.read(lambda tx: tx.packages.by_id(SENDER, new.package))
    assert stored is not None
    assert stored.core == new.core


async def test_another_sender_may_use_the_same_id(store: Store) -> None:
    new = await hold(store, new_package())
    other = replace(another_core(new), sender=EndpointId(bytes(32)))
    assert (await store.write(lambda tx: tx.packages.hold(other))).fresh


async def test_another_first_delivery_is_a_conflict(store: Store) -> None:
    new = await hold(store, new_package())
    other = replace(new, delivery=new_delivery(new.core, [NURSE]))
    with refused("E_CONFLICT"):
        await store.write(lambda tx: tx.packages.hold(other))


async def test_a_later_delivery_adds_endpoints_and_nothing_else(store: Store) -> None:
    new = await hold(store, new_package([DESK]))
    second = new_delivery(new.core, [LATE], number=2)
    assert (await store.write(lambda tx: tx.packages.hold_delivery(second))).fresh
    again = await store.write(lambda tx: tx.packages.hold_delivery(second))
    assert (again.fresh, again.held) == (False, second.held)
    there = await store.read(lambda tx: tx.packages.recipient(new.core, LATE.endpoint))
    assert there is not None
    assert (there.number, there.delivery, there.state) == (2, second.hash, State.HELD)
    offer = await store.read(lambda tx: tx.packages.offer(new.core, LATE.endpoint))
    assert offer.delivery == second.signed
    numbers = [d.number for d in await store.read(lambda tx: tx.packages.deliveries(new.core))]
    assert numbers == [1, 2]


@pytest.mark.parametrize("number", [1, 3])
async def test_a_delivery_out_of_order_is_a_conflict(store: Store, number: int) -> None:
    new = await hold(store, new_package([DESK]))
    with refused("E_CONFLICT"):
        await store.write(
            lambda tx: tx.packages.hold_delivery(new_delivery(new.core, [LATE], number=number))
        )


async def test_an_endpoint_is_delivered_to_once(store: Store) -> None:
    new = await hold(store, new_package([DESK]))
    with refused("E_CONFLICT"):
        await store.write(
            lambda tx: tx.packages.hold_delivery(new_delivery(new.core, [LATE, DESK], number=2))
        )
    assert await store.read(lambda tx: tx.packages.recipient(new.core, LATE.endpoint)) is None


async def test_nothing_is_delivered_of_what_is_gone(store: Store) -> None:
    second = new_delivery(ObjectHash(bytes(32)), [LATE], number=2)
    with refused("E_NOT_FOUND"):
        await store.write(lambda tx: tx.packages.hold_delivery(second))
    new = await hold(store, new_package([DESK], expires=NOW + HOUR))
    late = new_delivery(new.core, [LATE], number=2, at=NOW + HOUR)
    with refused("E_EXPIRED"):
        await store.write(lambda tx: tx.packages.hold_delivery(late))
    await walk(store, new, DESK, Step.OFFER, Step.RETURN)
    with refused("E_EXPIRED"):
        await store.write(
            lambda tx: tx.packages.hold_delivery(new_delivery(new.core, [LATE], number=2))
        )


async def test_committing_deletes_what_was_for_this_endpoint_only(store: Store) -> None:
    new = await hold(store, new_package([DESK, NURSE]))
    await walk(store, new, DESK, Step.OFFER, Step.ACCEPT, Step.COMMIT)
    with refused("E_NOT_FOUND"):
        await store.read(lambda tx: tx.packages.grant(new.core, DESK.endpoint))
    with refused("E_NOT_FOUND"):
        await store.read(lambda tx: tx.packages.offer(new.core, DESK.endpoint))
    assert await store.read(lambda tx: tx.packages.grant(new.core, NURSE.endpoint))
    assert await store.block(new.core, 0) == new.inline


async def test_cover_and_body_go_with_the_last_endpoint(store: Store) -> None:
    new = await hold(store, new_package([DESK, NURSE]))
    await walk(store, new, DESK, Step.OFFER, Step.ACCEPT, Step.COMMIT)
    assert await store.read(lambda tx: tx.parts.has(new.core, EVERYONE, Part.COVER))
    await walk(store, new, NURSE, Step.OFFER, Step.RETURN)
    assert not await store.read(lambda tx: tx.parts.has(new.core, EVERYONE, Part.COVER))
    with refused("E_NOT_FOUND"):
        await store.block(new.core, 0)


async def test_a_stranger_gets_what_an_unknown_package_gives(store: Store) -> None:
    new = await hold(store, new_package([DESK]))
    texts = set()
    for core, who in ((new.core, LATE), (ObjectHash(bytes(32)), DESK)):
        with pytest.raises(RefusedError) as caught:
            await store.read(lambda tx, c=core, w=who: tx.packages.offer(c, w.endpoint))
        texts.add(str(caught.value))
        with pytest.raises(RefusedError) as caught:
            await store.write(
                lambda tx, c=core, w=who: tx.packages.advance(c, w.endpoint, Step.OFFER, NOW)
            )
        texts.add(str(caught.value))
    assert texts == {"E_NOT_FOUND: There is no such package for this endpoint."}


@pytest.mark.parametrize("index", [-1, 1, 1 << 40])
async def test_there_is_no_other_block(store: Store, index: int) -> None:
    new = await hold(store, new_package())
    with refused("E_NOT_FOUND"):
        await store.block(new.core, index)


async def test_an_uploaded_body_is_claimed_and_served(store: Store) -> None:
    blocks = two_blocks()
    body = await upload(store, blocks, expires=NOW + HOUR)
    new = await hold(store, new_package(uploaded=body, expires=NOW + HOUR))
    assert [await store.block(new.core, n) for n in range(2)] == blocks
    package = await store.read(lambda tx: tx.packages.find(new.core))
    assert package is not None
    assert package.leaves == body.leaves
    assert await store.read(lambda tx: tx.uploads.count_open(SENDER)) == 0


async def test_a_body_must_be_the_senders_and_of_the_packages_day(store: Store) -> None:
    body = await upload(store, two_blocks(), expires=NOW + HOUR)
    other_day = new_package(uploaded=body, expires=NOW + 5 * 24 * HOUR)
    other_sender = replace(
        new_package(uploaded=body, expires=NOW + HOUR), sender=EndpointId(bytes(32))
    )
    for new in (other_day, other_sender):
        with refused("E_NOT_FOUND"):
            await store.write(lambda tx, new=new: tx.packages.hold(new))
        assert await store.read(lambda tx, new=new: tx.packages.find(new.core)) is None


@pytest.mark.parametrize("part", list(Part))
async def test_a_part_moved_to_another_place_does_not_open(store: Store, part: Part) -> None:
    first = await hold(store, new_package([DESK]))
    second = await hold(store, new_package([DESK]))
    whose = DESK.endpoint if part in (Part.CAPSULE, Part.GRANT) else EVERYONE
    await store.write(
        lambda tx: tx.connection.exec_driver_sql(
            "UPDATE parts SET sealed = (SELECT sealed FROM parts WHERE core = ? AND part = ?)"
            " WHERE core = ? AND part = ?",
            (first.core, part.value, second.core, part.value),
        )
    )
    with pytest.raises(TamperError) as caught:
        await store.read(lambda tx: tx.parts.get(second.core, whose, part))
    assert caught.value.code == "E_STORE_INTEGRITY"


async def test_an_offer_and_acceptance_end_at_expiry(store: Store) -> None:
    new = await hold(store, new_package([DESK, NURSE], expires=NOW + HOUR))
    await walk(store, new, DESK, Step.OFFER)
    for step, who in ((Step.ACCEPT, DESK), (Step.OFFER, NURSE)):
        with refused("E_EXPIRED"):
            await walk(store, new, who, step, at=NOW + HOUR)
    await walk(store, new, DESK, Step.ACCEPT, at=NOW + HOUR - 1)
    await walk(store, new, DESK, Step.COMMIT, at=NOW + HOUR)


async def test_events_are_counted_one_by_one(store: Store) -> None:
    new = await hold(store, new_package([DESK]))
    await walk(store, new, DESK, Step.OFFER)

    async def take(step: Step, counter: int) -> State:
        return await store.write(
            lambda tx: tx.packages.advance(
                new.core, DESK.endpoint, step, Seconds(NOW), counter=counter
            )
        )

    for wrong in (0, 2):
        with refused("E_RECEIPT_STATE"):
            await take(Step.ACCEPT, wrong)
    assert await take(Step.ACCEPT, 1) is State.ACCEPTED
    with refused("E_RECEIPT_STATE"):
        await take(Step.COMMIT, 1)
    assert await take(Step.COMMIT, 2) is State.COMMITTED
