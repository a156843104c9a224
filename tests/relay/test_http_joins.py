"""Asking to join, being approved, publishing epoch keys, over real HTTP (docs/protocol.md §4)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from phoenix_protocol import limits
from phoenix_protocol.api import (
    Append,
    EpochAnswer,
    EpochKeys,
    EpochQuery,
    Joining,
    Joinings,
)
from phoenix_protocol.identifiers import Address, EndpointId, Seconds
from phoenix_protocol.joining import join_code
from phoenix_protocol.signed import sign
from phoenix_relay.settings import Quotas
from tests.protocol.quillmere import (
    DAY,
    HEALTH,
    NOW,
    POLICE,
    WEEK,
    Machine,
    epoch,
    machine,
    seed,
)
from tests.relay.quillmere_relay import (
    Asker,
    Clock,
    Reply,
    Town,
    as_manager,
    as_newcomer,
    entry,
    running,
)

MIDWIFE = Address("midwives@quillmere-health")


def midwife(town: Town, label: str = "midwife") -> Machine:
    return machine(label, MIDWIFE, town.here.anchor)


async def join(town: Town, new: Machine, joining: Joining | None = None) -> Reply:
    return await town.ask(as_newcomer(new.request_key), "POST", "/v1/joins", joining or new.joining)


def manager(town: Town, agency: str = HEALTH) -> Asker:
    return as_manager(town.here.agencies[agency].managers[0])  # type: ignore[index]


async def keys_of(town: Town, endpoint: EndpointId, at: int = NOW) -> tuple[bytes, ...]:
    query = EpochQuery(endpoints=(endpoint,), at=Seconds(at))
    reply = await town.ask(town.endpoint("mash 1"), "POST", "/v1/epochs/query", query)
    return reply.message(EpochAnswer).endpoints[0].keys


# -- joining --------------------------------------------------------------------------------------------------------


async def test_a_request_waits_for_its_own_agencys_managers(town: Town) -> None:
    new = midwife(town)
    assert (await join(town, new)).status == 204
    assert (await join(town, new)).status == 204
    waiting = (await town.ask(manager(town), "GET", "/v1/joins")).message(Joinings)
    assert waiting.requests == (new.joining,)
    code = join_code(new.request.hash)
    for spelling in (code, code.lower(), code.replace("-", "")):
        found = await town.ask(manager(town), "GET", f"/v1/joins/{spelling}")
        assert found.message(Joining) == new.joining
    assert (await town.ask(manager(town), "GET", "/v1/joins/never")).code == "E_NAME"
    others = (await town.ask(manager(town, POLICE), "GET", "/v1/joins")).message(Joinings)
    assert others.requests == ()
    assert (await town.ask(manager(town, POLICE), "GET", f"/v1/joins/{code}")).code == "E_NOT_FOUND"


async def test_approval_brings_the_epoch_keys_to_life_and_ends_the_wait(town: Town) -> None:
    new = midwife(town)
    await join(town, new)
    grown = town.here.joined(new)
    made = grown.endpoints["midwife"]
    assert await keys_of(town, made.id) == ()
    added = Append(entries=(entry(grown, grown.log[-1]),))
    assert (await town.ask(manager(town), "POST", "/v1/log", added)).status == 200
    assert await keys_of(town, made.id) == (new.epochs[0].signed.encoded(),)
    assert (await town.ask(manager(town), "GET", "/v1/joins")).message(Joinings).requests == ()
    assert (await town.ask(made, "GET", "/v1/feed")).status == 200
    assert (await join(town, new)).status == 204
    assert (await town.ask(manager(town), "GET", "/v1/joins")).message(Joinings).requests == ()


async def test_what_does_not_verify_never_waits(town: Town) -> None:
    new, other = midwife(town), midwife(town, "other")
    asked = new.request.message
    nobody = sign(replace(asked, address=Address("x@nobody")), [new.key]).encoded()
    late = sign(replace(asked, created=Seconds(NOW + 9999)), [new.key]).encoded()
    old = sign(replace(asked, created=Seconds(NOW - 400 * DAY)), [new.key]).encoded()
    weak = sign(replace(asked, request_key=bytes(32)), [new.key]).encoded()
    stranger = sign(asked, [other.key]).encoded()
    typed = new.epochs[0].signed.encoded()
    cases = (
        ("E_NOT_FOUND", replace(new.joining, request=nobody)),
        ("E_TIME", replace(new.joining, request=late)),
        ("E_TIME", replace(new.joining, request=old)),
        ("E_KEY_WEAK", replace(new.joining, request=weak)),
        ("E_KEY_UNCERTIFIED", replace(new.joining, request=stranger)),
        ("E_KEY_UNCERTIFIED", replace(new.joining, epoch_keys=other.joining.epoch_keys)),
        ("E_SIG_TYPE", replace(new.joining, request=typed)),
        ("E_PARSE", replace(new.joining, request=b"\xa0")),
    )
    for code, joining in cases:
        assert (await join(town, new, joining)).code == code
    reply = await town.ask(as_newcomer(), "POST", "/v1/joins", new.joining)
    assert reply.code == "E_KEY_UNCERTIFIED"
    assert (await town.ask(manager(town), "GET", "/v1/joins")).message(Joinings).requests == ()


async def test_a_weak_epoch_key_is_refused_at_the_door(town: Town) -> None:
    new = midwife(town)
    low_order = new.epochs[0].opened.message.key[:-32] + bytes(32)
    key = sign(replace(new.epochs[0].opened.message, key=low_order), [new.key])
    asked = replace(new.request.message, epoch_keys=(key.hash,))
    joining = Joining(request=sign(asked, [new.key]).encoded(), epoch_keys=(key.encoded(),))
    assert (await join(town, new, joining)).code == "E_KEY_WEAK"


async def test_an_agencys_waiting_room_is_bounded(tmp_path: Path) -> None:
    quotas = Quotas(waiting_joins=2)
    async with running(tmp_path / "relay", Clock(), quotas=quotas) as town:
        for label in ("m0", "m1"):
            assert (await join(town, midwife(town, label))).status == 204
        assert (await join(town, midwife(town))).code == "E_QUOTA"
        assert (await join(town, midwife(town, "m0"))).status == 204


# -- epoch keys -----------------------------------------------------------------------------------------------------


async def test_an_endpoint_publishes_keys_ahead(town: Town) -> None:
    nurse = town.endpoint("nurse")
    ahead = epoch("nurse", nurse.key, town.here.anchor, 7, Seconds(NOW + 3 * WEEK))
    body = EpochKeys(keys=(ahead.signed.encoded(),))
    assert (await town.ask(nurse, "POST", "/v1/epochs", body)).status == 204
    assert (await town.ask(nurse, "POST", "/v1/epochs", body)).status == 204
    assert await keys_of(town, nurse.id, NOW + 3 * WEEK) == body.keys


async def test_only_ones_own_good_keys_are_published(town: Town) -> None:
    nurse, mash = town.endpoint("nurse"), town.endpoint("mash 1")
    good = epoch("nurse", nurse.key, town.here.anchor, 7, Seconds(NOW + WEEK)).opened.message

    def published(**changes: object) -> EpochKeys:
        return EpochKeys(keys=(sign(replace(good, **changes), [nurse.key]).encoded(),))  # type: ignore[arg-type]

    theirs = EpochKeys(keys=(mash.epoch.signed.encoded(),))
    cases = (
        ("E_KEY_UNCERTIFIED", theirs),
        ("E_ANCHOR", published(anchor=bytes(32))),
        ("E_TIME", published(valid_from=good.valid_until)),
        ("E_TIME", published(opens_until=Seconds(good.valid_until + 4 * limits.LIFE))),
        ("E_TIME", published(valid_from=0, valid_until=1, opens_until=2)),
        ("E_KEY_WEAK", published(key=good.key[:-32] + bytes(32))),
        ("E_CONFLICT", published(number=0)),
        ("E_PARSE", EpochKeys(keys=(b"\x00",))),
    )
    for code, body in cases:
        assert (await town.ask(nurse, "POST", "/v1/epochs", body)).code == code
    assert await keys_of(town, nurse.id, NOW + WEEK) == (nurse.epochs[1].signed.encoded(),)


async def test_an_endpoint_has_a_bounded_number_of_keys(town: Town) -> None:
    nurse = town.endpoint("nurse")
    good = nurse.epoch.opened.message
    many = [sign(replace(good, number=100 + n), [nurse.key]).encoded() for n in range(64)]
    reply = await town.ask(nurse, "POST", "/v1/epochs", EpochKeys(keys=tuple(many)))
    assert reply.code == "E_LIMIT"
    assert len(await keys_of(town, nurse.id)) == 1


async def test_only_members_may_ask_for_keys(town: Town) -> None:
    query = EpochQuery(endpoints=(town.endpoint("nurse").id, EndpointId(seed("nobody"))), at=NOW)
    assert (await town.ask(as_newcomer(), "POST", "/v1/epochs/query", query)).code == "E_NOT_FOUND"
    reply = (await town.ask(manager(town), "POST", "/v1/epochs/query", query)).message(EpochAnswer)
    assert [len(one.keys) for one in reply.endpoints] == [1, 0]
    assert [one.endpoint for one in reply.endpoints] == list(query.endpoints)


async def test_after_a_change_of_keys_the_old_epoch_keys_are_not_served(town: Town) -> None:
    nurse = town.endpoint("nurse")
    state = town.here.directory.endpoint(nurse.id)
    assert state is not None
    renewed = machine("nurse anew", nurse.address, town.here.anchor)
    member = replace(
        state.newest,
        endpoint=nurse.id,
        previous=state.head,
        document_key=renewed.key.public_bytes(),
        request_key=renewed.request_key.public_bytes(),
        issued=NOW,
        valid_from=NOW,
        request=renewed.request.hash,
    )
    signed = sign(member, [town.here.agencies[HEALTH].managers[0].key, nurse.key])
    added = Append(entries=(entry(town.here, signed.encoded()),))
    assert len(await keys_of(town, nurse.id)) == 1
    assert (await town.ask(manager(town), "POST", "/v1/log", added)).status == 200
    assert await keys_of(town, nurse.id) == ()
