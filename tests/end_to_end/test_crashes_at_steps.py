"""``kill -9`` at every step of a client, and of the relay at its requests: nothing is lost, nothing appears twice.

The client dies in its ports, before each call that changes something and before each transaction is durable: at every
one of them, because a command is killed one step later each time until it comes through. The relay dies while it has
a request, or between its answer and whoever waits for it.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from tests.end_to_end.documents import MASH, package
from tests.end_to_end.front import Does, Fault, Front
from tests.end_to_end.killing import is_dead
from tests.end_to_end.mortal import Mortals
from tests.end_to_end.processes import Finished, Machine
from tests.end_to_end.quillmere import Town, point_to
from tests.end_to_end.whole import After, history

#: An address that has two machines, so that a colleague tells what the other has said.
FOR_MASH = {"only": (MASH,)}
FILM = b"frame" * 250_000  # more than one block of a body
WORDS = ("--owner", "Duty sergeant", "--use", "Strategy discussion")


@pytest.fixture
def town(own_town: Callable[..., Town]) -> Iterator[Town]:
    with own_town() as town:
        yield town


@pytest.fixture
def after(town: Town, mortals: Mortals) -> After:
    return After(town, mortals)


@pytest.fixture
def film(tmp_path: Path) -> tuple[str, ...]:
    """Arguments that attach it."""
    (tmp_path / "film.mp4").write_bytes(FILM)
    return ("--attach", f"only={tmp_path / 'film.mp4'}")


def was_killed(finished: Finished) -> bool:
    """Whether the step was reached; what comes through has done its job."""
    assert finished.status in (0, -signal.SIGKILL), finished
    return finished.status != 0


def written(town: Town, purpose: str) -> Path:
    """A document of this purpose for the police."""
    file = town.sender.folder / "package.toml"
    file.write_text(package(purpose, sections=FOR_MASH), "utf-8")
    return file


def files(machine: Machine) -> list[Path]:
    """The ciphertext of attachments that a machine keeps, whole or not."""
    return [path for path in (machine.home / "blobs").rglob("*") if path.is_file()]


def test_a_sender_killed_at_any_step_sends_once(
    town: Town, mortals: Mortals, after: After, film: tuple[str, ...]
) -> None:
    for at in count(1):
        words: tuple[str | Path, ...] = ("send", written(town, f"Step {at}"), *film)
        finished = mortals.run(town.sender, *words, at=at)
        if not was_killed(finished):
            break
        if not finished.out:  # nobody knows whether it was sent
            again = mortals.run(town.sender, *words).json
            assert "W_SENT_BEFORE" not in {w["code"] for w in again["warnings"]}
    assert at > 12

    arrived = Counter(p["purpose"] for p in after.packages("desk"))
    assert arrived == {f"Step {n}": 1 for n in range(1, at + 1)}
    sent = after.sent()
    assert Counter(p["purpose"] for p in sent) == arrived
    assert {p["package"] for p in sent} == {p["package"] for p in after.packages("desk")}
    assert len(files(town.sender)) == at, "no file of a package that was not kept"
    after.check_everything("social-care", "desk")


def test_a_recipient_killed_at_any_step_takes_in_and_answers_once(
    town: Town, mortals: Mortals, after: After, film: tuple[str, ...], tmp_path: Path
) -> None:
    def sent() -> str:
        return str(mortals.run(town.sender, "send", written(town, "x"), *film).json["package"])

    def killed(name: str, state: str, ids: Iterator[str], verb: str, *words: str) -> list[str]:
        """Run a command for one package after the other until no step is left; those packages."""
        done = []
        for at, id_ in enumerate(ids, 1):
            done.append(id_)
            if not was_killed(mortals.run(town[name], verb, id_, *words, at=at)):
                return done
            assert mortals.run(town[name], verb, id_, *words).json["state"] == state
        raise AssertionError("There were more steps than packages.")

    taken = killed("desk", "committed", iter(sent, ""), "accept")
    mortals.run(town["night-desk"], "inbox")
    returned = killed("night-desk", "returned", iter(taken), "return", "--reason", "Yours")
    answered = killed("desk", "acknowledged", iter(taken), "acknowledge", *WORDS)
    followed = killed("desk", "outcome", iter(answered), "outcome", "A visit")
    assert len(taken) > 18
    assert min(len(returned), len(answered), len(followed)) > 4

    opened = mortals.run(town.desk, "open", taken[-1], "--attachments", tmp_path / "out").json
    [file] = opened["sections"][0]["attachments"]
    assert Path(file["path"]).read_bytes() == FILM
    assert sorted(line["package"] for line in after.packages("desk")) == sorted(taken)
    mortals.run(town.sender, "inbox")
    told = {line["package"]: line["colleagues"] for line in after.packages("night-desk")}
    [desk] = {said["endpoint"] for colleague in told.values() for said in colleague}
    for id_ in taken[: len(returned) + 1]:
        expected = ["accepted", "committed"]
        expected += ["acknowledged"] * (id_ in answered) + ["outcome"] * (id_ in followed)
        events = after.events(id_)
        assert [said["state"] for said in told[id_]] == expected
        assert history(events, desk) == history(told[id_], desk)
        others = [e["state"] for e in events if e["endpoint"] != desk]
        assert others == ["returned"] * (id_ in returned)
    after.check_everything("social-care", "desk", "night-desk")


def test_a_recall_killed_at_any_step_is_one_recall(
    town: Town, mortals: Mortals, after: After
) -> None:
    recalled = []
    for at in count(1):
        sent = mortals.run(town.sender, "send", written(town, f"Step {at}")).json
        recalled.append(sent["package"])
        words = ("recall", sent["package"], "--reason", "Twice")
        if not was_killed(mortals.run(town.sender, *words, at=at)):
            break
        [answer] = mortals.run(town.sender, *words).json["recipients"]
        assert answer["answer"] == "RECALLED"
    assert at > 3
    kept = town.send(package("Kept", sections=FOR_MASH))
    assert {p["package"]: p["state"] for p in after.packages("desk")} == {kept: "offered"}
    sent = after.sent()
    assert {p["package"] for p in sent if p["state"] == "recalled"} == set(recalled)
    after.check_everything("social-care", "desk")


#: What the relay was asked when it died, and when: so many milliseconds later, or having answered.
ANSWERED = None
SENDING = (
    (b"POST /v1/uploads", ANSWERED),
    (b"PUT /v1/uploads", 1),
    (b"POST /v1/packages", 1),
    (b"POST /v1/packages", ANSWERED),
)
ACCEPTING = (
    (b"POST /v1/events", 1),
    (b"POST /v1/events", ANSWERED),
    (b"/grant", ANSWERED),
    (b"/body/1", ANSWERED),
)


def test_a_relay_killed_at_its_requests_loses_nothing(
    town: Town, mortals: Mortals, after: After, film: tuple[str, ...]
) -> None:
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(1))
        front = stack.enter_context(Front(town.relay.port))
        for name in ("social-care", "desk"):
            point_to(town[name].home, town.keys[name], front.url)

        def killed(to: bytes, after: int | None, run: Callable[[], Finished]) -> Finished:
            """Run a command, of which the relay dies; the command waits until it is back, and finishes by itself."""
            does = Does.LOSE if after is ANSWERED else Does.PASS
            seconds = (after or 0) / 1000
            front.fault = Fault(does=does, to=to, times=1, then=town.relay.kill, after=seconds)
            job = pool.submit(run)
            while not job.done() and not is_dead(town.relay):
                time.sleep(0.01)
            assert is_dead(town.relay)
            town.relay.restart()
            return job.result()

        def send(purpose: str) -> Callable[[], Finished]:
            return lambda: mortals.run(town.sender, "send", written(town, purpose), *film)

        def accept(id_: str) -> Callable[[], Finished]:
            return lambda: mortals.run(town.desk, "accept", id_)

        ids = [killed(*point, send(str(n))).json["package"] for n, point in enumerate(SENDING)]
        for point, id_ in zip(ACCEPTING, ids, strict=True):
            assert killed(*point, accept(id_)).json["state"] == "committed"
        town.point_to(town.relay.url)

    assert sorted(p["package"] for p in after.packages("night-desk")) == sorted(ids)
    sent = {p["package"]: p["state"] for p in after.sent()}
    assert list(sent) == ids[::-1]
    assert set(sent.values()) == {"committed"}
    for id_ in ids:
        events = after.events(id_)
        assert [e["state"] for e in events] == ["accepted", "committed"]
    after.check_everything("social-care", "night-desk")
