"""The record by real programs: what is not shared stays here, what is owed is answered later, both sides find it."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import pytest

from tests.end_to_end.documents import MASH, NURSE, package
from tests.end_to_end.quillmere import Town


@pytest.fixture(scope="module")
def decision(repository: Path) -> Path:
    return repository / "config" / "demo" / "decision.toml"


def test_a_decision_not_to_share_reaches_nobody(town: Town, decision: Path) -> None:
    before = town.relay.run("status").json
    recorded = town.nurse.phoenix("decide", decision).json
    assert recorded["outcome"] == "do_not_share"
    assert recorded["owed"] == []
    after = town.relay.run("status").json
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"database_bytes", "last_sweep", "next_expiry"}
    for partner in (town.desk, town.sender):
        assert partner.phoenix("register", "--person", "Jordan").json["lines"] == []
        assert partner.phoenix("inbox").json["packages"] == []
    (line,) = town.nurse.phoenix("register", "--subject", "999 041 7008").json["lines"]
    assert line["reference"] == recorded["record"]
    assert line["said"]["decided_by"] == ["Named nurse for safeguarding"]
    shown = town.nurse.phoenix("record", recorded["record"]).json["records"][0]
    assert shown["document"] == decision.read_text("utf-8")
    assert [due["kind"] for due in shown["due"]] == ["decision_review"]
    assert shown["signed_by"] is not None


def test_what_was_put_off_to_protect_somebody_is_answered_later(town: Town) -> None:
    text = package("Protect her now", sections={"observed": (MASH,)})
    head, _, law = text.partition("[decision]")
    _, _, law = law.partition("[legal]")
    id_ = town.send(f"{head}[legal]{law.replace('retention = ', 'policy_document = ')}", "--urgent")
    sent = town.sender.phoenix("sent").json["packages"]
    owed = next(line["owed"] for line in sent if line["package"] == id_)
    assert {"SH6:decision.outcome", "SH6:decision.decided_by", "RT1:legal.retention"} <= set(owed)
    town.desk.phoenix("accept", id_)
    seen = town.desk.phoenix("open", id_).json
    wrong = town.sender.phoenix("answer", id_, "decision.outcome", "--code", "sure", status=3)
    assert wrong.error_code == "E_ANSWER"
    assert wrong.json["error"]["problems"][0]["code"] == "E_DOC_CODE"
    given = (
        ("SH6:decision.outcome", "--code", "share_part"),
        ("decision.decided_by", "--text", "Duty manager", "--by", "Duty manager"),
        ("legal.retention", "--code", "safeguarding_default"),
    )
    for words in given:
        left = town.sender.phoenix("answer", id_, *words).json["owed"]
        assert len(left) < len(owed)
        owed = left
    assert town.sender.phoenix("status", id_, "--offline").json["owed"] == owed
    assert not any(name.startswith(("SH6:decision.outcome", "RT1:")) for name in owed)
    assert town.desk.phoenix("open", id_).json == seen, "what was sealed stays as it was sealed"
    answers = town.sender.phoenix("record", id_).json["records"]
    assert [a["kind"] for a in answers] == ["answer"] * 3
    (line,) = [
        each for each in town.sender.phoenix("register").json["lines"] if each["reference"] == id_
    ]
    assert "decision.decided_by: Duty manager (Duty manager)" in line["answered"]
    again = town.sender.phoenix("answer", id_, "legal.retention", "--code", "x", status=3)
    assert again.error_code == "E_ANSWER"


def test_both_sides_find_what_was_shared(town: Town, tmp_path: Path) -> None:
    text = package("In both registers", sections={"attendance": (MASH, NURSE), "health": (NURSE,)})
    text = text.replace("Jordan T", "Kofi Mensah-Åberg").replace("QM-0417", "=1+1")
    id_ = town.send(text)
    town.desk.phoenix("accept", id_)
    (sent,) = town.sender.phoenix("register", "--person", "aberg kofi").json["lines"]
    assert (sent["kind"], sent["reference"], sent["state"]) == ("sent", id_, "held")
    assert {party["name"]: party["state"] for party in sent["parties"]}.keys() == {MASH, NURSE}
    assert [s["to"] for s in sent["sections"]] == [[MASH, NURSE], [NURSE]]
    assert sent["said"]["outcome"] == ["share_part"]
    (came,) = town.desk.phoenix("register", "--person", "kofi mensah").json["lines"]
    assert (came["kind"], came["reference"]) == ("received", id_)
    assert [s["title"] for s in came["sections"]] == ["Title of attendance"]
    assert "outcome" not in came["said"], "the decision stays with the sender"
    assert town.desk.phoenix("register", "--subject", "=1+1").json["lines"] == [came]
    assert town.desk.phoenix("register", "--agency", "quillmere-health").json["lines"] == []
    sheet, page = tmp_path / "register.csv", tmp_path / "register.html"
    words = ("--person", "Kofi", "--csv", sheet, "--page", page)
    written = town.sender.phoenix("register", *words)
    assert "not encrypted" in written.err
    for file in (sheet, page):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = list(csv.reader(io.StringIO(sheet.read_bytes().decode("utf-8-sig"), newline="")))
    assert rows[1][6:8] == ["Kofi Mensah-Åberg (child)", "'=1+1"]
    assert "Kofi Mensah-Åberg (child)" in page.read_text("utf-8")
    refused = town.sender.phoenix("register", "--csv", sheet, status=2)
    assert refused.error_code == "E_FILE"
    assert town.sender.phoenix("register", "--from", "soon", status=2).error_code == "E_USAGE"


def test_who_must_know_is_sent_a_package_that_supersedes_the_first(town: Town) -> None:
    first = town.send(package("The first"))
    text = f'supersedes = "{first}"\n{package("The second")}'
    second = town.send(text)
    assert second != first
    stranger = town.try_to_send(text.replace(first, "00" * 16), status=3).json["error"]
    assert [problem["code"] for problem in stranger["problems"]] == ["E_DOC_SUPERSEDES"]
    not_mine = town.try_to_send(text.replace(first, "no id"), status=3).json["error"]
    assert [problem["code"] for problem in not_mine["problems"]] == ["E_DOC_SUPERSEDES"]
