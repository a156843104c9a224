"""Passing on what somebody else had said, between real programs: it stays what it was, and its origin shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.end_to_end.documents import FRONT, MASH, NURSE, package
from tests.end_to_end.killing import killed_at, points, require_strace
from tests.end_to_end.quillmere import Town

FOR_MASH = {"attendance": (MASH,)}


def onward(id_: str, *edits: tuple[str, str]) -> str:
    """The example of a package that passes a statement of the package ``id_`` on, edited."""
    text = Path("config/demo/onward.toml").read_text("utf-8")
    for old, new in (("ID OF THE PACKAGE", id_), *edits):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def received(town: Town, **options: Any) -> str:
    """A package of the council that the police have accepted."""
    id_ = town.send(package("Told by the council", sections=FOR_MASH, **options))
    town.desk.phoenix("inbox")
    town.desk.phoenix("accept", id_)
    return id_


def test_a_copy_shows_who_said_it_first_and_that_it_was_passed_on(town: Town) -> None:
    came = received(town)
    (first,) = [
        s
        for s in town.desk.phoenix("open", came).json["sections"][0]["statements"]
        if s["kind"] == "record"
    ]
    id_ = town.send(onward(came[:12]), by="desk")
    town.nurse.phoenix("inbox")
    town.nurse.phoenix("accept", id_)
    section = town.nurse.phoenix("open", id_).json["sections"][0]
    copy, own = section["statements"]
    same = {n: v for n, v in first.items() if n not in ("id", "about", "basis", "chain_depth")}
    assert {n: copy[n] for n in same} == same
    assert (copy["origin"], copy["chain_depth"]) == ("quillmere-council", 1)
    assert (own["origin"], own["chain_depth"]) == ("ardenfold-police", 0)
    assert own["basis"] == [copy["id"]]
    assert copy["about"] == ["child"]
    assert copy["id"] != first["id"]
    shown = town.nurse.run_plain("open", id_).out
    assert "first said by quillmere-council, passed on once" in " ".join(shown.split())
    audited = town.desk.phoenix("audit", "show").json["rows"]
    assert [r for r in audited if r["action"] == "statements.passed-on"]


def test_a_copy_is_never_made_something_else(town: Town) -> None:
    came = received(town)
    before = town.desk.phoenix("sent").json
    copied = 'about = ["child"]\n\n'
    thought = ("attendance.1", "attendance.2")
    for edits in (
        (thought, (copied, 'kind = "observed"\n\n')),
        ((copied, copied.rstrip() + '\ntext = "Absent all term"\n\n'),),
        (("attendance.1", "attendance.9"),),
        (("attendance.1", "legal.1"),),
    ):
        refused = town.try_to_send(onward(came, *edits), by="desk", status=3)
        assert "E_DOC_COPY" in refused.out
    refused = town.try_to_send(onward("00" * 16), by="desk", status=3)
    assert "E_DOC_COPY" in refused.out
    assert town.desk.phoenix("sent").json == before


CONTROLLED = ('handling = ["RECIPIENTS_ONLY"]', 'handling = ["C", "Do not act on it openly"]')
OVERRIDE = "[onward]\nsafety_override = 'She is in the car now'\n\n[decision]"


def controlled(town: Town) -> str:
    """A package that the council keeps control of, accepted by the police."""
    text = package("Controlled by the council", sections=FOR_MASH)
    id_ = town.send(text.replace(*CONTROLLED))
    town.desk.phoenix("inbox")
    town.desk.phoenix("accept", id_)
    return id_


def newest(town: Town, purpose: str) -> Any:
    """What the council's front door reads in the newest package that came to it for ``purpose``."""
    lines = town.sender.phoenix("inbox").json["packages"]
    id_ = next(line["package"] for line in lines if line["purpose"].startswith(purpose))
    town.sender.phoenix("accept", id_)
    return town.sender.phoenix("open", id_).json


def said(opened: Any) -> list[str]:
    return [s["text"] for s in opened["sections"][0]["statements"]]


def test_what_its_agency_controls_stops_and_a_release_is_asked_for(town: Town) -> None:
    came = controlled(town)
    refused = town.try_to_send(onward(came), by="desk", status=3)
    (problem,) = refused.json["error"]["problems"]
    assert problem["code"] == "E_DOC_CONTROLLED"
    assert "release-request" in problem["next"]
    file = town.desk.folder / "package.toml"
    (asked,) = town.desk.phoenix("release-request", file).json["requests"]
    assert (asked["to"], asked["of"], asked["statements"]) == (FRONT, came, ["attendance.1"])
    opened = newest(town, "Ask you to release")
    first, purpose, reason = said(opened)
    assert came in first
    assert NURSE in first
    assert "Arrange a health check" in purpose
    assert "To see the child with the absences in mind" in reason
    assert "Said in attendance" not in str(opened), "what it says is not repeated"
    assert "Jordan" not in str(opened)
    file.write_text(onward(received(town)))
    assert town.desk.phoenix("release-request", file, status=3).error_code == "E_NOTICE_STATE"


def test_what_was_released_goes_and_is_controlled_no_more(town: Town) -> None:
    came = controlled(town)
    text = onward(came, ('expires = "7d"', 'expires = "5d"'))
    town.try_to_send(text, by="desk", status=3)
    released = town.sender.phoenix("release", came, "attendance.1", "--why", "Yes, do").json
    assert MASH in released["to"]
    town.desk.phoenix("inbox")
    id_ = town.send(text, by="desk")
    town.nurse.phoenix("inbox")
    town.nurse.phoenix("accept", id_)
    section = town.nurse.phoenix("open", id_).json["sections"][0]
    assert section["handling"] == ["RECIPIENTS_ONLY", "Do not act on it openly"]
    assert section["statements"][0]["origin"] == "quillmere-council"


def test_to_protect_somebody_now_it_goes_and_its_agency_is_told(town: Town) -> None:
    came = controlled(town)
    text = onward(came, ("[decision]", OVERRIDE))
    done = town.try_to_send(text, by="desk").json
    assert "W_DOC_OVERRIDE" in {w["code"] for w in done["warnings"]}
    word, package = town.desk.phoenix("sent").json["packages"][:2]
    assert package["package"] == done["package"]
    assert word["owed"] == [], "nobody answers for what the program writes"
    opened = newest(town, "Tell you that something you control was passed on")
    told, why = said(opened)
    assert came in told
    assert NURSE in told
    assert why == "She is in the car now"
    assert "Said in attendance" not in str(opened)
    town.nurse.phoenix("inbox")
    town.nurse.phoenix("accept", done["package"])
    section = town.nurse.phoenix("open", done["package"]).json["sections"][0]
    assert section["handling"][0] == "C", "whoever gets it knows that it is controlled"
    assert "Do not act on it openly" in section["handling"]
    assert "She is in the car now" not in str(section)
    actions = [row["action"] for row in town.desk.phoenix("audit", "show").json["rows"]]
    assert {"record.safety_override", "originator.told"} <= set(actions)


def words_of_overrides(town: Town) -> list[Any]:
    """What came to the council about overrides."""
    lines = town.sender.phoenix("inbox").json["packages"]
    return [p for p in lines if p["purpose"].startswith("Tell you that something you control")]


def test_its_agency_is_told_although_the_program_was_killed(town: Town) -> None:
    """The word is due from the moment of sealing: the next round of work sends it, and exactly once."""
    require_strace()
    came = controlled(town)
    file = town.desk.folder / "package.toml"
    before = len(words_of_overrides(town))
    killed = 0
    for point in points(fsync=(7, 10), pwrite64=(110,), rename=(1,)):
        purpose = f"{point.call} {point.when}"
        file.write_text(onward(came, ("[decision]", OVERRIDE), ("Arrange a health", purpose)))
        killed += killed_at(point, town.desk, "send", file)[0]
        town.desk.phoenix("inbox")
    assert killed
    arrived = town.nurse.phoenix("inbox").json["packages"]
    passed_on = [p for p in arrived if p["purpose"].startswith(("fsync", "pwrite64", "rename"))]
    assert passed_on
    assert len(words_of_overrides(town)) - before == len(passed_on)
