"""Taking responsibility twice with the same words is taking it once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from agency_client.record.when import is_length
from agency_client.use_cases.viewing import detail_of
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.package.events import EventKind
from tests.client.quillmere_homes import Desk, Desks, desks
from tests.end_to_end.documents import package
from tests.protocol.quillmere import DAY, MASH


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path, "front door", "mash 1") as made:
        yield made


async def accepted(here: Desks) -> tuple[Desk, ObjectHash]:
    id_ = await here["front door"].send(package("Ask", sections={"only": (MASH,)}))
    await here["mash 1"].accept(id_)
    return here["mash 1"], here["mash 1"].client.find_received(id_)


def dues(desk: Desk, core: ObjectHash) -> list[Seconds | None]:
    """By when, of each time that responsibility was taken."""
    with desk.home.vault.reading() as view:
        said = [e for e in view.events.of(core) if e.kind is EventKind.ACKNOWLEDGED]
    return [detail.due for event in said if (detail := detail_of(event)) is not None]


async def test_a_length_that_is_said_again_is_said_once(here: Desks) -> None:
    desk, core = await accepted(here)
    first = here.town.clock()

    async def acknowledge(days: int = 3, owner: str = "Sergeant") -> None:
        due = Seconds(here.town.clock() + days * DAY)
        await desk.client.acknowledge(core, owner, "Discussion", due, from_now=True)

    await acknowledge()
    for seconds in (0, 7, 600):
        here.town.clock.turn(seconds)
        await acknowledge()
    assert dues(desk, core) == [first + 3 * DAY], "whoever was stopped repeats the command"
    await acknowledge(days=4)
    await acknowledge(days=4, owner="Inspector")
    assert len(dues(desk, core)) == 3, "another term and another owner are news"
    here.town.clock.turn(2 * 3600)
    await acknowledge(days=4, owner="Inspector")
    assert len(dues(desk, core)) == 4, "later, three days from now are three other days"


async def test_a_moment_is_the_moment_that_it_is(here: Desks) -> None:
    desk, core = await accepted(here)
    due = Seconds(here.town.clock() + DAY)
    for moment in (due, due, Seconds(due + 60)):
        here.town.clock.turn(60)
        await desk.client.acknowledge(core, "Sergeant", "Discussion", moment)
    assert dues(desk, core) == [due, due + 60]


@pytest.mark.parametrize(
    ("text", "counts"),
    [("3d", True), (" 90 m ", True), ("2026-12-04", False), ("2026-12-04T17:00:00Z", False)],
)
def test_what_counts_from_now(text: str, counts: bool) -> None:
    assert is_length(text) is counts
