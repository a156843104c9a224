"""Advice by real programs: the question alone goes, the answer comes back and is filed, and nothing waits for it."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.documents import MASH, package
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import Town, join
from tests.end_to_end.test_surface_json import held

QUESTION = "May we share this without telling the mother?"
INCLUDED = "Telling her may put somebody at risk."


def governance(town: Town, folder: Path, address: str) -> Machine:
    """The desk of an information manager."""
    machine = held(town, folder)
    join(machine, address, town.machines, town.anchor, town.relay.url)
    return machine


def test_a_question_goes_alone_and_its_answer_is_filed(town: Town, tmp_path: Path) -> None:
    asked_of = "information.governance@quillmere-council"
    manager, sender = governance(town, tmp_path / "manager", asked_of), town.sender
    about = town.send(package("Ask for a strategy discussion"))
    words = ("advice", "ask", about, "--send", asked_of, "--role", "Information manager")
    asked = sender.phoenix(*words, "--question", QUESTION, "--include", INCLUDED).json
    assert (asked["warnings"], asked["owed"]) == ([], [])

    manager.phoenix("accept", asked["package"])
    opened = manager.phoenix("open", asked["package"])
    sections = {section["kind"]: section for section in opened.json["sections"]}
    answers = sections["advice"]["answers"]
    assert answers["asking.question"] == [QUESTION]
    assert answers["asking.included"] == [INCLUDED]
    for hidden in ("Jordan", "QM-0417", about, "strategy discussion", "Absent"):
        assert hidden not in opened.out, hidden
    (line,) = manager.phoenix("advice", "list").json["advice"]
    assert (line["asked_by"], line["question"]) == ("front.door@quillmere-council", QUESTION)
    assert line["included"] == [INCLUDED]
    assert [due["kind"] for due in manager.phoenix("review").json["due"]] == ["advice_answer"]

    given = ("--text", "Yes: weigh the detriment first.", "--by", "Sam Reeve")
    done = manager.phoenix("advice", "answer", line["record"], *given).json
    assert done["package"]
    assert manager.phoenix("review").json["due"] == []
    assert sender.phoenix("advice", "list", about).json["advice"][0]["answers"] == []
    sender.phoenix("accept", done["package"])
    (filed,) = sender.phoenix("advice", "list", about).json["advice"]
    assert (filed["record"], filed["package"]) == (asked["record"], asked["package"])
    assert [a["text"] for a in filed["answers"]] == ["Yes: weigh the detriment first."]
    assert filed["answers"][0]["by"] == f"Sam Reeve, {asked_of}"
    assert filed["due"] is None
    assert "Sam Reeve" in sender.run_plain("register", "--subject", "QM-0417").out
    manager.phoenix("erase", asked["package"], "--reason", "not_needed")
    (gone,) = manager.phoenix("advice", "list").json["advice"]
    assert gone["question"] == ""
    assert "The question is erased or restricted here." in manager.run_plain("advice", "list").out


def test_a_statement_that_was_chosen_goes_along_and_no_other(town: Town, tmp_path: Path) -> None:
    asked_of = "information.governance@ardenfold-police"
    manager, desk = governance(town, tmp_path / "manager", asked_of), town.desk
    came = town.send(package("Two sections"))
    desk.phoenix("accept", came)
    words = ("advice", "ask", came, "--send", asked_of, "--question", QUESTION)
    asked = desk.phoenix(*words, "--statement", "observed.1").json
    manager.phoenix("accept", asked["package"])
    opened = manager.phoenix("open", asked["package"]).json
    said = [s for section in opened["sections"] for s in section["statements"]]
    assert [s["chain_depth"] for s in said] == [1]
    theirs = desk.phoenix("open", came).json["sections"]
    observed = next(s for s in theirs if s["id"] == "observed")["statements"][0]
    assert said[0]["text"] == observed["text"]
    wrong = desk.phoenix(*words, "--statement", "observed.9", status=3)
    assert wrong.json["error"]["problems"][0]["code"] == "E_DOC_COPY"
    # The desk's other machine has the question too, and files the answer.
    other = town["night-desk"]
    other.phoenix("inbox")
    other.phoenix("accept", asked["package"])
    number = manager.phoenix("advice", "list").json["advice"][0]["record"]
    done = manager.phoenix("advice", "answer", number, "--text", "Tell her first.").json
    for machine in (desk, other):
        machine.phoenix("inbox")
        machine.phoenix("accept", done["package"])
        (line,) = machine.phoenix("advice", "list").json["advice"]
        assert [a["text"] for a in line["answers"]] == ["Tell her first."]


def test_a_question_to_another_agency_is_shared_and_owes_what_sharing_owes(town: Town) -> None:
    words = ("advice", "ask", "--send", MASH, "--question", QUESTION)
    asked = town.sender.phoenix(*words).json
    owed = {problem["place"] for problem in asked["owed"]}
    assert {"decision.outcome", "legal.article_6"} <= owed
    unknown = town.sender.phoenix(
        "advice", "ask", "--send", "mush@ardenfold-police", *words[4:], status=3
    )
    assert unknown.json["error"]["problems"][0]["code"] == "E_DOC_RECIPIENT"
    asked_of = [each["asked_of"] for each in town.sender.phoenix("advice", "list").json["advice"]]
    assert asked_of.count(MASH) == 1
    assert "mush@ardenfold-police" not in asked_of
