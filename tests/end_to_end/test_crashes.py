"""``kill -9`` at the writes of relay and client: nothing accepted is lost, nothing appears twice, histories agree.

Each point is a system call at which the program ends as by a power cut; then the same command is repeated.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.documents import MASH, NURSE, package
from tests.end_to_end.killing import (
    Point,
    is_dead,
    killed_at,
    points,
    relay_killed_at,
    require_strace,
)
from tests.end_to_end.mortal import Mortals
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import Town
from tests.end_to_end.whole import After, history

SEND = points(
    sendto=(3,),
    mkdir=(3,),
    pwrite64=(10, 60, 110),
    fsync=(4, 7, 10),
    write=(1, 2),
    rename=(1,),
)
ACCEPT = points(sendto=(5, 9, 11), pwrite64=(75, 120), fsync=(4, 8, 12), rename=(2,))
ACKNOWLEDGE = points(sendto=(4,), fsync=(4, 7))
#: Of the relay, while a package is sent, and while it is accepted.
TAKING = points(fdatasync=(1,), pwrite64=(7, 30), write=(2,))
GIVING = points(fdatasync=(1, 2), pwrite64=(20,), write=(4,))
#: An address that has two machines, so that a colleague tells what the other has said.
FOR_MASH = {"only": (MASH,)}
FOR_BOTH = {"both": (MASH, NURSE)}


@pytest.fixture(autouse=True)
def _traceable() -> None:
    require_strace()


@pytest.fixture
def town(own_town: Callable[..., Town]) -> Iterator[Town]:
    with own_town() as town:
        yield town


@pytest.fixture
def after(town: Town, mortals: Mortals) -> After:
    return After(town, mortals)


def test_a_sender_killed_anywhere_sends_once(town: Town, mortals: Mortals, after: After) -> None:
    killed = 0
    for point in SEND:
        purpose = f"{point.call} {point.when}"
        file = town.sender.folder / "package.toml"
        file.write_text(package(purpose, sections=FOR_MASH), "utf-8")
        was_killed, finished = killed_at(point, town.sender, "send", file)
        killed += was_killed
        assert was_killed or finished.status == 0, finished
        if not finished.out:  # nobody knows whether it was sent
            again = mortals.run(town.sender, "send", file).json
            assert "W_SENT_BEFORE" not in {w["code"] for w in again["warnings"]}
    assert killed >= 9

    arrived = Counter(p["purpose"] for p in after.packages("desk"))
    assert arrived == {f"{point.call} {point.when}": 1 for point in SEND}
    sent = after.sent()
    assert Counter(p["purpose"] for p in sent) == arrived
    assert {p["state"] for p in sent} <= {"held", "offered"}
    assert {p["package"] for p in sent} == {p["package"] for p in after.packages("desk")}
    after.check_everything("social-care", "desk")


def test_a_recipient_killed_anywhere_takes_in_once(
    town: Town, mortals: Mortals, after: After
) -> None:
    ids = [town.send(package(f"Number {n}", sections=FOR_BOTH)) for n in range(3)]
    turns = [(name, id_) for id_ in ids for name in ("desk", "nurse", "night-desk")]
    killed = 0
    for point, (name, id_) in zip(ACCEPT, turns, strict=True):
        killed += killed_at(point, town[name], "accept", id_)[0]
        assert mortals.run(town[name], "accept", id_).json["state"] == "committed"
    assert "Said in both" in str(town["night-desk"].phoenix("open", ids[-1]).json)

    words = ("--owner", "Duty sergeant", "--use", "Strategy discussion")
    for point, (name, id_) in zip(ACKNOWLEDGE, turns, strict=False):
        killed += killed_at(point, town[name], "acknowledge", id_, *words)[0]
        again = mortals.run(town[name], "acknowledge", id_, *words).json
        assert again["state"] == "acknowledged"
    assert killed >= 9

    lines = {line["package"]: line for line in after.packages("night-desk")}
    assert sorted(lines) == sorted(ids), "each once"
    for number, id_ in enumerate(ids):
        known = ["--offline"] if number else []
        status = mortals.run(town.sender, "status", id_, *known).json
        ends = {e["endpoint"]: e["state"] for r in status["recipients"] for e in r["endpoints"]}
        assert set(ends.values()) <= {"committed", "acknowledged"}
        for endpoint in ends:
            said = history(status["events"], endpoint)
            states = [state for state, _ in said]
            assert states in (
                ["accepted", "committed"],
                ["accepted", "committed", "acknowledged"],
            ), "each said once"
            colleague = history(lines[id_]["colleagues"], endpoint)
            assert colleague in ([], said), "a colleague and the sender know one history"
    after.check_everything("social-care", "desk", "nurse", "night-desk")


def test_a_relay_killed_anywhere_loses_nothing(town: Town, after: After) -> None:
    killed = 0

    def without_end(point: Point, *words: str | Path, by: Machine) -> Any:
        """Run a command while the relay dies. It waits for the relay to come back, and finishes by itself."""
        nonlocal killed
        with ThreadPoolExecutor(1) as pool:
            with relay_killed_at(point, town.relay):
                job = pool.submit(by.phoenix, *words)
                while not job.done() and not is_dead(town.relay):
                    time.sleep(0.02)
            if is_dead(town.relay):
                killed += 1
                town.relay.restart()
            return job.result().json

    ids: list[str] = []
    for number, (taking, giving) in enumerate(zip(TAKING, GIVING, strict=True)):
        file = town.sender.folder / "package.toml"
        file.write_text(package(str(number), sections=FOR_MASH), "utf-8")
        ids.append(without_end(taking, "send", file, by=town.sender)["package"])
        accepted = without_end(giving, "accept", ids[-1], by=town.desk)
        assert accepted["state"] == "committed"
    assert killed >= 7

    assert sorted(p["package"] for p in after.packages("night-desk")) == sorted(ids)
    sent = after.sent()
    assert {p["package"]: p["state"] for p in sent} == dict.fromkeys(ids, "committed")
    for id_ in ids[:2]:
        assert [e["state"] for e in after.events(id_)] == ["accepted", "committed"]
    after.check_everything("social-care", "desk", "night-desk")
