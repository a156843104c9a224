"""Claiming a relay, reading and growing the log, over real HTTP (docs/protocol.md §4, §9)."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from phoenix_protocol import limits, merkle
from phoenix_protocol.api import (
    Append,
    CheckpointNote,
    Claim,
    LogEntry,
    LogPage,
    Proof,
    RelayDescription,
)
from phoenix_protocol.directory import building
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.directory.statements import EndReason, Opening
from phoenix_protocol.errors import LockedError
from phoenix_protocol.identifiers import Address, Seconds
from phoenix_protocol.notes import open_checkpoint
from phoenix_protocol.signed import sign
from phoenix_relay import custody
from phoenix_relay.storage.sqlite import DATABASE
from tests.protocol.quillmere import COUNCIL, FOUNDED, HEALTH, NOW, POLICE, machine, relay, seed
from tests.protocol.quillmere_changes import Changes
from tests.relay.quillmere_relay import (
    CLAIM,
    Clock,
    Town,
    as_endpoint,
    as_manager,
    as_newcomer,
    entries,
    entry,
    running,
)


def log_of(town: Town, first: int = 0) -> str:
    return f"/v1/log?anchor={town.here.anchor.hex()}&from={first}"


def size_in(note: str, town: Town) -> int:
    return open_checkpoint(note, log_key=town.here.log_key).checkpoint.size


def appending(*statements: LogEntry) -> Append:
    return Append(entries=statements)


def plain(signed: bytes) -> LogEntry:
    return LogEntry(statement=signed, openings=())


# -- the claim ------------------------------------------------------------------------------------------------------


async def test_an_unclaimed_relay_shows_its_keys_and_nothing_else(tmp_path: Path) -> None:
    async with running(tmp_path / "relay", Clock(), claimed=False) as town:
        reply = await town.ask(as_newcomer(), "GET", "/v1/relay")
        assert reply.message(RelayDescription) == RelayDescription(keys=town.here.relay.keys)
        for target in ("/v1/checkpoint", log_of(town), "/v1/log/inclusion?index=0&size=1"):
            assert (await town.ask(as_newcomer(), "GET", target)).code == "E_NOT_FOUND"
        added = appending(plain(town.here.log[0]))
        assert (await town.ask(as_newcomer(), "POST", "/v1/log", added)).code == "E_NOT_FOUND"


async def test_a_claim_takes_the_relay_once(tmp_path: Path) -> None:
    async with running(tmp_path / "relay", Clock(), claimed=False) as town:
        claim = Claim(claim=CLAIM, entries=entries(town.here)[:3])
        wrong = replace(claim, claim="phoenix-claim-other")
        assert (await town.ask(as_newcomer(), "POST", "/v1/claim", wrong)).code == "E_NOT_FOUND"
        first = await town.ask(as_newcomer(), "POST", "/v1/claim", claim)
        assert size_in(first.message(CheckpointNote).checkpoint, town) == 3
        again = await town.ask(as_newcomer(), "POST", "/v1/claim", claim)
        assert size_in(again.message(CheckpointNote).checkpoint, town) == 3
        other = building.genesis(
            name="Elsewhere",
            protocol="1",
            review_due=NOW,
            governance=town.here.directory.governance,
            bounds=town.here.directory.bounds,
            relay=town.here.relay.keys,
            issued=FOUNDED,
        )
        signed = sign(other, [h.key for h in town.here.governance])
        rival = Claim(claim=CLAIM, entries=(plain(signed.encoded()),))
        assert (await town.ask(as_newcomer(), "POST", "/v1/claim", rival)).code == "E_CONFLICT"


async def test_a_partnership_of_another_relay_cannot_take_this_one(tmp_path: Path) -> None:
    async with running(tmp_path / "relay", Clock(), claimed=False) as town:
        genesis = building.genesis(
            name="Quillmere",
            protocol="1",
            review_due=NOW,
            governance=town.here.directory.governance,
            bounds=town.here.directory.bounds,
            relay=relay("another").keys,
            issued=FOUNDED,
        )
        signed = sign(genesis, [h.key for h in town.here.governance])
        claim = Claim(claim=CLAIM, entries=(plain(signed.encoded()),))
        reply = await town.ask(as_newcomer(), "POST", "/v1/claim", claim)
        assert reply.code == "E_KEY_UNCERTIFIED"
        assert town.services.log.state is None


async def test_the_anchor_is_told_to_members_only(town: Town) -> None:
    newcomer = await town.ask(as_newcomer(), "GET", "/v1/relay")
    assert newcomer.message(RelayDescription).anchor is None
    member = await town.ask(town.endpoint("nurse"), "GET", "/v1/relay")
    assert member.message(RelayDescription).anchor == town.here.anchor


# -- reading --------------------------------------------------------------------------------------------------------


async def test_the_log_verifies_from_the_anchor_alone(town: Town) -> None:
    page = (await town.ask(as_newcomer(), "GET", log_of(town))).message(LogPage)
    directory = Directory.begin(page.entries[0].statement, town.here.anchor)
    for one in page.entries[1:]:
        directory = directory.admit(one.statement)
    shown = open_checkpoint(page.checkpoint, log_key=town.here.log_key).checkpoint
    assert (shown.size, shown.root) == (directory.size, directory.root)
    rest = (await town.ask(as_newcomer(), "GET", log_of(town, 5))).message(LogPage)
    assert (rest.first, rest.entries) == (5, page.entries[5:])
    beyond = (await town.ask(as_newcomer(), "GET", log_of(town, 99))).message(LogPage)
    assert beyond.entries == ()


async def test_another_anchor_is_not_found(town: Town) -> None:
    for anchor in ("00" * 32, "zz", ""):
        reply = await town.ask(as_newcomer(), "GET", f"/v1/log?anchor={anchor}")
        assert reply.code == "E_NOT_FOUND"
    assert (await town.ask(as_newcomer(), "GET", "/v1/log")).code == "E_NOT_FOUND"


async def test_names_are_opened_to_members_only(town: Town) -> None:
    def names(page: LogPage) -> set[str]:
        return {opening.text for one in page.entries for opening in one.openings}

    nobody = (await town.ask(as_newcomer(), "GET", log_of(town))).message(LogPage)
    assert names(nobody) == set()
    manager = as_manager(town.here.agencies[HEALTH].managers[0])
    for member in (as_endpoint(town.endpoint("nurse")), manager):
        page = (await town.ask(member, "GET", log_of(town))).message(LogPage)
        assert names(page) == {"J. Okafor", "j.okafor@quillmere-council"}


async def test_proofs_lead_to_the_roots(town: Town) -> None:
    directory = town.here.directory
    size = directory.size
    found = await town.ask(as_newcomer(), "GET", f"/v1/log/inclusion?index=4&size={size}")
    merkle.verify_inclusion(
        leaf=directory.leaf_hashes()[4],
        index=4,
        size=size,
        proof=found.message(Proof).hashes,
        root=directory.root,
    )
    found = await town.ask(as_newcomer(), "GET", f"/v1/log/consistency?from=5&to={size}")
    merkle.verify_consistency(
        first_size=5,
        first_root=directory.root_at(5),
        second_size=size,
        second_root=directory.root,
        proof=found.message(Proof).hashes,
    )
    for target, code in (
        (f"/v1/log/inclusion?index={size}&size={size}", "E_NOT_FOUND"),
        (f"/v1/log/inclusion?index=0&size={size + 1}", "E_NOT_FOUND"),
        ("/v1/log/consistency?from=0&to=3", "E_NOT_FOUND"),
        ("/v1/log/consistency?from=4&to=3", "E_NOT_FOUND"),
        ("/v1/log/consistency?from=4", "E_PARSE"),
        ("/v1/log/inclusion?index=01&size=3", "E_PARSE"),
        ("/v1/log/inclusion?index=1&size=3&size=3", "E_PARSE"),
        ("/v1/log/inclusion?index=1&size=%33", "E_PARSE"),
        ("/v1/log/inclusion?index=1&size=3&more=1", "E_PARSE"),
    ):
        assert (await town.ask(as_newcomer(), "GET", target)).code == code, target


async def test_a_checkpoint_is_signed_anew_before_it_is_old(town: Town) -> None:
    def time_of(note: str) -> int:
        return open_checkpoint(note, log_key=town.here.log_key).time

    async def shown() -> int:
        reply = await town.ask(as_newcomer(), "GET", "/v1/checkpoint")
        return time_of(reply.message(CheckpointNote).checkpoint)

    assert await shown() == NOW
    town.clock.turn(200)
    assert await shown() == NOW
    town.clock.turn(100)
    assert await shown() == NOW + 300
    town.clock.turn(-200)
    assert await shown() == NOW + 300


# -- growing --------------------------------------------------------------------------------------------------------


async def test_statements_are_appended_all_or_none(town: Town) -> None:
    size, changes = town.here.directory.size, Changes(town.here)
    suspended = changes.suspended(POLICE).encoded()
    late = sign(
        changes.end(town.endpoint("nurse").id, issued=Seconds(NOW + 9999)), changes.managers(HEALTH)
    )
    reply = await town.ask(
        as_newcomer(), "POST", "/v1/log", appending(plain(suspended), plain(late.encoded()))
    )
    assert reply.code == "E_TIME"
    page = (await town.ask(as_newcomer(), "GET", log_of(town))).message(LogPage)
    assert len(page.entries) == size
    reply = await town.ask(as_newcomer(), "POST", "/v1/log", appending(plain(suspended)))
    assert size_in(reply.message(CheckpointNote).checkpoint, town) == size + 1
    reply = await town.ask(as_newcomer(), "POST", "/v1/log", appending(plain(suspended)))
    assert size_in(reply.message(CheckpointNote).checkpoint, town) == size + 1


async def test_what_the_fold_refuses_is_refused_with_its_code(town: Town) -> None:
    changes, nurse = Changes(town.here), town.endpoint("nurse")
    cases = {
        "E_KEY_UNCERTIFIED": sign(changes.end(nurse.id), changes.managers(POLICE)),
        "E_THRESHOLD": sign(changes.agency_keys(), changes.roots(count=1)),
        "E_DIR_CHAIN": sign(
            changes.end(nurse.id, previous=nurse.id[::-1]), changes.managers(HEALTH)
        ),
        "E_ANCHOR": sign(changes.end(nurse.id, anchor=bytes(32)), changes.managers(HEALTH)),
        "E_PARSE": sign(changes.end(nurse.id, EndReason.COMPROMISED), changes.managers(HEALTH)),
    }
    for code, signed in cases.items():
        reply = await town.ask(as_newcomer(), "POST", "/v1/log", appending(plain(signed.encoded())))
        assert reply.code == code


async def test_an_amendment_may_not_name_another_relay(town: Town) -> None:
    changes = Changes(town.here)
    moved = sign(changes.amendment(relay=relay("another").keys), changes.governing)
    reply = await town.ask(as_newcomer(), "POST", "/v1/log", appending(plain(moved.encoded())))
    assert reply.code == "E_KEY_UNCERTIFIED"


async def test_openings_must_open_their_statement(town: Town) -> None:
    person = machine(
        "bell", Address("a.bell@quillmere-council"), town.here.anchor, personal=True, name="A. Bell"
    )
    grown = town.here.joined(person)
    good = entry(grown, grown.log[-1])
    strange = Opening(kind="name", salt=seed("other"), text="Somebody Else")
    for openings in ((), (strange,), (*good.openings, good.openings[0])):
        wrong = replace(good, openings=openings)
        reply = await town.ask(as_newcomer(), "POST", "/v1/log", appending(wrong))
        assert reply.code == "E_COMMITMENT"
    assert (await town.ask(as_newcomer(), "POST", "/v1/log", appending(good))).status == 200
    page = (
        await town.ask(town.endpoint("nurse"), "GET", log_of(town, len(town.here.log)))
    ).message(LogPage)
    assert page.entries == (good,)


async def test_racing_appends_leave_one_lineage(town: Town) -> None:
    changes = Changes(town.here)
    rivals = [
        sign(changes.amendment(name=f"Quillmere {n}"), changes.governing).encoded()
        for n in range(6)
    ]
    replies = await asyncio.gather(
        *(town.ask(as_newcomer(), "POST", "/v1/log", appending(plain(one))) for one in rivals)
    )
    assert sorted(reply.status for reply in replies) == [200, 409, 409, 409, 409, 409]
    size = town.here.directory.size
    assert town.services.partnership().directory.size == size + 1


async def test_a_restart_folds_what_is_stored(tmp_path: Path) -> None:
    clock = Clock()
    async with running(tmp_path / "relay", clock) as town:
        suspended = Changes(town.here).suspended(COUNCIL).encoded()
        await town.ask(as_newcomer(), "POST", "/v1/log", appending(plain(suspended)))
        before = town.services.partnership()
    async with running(tmp_path / "relay", clock) as town:
        after = town.services.partnership()
    assert after.directory == before.directory
    assert after.openings == before.openings


@pytest.mark.parametrize("name", custody.SEEDS)
async def test_a_relay_with_keys_that_its_partnership_does_not_know_does_not_start(
    tmp_path: Path, name: str
) -> None:
    async with running(tmp_path / "relay", Clock()):
        pass
    key = tmp_path / "relay" / custody.KEYS / name
    key.write_bytes(seed("of another relay", custody.SEEDS[name]))
    with pytest.raises(LockedError, match="not those of the relay"):
        async with running(tmp_path / "relay", Clock()):
            pass


async def test_a_damaged_log_is_never_signed(tmp_path: Path) -> None:
    clock = Clock()
    async with running(tmp_path / "relay", clock) as town:
        changes = Changes(town.here)
        damage(tmp_path, "UPDATE leaves SET hash = ? WHERE place = 2", bytes(32))
        reply = await town.ask(
            as_newcomer(), "POST", "/v1/log", appending(plain(changes.suspended().encoded()))
        )
        assert reply.code == "E_RELAY"
        town.clock.turn(600)
        assert (await town.ask(as_newcomer(), "GET", "/v1/checkpoint")).code == "E_RELAY"


async def test_a_damaged_statement_is_never_served(tmp_path: Path) -> None:
    async with running(tmp_path / "relay", Clock()) as town:
        other = town.here.log[3]
        damage(tmp_path, "UPDATE leaves SET statement = ? WHERE place = 2", other)
        assert (await town.ask(as_newcomer(), "GET", log_of(town))).code == "E_RELAY"
        assert (await town.ask(as_newcomer(), "GET", log_of(town, 3))).status == 200


def damage(folder: Path, statement: str, value: bytes) -> None:
    with closing(sqlite3.connect(folder / "relay" / DATABASE)) as database:
        assert database.execute(statement, (value,)).rowcount == 1
        database.commit()


# -- what follows in an endpoint's chain must be new ------------------------------------------------------------------

OLDEST = limits.REPLACEMENT_AGE + limits.CLOCK_SKEW


def replacing(town: Town, issued: int) -> LogEntry:
    """Other keys for a desk's machine, by two managers, from as early as the fold lets them begin."""
    changed = Changes(town.here)
    desk = town.endpoint("mash 1")
    new = machine("another in its place", desk.address, town.here.anchor)
    statement = changed.next_member(
        desk.id,
        document_key=new.key.public_bytes(),
        request_key=new.request_key.public_bytes(),
        issued=Seconds(issued),
        valid_from=Seconds(issued + limits.REPLACEMENT_DELAY),
    )
    return plain(sign(statement, changed.managers(count=2)).encoded())


@pytest.mark.parametrize("back", [OLDEST + 1, limits.REPLACEMENT_DELAY])
async def test_a_replacement_dated_back_is_refused(town: Town, back: int) -> None:
    before = town.services.log.required().directory.size
    backdated = replacing(town, town.clock() - back)
    reply = await town.ask(as_newcomer(), "POST", "/v1/log", appending(backdated))
    assert (reply.status, reply.code) == (400, "E_TIME")
    assert town.services.log.required().directory.size == before


async def test_a_replacement_that_was_carried_for_hours_is_taken(town: Town) -> None:
    carried = replacing(town, town.clock() - OLDEST)
    reply = await town.ask(as_newcomer(), "POST", "/v1/log", appending(carried))
    assert reply.status == 200
    endpoint = town.services.log.required().directory.endpoint(town.endpoint("mash 1").id)
    assert endpoint is not None
    # Its holder learns of it from the log while the old keys still speak.
    assert endpoint.newest.valid_from - town.clock() >= 18 * 3600 - limits.CLOCK_SKEW


async def test_a_renewal_dated_back_is_refused_too(town: Town) -> None:
    """Or else keys that were replaced since would count as the endpoint's own."""
    changed = Changes(town.here)
    old = Seconds(town.clock() - OLDEST - 1)
    renewal = changed.next_member(town.endpoint("mash 1").id, issued=old, valid_from=old)
    entry = plain(sign(renewal, changed.managers()).encoded())
    reply = await town.ask(as_newcomer(), "POST", "/v1/log", appending(entry))
    assert (reply.status, reply.code) == (400, "E_TIME")
    fresh = plain(
        sign(changed.next_member(town.endpoint("mash 1").id), changed.managers()).encoded()
    )
    assert (await town.ask(as_newcomer(), "POST", "/v1/log", appending(fresh))).status == 200
