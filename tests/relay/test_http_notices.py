"""Notices and their answers over real HTTP (docs/protocol.md §6.8, §9.4): who may say what, and who gets it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from phoenix_protocol import encoding
from phoenix_protocol.api import DetailCapsule, FeedItem, FeedKind, Saying, SealedDetail
from phoenix_protocol.identifiers import Address, ObjectHash, Seconds
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.notices import AnswerKind, NoticeAnswer, NoticeDelivery
from phoenix_protocol.signed import sign
from phoenix_protocol.suite import sha256
from phoenix_relay.settings import Quotas
from phoenix_relay.storage import Store
from phoenix_relay.sweeper import sweep
from phoenix_relay.tombstones import tombstone_signer
from tests.protocol.quillmere import (
    DAY,
    FRONT_DOOR,
    MASH,
    NOW,
    NURSE,
    POLICE_RECORDS,
    Endpoint,
    seed,
)
from tests.relay.quillmere_relay import Clock, Parcel, Reply, Town, running

EVERYBODY = (FRONT_DOOR, MASH, NURSE)
MARKER = b"what nobody may read on the relay's disk"


def sealed(*readers: Endpoint, ciphertext: bytes = b"") -> SealedDetail:
    capsules = [
        DetailCapsule(
            endpoint=reader.id, epoch_key=reader.epoch.signed.hash, capsule=os.urandom(1200)
        )
        for reader in readers
    ]
    ordered = tuple(sorted(capsules, key=lambda capsule: capsule.endpoint))
    return SealedDetail(ciphertext=ciphertext or os.urandom(300), capsules=ordered)


def in_order(audience: Sequence[Address]) -> tuple[Address, ...]:
    return tuple(sorted(audience, key=encoding.encode))


def notice(
    town: Town,
    maker: Endpoint,
    core: ObjectHash,
    words: SealedDetail,
    *,
    audience: Sequence[Address] = EVERYBODY,
    signer: Endpoint | None = None,
    **changes: Any,
) -> Saying:
    delivery = NoticeDelivery(
        anchor=town.here.anchor,
        core=core,
        endpoint=maker.id,
        audience=in_order(audience),
        notice=sha256(words.ciphertext),
        time=town.clock(),
        expires=Seconds(town.clock() + 28 * DAY),
        checkpoint=town.here.checkpoint(time=town.clock()),
    )
    signed = sign(replace(delivery, **changes), [(signer or maker).key])
    return Saying(signed=signed.encoded(), detail=words)


def answer(
    town: Town,
    maker: Endpoint,
    core: ObjectHash,
    detail: SealedDetail | None = None,
    *,
    audience: Sequence[Address] = (FRONT_DOOR, MASH),
    signer: Endpoint | None = None,
    **changes: Any,
) -> Saying:
    said = NoticeAnswer(
        anchor=town.here.anchor,
        notice=ObjectHash(seed("a notice")),
        core=core,
        endpoint=maker.id,
        audience=in_order(audience),
        answer=AnswerKind.DONE,
        counter=1,
        time=town.clock(),
        checkpoint=town.here.checkpoint(time=town.clock()),
        detail=sha256(detail.ciphertext) if detail is not None else None,
    )
    signed = sign(replace(said, **changes), [(signer or maker).key])
    return Saying(signed=signed.encoded(), detail=detail)


async def hand(town: Town, who: Endpoint, saying: Saying) -> Reply:
    return await town.ask(who, "POST", "/v1/notices", saying)


async def say(town: Town, who: Endpoint, saying: Saying) -> Reply:
    return await town.ask(who, "POST", "/v1/notices/answers", saying)


async def of_kind(town: Town, who: Endpoint, kind: FeedKind) -> list[FeedItem]:
    return [item for item in await town.feed(who) if item.kind is kind]


# -- notices --------------------------------------------------------------------------------------------------------


async def test_a_notice_reaches_everybody_at_its_addresses_with_their_own_key(town: Town) -> None:
    sent = await town.held(to=("mash 1", "mash 2", "nurse"))
    door, nurse = town.endpoint("front door"), town.endpoint("nurse")
    mash = [town.endpoint("mash 1"), town.endpoint("mash 2")]
    words = sealed(*mash, nurse)
    saying = notice(town, door, sent.hash, words)
    assert (await hand(town, door, saying)).status == 204
    for reader in (*mash, nurse):
        [item] = await of_kind(town, reader, FeedKind.NOTICE)
        assert (item.core, item.object) == (sent.hash, saying.signed)
        assert item.detail is not None
        assert item.detail.ciphertext == words.ciphertext
        assert [capsule.endpoint for capsule in item.detail.capsules] == [reader.id]
    for other in ("front door", "okafor", "police records", "council records"):
        assert await of_kind(town, town.endpoint(other), FeedKind.NOTICE) == []


async def test_whoever_has_no_key_gets_the_notice_without_its_words(town: Town) -> None:
    sent = await town.held(to=("mash 1", "nurse"))
    door = town.endpoint("front door")
    await hand(town, door, notice(town, door, sent.hash, sealed(town.endpoint("nurse"))))
    [item] = await of_kind(town, town.endpoint("mash 2"), FeedKind.NOTICE)
    assert item.object is not None
    assert item.detail is None


async def test_the_same_notice_again_is_success_and_told_once(town: Town) -> None:
    sent = await town.held(to=("nurse",))
    door, nurse = town.endpoint("front door"), town.endpoint("nurse")
    saying = notice(town, door, sent.hash, sealed(nurse), audience=(FRONT_DOOR, NURSE))
    replies = await asyncio.gather(*(hand(town, door, saying) for _ in range(5)))
    assert {reply.status for reply in replies} == {204}
    assert len(await of_kind(town, nurse, FeedKind.NOTICE)) == 1


async def test_readers_dispute_and_colleagues_of_the_sender_correct(town: Town) -> None:
    sent = await town.held(sender="mash 1", to=("nurse",))
    for label in ("nurse", "mash 2"):
        maker = town.endpoint(label)
        words = sealed(town.endpoint("mash 1"))
        saying = notice(town, maker, sent.hash, words, audience=(MASH, NURSE))
        assert (await hand(town, maker, saying)).status == 204
    assert len(await of_kind(town, town.endpoint("mash 1"), FeedKind.NOTICE)) == 2


async def test_a_notice_is_between_those_who_have_the_package(town: Town) -> None:
    sent = await town.held(to=("nurse",))
    door, mash = town.endpoint("front door"), town.endpoint("mash 1")
    words = sealed(town.endpoint("nurse"))
    theirs = notice(town, mash, sent.hash, words, audience=(FRONT_DOOR, NURSE))
    assert (await hand(town, mash, theirs)).code == "E_NOT_FOUND"
    beyond = notice(town, door, sent.hash, words, audience=EVERYBODY)
    assert (await hand(town, door, beyond)).code == "E_NOT_ADDRESSED"
    for label in ("nurse", "mash 1"):
        assert await of_kind(town, town.endpoint(label), FeedKind.NOTICE) == []


async def test_the_addresses_of_records_are_parties_too(town: Town) -> None:
    why = {POLICE_RECORDS: Why.RECORDS}
    sent = await town.held(to=("mash 1", "police records"), why=why)
    door, records = town.endpoint("front door"), town.endpoint("police records")
    audience = (FRONT_DOOR, MASH, POLICE_RECORDS)
    saying = notice(town, door, sent.hash, sealed(records), audience=audience)
    assert (await hand(town, door, saying)).status == 204
    assert len(await of_kind(town, records, FeedKind.NOTICE)) == 1


async def test_what_the_relay_has_forgotten_can_still_be_corrected(town: Town) -> None:
    door, nurse = town.endpoint("front door"), town.endpoint("nurse")
    old = ObjectHash(seed("a package of last year"))
    gone = Address("somebody.who.left@quillmere-health")
    saying = notice(town, door, old, sealed(nurse), audience=(NURSE, gone))
    assert (await hand(town, door, saying)).status == 204
    [item] = await of_kind(town, nurse, FeedKind.NOTICE)
    assert item.core == old


async def test_a_notice_is_its_makers_word(town: Town) -> None:
    sent = await town.held(to=("mash 1", "nurse"))
    door, nurse = town.endpoint("front door"), town.endpoint("nurse")
    words = sealed(nurse)

    def made(**changes: Any) -> Saying:
        return notice(town, door, sent.hash, words, **changes)

    good, day = made(), Seconds(NOW + DAY)
    doubled = replace(words, capsules=words.capsules * 2)
    cases = (
        ("E_SIG", made(signer=nurse)),
        ("E_RECEIPT_BINDING", made(endpoint=nurse.id)),
        ("E_RECEIPT_BINDING", replace(good, detail=sealed(nurse))),
        ("E_RECEIPT_BINDING", replace(good, detail=None)),
        ("E_RECEIPT_BINDING", replace(good, detail=doubled)),
        ("E_ANCHOR", made(anchor=bytes(32))),
        ("E_TIME", made(time=day, expires=Seconds(day + DAY))),
        ("E_TIME", made(expires=Seconds(NOW + 85 * DAY))),
        ("E_TIME", made(expires=NOW)),
        ("E_EXPIRED", made(time=Seconds(NOW - DAY), expires=Seconds(NOW - 1))),
        ("E_SIG_TYPE", Saying(signed=answer(town, door, sent.hash).signed, detail=words)),
        ("E_SIG_TYPE", Saying(signed=town.recall(sent).signed, detail=words)),
        ("E_PARSE", Saying(signed=b"\x80", detail=words)),
    )
    for number, (code, saying) in enumerate(cases):
        assert (await hand(town, door, saying)).code == code, number
    assert (await hand(town, door, good)).status == 204
    assert len(await of_kind(town, nurse, FeedKind.NOTICE)) == 1


# -- answers --------------------------------------------------------------------------------------------------------


async def test_an_answer_reaches_whom_it_names_and_the_makers_colleagues(town: Town) -> None:
    core = ObjectHash(seed("passed on"))
    mash, mate = town.endpoint("mash 1"), town.endpoint("mash 2")
    door, nurse = town.endpoint("front door"), town.endpoint("nurse")
    detail = sealed(door, mate, nurse)
    saying = answer(town, mash, core, detail)
    for _ in range(2):
        assert (await say(town, mash, saying)).status == 204
    for reader in (door, mate):
        [item] = await of_kind(town, reader, FeedKind.NOTICE_ANSWER)
        assert (item.core, item.object) == (core, saying.signed)
        assert item.detail is not None
        assert [capsule.endpoint for capsule in item.detail.capsules] == [reader.id]
    for other in (mash, nurse):
        assert await of_kind(town, other, FeedKind.NOTICE_ANSWER) == []


async def test_an_answer_needs_no_words(town: Town) -> None:
    mash, door = town.endpoint("mash 1"), town.endpoint("front door")
    saying = answer(town, mash, ObjectHash(seed("core")), answer=AnswerKind.RECEIVED)
    assert (await say(town, mash, saying)).status == 204
    [item] = await of_kind(town, door, FeedKind.NOTICE_ANSWER)
    assert item.detail is None


async def test_an_answer_is_its_makers_word(town: Town) -> None:
    core = ObjectHash(seed("core"))
    mash, nurse = town.endpoint("mash 1"), town.endpoint("nurse")
    detail = sealed(town.endpoint("front door"))
    good = answer(town, mash, core, detail)
    cases = (
        ("E_SIG", answer(town, mash, core, signer=nurse)),
        ("E_RECEIPT_BINDING", answer(town, mash, core, endpoint=nurse.id)),
        ("E_RECEIPT_BINDING", replace(good, detail=None)),
        ("E_ANCHOR", answer(town, mash, core, anchor=bytes(32))),
        ("E_TIME", answer(town, mash, core, time=Seconds(NOW + DAY))),
        ("E_SIG_TYPE", notice(town, mash, core, detail)),
    )
    for number, (code, saying) in enumerate(cases):
        assert (await say(town, mash, saying)).code == code, number
    assert (await say(town, mash, good)).status == 204


# -- at rest --------------------------------------------------------------------------------------------------------


async def count(store: Store, table: str) -> int:
    query = f"SELECT count(*) FROM {table}"
    return await store.read(lambda tx: tx.connection.exec_driver_sql(query).scalar_one())


async def swept(town: Town) -> None:
    services = town.services
    sign_ = tombstone_signer(
        services.receipt_key, town.here.anchor, lambda: services.partnership().note
    )
    await sweep(services.store, services.settings, town.clock(), sign_)


async def test_words_end_with_their_day_and_nothing_of_them_is_on_the_disk(
    town: Town, tmp_path: Path
) -> None:
    door, nurse = town.endpoint("front door"), town.endpoint("nurse")
    words = sealed(nurse, ciphertext=MARKER * 20)
    saying = notice(
        town,
        door,
        ObjectHash(seed("core")),
        words,
        audience=(NURSE,),
        expires=Seconds(NOW + 3 * DAY),
    )
    await hand(town, door, saying)
    home = town.services.settings.home
    kept = [path for path in home.rglob("*") if path.is_file() and MARKER in path.read_bytes()]
    assert kept == []

    town.clock.turn(2 * DAY)
    await swept(town)
    [item] = await of_kind(town, nurse, FeedKind.NOTICE)
    assert item.detail is not None, "it is there until it expires"
    town.clock.turn(2 * DAY)
    await swept(town)
    [item] = await of_kind(town, nurse, FeedKind.NOTICE)
    assert item.detail is None
    assert await count(town.services.store, "details") == 0
    town.clock.turn(90 * DAY)
    await swept(town)
    assert await count(town.services.store, "sayings") == 0
    assert await of_kind(town, nurse, FeedKind.NOTICE) == []


async def test_what_was_taken_is_there_after_a_restart(tmp_path: Path) -> None:
    clock, home = Clock(), tmp_path / "relay"
    async with running(home, clock) as town:
        sent: Parcel = await town.held(to=("nurse",))
        door, nurse = town.endpoint("front door"), town.endpoint("nurse")
        words = sealed(nurse)
        saying = notice(town, door, sent.hash, words, audience=(FRONT_DOOR, NURSE))
        assert (await hand(town, door, saying)).status == 204
    async with running(home, clock) as town:
        [item] = await of_kind(town, nurse, FeedKind.NOTICE)
        assert item.detail is not None
        assert item.detail.ciphertext == words.ciphertext
        assert (await hand(town, door, saying)).status == 204
        assert len(await of_kind(town, nurse, FeedKind.NOTICE)) == 1


async def test_notices_and_answers_count_against_the_quota(tmp_path: Path) -> None:
    quotas = Quotas(
        requests_per_second=10_000,
        request_burst=10_000,
        newcomer_requests_per_minute=100_000,
        events_per_hour=2,
    )
    async with running(tmp_path / "relay", Clock(), quotas=quotas) as town:
        door, nurse = town.endpoint("front door"), town.endpoint("nurse")
        core = ObjectHash(seed("core"))
        first = notice(town, door, core, sealed(nurse), audience=(NURSE,))
        assert (await hand(town, door, first)).status == 204
        assert (await say(town, door, answer(town, door, core))).status == 204
        more = notice(town, door, core, sealed(nurse), audience=(NURSE,))
        assert (await hand(town, door, more)).code == "E_QUOTA"
        assert (await say(town, door, answer(town, door, core, counter=2))).code == "E_QUOTA"
        assert (await hand(town, door, first)).status == 204, "what is here costs nothing"
        assert len(await of_kind(town, nurse, FeedKind.NOTICE)) == 1
