"""``kill -9`` at the writes of relay and client: nothing accepted is lost, nothing appears twice, histories agree.

Each point is a system call at which the program ends as by a power cut; then the same command is repeated.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.end_to_end.documents import MASH, NURSE, package
from tests.end_to_end.killing import (
    is_dead,
    killed_at,
    points,
    relay_killed_at,
    require_strace,
)
from tests.end_to_end.quillmere import Town

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
#: By turns while a package is sent and while the one before is accepted.
RELAY = points(fdatasync=(1, 1, 2, 2), pwrite64=(7, 20, 40), write=(2, 2, 4))
#: An address that has two machines, so that a colleague tells what the other has said.
FOR_MASH = {"only": (MASH,)}
FOR_BOTH = {"both": (MASH, NURSE)}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(autouse=True)
def _traceable() -> None:
    require_strace()


@pytest.fixture
def town(own_town: Callable[..., Town]) -> Iterator[Town]:
    with own_town() as town:
        yield town


def packages(town: Town, name: str) -> list[Any]:
    """An inbox."""
    return list(town[name].phoenix("inbox").json["packages"])


def check_everything(town: Town, *names: str) -> None:
    """Nobody has an alarm, every record is whole, and nothing is left waiting."""
    for name in names:
        inbox = town[name].phoenix("inbox").json
        assert [a for a in inbox["alerts"] if a["code"] != "W_EXPIRES_SOON"] == [], name
        assert town[name].phoenix("audit", "verify").json["problems"] == []
        outbox = town[name].home / "outbox"
        left = [path for path in outbox.iterdir() if path.name != ".making"]
        assert left == [], f"{name} keeps sealed bytes of nothing"
    assert town.relay.run("check").status == 0


def history(events: list[Any], endpoint: str) -> list[tuple[str, str]]:
    """What one endpoint said, in its order."""
    return [(e["state"], e["time"]) for e in events if e["endpoint"] == endpoint]


def test_a_sender_killed_anywhere_sends_once(town: Town) -> None:
    killed = 0
    for point in SEND:
        purpose = f"{point.call} {point.when}"
        file = town.sender.folder / "package.toml"
        file.write_text(package(purpose, sections=FOR_MASH), "utf-8")
        was_killed, finished = killed_at(point, town.sender, "send", file)
        killed += was_killed
        assert was_killed or finished.status == 0, finished
        if not finished.out:  # nobody knows whether it was sent
            again = town.sender.phoenix("send", file).json
            assert "W_SENT_BEFORE" not in {w["code"] for w in again["warnings"]}
    assert killed >= 9

    arrived = Counter(p["purpose"] for p in packages(town, "desk"))
    assert arrived == {f"{point.call} {point.when}": 1 for point in SEND}
    town.sender.phoenix("inbox")
    sent = town.sender.phoenix("sent").json["packages"]
    assert Counter(p["purpose"] for p in sent) == arrived
    assert {p["state"] for p in sent} <= {"held", "offered"}
    assert {p["package"] for p in sent} == {p["package"] for p in packages(town, "desk")}
    check_everything(town, "social-care", "desk")


def test_a_recipient_killed_anywhere_takes_in_once(town: Town) -> None:
    ids = [town.send(package(f"Number {n}", sections=FOR_BOTH)) for n in range(3)]
    turns = [(name, id_) for id_ in ids for name in ("desk", "nurse", "night-desk")]
    killed = 0
    for point, (name, id_) in zip(ACCEPT, turns, strict=True):
        killed += killed_at(point, town[name], "accept", id_)[0]
        assert town[name].phoenix("accept", id_).json["state"] == "committed"
    assert "Said in both" in str(town["night-desk"].phoenix("open", ids[-1]).json)

    words = ("--owner", "Duty sergeant", "--use", "Strategy discussion")
    for point, (name, id_) in zip(ACKNOWLEDGE, turns, strict=False):
        killed += killed_at(point, town[name], "acknowledge", id_, *words)[0]
        assert town[name].phoenix("acknowledge", id_, *words).json["state"] == "acknowledged"
    assert killed >= 9

    lines = {line["package"]: line for line in packages(town, "night-desk")}
    assert sorted(lines) == sorted(ids), "each once"
    for number, id_ in enumerate(ids):
        status = town.sender.phoenix("status", id_, *(["--offline"] if number else [])).json
        ends = {e["endpoint"]: e["state"] for r in status["recipients"] for e in r["endpoints"]}
        assert set(ends.values()) <= {"committed", "acknowledged"}
        for endpoint in ends:
            said = history(status["events"], endpoint)
            assert [s for s, _ in said[:2]] == ["accepted", "committed"]
            assert {s for s, _ in said[2:]} <= {"acknowledged"}
            colleague = history(lines[id_]["colleagues"], endpoint)
            assert colleague in ([], said), "a colleague and the sender know one history"
    check_everything(town, "social-care", "desk", "nurse", "night-desk")


def test_a_relay_killed_anywhere_loses_nothing(town: Town) -> None:
    ids: list[str] = []
    killed = 0
    with ThreadPoolExecutor(1) as pool:
        for number, point in enumerate(RELAY):
            if number % 2:
                job = pool.submit(town.desk.phoenix, "accept", ids[-1])
            else:
                job = pool.submit(town.try_to_send, package(str(number), sections=FOR_MASH))
            with relay_killed_at(point, town.relay):
                while not job.done() and not is_dead(town.relay):
                    time.sleep(0.02)
            if is_dead(town.relay):
                killed += 1
                town.relay.restart()
            # The command waits for the relay to come back, and finishes by itself.
            finished = job.result().json
            if number % 2:
                assert finished["state"] == "committed"
            else:
                ids.append(finished["package"])
    assert killed >= 7

    assert sorted(p["package"] for p in packages(town, "night-desk")) == sorted(ids)
    town.sender.phoenix("inbox")
    sent = town.sender.phoenix("sent").json["packages"]
    assert {p["package"]: p["state"] for p in sent} == dict.fromkeys(ids, "committed")
    for id_ in ids[:2]:
        status = town.sender.phoenix("status", id_, "--offline").json
        assert [e["state"] for e in status["events"]] == ["accepted", "committed"]
    check_everything(town, "social-care", "desk", "night-desk")
