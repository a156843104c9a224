"""What is kept as evidence alone, by real programs: nobody reads it day by day, and nobody erases it under a hold."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.documents import MASH, NURSE, package
from tests.end_to_end.quillmere import Town

WORDS = ("Said in attendance", "Thought in attendance", "Jordan T", "Ask about the night bus")


def test_what_is_restricted_is_read_by_whoever_says_why(town: Town, tmp_path: Path) -> None:
    id_ = town.send(package("Ask about the night bus", sections={"attendance": (MASH, NURSE)}))
    desk = town.desk
    desk.phoenix("accept", id_)
    assert all(word in desk.run_plain("open", id_).out for word in WORDS)
    page = tmp_path / "register.html"
    done = desk.phoenix("restrict", id_, "--reason", "evidence", "--words", "For the inquiry").json
    assert [part["place"] for part in done["restricted"]] == [None]
    lists = [
        desk.run_plain("open", id_),
        desk.phoenix("open", id_),
        desk.phoenix("inbox", "--offline"),
        desk.phoenix("register", "--subject", "QM-0417", "--page", page),
        desk.run_plain("chronology", "--subject", "QM-0417"),
        desk.phoenix("retention", "--package", id_),
        desk.phoenix("notices", "--offline"),
    ]
    for listed in (*(f"{each.out}{each.err}" for each in lists), page.read_text("utf-8")):
        assert [word for word in WORDS if word in listed] == []
    assert "kept as evidence alone" in lists[0].out
    assert "kept as evidence alone" in page.read_text("utf-8")
    (listed,) = (p for p in lists[2].json["packages"] if p["package"] == id_)
    assert listed["restricted"]["since"] == done["restricted"][0]["since"]
    for wrong in (("--restricted",), ("--reason", "x")):
        assert desk.phoenix("open", id_, *wrong, status=2).error_code == "E_USAGE"
    read = desk.run_plain("open", id_, "--restricted", "--reason", "The court asks for it").out
    assert all(word in read for word in WORDS)
    kinds = [each["kind"] for each in desk.phoenix("record", id_).json["records"]]
    assert kinds == ["restriction", "restricted_read"]
    actions = [r["action"] for r in desk.phoenix("audit", "show", "--last", "9").json["rows"]]
    assert {"package.restricted", "restricted.opened"} <= set(actions)
    out = tmp_path / "bundle"
    desk.phoenix("export", id_, "--out", out)
    assert b"Said in attendance" in out.read_bytes()
    lifted = desk.phoenix("restrict", id_, "--lift").json
    assert lifted["restricted"] == []
    assert all(word in desk.run_plain("open", id_).out for word in WORDS)
    assert desk.phoenix("restrict", id_, "--lift", status=3).error_code == "E_NOT_FOUND"
    assert desk.phoenix("restrict", id_, status=2).error_code == "E_USAGE"


def test_a_hold_beats_erasure_of_what_is_restricted_too(town: Town, tmp_path: Path) -> None:
    id_ = town.send(package("Hold it and restrict it"))
    town.desk.phoenix("accept", id_)
    order = tmp_path / "hold"
    words = ("--authority", "inquiry", "--ref", "7", "--package", id_, "--by", "IM")
    town["police"].phoenix("hold", "add", *words, "--review", "1d", "--out", order)
    town.desk.phoenix("hold", "apply", order)
    town.desk.phoenix("restrict", id_, "observed", "--reason", "contested")
    why = ("--reason", "inaccurate")
    assert town.desk.phoenix("erase", id_, *why, status=3).error_code == "E_HOLD"
    (part,) = town.desk.phoenix("open", id_).json["restricted"]
    assert (part["place"], part["reason"]) == ("observed", "contested")


def test_restricted_is_done_and_not_only_said(town: Town) -> None:
    id_ = town.send(package("Correct and restrict"))
    town.desk.phoenix("accept", id_)
    notice = town.sender.phoenix("correct", id_, "1", "--text", "Absent 12 of 30").json["notice"]
    town.desk.phoenix("inbox")
    town.desk.phoenix("settle", notice, "--outcome", "restricted", "--why", "For the inquiry")
    opened = town.desk.phoenix("open", id_)
    assert "Said in attendance" not in opened.out
    assert "Absent 12 of 30" in opened.out
    (part,) = opened.json["restricted"]
    assert (part["place"], part["words"]) == ("attendance.1", "For the inquiry")
    town.sender.phoenix("inbox")
    answers = town.sender.phoenix("status", id_).json["notices"][0]["answers"]
    assert {a["outcome"] for a in answers if a["address"] == MASH} == {"restricted"}
