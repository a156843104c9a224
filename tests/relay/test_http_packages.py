"""Submitting, offering and releasing over real HTTP (docs/protocol.md §5, §6)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from phoenix_protocol import limits
from phoenix_protocol.api import Append, FeedKind, LogEntry, Offer, Released, SignedObject, States
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.identifiers import Address, ObjectHash, Seconds
from phoenix_protocol.package.envelope import Delivery, Granted, Recipient, Why
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.signed import hash_of, parse_signed, sign
from phoenix_protocol.suite import DocumentPrivateKey, sha256
from phoenix_relay.settings import Bounds, Quotas
from tests.protocol.quillmere import (
    COUNCIL_RECORDS,
    DAY,
    FRONT_DOOR,
    HEALTH,
    MASH,
    NOW,
    NURSE,
    OKAFOR,
    POLICE,
    POLICE_RECORDS,
    Endpoint,
)
from tests.protocol.quillmere_changes import Changes
from tests.relay.quillmere_relay import Clock, Parcel, Town, as_newcomer, ordered, running


async def state_of(town: Town, parcel: Parcel, label: str) -> State:
    endpoint = town.endpoint(label).id
    found = await town.services.store.read(lambda tx: tx.packages.recipient(parcel.hash, endpoint))
    assert found is not None
    return found.state


async def is_held(town: Town, parcel: Parcel) -> bool:
    return await town.services.store.read(lambda tx: tx.packages.find(parcel.hash)) is not None


# -- taking ---------------------------------------------------------------------------------------------------------


async def test_a_package_is_held_and_offered_to_each_endpoint(town: Town) -> None:
    sent = town.package()
    held = town.open_held(await town.submit(sent))
    assert (held.core, held.delivery) == (sent.hash, hash_of(sent.delivery))
    assert (held.anchor, held.time) == (town.here.anchor, NOW)
    for label in ("mash 1", "mash 2", "nurse"):
        endpoint = town.endpoint(label)
        items = await town.feed(endpoint)
        assert [(item.kind, item.core) for item in items] == [(FeedKind.OFFER, sent.hash)]
        assert await state_of(town, sent, label) is State.HELD
        offer = (await town.ask(endpoint, "GET", sent.target)).message(Offer)
        assert (offer.core, offer.cover) == (sent.submission().core, sent.cover)
        assert parse_signed(offer.delivery).hash == hash_of(sent.delivery)
        assert parse_signed(offer.held).hash == hash_of(held)
        assert sha256(offer.capsule) == sent.delivery.granted_to(endpoint.id).capsule  # type: ignore[union-attr]
        assert await state_of(town, sent, label) is State.OFFERED
        again = (await town.ask(endpoint, "GET", sent.target)).message(Offer)
        assert again == offer


async def test_the_same_package_again_gets_the_same_answer(town: Town) -> None:
    sent = town.package()
    first = (await town.submit(sent)).message(SignedObject)
    town.clock.turn(60)
    again = (await town.submit(sent)).message(SignedObject)
    assert again == first
    assert len(await town.feed(town.endpoint("nurse"))) == 1


async def test_the_same_package_again_succeeds_whatever_has_changed_since(town: Town) -> None:
    sent = town.package()
    first = (await town.submit(sent)).message(SignedObject)
    changes, nurse = Changes(town.here), town.endpoint("nurse")
    ended = sign(changes.end(nurse.id), changes.managers(HEALTH)).encoded()
    added = Append(entries=(LogEntry(statement=ended, openings=()),))
    assert (await town.ask(as_newcomer(), "POST", "/v1/log", added)).status == 200
    town.clock.turn(60)
    assert (await town.submit(sent)).message(SignedObject) == first
    fresh = town.package()
    assert (await town.submit(fresh)).code == "E_KEY_REVOKED"


async def test_another_package_under_the_same_id_is_a_conflict(town: Town) -> None:
    sent = await town.held()
    for other in (
        town.package(package=sent.core.package),
        sent.with_core(cover_commitment=Commitment(os.urandom(32))),
    ):
        reply = await town.submit(other)
        assert (reply.status, reply.code) == (409, "E_CONFLICT")
    assert await is_held(town, sent)


async def test_of_many_rivals_under_one_id_one_is_stored(town: Town) -> None:
    named = os.urandom(16)
    rivals = [town.package(package=named) for _ in range(8)]
    replies = await asyncio.gather(*(town.submit(one) for one in rivals))
    assert sorted(reply.status for reply in replies) == [200] + [409] * 7
    assert sum([await is_held(town, one) for one in rivals]) == 1


async def test_one_package_sent_many_times_at_once_is_stored_once(town: Town) -> None:
    sent = town.package()
    replies = await asyncio.gather(*(town.submit(sent) for _ in range(8)))
    assert {reply.status for reply in replies} == {200}
    assert len({reply.content for reply in replies}) == 1
    assert len(await town.feed(town.endpoint("nurse"))) == 1


REFUSED: dict[str, tuple[str, Callable[[Parcel], Parcel]]] = {
    "signed by another": (
        "E_SIG_DELIVERY",
        lambda p: replace(p, signer=DocumentPrivateKey.from_seed(bytes(64))),
    ),
    "delivery of another core": ("E_SIG_DELIVERY", lambda p: p.with_delivery(core=bytes(32))),
    "another anchor": ("E_ANCHOR", lambda p: p.with_core(anchor=bytes(32))),
    "another anchor in the delivery": ("E_ANCHOR", lambda p: p.with_delivery(anchor=bytes(32))),
    "another relay": ("E_ANCHOR", lambda p: p.with_core(relay="elsewhere.example/log")),
    "another suite": ("E_SUITE", lambda p: p.with_core(suite="PHX0")),
    "created in the future": (
        "E_TIME",
        lambda p: p.with_core(created=Seconds(NOW + limits.CLOCK_SKEW + 1)),
    ),
    "expires before it is made": ("E_TIME", lambda p: p.with_core(expires=Seconds(NOW - 1))),
    "lives too long": (
        "E_TIME",
        lambda p: p.with_core(expires=Seconds(NOW + limits.LIFE + 1)),
    ),
    "expired": (
        "E_EXPIRED",
        lambda p: p.with_core(created=Seconds(NOW - 100), expires=Seconds(NOW - 1)),
    ),
    "no checkpoint": ("E_PARSE", lambda p: p.with_core(checkpoint="nothing")),
    "nobody at an address": (
        "E_NOT_FOUND",
        lambda p: p.with_core(
            recipients=ordered(
                [*p.core.recipients, Recipient(address=Address("no@one"), why=Why.TO)]
            )
        ),
    ),
    "own address that is not": (
        "E_NOT_ADDRESSED",
        lambda p: p.with_core(
            recipients=ordered([*p.core.recipients, Recipient(address=OKAFOR, why=Why.OWN)])
        ),
    ),
    "records that are none": (
        "E_NOT_ADDRESSED",
        lambda p: p.with_core(
            recipients=ordered([*p.core.recipients, Recipient(address=OKAFOR, why=Why.RECORDS)])
        ),
    ),
    "written to nobody": (
        "E_NOT_ADDRESSED",
        lambda p: p.with_core(recipients=(Recipient(address=FRONT_DOOR, why=Why.OWN),)),
    ),
    "an endpoint of no named address": (
        "E_NOT_ADDRESSED",
        lambda p: p.with_core(recipients=tuple(r for r in p.core.recipients if r.address != NURSE)),
    ),
    "capsule swapped": (
        "E_CAPSULE_DIGEST",
        lambda p: replace(p, capsules=(p.capsules[1], p.capsules[0], *p.capsules[2:])),
    ),
    "grant changed": (
        "E_CAPSULE_DIGEST",
        lambda p: replace(p, grants=(os.urandom(500), *p.grants[1:])),
    ),
    "a capsule too few": ("E_CAPSULE_DIGEST", lambda p: replace(p, capsules=p.capsules[1:])),
    "grants of several lengths": (
        "E_CAPSULE_DIGEST",
        lambda p: replace(p, grants=(b"short", *p.grants[1:])),
    ),
    "cover changed": ("E_BODY_DIGEST", lambda p: replace(p, cover=os.urandom(600))),
    "cover missing": ("E_BODY_DIGEST", lambda p: replace(p, cover=None)),
    "body changed": ("E_BODY_DIGEST", lambda p: replace(p, body=os.urandom(1000))),
    "body longer": ("E_BODY_DIGEST", lambda p: replace(p, body=p.body + b"x")),
    "a later delivery at once": ("E_BODY_DIGEST", lambda p: p.with_delivery(number=2)),
    "an epoch key that nobody published": (
        "E_KEY_SUPERSEDED",
        lambda p: p.with_delivery(
            endpoints=ordered(
                [replace(g, epoch_key=ObjectHash(bytes(32))) for g in p.delivery.endpoints]
            )
        ),
    ),
}


async def test_what_breaks_a_rule_is_refused_with_its_code_and_not_held(town: Town) -> None:
    for name, (code, change) in REFUSED.items():
        wrong = change(town.package())
        reply = await town.submit(wrong)
        assert reply.code == code, name
        assert not await is_held(town, wrong)
    assert (await town.submit(town.package())).status == 200


async def test_only_the_sender_itself_may_submit(town: Town) -> None:
    sent = town.package()
    reply = await town.ask(town.endpoint("nurse"), "POST", "/v1/packages", sent.submission())
    assert reply.code == "E_SIG_DELIVERY"
    await town.submit(sent)
    reply = await town.ask(town.endpoint("nurse"), "POST", "/v1/packages", sent.submission())
    assert reply.code == "E_SIG_DELIVERY"


async def test_one_type_of_object_is_not_another(town: Town) -> None:
    sent = town.package()
    typed = sign(town.endpoint("nurse").epoch.opened.message, [sent.sender.key])
    wrong = replace(sent.submission(), delivery=typed.encoded())
    reply = await town.ask(sent.sender, "POST", "/v1/packages", wrong)
    assert reply.code == "E_SIG_TYPE"


async def test_a_stale_or_foreign_checkpoint_is_refused(town: Town) -> None:
    here = town.here
    old = here.checkpoint(time=Seconds(NOW - limits.CHECKPOINT_AGE - 1))
    early = here.checkpoint(time=Seconds(NOW + limits.CLOCK_SKEW + 1))
    changes = Changes(here)
    forked = here.then(changes.suspended(POLICE)).checkpoint()
    for note, code in ((old, "E_DIR_STALE"), (early, "E_TIME"), (forked, "E_DIR_FORK")):
        assert (await town.submit(town.package(checkpoint=note))).code == code
    altered = here.checkpoint().replace(f"\n{here.directory.size}\n", "\n3\n")
    assert (await town.submit(town.package(checkpoint=altered))).code == "E_SIG"
    smaller = here.checkpoint(size=5)
    assert (await town.submit(town.package(checkpoint=smaller))).status == 200


async def test_nobody_seals_to_an_agency_that_is_suspended(town: Town) -> None:
    suspended = Changes(town.here).suspended(POLICE).encoded()
    added = Append(entries=(LogEntry(statement=suspended, openings=()),))
    assert (await town.ask(as_newcomer(), "POST", "/v1/log", added)).status == 200
    assert (await town.submit(town.package())).code == "E_AGENCY_CLOSED"
    assert (await town.submit(town.package(to=("nurse",)))).status == 200


async def test_the_epoch_key_must_open_until_the_package_expires(town: Town) -> None:
    nurse = town.endpoint("nurse").epochs[0].opened.message
    sent = town.package(to=("nurse",), life=limits.LIFE)
    assert sent.core.expires <= nurse.opens_until
    assert (await town.submit(sent)).status == 200
    town.clock.turn(7 * DAY)
    late = town.package(to=("nurse",), life=limits.LIFE)
    assert late.core.expires > nurse.opens_until
    reply = await town.submit(late)
    assert (reply.status, reply.code) == (409, "E_KEY_SUPERSEDED")


async def test_the_relays_own_bounds_hold(tmp_path: Path) -> None:
    bounds = Bounds(package=2000, life=3 * DAY)
    async with running(tmp_path / "relay", Clock(), bounds=bounds) as town:
        assert (await town.submit(town.package(life=2 * DAY))).status == 200
        assert (await town.submit(town.package(life=4 * DAY))).code == "E_TIME"
        assert (await town.submit(town.package(life=DAY, size=2001))).code == "E_LIMIT"


async def test_packages_and_bytes_have_quotas(tmp_path: Path) -> None:
    quotas = Quotas(packages_per_hour=2, package_octets_per_day=60_000)
    async with running(tmp_path / "relay", Clock(), quotas=quotas) as town:
        first = await town.held(to=("nurse",))
        await town.held(to=("nurse",))
        reply = await town.submit(town.package(to=("nurse",)))
        assert (reply.status, reply.code) == (429, "E_QUOTA")
        assert 0 < int(reply.headers["Retry-After"]) <= 3600
        assert (await town.submit(first)).status == 200
        assert (await town.submit(town.package(sender="okafor", to=("nurse",)))).status == 200
        big = town.package(sender="okafor", to=("nurse",), size=60_000)
        assert (await town.submit(big)).code == "E_QUOTA"
        assert not await is_held(town, big)
        town.clock.turn(2 * 3600)
        await town.held(to=("nurse",))


# -- later deliveries -----------------------------------------------------------------------------------------------


def later(town: Town, first: Parcel, label: str, number: int = 2) -> Parcel:
    """A delivery that adds an endpoint."""
    to: Endpoint = town.endpoint(label)
    capsule, grant = os.urandom(1232), os.urandom(500)
    granted = Granted(
        endpoint=to.id,
        epoch_key=to.epoch.signed.hash,
        capsule=sha256(capsule),
        grant=sha256(grant),
    )
    delivery = Delivery(
        anchor=town.here.anchor, core=first.hash, number=number, endpoints=(granted,)
    )
    return replace(first, delivery=delivery, cover=None, capsules=(capsule,), grants=(grant,))


async def test_a_later_delivery_adds_endpoints_of_named_addresses_and_nothing_else(
    town: Town,
) -> None:
    first = await town.held(to=("mash 1", "nurse"))
    mash = town.endpoint("mash 2")
    assert (await town.ask(mash, "GET", first.target)).code == "E_NOT_FOUND"
    added = later(town, first, "mash 2")
    held = (await town.submit(added)).message(SignedObject)
    assert (await town.submit(added)).message(SignedObject) == held
    offer = (await town.ask(mash, "GET", first.target)).message(Offer)
    assert offer.cover == first.cover
    assert parse_signed(offer.delivery).hash == hash_of(added.delivery)
    assert [item.kind for item in await town.feed(mash)] == [FeedKind.OFFER]
    assert (await town.submit(later(town, first, "okafor", 3))).code == "E_NOT_ADDRESSED"
    assert (await town.submit(later(town, first, "mash 1", 3))).code == "E_CONFLICT"
    assert (await town.submit(later(town, first, "mash 2", 2))).code == "E_CONFLICT"
    never = town.package(to=("mash 1",))
    assert (await town.submit(later(town, never, "mash 2"))).code == "E_NOT_FOUND"


async def test_nothing_is_delivered_later_than_expiry(town: Town) -> None:
    first = await town.held(to=("mash 1", "nurse"), life=DAY)
    town.clock.turn(DAY)
    assert (await town.submit(later(town, first, "mash 2"))).code == "E_EXPIRED"


# -- offering and releasing -----------------------------------------------------------------------------------------


async def test_a_package_is_not_found_by_anybody_else(town: Town) -> None:
    sent = await town.held(to=("nurse",))
    for label in ("mash 1", "okafor", "front door"):
        for target in (sent.target, f"{sent.target}/grant", f"{sent.target}/body/0"):
            assert (await town.ask(town.endpoint(label), "GET", target)).code == "E_NOT_FOUND"
    nurse = town.endpoint("nurse")
    for target in ("/v1/packages/" + "00" * 32, "/v1/packages/xyz", sent.target.upper()):
        assert (await town.ask(nurse, "GET", target)).code == "E_NOT_FOUND"


async def test_acceptance_and_nothing_else_releases_grant_and_body(town: Town) -> None:
    sent = await town.held()
    nurse = town.endpoint("nurse")
    withheld = (f"{sent.target}/grant", f"{sent.target}/body/0")
    for target in withheld:
        assert (await town.ask(nurse, "GET", target)).code == "E_RECEIPT_STATE"
    assert (await town.say(nurse, sent, EventKind.ACCEPTED, 1)).code == "E_RECEIPT_STATE"
    await town.ask(nurse, "GET", sent.target)
    for target in withheld:
        assert (await town.ask(nurse, "GET", target)).code == "E_RECEIPT_STATE"
    assert (await town.say(nurse, sent, EventKind.ACCEPTED, 1)).status == 204
    released = (await town.ask(nurse, "GET", withheld[0])).message(Released)
    assert sha256(released.grant) == sent.delivery.granted_to(nurse.id).grant  # type: ignore[union-attr]
    assert (await town.ask(nurse, "GET", withheld[1])).content == sent.body
    assert (await town.ask(nurse, "GET", sent.target)).status == 200
    for label in ("mash 1", "mash 2"):
        for target in withheld:
            assert (await town.ask(town.endpoint(label), "GET", target)).code == "E_RECEIPT_STATE"


async def test_only_the_senders_side_is_told_who_has_been_offered_a_package(town: Town) -> None:
    sent = await town.held()
    nurse, sender = town.endpoint("nurse"), town.endpoint("front door")
    target = f"{sent.target}/states"

    async def state_of_nurse() -> str:
        said = (await town.ask(sender, "GET", target)).message(States)
        return next(e.state for e in said.endpoints if e.endpoint == nurse.id)

    assert await state_of_nurse() == "held"
    await town.ask(nurse, "GET", sent.target)
    assert await state_of_nurse() == "offered"
    assert (await town.ask(nurse, "GET", target)).code == "E_NOT_FOUND"


async def test_commitment_ends_what_the_relay_keeps_for_an_endpoint(town: Town) -> None:
    sent = await town.held()
    nurse, mash = town.endpoint("nurse"), town.endpoint("mash 1")
    await town.accepted(nurse, sent)
    assert (await town.say(nurse, sent, EventKind.COMMITTED, 2)).status == 204
    for target in (sent.target, f"{sent.target}/grant", f"{sent.target}/body/0"):
        assert (await town.ask(nurse, "GET", target)).code == "E_RECEIPT_STATE"
    await town.accepted(mash, sent)
    assert (await town.ask(mash, "GET", f"{sent.target}/body/0")).content == sent.body


async def test_nothing_is_offered_accepted_or_released_after_expiry(town: Town) -> None:
    sent = await town.held(life=DAY)
    nurse, mash = town.endpoint("nurse"), town.endpoint("mash 1")
    await town.accepted(nurse, sent)
    await town.ask(mash, "GET", sent.target)
    town.clock.turn(DAY)
    assert (await town.ask(nurse, "GET", f"{sent.target}/grant")).code == "E_EXPIRED"
    assert (await town.ask(nurse, "GET", f"{sent.target}/body/0")).code == "E_EXPIRED"
    assert (await town.ask(town.endpoint("mash 2"), "GET", sent.target)).code == "E_EXPIRED"
    assert (await town.say(mash, sent, EventKind.ACCEPTED, 1)).code in (
        "E_EXPIRED",
        "E_RECEIPT_STATE",
    )


async def test_records_follow_people(town: Town) -> None:
    why = {POLICE_RECORDS: Why.RECORDS, COUNCIL_RECORDS: Why.RECORDS, MASH: Why.TO}
    sent = await town.held(to=("mash 1", "police records", "council records"), why=why)
    records, own = town.endpoint("police records"), town.endpoint("council records")
    await town.ask(records, "GET", sent.target)
    reply = await town.say(records, sent, EventKind.ACCEPTED, 1)
    assert reply.code == "E_RECEIPT_STATE"
    await town.accepted(own, sent)
    await town.accepted(town.endpoint("mash 1"), sent)
    assert (await town.say(records, sent, EventKind.ACCEPTED, 1)).status == 204
    assert (await town.ask(records, "GET", f"{sent.target}/body/0")).content == sent.body


@pytest.mark.parametrize("label", ["okafor"])
async def test_a_persons_address_is_reached_through_its_opening(town: Town, label: str) -> None:
    sent = await town.held(sender="nurse", to=(label,))
    assert (await town.ask(town.endpoint(label), "GET", sent.target)).status == 200


async def test_the_senders_colleagues_learn_that_it_is_held(town: Town) -> None:
    sent = await town.held(sender="mash 1", to=("nurse",))
    items = await town.feed(town.endpoint("mash 2"))
    assert [(item.kind, item.core) for item in items] == [(FeedKind.HELD, sent.hash)]
    assert items[0].object is not None
    assert parse_signed(items[0].object).type == "phoenix/1/held"
    assert await town.feed(town.endpoint("mash 1")) == ()
