"""What is said after sending, between real programs: shown beside what was sent, answered, and said once whatever ends.

Who hears of what and who may say it is in tests/client/test_notices.py.
"""

from __future__ import annotations

import os
import pty
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.documents import FRONT, MASH, NURSE, package
from tests.end_to_end.front import Does, Fault, Front
from tests.end_to_end.killing import killed_at, points, require_strace
from tests.end_to_end.processes import Machine, kill, program
from tests.end_to_end.quillmere import Town, point_to

WHY = "One session was entered late"


def document(purpose: str) -> str:
    """A package whose second statement, an opinion, rests on its first."""
    resting = 'author = "Form tutor"\nbasis = [1]'
    return package(purpose).replace('author = "Form tutor"', resting, 1)


def sent(town: Town, purpose: str, *accepting: str) -> str:
    """A package that was sent and that some have accepted."""
    id_ = town.send(document(purpose))
    for name in accepting:
        assert town[name].phoenix("accept", id_).json["state"] == "committed"
    return id_


def correct(town: Town, id_: str, place: str = "1", text: str = "Absent 12 of 30") -> Any:
    """Correct a statement as its sender."""
    return town.sender.phoenix("correct", id_, place, "--text", text, "--why", WHY).json


def statement(machine: Machine, id_: str, text: str) -> Any:
    """The statement with a text, of an opened package."""
    opened = machine.phoenix("open", id_).json
    found = [s for section in opened["sections"] for s in section["statements"]]
    return next(s for s in found if s["text"] == text)


def alerts(machine: Machine, id_: str, command: str = "inbox") -> list[str]:
    """The codes of what nobody has seen about one package."""
    found = machine.phoenix(command).json["alerts"]
    return [alert["code"] for alert in found if alert["package"] == id_]


def answers(town: Town, id_: str) -> dict[str, Any]:
    """What each address did about the newest notice on a package, as its sender sees it."""
    [*_, notice] = town.sender.phoenix("status", id_).json["notices"]
    return {answer["address"]: answer for answer in notice["answers"]}


def refused(machine: Machine, *words: str) -> str:
    """The code with which a rule says no."""
    return machine.phoenix(*words, status=3).error_code


def shown_and_not_said(machine: Machine, id_: str) -> None:
    """Somebody at a terminal sees both texts and who gets them, is asked, and does not go on."""
    words = [program("phoenix"), "correct", id_, "1", "--replace", "Said in", "--with", "Absent in"]
    near, far = pty.openpty()
    with os.fdopen(near, "r+b", buffering=0) as person:
        process = subprocess.Popen(words, env=machine.env, stdin=far, stdout=far, stderr=far)
        os.close(far)
        person.write(b"n\n")
        seen = b""
        with suppress(OSError):  # the terminal is gone with the program
            while piece := person.read(4096):
                seen += piece
    assert process.wait() == 130, "stopped by a person"
    for text in (b"Said in attendance", b"Absent in attendance", MASH.encode(), b"[y/N]"):
        assert text in seen
    assert machine.phoenix("status", id_, "--offline").json["notices"] == []


def test_a_correction_stands_beside_the_first_text_until_everybody_has_answered(town: Town) -> None:
    id_ = sent(town, "Corrected", "desk", "nurse")
    shown_and_not_said(town.sender, id_)
    given = correct(town, id_)
    assert (given["statement"], set(given["to"]), given["repeated"]) == (
        "attendance.1",
        {MASH, NURSE},
        False,
    )
    desk, nurse, notice = town.desk, town.nurse, given["notice"]
    for machine in (desk, nurse):
        assert alerts(machine, id_) == ["N_CORRECTED"]
        said = statement(machine, id_, "Said in attendance")
        [shown] = said["notices"]
        assert (shown["action"], shown["by"], shown["words"]) == ("correct", FRONT, WHY)
        assert shown["correction"]["text"] == "Absent 12 of 30"
        kept = ("id", "kind", "class", "about", "source", "as_of", "origin")
        assert {key: shown["correction"][key] for key in kept} == {key: said[key] for key in kept}
    page = desk.run_plain("open", id_).out
    assert page.index("CORRECTED. It said: Said in attendance") < page.index("Now: Absent 12")
    assert f"Corrected by {FRONT}" in page
    assert {a["answer"] for a in answers(town, id_).values()} == {"received"}

    # Hard block 14: it is not put away before somebody says what they did.
    [alert] = [a for a in desk.phoenix("alarms").json["alerts"] if a["package"] == id_]
    seen = desk.phoenix("alarms", "--seen", str(alert["number"]), status=3)
    assert seen.error_code == "E_NOTICE_OPEN"
    assert f"phoenix settle {notice[:12]}" in seen.json["error"]["next"]
    assert alerts(desk, id_, "alarms") == ["N_CORRECTED"]
    words = ("settle", notice[:12], "--outcome", "rectified", "--why", "Changed in our log")
    for _ in range(2):
        assert desk.phoenix(*words).json == {"notice": notice, "outcome": "rectified"}
    assert alerts(desk, id_, "alarms") == []
    assert statement(desk, id_, "Said in attendance")["notices"][0]["owed"] is False

    disagreed = ("settle", notice, "--outcome", "disagreed")
    assert nurse.phoenix(*disagreed, status=2).error_code == "E_USAGE", "it needs its reason"
    nurse.phoenix(*disagreed, "--why", "Our register says 11")
    found = answers(town, id_)
    assert {a: (f["answer"], f["outcome"], f["words"]) for a, f in found.items()} == {
        MASH: ("done", "rectified", "Changed in our log"),
        NURSE: ("disagreed", "disagreed", "Our register says 11"),
    }
    assert "N_NOTICE_DISAGREED" in alerts(town.sender, id_, "alarms")
    nurse.phoenix("settle", notice, "--outcome", "restricted")
    assert answers(town, id_)[NURSE]["outcome"] == "restricted", "the newest counts"
    text = town.sender.run_plain("status", id_, "--offline").out
    assert f"{MASH}: rectified" in text
    assert f"{NURSE}: restricted" in text


def test_a_withdrawal_flags_the_opinions_that_rest_on_it(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "register.txt"
    file.write_text("a register", "utf-8")
    id_ = town.send(document("Withdrawn"), "--attach", f"attendance={file}")
    town.desk.phoenix("accept", id_)
    words = ("withdraw", id_, "1", "--why", "The register was wrong")
    given = town.sender.phoenix(*words).json
    attached = town.desk.phoenix("open", id_).json["sections"][0]["attachments"][0]["id"]
    town.sender.phoenix("withdraw", id_, attached[:12], "--why", "The wrong class")
    assert alerts(town.desk, id_) == ["N_WITHDRAWN"] * 2
    withdrawn = statement(town.desk, id_, "Said in attendance")
    assert [n["action"] for n in withdrawn["notices"]] == ["withdraw"]
    opinion = statement(town.desk, id_, "Thought in attendance")
    assert opinion["basis_withdrawn"] == [withdrawn["id"]]
    assert statement(town.desk, id_, "Thought in observed")["basis_withdrawn"] == []
    page = town.desk.run_plain("open", id_).out
    for line in (
        "WITHDRAWN. It said: Said in attendance",
        "The register was wrong",
        "Rests on what was withdrawn: attendance.1",
        "[WITHDRAWN] Attached: register.txt",
    ):
        assert line in page
    assert refused(town.sender, "correct", id_, "1", "--text", "x") == "E_NOTICE_STATE"
    assert refused(town.sender, "correct", id_, attached, "--text", "x") == "E_NOTICE_STATE"
    again = town.sender.phoenix(*words).json
    assert (again["repeated"], again["notice"]) == (True, given["notice"])


# -- crashes --------------------------------------------------------------------------------------------------------


@contextmanager
def fronted(town: Town, name: str) -> Iterator[Front]:
    """A machine that reaches the relay by a front."""
    with Front(town.relay.port) as front:
        point_to(town[name].home, town.keys[name], front.url)
        yield front
    point_to(town[name].home, town.keys[name], town.relay.url)


def killed_while_posting(machine: Machine, front: Front, path: bytes, *words: str) -> None:
    """A command that is killed when the relay has not answered yet."""
    front.fault, front.seen = Fault(does=Does.HOLD, to=path), 0
    process = machine.start(*words)
    until = time.monotonic() + 60
    while not front.seen:
        assert process.poll() is None, "it ended before it asked"
        assert time.monotonic() < until
        time.sleep(0.02)
    kill(process)
    front.fault = None


def test_what_was_interrupted_is_finished_once(own_town: Callable[..., Town]) -> None:
    with own_town() as town:
        id_ = sent(town, "Interrupted", "desk")
        words = ("correct", id_, "1", "--text", "Absent 12 of 30")
        with fronted(town, "social-care") as front:
            killed_while_posting(town.sender, front, b" /v1/notices ", *words)
            assert alerts(town.desk, id_) == []
            town.relay.kill()
            town.relay.restart()
            done = town.sender.phoenix(*words).json
            assert done["repeated"] is True
            front.fault = Fault(does=Does.LOSE, to=b" /v1/notices ", times=1)
            assert town.sender.phoenix(*words[:-1], "Absent 13 of 30").json["repeated"] is False
        assert alerts(town.desk, id_) == ["N_CORRECTED"] * 2
        settle = ("settle", done["notice"], "--outcome", "rectified")
        with fronted(town, "desk") as front:
            killed_while_posting(town.desk, front, b" /v1/notices/answers ", *settle)
            assert alerts(town.desk, id_, "alarms") == ["N_CORRECTED"], "it is settled here"
            town.relay.kill()
            town.relay.restart()
            town.desk.phoenix(*settle)
        notices = town.sender.phoenix("status", id_).json["notices"]
        found = {n["notice"]: {a["address"]: a["answer"] for a in n["answers"]} for n in notices}
        assert len(found) == 2
        assert found[done["notice"]] == {MASH: "done", NURSE: None}
        rows = town.desk.phoenix("audit", "show", "--last", "500").json["rows"]
        outcomes = [row["outcome"] for row in rows if row["action"] == "notice.answered"]
        assert sorted(outcomes) == ["received", "received", "rectified"]
        for machine in (town.sender, town.desk):
            assert machine.phoenix("audit", "verify").json["problems"] == []
        assert town.relay.run("check").status == 0


GIVE = points(sendto=(4, 6), pwrite64=(20, 60), fsync=(3, 5, 8))


@pytest.mark.timeout(900)
def test_a_sender_killed_anywhere_corrects_once(own_town: Callable[..., Town]) -> None:
    require_strace()
    with own_town() as town:
        id_ = sent(town, "Killed", "desk")
        killed = 0
        for number, point in enumerate(GIVE):
            words = ("correct", id_, "1", "--text", f"Absent {number} of 30")
            was_killed, finished = killed_at(point, town.sender, *words)
            killed += was_killed
            assert was_killed or finished.status == 0, finished
            town.sender.phoenix(*words)
        assert killed >= 5
        town.desk.phoenix("inbox")
        said = statement(town.desk, id_, "Said in attendance")["notices"]
        texts = [notice["correction"]["text"] for notice in said]
        assert texts == [f"Absent {number} of 30" for number in range(len(GIVE))]
        assert set(alerts(town.desk, id_)) == {"N_CORRECTED"}, "no number is missing"
        assert town.relay.run("check").status == 0
