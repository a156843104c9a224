"""P1 by real programs: a school shares; each opens its sections, and a correction follows what was passed on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end import quillmere
from tests.end_to_end.documents import FRONT, MASH, NURSE
from tests.end_to_end.neighbours import MANAGER, NEXT_FORCE, SCHOOL, at_once, received
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import Keyholder, Town

#: The machines that get something of the school's package, by their addresses.
READERS = {FRONT: "social-care", MANAGER: "manager", MASH: "desk", NURSE: "nurse"}
#: The larger Quillmere is made before the first test.
pytestmark = pytest.mark.timeout(600)

SEEN = "At 15:20 Jordan got into a dark blue hatchback"
BLACK = (
    "At 15:20 Jordan got into a black hatchback, [INDEX-A] partly noted. "
    "Two adults inside not known to me."
)


@pytest.fixture(scope="module")
def town(
    grown: Path, keyholder: Keyholder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("p1") / "own"
    with quillmere.running(grown, folder, keyholder) as running:
        yield running


def test_p1_each_reads_its_own_and_a_correction_follows_what_was_passed_on(
    town: Town, repository: Path
) -> None:
    demo = repository / "config" / "demo"
    school, police = town["school"], town.desk
    school.phoenix("inbox")
    package = demo / "p1.toml"
    found = school.phoenix("check", package).json
    assert (found["problems"], found["owed"], found["prompts"]) == ([], [], [])
    id_ = school.phoenix("send", package).json["package"]
    found = at_once(lambda name: received(town[name], id_), READERS.values())
    opened = dict(zip(READERS, found, strict=True))
    each_reads_its_own(opened)
    assert "Worries and possible explanations" not in police.run_plain("open", id_).out
    passed = onward(town, (demo / "p1-onward.toml").read_text("utf-8"), id_)
    nobody_else_learns_who_the_friend_is(town, id_, passed, opened)
    corrected(town, id_, passed)
    everybody_says_what_they_did(town, id_)


def sections(opened: Any) -> set[str]:
    return {section["id"] for section in opened["sections"]}


def each_reads_its_own(opened: dict[str, Any]) -> None:
    """The police have neither what the child said nor the school's view; nobody has the decision."""
    assert {address: sections(found) for address, found in opened.items()} == {
        FRONT: {
            *("attendance", "attendance-before", "observed", "child", "view", "view-council"),
            "legal",
        },
        MANAGER: {"observed", "protected", "legal"},
        MASH: {"attendance", "observed", "legal"},
        NURSE: {"attendance", "attendance-before", "view", "legal"},
    }
    for words in ("he just gives me lifts", "out of character", "uneasy", "a change at home"):
        assert words not in json.dumps(opened[MASH])
        assert words in json.dumps(opened[FRONT])
    kinds = [
        (section["id"], statement["kind"], statement["class"])
        for section in opened[FRONT]["sections"]
        for statement in section["statements"]
    ]
    assert kinds == [
        ("attendance", "record", "FACT"),
        ("attendance-before", "record", "FACT"),
        ("observed", "observed", "FACT"),
        ("observed", "reported", "REPORTED"),
        ("child", "child_said", "REPORTED"),
        ("view", "professional_assessment", "OPINION"),
        ("view-council", "professional_concern", "OPINION"),
        ("view-council", "hypothesis", "OPINION"),
    ]
    legal = next(s for s in opened[NURSE]["sections"] if s["id"] == "legal")
    assert legal["do_not_alert"] == ["Everybody in the household, until the council has advised"]


def onward(town: Town, text: str, id_: str) -> str:
    """The police pass what was seen on to the next force; the id of that package."""
    passed = town.send(text.replace("ID OF THE PACKAGE", id_), by="desk")
    opened = received(town["next-force"], passed)
    first = opened["sections"][0]["statements"][0]
    assert first["text"].startswith(SEEN)
    assert (first["kind"], first["origin"], first["chain_depth"]) == (
        *("observed", "fennick-academy"),
        1,
    )
    assert "phone" not in json.dumps(opened), "one statement, and no other"
    return passed


def nobody_else_learns_who_the_friend_is(
    town: Town, id_: str, passed: str, opened: dict[str, Any]
) -> None:
    """The friend's name is in section E, and nowhere else: not on a page, in an export, in a register."""
    assert [name for name in opened if "Robin" in json.dumps(opened[name])] == [MANAGER]
    (protected,) = [s for s in opened[MANAGER]["sections"] if s["id"] == "protected"]
    assert [p["name"] for p in protected["people"]] == ["Robin S"]
    rest = [s for s in opened[MANAGER]["sections"] if s["id"] != "protected"]
    assert "Robin" not in json.dumps(rest)
    others = (("desk", id_), ("nurse", id_), ("social-care", id_), ("next-force", passed))
    for paper in at_once(lambda each: everything_on_paper(town[each[0]], each[1]), others):
        assert b"Robin" not in paper
    assert b"Robin S" in everything_on_paper(town["manager"], id_), "this is where it would be"


def everything_on_paper(machine: Machine, id_: str) -> bytes:
    """A package as evidence, and the register as a page to print."""
    page, bundle = machine.folder / "register.html", machine.folder / "bundle"
    machine.phoenix("register", "--page", page)
    machine.phoenix("export", id_, "--out", bundle)
    return page.read_bytes() + bundle.read_bytes()


def corrected(town: Town, id_: str, passed: str) -> None:
    """The car was black: everybody who was told of it learns so, and nobody else."""
    school, police, next_force = town["school"], town.desk, town["next-force"]
    words = ("--text", BLACK, "--why", "The form tutor looked at a photograph")
    nobody_is_told_who_the_friend_is(town, id_)
    looked = school.phoenix("correct", id_, "observed.1", *words, "--check").json
    assert looked["notice"] is None
    part = ("--replace", "dark blue", "--with", "black", *words[2:])
    told = school.phoenix("correct", id_, "observed.1", *part).json
    assert set(told["to"]) == set(looked["to"]) == {FRONT, MANAGER, MASH}
    assert (told["old"], told["new"]) == (looked["old"], looked["new"])
    assert told["old"].startswith(SEEN)
    assert told["new"] == BLACK
    again = school.run_plain("correct", id_, "observed.1", *part)
    for colour in ("dark blue", "black"):
        assert colour in again.err, "both, before anything is said"
    for name in ("social-care", "manager", "desk", "next-force"):
        codes = [alert["code"] for alert in town[name].phoenix("inbox").json["alerts"]]
        assert codes == ["N_CORRECTED"], name
    assert town.nurse.phoenix("notices").json["received"] == [], "the nurses never had it"
    shown = ((next_force, passed), (police, passed), (police, id_))
    for page in at_once(lambda each: each[0].run_plain("open", each[1]).out, shown):
        assert f"CORRECTED. It said: {SEEN}" in page
        assert f"Corrected by {SCHOOL}" in page
        assert page.index("dark blue") < page.index("black hatchback")
        assert "Say what you did about it: phoenix settle" in page


def nobody_is_told_who_the_friend_is(town: Town, id_: str) -> None:
    """Nor by what is typed later, by whoever knows: the school, and the manager who got the name."""
    school, manager = town["school"], town["manager"]
    named = "Robin S saw them"
    for machine, words in (
        (school, ("correct", id_, "observed.1", "--text", named)),
        (manager, ("dispute", id_, "observed.1", "--why", named)),
        (manager, ("disagreement", "raise", id_, "--what", "x", "--why", named, "--to", MASH)),
        (manager, ("advice", "ask", id_, "--send", FRONT, "--question", named)),
    ):
        refused = machine.phoenix(*words, status=3).json["error"]
        codes = {refused["code"], *(p["code"] for p in refused.get("problems", ()))}
        assert "E_DOC_PROTECTED" in codes, words
    told = school.phoenix("correct", id_, "protected.1", "--text", named, "--check").json
    assert told["warnings"] == [], "those who may know may be told"


def everybody_says_what_they_did(town: Town, id_: str) -> None:
    """Nobody puts it away without an outcome, and the school sees each of them, second hand too."""
    school = town["school"]
    (notice,) = school.phoenix("status", id_).json["notices"]
    done = {
        "social-care": ("rectified", None),
        "manager": ("restricted", None),
        "desk": ("rectified", None),
        "next-force": ("disagreed", "Our patrol saw a blue one"),
    }
    at_once(lambda name: say(town[name], notice["notice"], *done[name]), done)
    (notice,) = school.phoenix("status", id_).json["notices"]
    answers = {a["address"]: (a["outcome"], a["second_hand"]) for a in notice["answers"]}
    assert answers == {
        FRONT: ("rectified", False),
        MANAGER: ("restricted", False),
        MASH: ("rectified", False),
        NEXT_FORCE: ("disagreed", True),
    }
    (mash,) = [a for a in notice["answers"] if a["address"] == MASH]
    assert mash["passed_on"] == NEXT_FORCE
    page = school.run_plain("status", id_, "--offline").out
    assert f"{MASH}: rectified" in page
    assert f"Passed on to {NEXT_FORCE}" in page
    assert f"{NEXT_FORCE}: disagreed" in page
    assert "Our patrol saw a blue one" in page
    assert [a["code"] for a in school.phoenix("alarms").json["alerts"]] == ["N_NOTICE_DISAGREED"]


def say(machine: Machine, notice: str, outcome: str, why: str | None) -> None:
    """What somebody did about a notice, which was not to be put away before (hard block 14)."""
    (alert,) = machine.phoenix("alarms").json["alerts"]
    away = machine.phoenix("alarms", "--seen", str(alert["number"]), status=3)
    assert away.error_code == "E_NOTICE_OPEN"
    said = ("--why", why) if why else ()
    machine.phoenix("settle", notice, "--outcome", outcome, *said)
