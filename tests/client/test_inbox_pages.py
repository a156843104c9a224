"""The inbox by pages, what was put away, what went on, and what a package's signature is worth by now."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from agency_client.ports.vault import Alert
from agency_client.use_cases.home import Home
from agency_client.use_cases.inbox_pages import (
    Signature,
    inbox_page,
    passed_on,
    put_away,
    said_here,
    signature_of,
    size_of,
    text_of,
)
from agency_client.use_cases.reading import find_attachment
from agency_client.use_cases.viewing import needs_outcome
from phoenix_protocol import schema
from phoenix_protocol.directory.statements import EndReason
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ItemId, ObjectHash, Seconds
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import State
from tests.client import vault_values as values
from tests.client.quillmere_homes import Desks, desks
from tests.client.record_homes import opened_home
from tests.client.test_inbox import COVER, LATE
from tests.end_to_end.documents import package
from tests.protocol.quillmere import FRONT_DOOR, MASH, NURSE

#: Urgency of each package that came, in the order in which they came; the even ones wait.
CAME = ("green", "red", "red", "red", "amber", "green", "of its own")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with opened_home(tmp_path / "home") as home:
        with home.vault.transaction() as tx:
            for n, urgency in enumerate(CAME):
                state = State.OFFERED if n % 2 == 0 else State.COMMITTED
                came = replace(values.received(n, state=state), expires=LATE, urgency=urgency)
                tx.received.add(came, replace(values.offer(n), cover=schema.encode(COVER)))
        yield home


def cores(*numbers: int) -> list[ObjectHash]:
    return [values.core_hash(n) for n in numbers]


def shown(home: Home, *states: State, start: int = 0, most: int = 50) -> list[ObjectHash]:
    page = inbox_page(home, states or None, start=start, most=most)
    return [line.package.core for line in page.lines]


def test_what_waits_comes_first_by_its_urgency_then_what_came_last(home: Home) -> None:
    # A word that nobody here knows may be more pressing than any.
    assert shown(home) == cores(6, 2, 4, 0, 5, 3, 1)
    assert shown(home, State.COMMITTED) == cores(5, 3, 1)


def test_pages_follow_one_another_and_count_everything(home: Home) -> None:
    assert shown(home, start=0, most=3) + shown(home, start=3, most=3) == shown(home)[:6]
    assert shown(home, start=7, most=3) == []
    counts = inbox_page(home, {State.RETURNED}, start=0, most=1).counts
    assert counts == {State.OFFERED: 4, State.COMMITTED: 3}


def test_what_expired_meanwhile_is_told_as_such(home: Home) -> None:
    late = replace(values.received(8), expires=Seconds(1))
    with home.vault.transaction() as tx:
        tx.received.add(late, replace(values.offer(8), cover=schema.encode(COVER)))
    [line] = inbox_page(home, {State.EXPIRED}, start=0, most=50).lines
    assert line.package.core == late.core
    assert late.core not in shown(home, State.OFFERED)


def test_what_was_put_away_is_told_without_a_byte_of_it(home: Home) -> None:
    assert put_away(home) == ()
    bad = values.bad(1)
    with home.vault.transaction() as tx:
        tx.quarantine.add(bad)
    assert put_away(home) == ((bad.digest, bad.code, bad.time),)


def test_what_went_on_is_found_by_its_item(home: Home) -> None:
    entries = [values.passed_on(0, to) for to in (20, 21)]
    with home.vault.transaction() as tx:
        for entry in (*entries, values.passed_on(1, 20)):
            tx.onward.add(entry)
    assert passed_on(home, entries[0].core) == {entries[0].item: tuple(entries)}
    assert passed_on(home, values.core_hash(5)) == {}


def test_a_correction_stays_until_its_outcome_and_other_alarms_do_not(home: Home) -> None:
    notice = values.notice(1)
    about = notice.hash.hex()
    corrected = Alert(code="N_CORRECTED", core=notice.core, about=about, time=values.NOW)
    assert not needs_outcome(home, corrected), "nothing is here that it is about"
    with home.vault.transaction() as tx:
        tx.notices.keep(notice)
    assert needs_outcome(home, corrected)
    assert not needs_outcome(home, replace(corrected, code="N_DISPUTED"))


def test_nothing_is_known_of_what_is_not_here(home: Home) -> None:
    nowhere = values.core_hash(99)
    for look in (size_of, signature_of):
        with pytest.raises(RefusedError) as refused:
            look(home, nowhere)
        assert refused.value.code == "E_NOT_FOUND"
    with pytest.raises(RefusedError) as refused:
        find_attachment(home, values.core_hash(0), ItemId(bytes(16)))
    assert refused.value.code == "E_NOT_FOUND"
    assert said_here(home, nowhere) == ()
    assert text_of(home, nowhere, ItemId(bytes(16))) is None


def test_keys_that_others_may_have_had_before_it_was_signed_make_it_doubtful() -> None:
    signed = Signature(
        address=NURSE, name=None, agency=None, signed=Seconds(10), verified=Seconds(11)
    )
    assert not signed.is_doubtful
    for since, doubtful in ((9, True), (10, True), (11, False)):
        ended = replace(signed, ended=EndReason.COMPROMISED, since=Seconds(since))
        assert ended.is_doubtful is doubtful
        assert not replace(ended, ended=EndReason.LEFT).is_doubtful


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path, "front door", "mash 1", "mash 2") as made:
        yield made


async def test_who_signed_and_what_each_machine_of_the_desk_did(here: Desks) -> None:
    day, night = here["mash 1"], here["mash 2"]
    id_ = await here["front door"].send(package("Signed", sections={"attendance": (MASH,)}))
    await day.accept(id_)
    core = day.client.find_received(id_)
    await day.client.acknowledge(core, "Duty sergeant", "Visit")
    await night.client.catch_up()
    signature = await day.client.signature_of(core)
    assert (signature.address, signature.ended) == (FRONT_DOOR, None)
    assert signature.name is not None
    assert signature.agency is not None
    assert await day.client.size_of(core) > 0
    for desk, own in ((day, True), (night, False)):
        said = await desk.client.said_here(core)
        assert [(each.kind, each.own) for each in said] == [
            (EventKind.ACCEPTED, own),
            (EventKind.COMMITTED, own),
            (EventKind.ACKNOWLEDGED, own),
        ]
        assert said[-1].detail is not None
        assert said[-1].detail.owner == "Duty sergeant"
    mine = await here["front door"].client.signature_of(core)
    assert mine.address == FRONT_DOOR
