"""The protocol by real programs: kept on every desk, cited, adopted, reviewed; security and training beside it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.documents import MASH, package
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import Town


@pytest.fixture(scope="module")
def demo(repository: Path) -> Path:
    return repository / "config" / "demo"


def warned(machine: Machine, file: Path) -> set[str]:
    """The codes of what ``check`` warns of. Nothing of it stops a package."""
    found = machine.phoenix("check", file).json
    assert found["problems"] == []
    return {w["code"] for w in found["warnings"]} & {"W_DOC_ASSURANCE", "W_DOC_TRAINING"}


def agency(status: Any, id_: str) -> Any:
    return next(each for each in status["agencies"] if each["id"] == id_)


def test_the_protocol_is_on_every_desk_in_every_package_and_signed_by_each_agency(
    town: Town, demo: Path, tmp_path: Path
) -> None:
    council, police, desk = town["council"], town["police"], town.desk
    text = demo / "protocol.txt"
    digest = hashlib.sha256(text.read_bytes()).hexdigest()
    changed = tmp_path / "protocol.txt"
    changed.write_bytes(text.read_bytes().replace(b"first", b"second"))
    amended = council.phoenix("partnership", "amend", "--protocol-text", text).json
    assert amended["protocol"] == 2

    words = ("partnership", "protocol")
    seen = desk.phoenix(*words).json
    assert (seen["version"], seen["hash"], seen["kept"]) == (2, digest, False)
    assert desk.phoenix(*words, "--show", status=3).error_code == "E_PROTOCOL_TEXT"
    assert desk.phoenix(*words, "--text", changed, status=3).error_code == "E_PROTOCOL_TEXT"
    assert desk.phoenix(*words, "--offline").json["kept"] is False
    assert desk.phoenix(*words, "--text", text).json["kept"] is True
    shown = desk.run_plain(*words, "--show", "--offline").out
    assert "The welfare of a child or young person comes first" in shown

    id_ = town.send(package("Cites the protocol", sections={"attendance": (MASH,)}))
    desk.phoenix("accept", id_)
    sections = desk.phoenix("open", id_).json["sections"]
    (legal,) = [section for section in sections if section["kind"] == "legal"]
    assert legal["answers"]["protocol.version"] == ["2"]
    assert legal["answers"]["protocol.hash"] == [digest]
    assert digest in desk.run_plain("open", id_).out

    assert police.phoenix("agency", "adopt", status=3).error_code == "E_PROTOCOL_TEXT"
    adopted = police.phoenix("agency", "adopt", "--text", text).json
    assert (adopted["agency"], adopted["hash"]) == ("ardenfold-police", digest)
    status = desk.phoenix("partnership", "status")
    assert status.json["not_adopted"] == ["quillmere-council", "quillmere-health"]
    assert "Not adopted yet, version 2" in status.err
    assert agency(status.json, "ardenfold-police")["is_current"] is True
    assert desk.phoenix("agency", "adopt", status=6).error_code == "E_KEY_MISSING"


def test_a_review_says_what_is_wrong_at_once_then_stands_for_everybody(
    town: Town, demo: Path, tmp_path: Path
) -> None:
    council, desk = town["council"], town.desk
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('held = 2026-11-10\nnext_due = 2028-11-10\n[[changes]]\nbecause = "whim"\n')
    before = desk.phoenix("partnership", "status").json
    refused = council.phoenix("partnership", "review", wrong, status=3).json["error"]
    assert refused["code"] == "E_DOCUMENT"
    assert {p["place"]: p["line"] for p in refused["problems"]} == {
        "attended_by": None,
        "next_due": 2,
        "changes[1].what": 3,
        "changes[1].because": 4,
    }
    assert desk.phoenix("partnership", "status").json == before
    done = council.phoenix("partnership", "review", demo / "review.toml").json
    assert done["review_due"] == "2027-11-10T00:00:00Z"
    shown = council.phoenix("record", done["record"]).json["records"][0]
    assert shown["document"] == (demo / "review.toml").read_text("utf-8")
    status = desk.phoenix("partnership", "status").json
    assert status["review_due"] == done["review_due"]
    assert (before["review"], len(status["review"])) == (None, 64)
    (line,) = [
        each
        for each in council.phoenix("register").json["lines"]
        if each["reference"] == done["record"]
    ]
    assert line["kind"] == "protocol_review"
    assert desk.phoenix("partnership", "review", demo / "review.toml", status=6)


def test_security_and_training_are_warned_of_and_stop_nothing(
    town: Town, demo: Path, tmp_path: Path
) -> None:
    sender, health = town.sender, town["health"]
    file = tmp_path / "package.toml"
    text = package("Assured", sections={"health": ("school.nurse@quillmere-health",)})
    file.write_text(text, "utf-8")
    assert warned(sender, file) == {"W_DOC_ASSURANCE"}
    held = tmp_path / "council.toml"
    held.write_text('[[assurances]]\nscheme = "PSN"\nstatus = "met"\nvalid_to = 2036-01-01\n')
    health.phoenix("agency", "declare", demo / "assurances.toml")
    town["council"].phoenix("agency", "declare", held)
    found = sender.phoenix("directory", "school.nurse@quillmere-health").json["agencies"]
    assert [a["scheme"] for a in found[0]["assurances"]] == ["DSPT", "CE+"]
    assert "DSPT (met, to 30 Jun 2027)" in sender.run_plain("directory").out
    assert warned(sender, file) == set()

    trained = sender.phoenix("training", "--valid-until", "2020-06-30", "--what", "Level 2")
    assert trained.json["record"] == "r1"
    assert "has ended" in trained.err
    assert warned(sender, file) == {"W_DOC_TRAINING"}
    due = sender.phoenix("review").json["due"]
    assert [(d["kind"], d["record"], d["overdue"]) for d in due if d["record"]] == [
        ("training_end", "r1", True)
    ]
    sent = sender.phoenix("send", file).json
    assert "W_DOC_TRAINING" in {w["code"] for w in sent["warnings"]}, "and it went"
    sender.phoenix("training", "--valid-until", "2036-06-30", "--what", "Level 2")
    assert warned(sender, file) == set()
    assert "renewed since" in sender.run_plain("training").out
    assert sender.phoenix("training", "--what", "x", status=2).error_code == "E_USAGE"
