"""Events, recalls, voids and the feed over real HTTP (docs/protocol.md §6)."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace

from phoenix_protocol import limits
from phoenix_protocol.api import (
    DetailCapsule,
    FeedKind,
    Saying,
    SealedDetail,
    SignedObject,
)
from phoenix_protocol.identifiers import EndpointId, ObjectHash, Seconds
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.events import (
    Answer,
    EventKind,
    Recall,
    Verdict,
    Void,
    Voided,
    VoidReason,
)
from phoenix_protocol.package.lifecycle import STEP_OF, TABLE, State
from phoenix_protocol.signed import open_signed, parse_signed, sign
from phoenix_relay.sweeper import sweep
from phoenix_relay.tombstones import tombstone_signer
from tests.protocol.quillmere import (
    DAY,
    MASH,
    NOW,
    NURSE,
    POLICE_RECORDS,
    Endpoint,
    seed,
)
from tests.relay.quillmere_relay import Parcel, Reply, Town


def sealed(*readers: Endpoint) -> SealedDetail:
    capsules = [
        DetailCapsule(
            endpoint=reader.id, epoch_key=reader.epoch.signed.hash, capsule=os.urandom(1200)
        )
        for reader in readers
    ]
    ordered = tuple(sorted(capsules, key=lambda capsule: capsule.endpoint))
    return SealedDetail(ciphertext=os.urandom(300), capsules=ordered)


def verdict_in(town: Town, reply: Reply) -> dict[str, Answer]:
    signed = parse_signed(reply.message(SignedObject).signed)
    verdict = open_signed(signed, Verdict, lambda _: town.here.relay.keys.receipt_key).message
    return {one.address: one.answer for one in verdict.answers}


async def offered(town: Town, sent: Parcel, *labels: str) -> None:
    for label in labels:
        assert (await town.ask(town.endpoint(label), "GET", sent.target)).status == 200


# -- events ---------------------------------------------------------------------------------------------------------


async def test_an_event_reaches_the_sender_and_the_makers_colleagues_with_their_keys_alone(
    town: Town,
) -> None:
    why = {POLICE_RECORDS: Why.RECORDS}
    sent = await town.held(to=("mash 1", "mash 2", "nurse", "police records"), why=why)
    maker, door = town.endpoint("mash 1"), town.endpoint("front door")
    mate, nurse = town.endpoint("mash 2"), town.endpoint("nurse")
    records = town.endpoint("police records")
    await offered(town, sent, "mash 1")
    detail = sealed(door, mate, nurse, records)
    assert (await town.say(maker, sent, EventKind.ACCEPTED, 1, detail)).status == 204
    for reader in (door, mate, records):
        item = (await town.feed(reader))[-1]
        assert (item.kind, item.core) == (FeedKind.EVENT, sent.hash)
        assert item.detail is not None
        assert [capsule.endpoint for capsule in item.detail.capsules] == [reader.id]
        assert item.detail.ciphertext == detail.ciphertext
    for other in (nurse, maker, town.endpoint("okafor"), town.endpoint("council records")):
        assert FeedKind.EVENT not in [item.kind for item in await town.feed(other)]


async def test_a_reader_without_a_key_gets_the_event_without_its_detail(town: Town) -> None:
    sent = await town.held(to=("mash 1",))
    maker = town.endpoint("mash 1")
    await offered(town, sent, "mash 1")
    await town.say(maker, sent, EventKind.ACCEPTED, 1, sealed(town.endpoint("mash 2")))
    item = (await town.feed(town.endpoint("front door")))[-1]
    assert item.kind is FeedKind.EVENT
    assert item.detail is None


async def test_the_same_event_again_is_success_and_told_once(town: Town) -> None:
    sent = await town.held()
    nurse = town.endpoint("nurse")
    await offered(town, sent, "nurse")
    saying = town.event(nurse, sent, EventKind.ACCEPTED, 1)
    for _ in range(3):
        assert (await town.ask(nurse, "POST", "/v1/events", saying)).status == 204
    events = [i for i in await town.feed(town.endpoint("front door")) if i.kind is FeedKind.EVENT]
    assert len(events) == 1


async def test_the_same_event_from_several_requests_at_once_is_taken_once(town: Town) -> None:
    sent = await town.held()
    nurse = town.endpoint("nurse")
    await offered(town, sent, "nurse")
    saying = town.event(nurse, sent, EventKind.ACCEPTED, 1)
    replies = await asyncio.gather(
        *(town.ask(nurse, "POST", "/v1/events", saying) for _ in range(6))
    )
    assert {reply.status for reply in replies} == {204}


async def test_every_step_that_the_table_does_not_have_is_refused(town: Town) -> None:
    nurse = town.endpoint("nurse")
    paths = {
        State.OFFERED: (),
        State.ACCEPTED: (EventKind.ACCEPTED,),
        State.COMMITTED: (EventKind.ACCEPTED, EventKind.COMMITTED),
        State.ERASED: (EventKind.ACCEPTED, EventKind.COMMITTED, EventKind.ERASED),
        State.RETURNED: (EventKind.RETURNED,),
        State.UNREADABLE: (EventKind.UNREADABLE,),
        State.OUTCOME: (
            EventKind.ACCEPTED,
            EventKind.COMMITTED,
            EventKind.ACKNOWLEDGED,
            EventKind.OUTCOME,
        ),
    }
    for state, path in paths.items():
        sent = await town.held(to=("nurse",))
        await offered(town, sent, "nurse")
        for counter, kind in enumerate(path, start=1):
            assert (await town.say(nurse, sent, kind, counter)).status == 204
        counter = len(path) + 1
        for kind in EventKind:
            if (state, STEP_OF[kind]) not in TABLE:
                reply = await town.say(nurse, sent, kind, counter)
                assert reply.code == "E_RECEIPT_STATE", (state, kind)


async def test_counters_have_no_gap_and_no_repetition(town: Town) -> None:
    sent = await town.held(to=("nurse",))
    nurse = town.endpoint("nurse")
    await offered(town, sent, "nurse")
    assert (await town.say(nurse, sent, EventKind.ACCEPTED, 2)).code == "E_RECEIPT_STATE"
    assert (await town.say(nurse, sent, EventKind.ACCEPTED, 1)).status == 204
    assert (await town.say(nurse, sent, EventKind.COMMITTED, 1)).code == "E_RECEIPT_STATE"
    assert (await town.say(nurse, sent, EventKind.COMMITTED, 3)).code == "E_RECEIPT_STATE"
    assert (await town.say(nurse, sent, EventKind.COMMITTED, 2)).status == 204


async def test_an_event_is_its_makers_word_about_its_own_package(town: Town) -> None:
    sent, other = await town.held(to=("nurse",)), await town.held(to=("mash 1",))
    nurse, mash = town.endpoint("nurse"), town.endpoint("mash 1")
    await offered(town, sent, "nurse")
    detail = sealed(town.endpoint("front door"))
    good = town.event(nurse, sent, EventKind.ACCEPTED, 1)
    signed_by_other = town.event(replace(nurse, machine=mash.machine), sent, EventKind.ACCEPTED, 1)
    early = {"time": Seconds(NOW - 3600)}
    cases = (
        ("E_SIG", signed_by_other),
        ("E_RECEIPT_BINDING", town.event(nurse, sent, EventKind.ACCEPTED, 1, endpoint=mash.id)),
        ("E_RECEIPT_BINDING", town.event(nurse, sent, EventKind.ACCEPTED, 1, delivery=bytes(32))),
        ("E_RECEIPT_BINDING", replace(good, detail=detail)),
        ("E_ANCHOR", town.event(nurse, sent, EventKind.ACCEPTED, 1, anchor=bytes(32))),
        ("E_TIME", town.event(nurse, sent, EventKind.ACCEPTED, 1, time=Seconds(NOW + 9999))),
        ("E_TIME", town.event(nurse, sent, EventKind.ACCEPTED, 1, **early)),
        ("E_NOT_FOUND", town.event(nurse, other, EventKind.ACCEPTED, 1)),
        ("E_SIG_TYPE", town.recall(sent)),
        ("E_PARSE", Saying(signed=b"\x80")),
    )
    for code, saying in cases:
        reply = await town.ask(nurse, "POST", "/v1/events", saying)
        assert reply.code == code
    assert (await town.ask(nurse, "POST", "/v1/events", good)).status == 204


async def test_a_detail_that_another_one_was_signed_for_is_refused(town: Town) -> None:
    sent = await town.held(to=("nurse",))
    nurse, door = town.endpoint("nurse"), town.endpoint("front door")
    await offered(town, sent, "nurse")
    saying = town.event(nurse, sent, EventKind.ACCEPTED, 1, sealed(door))
    for detail in (sealed(door), None):
        reply = await town.ask(nurse, "POST", "/v1/events", replace(saying, detail=detail))
        assert reply.code == "E_RECEIPT_BINDING"
    twice = sealed(door)
    doubled = replace(twice, capsules=twice.capsules * 2)
    reply = await town.say(nurse, sent, EventKind.ACCEPTED, 1, doubled)
    assert reply.code == "E_RECEIPT_BINDING"


# -- recalls --------------------------------------------------------------------------------------------------------


async def test_a_recall_reaches_what_nobody_accepted(town: Town) -> None:
    sent = await town.held()
    nurse, mash = town.endpoint("nurse"), town.endpoint("mash 2")
    await town.accepted(mash, sent)
    reply = await town.ask(sent.sender, "POST", "/v1/recalls", town.recall(sent))
    assert verdict_in(town, reply) == {MASH: Answer.TOO_LATE, NURSE: Answer.RECALLED}
    assert (await town.ask(nurse, "GET", sent.target)).code == "E_RECEIPT_STATE"
    assert (await town.ask(mash, "GET", f"{sent.target}/body/0")).content == sent.body
    assert [item.kind for item in await town.feed(nurse)][-2:] == [
        FeedKind.RECALL,
        FeedKind.VERDICT,
    ]


async def test_a_recall_repeated_has_one_verdict(town: Town) -> None:
    sent = await town.held()
    saying = town.recall(sent)
    replies = [await town.ask(sent.sender, "POST", "/v1/recalls", saying) for _ in range(2)]
    assert replies[0].content == replies[1].content
    town.clock.turn(5)
    again = await town.ask(sent.sender, "POST", "/v1/recalls", town.recall(sent))
    assert verdict_in(town, again) == {MASH: Answer.RECALLED, NURSE: Answer.RECALLED}
    recalls = [i for i in await town.feed(town.endpoint("nurse")) if i.kind is FeedKind.RECALL]
    assert len(recalls) == 2


async def test_an_address_without_a_delivery_is_unknown(town: Town) -> None:
    sent = town.package(to=("mash 1", "nurse"))
    kept = tuple(
        n
        for n, granted in enumerate(sent.delivery.endpoints)
        if granted.endpoint != town.endpoint("nurse").id
    )
    sent = replace(
        sent.with_delivery(endpoints=tuple(sent.delivery.endpoints[n] for n in kept)),
        capsules=tuple(sent.capsules[n] for n in kept),
        grants=tuple(sent.grants[n] for n in kept),
    )
    assert (await town.submit(sent)).status == 200
    reply = await town.ask(sent.sender, "POST", "/v1/recalls", town.recall(sent))
    assert verdict_in(town, reply) == {MASH: Answer.RECALLED, NURSE: Answer.UNKNOWN}


async def test_only_the_sender_may_recall(town: Town) -> None:
    sent = await town.held(sender="mash 1", to=("nurse",))
    for label in ("mash 2", "nurse", "front door"):
        other = replace(sent, sender=town.endpoint(label))
        reply = await town.ask(other.sender, "POST", "/v1/recalls", town.recall(other))
        assert reply.code == "E_NOT_FOUND"
    never = town.package()
    assert (
        await town.ask(never.sender, "POST", "/v1/recalls", town.recall(never))
    ).code == "E_NOT_FOUND"
    wrong = town.recall(sent, endpoint=town.endpoint("mash 2").id)
    assert (await town.ask(sent.sender, "POST", "/v1/recalls", wrong)).code == "E_RECEIPT_BINDING"
    late = town.recall(sent, time=Seconds(NOW + 2 * limits.CLOCK_SKEW))
    assert (await town.ask(sent.sender, "POST", "/v1/recalls", late)).code == "E_TIME"
    assert parse_signed(late.signed).type == Recall.TYPE


async def test_recall_and_acceptance_race_to_one_end(town: Town) -> None:
    nurse = town.endpoint("nurse")
    for _ in range(8):
        sent = await town.held(to=("nurse",))
        await offered(town, sent, "nurse")
        accepted, recalled = await asyncio.gather(
            town.say(nurse, sent, EventKind.ACCEPTED, 1),
            town.ask(sent.sender, "POST", "/v1/recalls", town.recall(sent)),
        )
        answer = verdict_in(town, recalled)[NURSE]
        grant = await town.ask(nurse, "GET", f"{sent.target}/grant")
        if accepted.status == 204:
            assert (answer, grant.status) == (Answer.TOO_LATE, 200)
        else:
            assert (answer, grant.status) == (Answer.RECALLED, 409)


# -- voids ----------------------------------------------------------------------------------------------------------


def void(town: Town, sender: Endpoint, recipient: EndpointId, *cores: ObjectHash) -> SignedObject:
    said = Void(
        anchor=town.here.anchor,
        sender=sender.id,
        recipient=recipient,
        entries=tuple(
            Voided(sequence=n, core=core, reason=VoidReason.GIVEN_UP)
            for n, core in enumerate(cores)
        ),
        time=town.clock(),
        checkpoint=town.here.checkpoint(time=town.clock()),
    )
    return SignedObject(signed=sign(said, [sender.key]).encoded())


async def test_a_void_goes_to_its_recipient_once(town: Town) -> None:
    sent = await town.held(to=("nurse",))
    door, nurse = town.endpoint("front door"), town.endpoint("nurse")
    body = void(town, door, nurse.id, sent.hash, ObjectHash(seed("never sent")))
    for _ in range(2):
        assert (await town.ask(door, "POST", "/v1/voids", body)).status == 204
    items = [item for item in await town.feed(nurse) if item.kind is FeedKind.VOID]
    assert [item.object for item in items] == [body.signed]


async def test_a_void_speaks_only_for_its_maker(town: Town) -> None:
    sent = await town.held(to=("nurse",))
    door, nurse, mash = (town.endpoint(name) for name in ("front door", "nurse", "mash 1"))
    cases = (
        ("E_RECEIPT_BINDING", mash, void(town, mash, nurse.id, sent.hash)),
        ("E_SIG", mash, void(town, door, nurse.id, sent.hash)),
        ("E_NOT_FOUND", door, void(town, door, EndpointId(bytes(32)), sent.hash)),
        ("E_SIG_TYPE", door, SignedObject(signed=town.recall(sent).signed)),
    )
    for code, who, body in cases:
        assert (await town.ask(who, "POST", "/v1/voids", body)).code == code


# -- the feed -------------------------------------------------------------------------------------------------------


async def test_a_long_poll_wakes_when_something_comes(town: Town) -> None:
    nurse = town.endpoint("nurse")
    waiting = asyncio.create_task(town.feed(nurse, wait=20))
    while not len(town.services.waiting):
        await asyncio.sleep(0.01)
    started = asyncio.get_running_loop().time()
    sent = await town.held(to=("nurse",))
    items = await asyncio.wait_for(waiting, 5)
    assert asyncio.get_running_loop().time() - started < 2
    assert [item.core for item in items] == [sent.hash]
    assert len(town.services.waiting) == 0


async def test_a_long_poll_that_nothing_came_for_is_empty(town: Town) -> None:
    nurse = town.endpoint("nurse")
    started = asyncio.get_running_loop().time()
    assert await town.feed(nurse, wait=1) == ()
    assert 0.9 < asyncio.get_running_loop().time() - started < 3


async def test_a_feed_goes_on_from_its_cursor(town: Town) -> None:
    nurse = town.endpoint("nurse")
    sent = [await town.held(to=("nurse",)) for _ in range(3)]
    items = await town.feed(nurse)
    assert [item.core for item in items] == [one.hash for one in sent]
    assert await town.feed(nurse, items[0].cursor) == items[1:]
    assert await town.feed(nurse, items[-1].cursor) == ()
    assert sorted(item.cursor for item in items) == [item.cursor for item in items]


async def test_feed_parameters_are_checked(town: Town) -> None:
    nurse = town.endpoint("nurse")
    for query in ("wait=56", "wait=-1", "after=x", "after=1.0", "wait=", "after=9" + "9" * 30):
        assert (await town.ask(nurse, "GET", f"/v1/feed?{query}")).code == "E_PARSE", query


async def test_too_many_polls_of_one_endpoint_are_refused(town: Town) -> None:
    nurse, mash = town.endpoint("nurse"), town.endpoint("mash 1")
    polls = [asyncio.create_task(town.feed(nurse, wait=20)) for _ in range(16)]
    while len(town.services.waiting) < 16:
        await asyncio.sleep(0.01)
    assert (await town.ask(nurse, "GET", "/v1/feed?wait=1")).code == "E_QUOTA"
    assert (await town.ask(mash, "GET", "/v1/feed")).status == 200
    await town.held(to=("nurse",))
    assert {len(items) for items in await asyncio.gather(*polls)} == {1}


async def test_the_sweeper_tells_the_sender_what_was_not_delivered(town: Town) -> None:
    sent = await town.held(to=("nurse",), life=DAY)
    town.clock.turn(DAY + 1)
    services = town.services
    signer = tombstone_signer(
        services.receipt_key, town.here.anchor, lambda: services.partnership().note
    )
    await sweep(services.store, services.settings, town.clock(), signer)
    items = await town.feed(sent.sender)
    assert items[-1].kind is FeedKind.TOMBSTONE
    assert (items[-1].core, items[-1].detail) == (sent.hash, None)
