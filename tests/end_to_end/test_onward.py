"""Passing on what somebody else had said, between real programs: it stays what it was, and its origin shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.end_to_end.documents import MASH, NURSE, package
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
    assert NURSE not in str(town.desk.phoenix("sent").json)
