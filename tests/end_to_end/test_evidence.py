"""Evidence by real programs: made by whoever sent or received, verified where there is no home and no relay."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.documents import FRONT, MASH, NURSE, package
from tests.end_to_end.processes import Finished, Machine, environment, program, run
from tests.end_to_end.quillmere import PASSPHRASE, Town

REGISTER = b"Name,Session\n" * 5000


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A package with its life so far, and clean machines to verify on."""

    town: Town
    id: str
    folder: Path

    def export(self, by: str, *args: str) -> Path:
        """A bundle, made once for all tests that want the same."""
        out = self.folder / f"{'_'.join((by, *args))}.evidence"
        if not out.exists():
            self.town[by].phoenix("export", self.id, "--out", out, *args)
        return out

    def verify(self, file: Path, *args: str | Path, status: int = 0, json: bool = True) -> Finished:
        return verify(file, self.town.anchor, *args, status=status, json=json)


def verify(
    file: Path, anchor: str, *args: str | Path, status: int = 0, json: bool = True
) -> Finished:
    """On a machine that has the program, the file and the anchor, and nothing else."""
    nowhere = file.parent / "clean machine"
    nowhere.mkdir(exist_ok=True)
    env = environment({"HOME": str(nowhere), "XDG_DATA_HOME": str(nowhere)})
    words = [program("phoenix"), *(["--json"] if json else []), "verify", file, "--anchor", anchor]
    finished = run([*words, *args], env=env, cwd=nowhere, status=status)
    assert not any(nowhere.rglob("*.phoenix"))
    return finished


def _somebody_else(town: Town, folder: Path) -> None:
    """A desk that has nothing to do with it."""
    clinic = Machine(folder=folder, passphrase=PASSPHRASE)
    asked = clinic.phoenix(
        *("join", "clinic@quillmere-health", "--anchor", town.anchor),
        *("--relay", town.relay.url, "--name", "Clinic"),
    ).json
    town["health"].phoenix("members", "approve", asked["code"])


@pytest.fixture(scope="module")
def sent(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    folder = tmp_path_factory.mktemp("evidence")
    _somebody_else(town, folder / "clinic")
    file = folder / "register.csv"
    file.write_bytes(REGISTER)
    id_ = town.send(package("For the family court"), "--attach", f"attendance={file}")
    for name in ("desk", "nurse"):
        town[name].phoenix("accept", id_)
    words = ("--owner", "Duty sergeant", "--use", "Strategy discussion")
    town.desk.phoenix("acknowledge", id_, *words)
    town.sender.phoenix("correct", id_, "observed.1", "--text", "Said in another colour")
    town.sender.phoenix("status", id_)
    town.desk.phoenix("inbox")
    return Sent(town=town, id=id_, folder=folder)


def titles(verdict: dict[str, Any]) -> list[str]:
    return [section["id"] for section in verdict["sections"]]


def texts(verdict: dict[str, Any]) -> list[str]:
    return [s["text"] for section in verdict["sections"] for s in section["statements"]]


# -- what it proves ---------------------------------------------------------------------------------------------------


def test_the_sender_proves_who_what_to_whom_when_and_under_which_keys(sent: Sent) -> None:
    verdict = sent.verify(sent.export("social-care")).json
    assert verdict["verdict"] == "verified"
    assert verdict["partnership"] == {"name": "Quillmere", "anchor": sent.town.anchor}
    assert verdict["package"] == sent.id
    assert (verdict["from"]["address"], verdict["from"]["name"]) == (FRONT, "Front door")
    assert verdict["from"]["agency"] == "quillmere-council"
    assert len(verdict["from"]["key"]) == 64
    assert verdict["from"]["certified_in"] > 0
    to = {each["address"]: each for each in verdict["to"]}
    assert {name for name, each in to.items() if each["why"] == "to"} == {MASH, NURSE}
    assert len(to[MASH]["machines"]) == 2
    assert verdict["created"] <= verdict["held"][0]["time"] < verdict["expires"]
    assert verdict["cover"]["purpose"] == "For the family court"
    assert titles(verdict) == ["attendance", "observed", "health", "legal", "decision"]
    assert verdict["log"]["whole"] is True
    assert verdict["findings"] == []
    assert verdict["left_out"]["parts"] == 0


def test_what_was_said_since_is_proved_with_its_words(sent: Sent) -> None:
    verdict = sent.verify(sent.export("social-care")).json
    desk = [said for said in verdict["said"] if said["by"] == MASH and said["what"] != "handed_on"]
    kinds = [said["what"] for said in desk]
    assert kinds[:3] == ["accepted", "committed", "acknowledged"]
    assert desk[2]["words"] == {"owner": "Duty sergeant", "use": "Strategy discussion"}
    opened = {section["id"]: section["opened_by"] for section in verdict["sections"]}
    assert opened == {
        "attendance": [MASH, NURSE],
        "observed": [MASH],
        "health": [NURSE],
        "legal": [MASH, NURSE],
        "decision": [],
    }


def test_a_recipient_proves_what_it_was_granted_and_no_more(sent: Sent) -> None:
    verdict = sent.verify(sent.export("desk")).json
    assert titles(verdict) == ["attendance", "observed", "legal"]
    assert verdict["from"]["address"] == FRONT
    assert [said["what"] for said in verdict["said"]][:3] == [
        "accepted",
        "committed",
        "acknowledged",
    ]
    assert verdict["left_out"]["at_most"] > 0


def test_the_files_are_in_it_and_come_out_as_they_were(sent: Sent) -> None:
    out = sent.export("social-care")
    saved = sent.folder / "saved"
    verdict = sent.verify(out, "--attachments", saved).json
    (file,) = verdict["sections"][0]["attachments"]
    assert file["included"] is True
    assert Path(file["path"]).read_bytes() == REGISTER
    assert out.stat().st_mode & 0o777 == 0o600


def test_a_correction_stands_beside_its_statement(sent: Sent) -> None:
    out = sent.export("desk")
    verdict = sent.verify(out).json
    (correction,) = [said for said in verdict["said"] if said["what"] == "correct"]
    assert correction["words"]["text"] == "Said in another colour"
    assert correction["by"] == FRONT
    statement = verdict["sections"][1]["statements"][0]
    assert correction["statement"] == statement["id"]
    told = sent.verify(out, json=False).out
    assert f"CORRECTED: {statement['text']}" in told
    assert "Said in another colour" in told


def test_the_verdict_in_plain_words(sent: Sent) -> None:
    told = sent.verify(sent.export("social-care"), json=False).out
    for line in (
        "This bundle verifies. Nothing in it was changed.",
        f"From          Front door, {FRONT}, of ",
        f"To            {MASH}",
        "as its sender says",
        "as the relay says",
        "Purpose       For the family court",
        f"{MASH} took responsibility.",
        "Owner: Duty sergeant",
        "certified in statement",
        "Left out",
        "What this proves",
        "What it does not prove",
    ):
        assert line in told, line


def test_a_brief_bundle_shows_nobody_else_and_says_what_it_does_not_prove(sent: Sent) -> None:
    whole = sent.export("social-care")
    brief = sent.export("social-care", "--brief")
    verdict = sent.verify(brief).json
    assert [finding["code"] for finding in verdict["findings"]] == ["N_PROOF_BRIEF"]
    assert verdict["log"]["whole"] is False
    assert verdict["log"]["shown"] < verdict["log"]["statements"]
    assert b"clinic@quillmere-health" in whole.read_bytes()
    assert b"clinic@quillmere-health" not in brief.read_bytes()
    assert "N_PROOF_BRIEF" in sent.verify(brief, json=False).out


# -- redaction --------------------------------------------------------------------------------------------------------


def test_a_section_a_statement_and_a_person_are_left_out(sent: Sent) -> None:
    read = sent.town.desk.phoenix("open", sent.id).json["sections"]
    statement = read[1]["statements"][0]
    whole = sent.export("social-care").read_bytes()
    out = sent.export(
        "social-care",
        *("--redact", "decision", "--redact", "health", "--redact", "observed.1"),
        *("--redact", "attendance.2"),
    )
    verdict = sent.verify(out).json
    assert titles(verdict) == ["attendance", "observed", "legal"]
    assert verdict["left_out"]["parts"] == 2
    assert [section["left_out"] for section in verdict["sections"]] == [1, 1, 0]
    gone = (statement["text"], read[0]["statements"][1]["text"], "Said in another colour")
    for words in gone:
        assert words.encode() in whole
        assert words.encode() not in out.read_bytes()
    assert "correct" not in [said["what"] for said in verdict["said"]]
    told = sent.verify(out, json=False).out
    assert "2 sections or files of the package" in told
    assert "2 items of sections that are shown" in told


def test_a_statement_is_named_by_its_id_as_well(sent: Sent) -> None:
    section = sent.town.desk.phoenix("open", sent.id).json["sections"][1]
    statement = section["statements"][0]
    out = sent.export("desk", "--redact", f"observed.{statement['id'][:8]}")
    assert statement["text"] not in texts(sent.verify(out).json)
    assert statement["text"].encode() not in out.read_bytes()


def test_the_cover_and_the_words_of_receipts_are_left_out(sent: Sent) -> None:
    out = sent.export("desk", "--without", "cover", "--without", "words")
    verdict = sent.verify(out).json
    assert verdict["cover"] is None
    assert b"For the family court" not in out.read_bytes()
    assert b"Duty sergeant" not in out.read_bytes()
    assert verdict["left_out"]["words"] >= 2


# -- bad input --------------------------------------------------------------------------------------------------------


def test_a_package_that_this_home_never_had_is_refused(sent: Sent, tmp_path: Path) -> None:
    out = tmp_path / "out.evidence"
    mine = sent.town.send(package("To the police alone", sections={"observed": (MASH,)}))
    for id_, by, code in ((mine, "nurse", "E_NOT_FOUND"), (mine, "desk", "E_NOT_ACCEPTED")):
        sent.town[by].phoenix("inbox")
        refused = sent.town[by].phoenix("export", id_, "--out", out, status=3)
        assert refused.error_code == code
        assert not out.exists()


def test_what_is_not_there_cannot_be_left_out(sent: Sent, tmp_path: Path) -> None:
    out = tmp_path / "out.evidence"
    args = ("export", sent.id, "--out", out, "--redact", "nowhere.1")
    refused = sent.town.desk.phoenix(*args, status=3)
    assert refused.error_code == "E_NOT_FOUND"
    assert not out.exists()


def test_nothing_is_overwritten(sent: Sent, tmp_path: Path) -> None:
    out = tmp_path / "mine.txt"
    out.write_text("mine", "utf-8")
    refused = sent.town.desk.phoenix("export", sent.id, "--out", out, status=2)
    assert refused.error_code == "E_FILE"
    assert out.read_text("utf-8") == "mine"


def test_one_flipped_bit_fails_and_the_place_is_named(sent: Sent, tmp_path: Path) -> None:
    data = sent.export("desk", "--brief").read_bytes()
    damaged = tmp_path / "damaged.evidence"
    chosen = random.Random(7)
    for _ in range(4):
        flipped = bytearray(data)
        flipped[chosen.randrange(len(data))] ^= 1 << chosen.randrange(8)
        damaged.write_bytes(flipped)
        finished = sent.verify(damaged, status=5)
        error = finished.json["error"]
        (problem,) = error["problems"]
        assert problem["place"]
        assert problem["place"] in error["message"]
        assert problem["place"] in finished.err


def test_what_cannot_be_verified_at_all(sent: Sent, tmp_path: Path) -> None:
    good = sent.export("desk", "--brief")
    refused = verify(good, "00" * 32, status=5)
    assert refused.error_code == "E_ANCHOR"
    assert verify(good, "an anchor", status=2).error_code == "E_USAGE"
    assert verify(tmp_path / "nowhere", sent.town.anchor, status=2).error_code == "E_FILE"
    other = tmp_path / "letter.pdf"
    other.write_bytes(b"%PDF-1.7 a letter")
    assert verify(other, sent.town.anchor, status=5).error_code == "E_PARSE"


# -- the record of it -------------------------------------------------------------------------------------------------


def test_that_evidence_was_handed_out_is_in_the_audit_record(sent: Sent, tmp_path: Path) -> None:
    done = sent.town.desk.phoenix("export", sent.id, "--out", tmp_path / "out.evidence").json
    rows = sent.town.desk.phoenix("audit", "show", "--last", "5").json["rows"]
    exported = [row for row in rows if row["action"] == "evidence.exported"]
    assert done["digest"] in [row["detail"]["digest"] for row in exported]


def test_who_exports_the_decision_is_told_so(sent: Sent, tmp_path: Path) -> None:
    words = ("export", sent.id, "--out")
    warned = sent.town.sender.phoenix(*words, tmp_path / "with.evidence")
    assert "--redact decision" in warned.err
    quiet = sent.town.sender.phoenix(*words, tmp_path / "out.evidence", "--redact", "decision")
    assert "--redact decision" not in quiet.err
