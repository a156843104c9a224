"""P3 by real programs: police intelligence, controlled by the police, passed on, withdrawn, held, asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end import quillmere
from tests.end_to_end.documents import FRONT, NURSE
from tests.end_to_end.neighbours import MANAGER, PROJECT, SCHOOL, at_once, received
from tests.end_to_end.processes import Finished, Machine
from tests.end_to_end.quillmere import Keyholder, Town

#: The machines that get the police's package, by their addresses.
READERS = {FRONT: "social-care", MANAGER: "manager", SCHOOL: "school", PROJECT: "project"}
#: Who has the intelligence in the end: the manager, and everybody to whom the manager passed it on.
HOLDERS = {MANAGER: "manager", FRONT: "social-care", NURSE: "nurse", PROJECT: "project"}
#: The larger Quillmere is made before the first test.
pytestmark = pytest.mark.timeout(600)

TOLD = "An adult linked to the vehicle has been near the station on two evenings."
HOUSEHOLD = "All household contacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The town, and where the documents of P3 are."""

    town: Town
    demo: Path

    @property
    def police(self) -> Machine:
        return self.town.desk

    @property
    def manager(self) -> Machine:
        return self.town["manager"]

    def document(self, name: str, id_: str) -> Path:
        """A companion of P3 on the manager's machine, with the package's id in it."""
        text = (self.demo / name).read_text("utf-8")
        file = self.manager.folder / name
        file.write_text(text.replace("ID OF THE PACKAGE", id_), "utf-8")
        return file


@pytest.fixture(scope="module")
def story(
    grown: Path,
    keyholder: Keyholder,
    repository: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("p3") / "own"
    with quillmere.running(grown, folder, keyholder) as town:
        yield Story(town=town, demo=repository / "config" / "demo")


def test_p3_intelligence_stays_where_the_police_let_it_be(story: Story, tmp_path: Path) -> None:
    id_ = shared(story)
    to_protect_somebody_now(story, id_)
    minutes = released_for_the_minutes(story, id_)
    withdrawn(story, id_, minutes)
    everybody_says_what_they_did(story, id_)
    a_parent_asks(story, id_)
    held_for_an_inquiry(story, id_, tmp_path)
    assert story.manager.phoenix("audit", "verify").json["problems"] == []


def newest(machine: Machine) -> Any:
    """What a machine reads in the newest package that has come to it."""
    id_ = machine.phoenix("inbox").json["packages"][0]["package"]
    machine.phoenix("accept", id_)
    return machine.phoenix("open", id_).json


def codes(machine: Machine, command: str = "alarms") -> list[str]:
    return [alert["code"] for alert in machine.phoenix(command).json["alerts"]]


def problems(refused: Finished) -> list[str]:
    return [problem["code"] for problem in refused.json["error"]["problems"]]


def shared(story: Story) -> str:
    """The school's lead and the project get section A alone, and nothing there tells that there is more."""
    package = story.demo / "p3.toml"
    story.police.phoenix("inbox")
    found = story.police.phoenix("check", package).json
    assert (found["problems"], found["owed"], found["prompts"]) == ([], [], [])
    id_ = str(story.police.phoenix("send", package).json["package"])
    found = at_once(lambda name: received(story.town[name], id_), READERS.values())
    opened = dict(zip(READERS, found, strict=True))
    for address in (FRONT, SCHOOL, PROJECT):
        assert [s["id"] for s in opened[address]["sections"]] == ["episodes", "legal"]
        for word in ("station", "IR-001", "vehicle", "exploitation", "Unknown adult", "untested"):
            assert word not in json.dumps(opened[address]), word
    read = {section["id"]: section for section in opened[MANAGER]["sections"]}
    assert set(read) == {"episodes", "intelligence", "assessment", "legal"}
    (intelligence,) = read["intelligence"]["statements"]
    assert (intelligence["kind"], intelligence["class"]) == ("intelligence", "REPORTED")
    assert intelligence["grade"] == {"scheme": "3x5x2", "code": "2-C"}
    assert intelligence["source"]["reference"] == "IR-001"
    assert read["intelligence"]["handling"] == ["C", "No overt action"]
    assert read["episodes"]["handling"] == ["P"]
    categories = {p["id"]: p["part3_category"] for p in read["assessment"]["people"]}
    assert categories == {"child": ["victim_or_possible_victim"], "adult": ["none"]}
    answers = read["legal"]["answers"]
    assert answers["legal.regime"] == ["dpa2018_part3_law_enforcement"]
    assert answers["legal.inform_review"] == ["2026-11-30"]
    assert read["legal"]["do_not_alert"] == [HOUSEHOLD]
    assert f"DO NOT ALERT: {HOUSEHOLD}" in story.town["school"].run_plain("open", id_).out
    page = story.manager.run_plain("open", id_).out
    assert "How far this can be relied on: A single untested source." in page
    assert "Controlled by its agency: ask before you pass it on or act on it" in page
    return id_


def to_protect_somebody_now(story: Story, id_: str) -> None:
    """Without a release it goes to protect somebody, is recorded, and the police are told by themselves."""
    document = story.document("p3-safety.toml", id_)
    done = story.manager.phoenix("send", document, "--urgent").json
    assert "W_DOC_OVERRIDE" in {warning["code"] for warning in done["warnings"]}
    got = received(story.town["project"], done["package"])
    tonight, legal = got["sections"]
    assert tonight["statements"][0]["text"] == TOLD
    assert tonight["handling"][0] == "C", "the police keep control of it there too"
    assert "untested" in tonight["answers"]["quality"][0]
    assert legal["do_not_alert"] == [HOUSEHOLD], "whom not to alert goes with it"
    word = newest(story.police)["sections"][0]["statements"]
    assert id_ in word[0]["text"]
    assert PROJECT in word[0]["text"]
    assert "means to walk to the station" in word[1]["text"]
    assert TOLD not in json.dumps(word)
    audited = story.manager.phoenix("audit", "show", "--last", "200").json["rows"]
    assert [row["outcome"] for row in audited if row["action"] == "originator.told"] == ["done"]
    assert "Passed on without a release" in story.manager.run_plain("register").out


def released_for_the_minutes(story: Story, id_: str) -> str:
    """Copying it into minutes is refused (hard block 10), asked for, and goes when the police have released it."""
    document = story.document("p3-minutes.toml", id_)
    refused = story.manager.phoenix("send", document, status=3)
    assert problems(refused) == ["E_DOC_CONTROLLED"]
    assert "Ask for a release with 'phoenix release-request'" in refused.err
    sent = [line["purpose"][:7] for line in story.manager.phoenix("sent").json["packages"]]
    assert "Minutes" not in sent
    (asked,) = story.manager.phoenix("release-request", document).json["requests"]
    assert (asked["of"], asked["statements"]) == (id_, ["intelligence.1"])
    request = newest(story.police)
    assert request["package"] == asked["package"]
    assert f"phoenix release {id_[:12]} intelligence.1" in json.dumps(request)
    assert TOLD not in json.dumps(request)
    given = ("--condition", "C", "--why", "For the minutes of the strategy discussion")
    assert story.police.phoenix("release", id_, "intelligence.1", *given).json["to"] == [MANAGER]
    assert codes(story.manager, "inbox") == ["N_RELEASED"]
    minutes = str(story.manager.phoenix("send", document).json["package"])
    for opened in at_once(lambda n: received(story.town[n], minutes), ("social-care", "nurse")):
        chronology, decided, _ = opened["sections"]
        copy = chronology["statements"][1]
        assert (copy["text"], copy["kind"], copy["origin"]) == (
            *(TOLD, "intelligence"),
            "ardenfold-police",
        )
        assert "C" not in chronology["handling"]
        assert "No overt action" in chronology["handling"], "only what was released has ended"
        assert copy["id"] in decided["statements"][1]["basis"]
    return minutes


def withdrawn(story: Story, id_: str, minutes: str) -> None:
    """The keeper of the vehicle has nothing to do with it: whatever rests on the statement is flagged, everywhere."""
    why = "The keeper of the vehicle was found on 27 November and has nothing to do with it"
    story.police.phoenix("withdraw", id_, "intelligence.1", "--why", why)
    assert "N_WITHDRAWN" in codes(story.manager, "inbox")
    heard = at_once(
        lambda name: codes(story.town[name], "inbox"), ("social-care", "nurse", "project")
    )
    assert all("N_WITHDRAWN" in alerts for alerts in heard), "whoever passed it on hands it on"
    assert story.town["school"].phoenix("notices").json["received"] == [], "it never had it"
    assessment = story.manager.phoenix("open", id_).json["sections"][2]["statements"][0]
    assert len(assessment["basis_withdrawn"]) == 1
    # The manager's own minutes, on the manager's machine and on those that got them.
    read = at_once(
        lambda name: story.town[name].phoenix("open", minutes).json,
        names := ("manager", "social-care", "nurse"),
    )
    for name, opened in zip(names, read, strict=True):
        chronology, decided, _ = opened["sections"][:3]
        copy, derived = chronology["statements"][1], decided["statements"][1]
        assert [n["action"] for n in copy["notices"]] == ["release", "withdraw"], name
        assert derived["basis_withdrawn"] == [copy["id"]], name
    page = story.manager.run_plain("open", minutes).out
    assert re.search(rf"WITHDRAWN\. It said: (\[[A-Z ,]+\] )?{re.escape(TOLD)}", page)
    assert "Rests on what was withdrawn: chronology.2" in page
    assert why in " ".join(page.split())


def everybody_says_what_they_did(story: Story, id_: str) -> None:
    """Nobody puts the withdrawal away without an outcome (hard block 14); the police see who did what."""
    notice = story.police.phoenix("status", id_).json["notices"][-1]
    said = {FRONT: "rectified", MANAGER: "restricted", NURSE: "erased", PROJECT: "rectified"}
    at_once(lambda a: say(story.town[HOLDERS[a]], notice["notice"], said[a]), HOLDERS)
    released, taken_back = story.police.phoenix("status", id_).json["notices"]
    assert (released["action"], taken_back["action"]) == ("release", "withdraw")
    answers = {a["address"]: a for a in taken_back["answers"]}
    assert {address: a["outcome"] for address, a in answers.items()} == said
    assert set(answers[MANAGER]["passed_on"].split(", ")) == {FRONT, NURSE, PROJECT}
    assert {address for address, a in answers.items() if a["second_hand"]} == set(said) - {MANAGER}
    page = story.police.run_plain("status", id_, "--offline").out
    for address, outcome in said.items():
        assert f"{address}: {outcome}" in page


def say(machine: Machine, notice: str, outcome: str) -> None:
    """What somebody did about the withdrawal, which was not to be put away before."""
    alerts = machine.phoenix("alarms").json["alerts"]
    (alert,) = [alert for alert in alerts if alert["code"] == "N_WITHDRAWN"]
    away = machine.phoenix("alarms", "--seen", str(alert["number"]), status=3)
    assert away.error_code == "E_NOTICE_OPEN"
    machine.phoenix("settle", notice, "--outcome", outcome)


def a_parent_asks(story: Story, id_: str) -> None:
    """What is withheld from a parent, and by what right, is recorded, and no partner learns that anybody asked."""
    partners = [story.town[name] for name in ("desk", "social-care")]
    before = at_once(lambda partner: partner.phoenix("inbox").json, partners)
    held = story.town.relay.run("status").json
    decided = story.manager.phoenix("decide", story.document("p3-subject-access.toml", id_)).json
    assert (decided["problems"], decided["owed"], decided["prompts"]) == ([], [], [])
    assert decided["outcome"] == "share_part"
    shown = story.manager.run_plain("record", decided["record"]).out
    assert "sch2_p2_crime" in shown
    assert "The police, on 26 November: withhold both." in shown
    register = story.manager.run_plain("register", "--person", "Alex T").out
    assert "It would prejudice the prevention or detection of crime" in register
    assert "The intelligence and the assessment that rests on it" in register
    assert "Subject access" in register
    assert at_once(lambda partner: partner.phoenix("inbox").json, partners) == before
    told = ("log_size", "packages", "unfinished", "held_bytes")
    after = story.town.relay.run("status").json
    assert {name: after[name] for name in told} == {name: held[name] for name in told}
    for listed in at_once(lambda partner: partner.phoenix("register").json["lines"], partners):
        assert "access request" not in json.dumps(listed)
        assert "decision" not in {line["kind"] for line in listed}


def held_for_an_inquiry(story: Story, id_: str, tmp_path: Path) -> None:
    """What an inquiry needs outlives its time: nothing of it is erased until the hold is lifted (hard block 12)."""
    order, manager = tmp_path / "order", story.manager
    set_by = ("--authority", "inquiry", "--ref", "Inquiry 7", "--by", "Information manager")
    story.town["council"].phoenix(
        *("hold", "add", *set_by, "--subject", "Jordan T", "--review", "30d", "--out", order)
    )
    manager.phoenix("hold", "apply", order)
    manager.phoenix("retention", "set", id_, "--review", "1s")
    why = ("--reason", "retention_ended")
    for words in (
        ("erase", id_, *why),
        ("erase", id_, "--section", "intelligence", *why),
        ("review", "done", id_, "--outcome", "erase", *why),
    ):
        refused = manager.phoenix(*words, status=3)
        assert refused.error_code == "E_HOLD", words
        assert "This has to be kept" in refused.err
    assert TOLD not in json.dumps(manager.phoenix("open", id_).json), "restricted by the withdrawal"
    words = ("--restricted", "--reason", "The inquiry asks for it")
    assert TOLD in json.dumps(manager.phoenix("open", id_, *words).json), "it is all there"
    (kept,) = manager.phoenix("retention", "--package", id_).json["packages"]
    assert len(kept["held_by"]) == 1
    assert kept["erased"] == []
