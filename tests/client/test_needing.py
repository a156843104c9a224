"""What needs somebody at a home: counted of every family, weighed without reading lists, quick in a full vault."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from agency_client.ports.vault import Alert, Counted, Due, DueCount, Families, Shows
from agency_client.ports.vault.settings import CHECKED
from agency_client.use_cases.following import sent_page
from agency_client.use_cases.home import Home
from agency_client.use_cases.needing import Need, Needed, needed, needs_me
from bench.full_vault import fill
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import State, Step
from tests.client.quillmere_homes import Desks, desks
from tests.client.record_homes import opened_home
from tests.client.vault_values import (
    POLICE,
    core_hash,
    endpoint,
    event,
    offer,
    received,
    send,
)
from tests.end_to_end.documents import package

DAY = 86400


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with opened_home(tmp_path / "home") as home:
        yield home


def counts(home: Home) -> dict[Need, Needed]:
    return {each.need: each for each in needs_me(home).needed}


def come(tx: Families, home: Home, n: int, state: State, **changes: object) -> None:
    """A package that came and does not expire soon."""
    late = Seconds(home.clock.now() + 30 * DAY)
    values = replace(received(n, state=state), expires=late, **changes)  # type: ignore[arg-type]
    tx.received.add(values, offer(n))


def test_an_empty_home_needs_nobody(home: Home) -> None:
    assert counts(home) == {}


def test_what_came_is_counted_by_what_is_to_be_done_with_it(home: Home) -> None:
    own = home.content.endpoint
    assert own is not None
    with home.vault.transaction() as tx:
        come(tx, home, 1, State.OFFERED)
        come(tx, home, 2, State.OFFERED, urgency="red")
        come(tx, home, 3, State.ACCEPTED)
        for n in (4, 5, 6):
            come(tx, home, n, State.COMMITTED)
        come(tx, home, 7, State.ACKNOWLEDGED)
        come(tx, home, 8, State.OFFERED, sent_from=own.address)  # a copy of what a colleague sent
        # A colleague has taken responsibility for one, and this machine has opened another.
        tx.events.add(replace(event(5, by=4), kind=EventKind.ACKNOWLEDGED))
        now = home.clock.now()
        tx.audit.append(time=now, actor="desk", action="package.opened", on=core_hash(6))
    found = counts(home)
    assert (found[Need.OFFERED].count, found[Need.OFFERED].pressing) == (2, 1)
    assert found[Need.UNFETCHED].count == 1
    assert (found[Need.UNOWNED].count, found[Need.UNOWNED].unopened) == (2, 1)


def test_what_was_sent_is_counted_where_it_did_not_arrive(home: Home) -> None:
    now = home.clock.now()
    with home.vault.transaction() as tx:
        for n in (1, 2, 3):
            send(tx, n)
            tx.sent.hold(core_hash(n), 1, b"held", now)
        for step in (Step.OFFER, Step.RETURN):
            tx.sent.step(core_hash(1), endpoint(1), step, now)
        for n in (2, 3):
            tx.sent.step(core_hash(n), endpoint(1), Step.EXPIRE, now)
            tx.alerts.add(Alert(code="A_NOT_DELIVERED", core=core_hash(n), time=now))
        [*_, last] = tx.alerts.unseen()
        tx.alerts.see(last.number, now)
    found = counts(home)
    assert found[Need.UNDELIVERED].count == 1, "somebody has seen the other"
    assert found[Need.RETURNED].count == 1
    assert Need.ALARMS not in found, "it is said once"
    shown = {each: sent_page(home, each, start=0, most=50).whole for each in Shows}
    assert shown == {
        Shows.ALL: 3,
        Shows.WAITING: 0,
        Shows.UNOWNED: 0,
        Shows.TROUBLED: 1,
        Shows.FAILED: 3,
    }


def test_pages_of_what_was_sent_follow_each_other(home: Home) -> None:
    with home.vault.transaction() as tx:
        for n in range(7):
            send(tx, n)
    pages = [sent_page(home, Shows.ALL, start=start, most=3) for start in (0, 3, 6)]
    assert [page.whole for page in pages] == [7, 7, 7]
    found = [line.package.core for page in pages for line in page.lines]
    assert found == [core_hash(n) for n in reversed(range(7))]
    assert [line.package.core for line in sent_page(home, Shows.WAITING, start=0, most=50).lines]


def test_reviews_count_when_they_are_near_and_what_is_owed_always(home: Home) -> None:
    now = home.clock.now()
    with home.vault.transaction() as tx:
        for n, (kind, days) in enumerate(
            [
                ("retention_review", -1),
                ("decision_review", 5),
                ("retention_review", 30),
                ("owed_answer", 30),
                ("breach_report", 2),
            ]
        ):
            at = Seconds(now + days * DAY)
            tx.dues.put(Due(kind=kind, at=at, made=now, core=core_hash(n)))
    found = counts(home)
    reviews = found[Need.REVIEWS]
    assert (reviews.count, reviews.pressing, reviews.soonest) == (2, 1, now - DAY)
    assert (found[Need.OWED].count, found[Need.OWED].pressing) == (1, 0)
    assert found[Need.BREACHES].count == 1


def test_what_is_due_today_is_late_when_the_day_has_passed(home: Home) -> None:
    now = home.clock.now()
    today = now - now % DAY
    with home.vault.transaction() as tx:
        for n, at in enumerate((today, today + DAY - 1, today - 1)):
            tx.dues.put(Due(kind="decision_review", at=Seconds(at), made=now, core=core_hash(n)))
    reviews = counts(home)[Need.REVIEWS]
    assert (reviews.count, reviews.pressing) == (3, 1)


def test_alarms_are_told_from_messages_and_from_what_is_counted_elsewhere() -> None:
    alerts = {"A_RELAY_LIED": 1, "E_REPLAY": 2, "N_SEQUENCE_GAP": 3, "N_CORRECTED": 9}
    found = {each.need: each.count for each in needed(Counted(alerts=alerts))}
    assert found == {Need.ALARMS: 3, Need.FINDINGS: 3}
    due = {"request_answer": DueCount(past=1, near=2, ever=3, soonest=Seconds(5))}
    [request] = needed(Counted(dues=due))
    assert request == Needed(need=Need.REQUESTS, count=3, pressing=1, soonest=Seconds(5))


def test_the_directory_is_stale_after_a_day(home: Home) -> None:
    assert needs_me(home).standing.checked is None
    now = home.clock.now()
    for age, stale in ((DAY - 10, False), (DAY + 10, True)):
        with home.vault.transaction() as tx:
            tx.settings.put(CHECKED, now - age)
        standing = needs_me(home).standing
        assert (standing.is_desk, standing.is_manager, standing.is_stale) == (True, False, stale)


def test_a_full_vault_is_counted_quickly(home: Home) -> None:
    fill(home.vault, 2000, home.clock.now())  # type: ignore[arg-type]
    took = []
    for _ in range(5):
        before = time.perf_counter()
        found = counts(home)
        took.append(time.perf_counter() - before)
    assert found[Need.OFFERED].count == 200
    assert sorted(took)[2] < 0.15


# -- between homes ---------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path, "front door", "mash 1") as made:
        yield made


async def test_a_correction_needs_its_holder_and_then_its_maker_no_more(here: Desks) -> None:
    door, mash = here["front door"], here["mash 1"]
    id_ = await door.send(package("Needed", sections={"observed": (POLICE,)}))
    await mash.accept(id_)
    await door.client.correct(id_, "1", "Said otherwise", "It was wrong")
    assert counts(door.home)[Need.UNANSWERED].count == 1
    await mash.client.catch_up()
    assert counts(mash.home)[Need.NOTICES].count == 1
    [notice] = await mash.client.notices()
    await mash.client.settle(notice.noticed.notice.hex(), "rectified")
    assert Need.NOTICES not in counts(mash.home)
