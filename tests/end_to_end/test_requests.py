"""P2 by real programs: the council asks three agencies; two answer, one does not, and its deputy is asked by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keys.keystore import create_keystore
from keys.passphrase import Passphrase
from phoenix_protocol.identifiers import Seconds
from tests.client.record_values import edited
from tests.client.request_values import CHARITY, DEPUTY, FRONT, HOUSING, NURSE, example
from tests.end_to_end import quillmere
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import PASSPHRASE, Keyholder, Town

AGENCIES = {
    "larkstone-homes": ("housing", (HOUSING,)),
    "lantern-youth": ("voluntary", (CHARITY, DEPUTY)),
}
#: Five homes join before the first test.
pytestmark = pytest.mark.timeout(900)
#: Only Lantern's deputy has joined.
REQUEST = example("p2-request.toml")
OTHER_DEPUTIES = REQUEST[
    REQUEST.index('[[deputy]]\ninstead_of = "school') : REQUEST.index(
        '[[deputy]]\ninstead_of = "lead'
    )
]
P2 = edited((OTHER_DEPUTIES, ""), text=REQUEST)


@dataclass(slots=True, kw_only=True)
class Asking:
    """Quillmere with Larkstone and Lantern, and a second machine at the front door."""

    town: Town
    desks: dict[str, Machine]

    @property
    def front(self) -> Machine:
        return self.town.sender

    def desk(self, address: str) -> Machine:
        return self.town.nurse if address == NURSE else self.desks[address]

    def ask(self, text: str) -> dict[str, Any]:
        file = self.front.folder / "request.toml"
        file.write_text(text, "utf-8")
        return self.front.phoenix("request", file).json

    def respond(self, address: str, id_: str, text: str, **options: Any) -> Any:
        desk = self.desk(address)
        file = desk.folder / "response.toml"
        file.write_text(text, "utf-8")
        return desk.phoenix("respond", id_, file, **options)

    def listed(self, id_: str) -> dict[str, dict[str, Any]]:
        """What became of one request, by address."""
        lines = self.front.phoenix("requests").json["asked"]
        (line,) = [line for line in lines if line["package"] == id_]
        return {recipient["address"]: recipient for recipient in line["recipients"]}


@pytest.fixture(scope="module")
def asking(
    made: Path, keyholder: Keyholder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asking]:
    folder = tmp_path_factory.mktemp("asking")
    with quillmere.running(made, folder / "own", keyholder) as town:
        machines = dict(town.machines)
        desks: dict[str, Machine] = {}
        for agency, (kind, addresses) in AGENCIES.items():
            machines[agency] = new_machine(folder / agency, keyholder)
            found_agency(town, machines[agency], agency, kind)
            for address in addresses:
                desks[address] = new_machine(folder / address, keyholder)
                join(town, desks[address], address, machines[agency])
        desks["colleague"] = new_machine(folder / "colleague", keyholder)
        join(town, desks["colleague"], FRONT, town["council"])
        yield Asking(town=town, desks=desks)


def new_machine(folder: Path, keyholder: Keyholder) -> Machine:
    machine = Machine(folder=folder, passphrase=PASSPHRASE)
    now = Seconds(int(time.time()))
    keyholder.hold(
        machine.home, create_keystore(machine.home, Passphrase(PASSPHRASE), now).master_key.hex()
    )
    return machine


def found_agency(town: Town, machine: Machine, agency: str, kind: str) -> None:
    request = machine.folder / "agency.request"
    at = ("--anchor", town.anchor, "--relay", town.relay.url)
    words = ("agency", "create", agency, "--name", agency, "--kind", kind, "--out", request)
    machine.phoenix(*words, *at)
    town["council"].phoenix("partnership", "admit", request)


def join(town: Town, machine: Machine, address: str, manager: Machine) -> None:
    at = ("--anchor", town.anchor, "--relay", town.relay.url)
    asked = machine.phoenix("join", address, *at, "--name", address).json
    manager.phoenix("members", "approve", asked["code"])
    machine.phoenix("inbox")


def words(recipient: dict[str, Any]) -> list[list[str]]:
    """What was answered, question by question."""
    return [[a["answer"] for a in question["answers"]] for question in recipient["questions"]]


def test_each_answers_its_own_question_and_the_four_answers_stay_apart(asking: Asking) -> None:
    asked = asking.ask(P2)
    id_ = asked["package"]
    assert asked["problems"] == []
    assert {r["address"] for r in asked["recipients"]} == {NURSE, HOUSING, CHARITY}
    assert {r["stands"] for r in asking.listed(id_).values()} == {"waiting"}
    # Before accepting, its cover says only that an answer is wanted, and by when.
    nurse = asking.desk(NURSE)
    nurse.phoenix("inbox")
    (owed,) = nurse.phoenix("requests", "--offline").json["owed"]
    assert (owed["package"], owed["due"], owed["questions"]) == (id_, asked["due"], [])
    refused = asking.respond(NURSE, id_, example("p2-response-health.toml"), status=3)
    assert refused.error_code == "E_NOT_ACCEPTED"
    nurse.phoenix("accept", id_)
    (owed,) = nurse.phoenix("requests").json["owed"]
    assert [q["id"] for q in owed["questions"]] == ["appointments"]
    assert (owed["stands"], owed["threshold"], owed["thread"]) == (
        "waiting",
        "ca1989_s47",
        "QM-0417",
    )
    shown = nurse.run_plain("open", id_).out
    assert "landlord" not in shown
    assert "engage" not in shown
    # A document for another question is refused, and nothing is sent.
    wrong = asking.respond(NURSE, id_, example("p2-response-housing.toml"), status=3)
    codes = {p["code"] for p in wrong.json["error"]["problems"]}
    assert "E_DOC_QUESTION" in codes
    assert nurse.phoenix("sent").json["packages"] == []
    health = asking.respond(NURSE, id_, example("p2-response-health.toml")).json
    assert health["request"] == id_
    (owed,) = nurse.phoenix("requests", "--offline").json["owed"]
    assert owed["stands"] == "answered"
    housing = asking.desk(HOUSING)
    housing.phoenix("accept", id_)
    landlord = asking.respond(HOUSING, id_, example("p2-response-housing.toml")).json
    # They have come; what they say is known once they are accepted.
    listed = asking.listed(id_)
    assert (listed[NURSE]["stands"], listed[NURSE]["response"]) == ("come", health["package"])
    for response in (health, landlord):
        asking.front.phoenix("accept", response["package"])
    listed = asking.listed(id_)
    assert words(listed[NURSE]) == [["shared", "withheld"]]
    assert words(listed[HOUSING]) == [["shared", "withheld"]]
    assert words(listed[CHARITY]) == [[]]
    assert [listed[a]["stands"] for a in (NURSE, HOUSING, CHARITY)] == [
        *("answered", "answered", "waiting")
    ]
    shared, withheld = listed[NURSE]["questions"][0]["answers"]
    opened = asking.front.phoenix("open", health["package"]).json
    statements = [s["id"] for section in opened["sections"] for s in section["statements"]]
    assert shared["statements"] == statements
    assert (withheld["statements"], withheld["what"]) == ([], "Notes of two counselling sessions")
    page = asking.front.run_plain("requests").out
    assert "HELD, NOT SHARED. Notes of two counselling sessions" in page
    assert "NOT HELD" not in page.replace("HELD, NOT SHARED", "")


def test_whoever_was_not_asked_cannot_answer(asking: Asking) -> None:
    id_ = asking.ask(P2)["package"]
    police, colleague = asking.town.desk, asking.desks["colleague"]
    police.phoenix("inbox")
    (police.folder / "r.toml").write_text(example("p2-response-health.toml"), "utf-8")
    never_had = police.phoenix("respond", id_, police.folder / "r.toml", status=3)
    assert never_had.error_code == "E_NOT_FOUND"
    # A colleague of the asker has a copy, and is not asked.
    colleague.phoenix("accept", id_)
    (colleague.folder / "r.toml").write_text(example("p2-response-health.toml"), "utf-8")
    before = colleague.phoenix("requests", "--offline").json
    copy = colleague.phoenix("respond", id_, colleague.folder / "r.toml", status=3)
    assert copy.error_code == "E_NOT_ASKED"
    assert colleague.phoenix("requests", "--offline").json == before
    assert [line["package"] for line in before["asked"]] == [id_]
    assert colleague.phoenix("sent").json["packages"] == []
    # What is no request is not answered either.
    ordinary = asking.town.send(by_hand())
    police.phoenix("accept", ordinary)
    refused = police.phoenix("respond", ordinary, police.folder / "r.toml", status=3)
    assert refused.error_code == "E_NO_REQUEST"


def by_hand() -> str:
    from tests.end_to_end.documents import BY_HAND

    return BY_HAND


def test_who_does_not_answer_holds_up_nothing_and_the_deputy_is_asked_once(asking: Asking) -> None:
    front, charity, trustees = asking.front, asking.desk(CHARITY), asking.desk(DEPUTY)
    id_ = asking.ask(edited(("[request]\n", '[request]\ndue = "1s"\n'), text=P2))["package"]
    charity.phoenix("accept", id_)
    time.sleep(1.1)
    sent_before = len(front.phoenix("sent").json["packages"])
    listed = asking.listed(id_)
    assert listed[CHARITY]["stands"] == "escalated"
    assert listed[CHARITY]["deputy"] == DEPUTY
    assert listed[NURSE]["stands"] == "overdue", "no deputy is named for the nurses"
    escalated = listed[CHARITY]["escalated_as"]
    # Once, however often anybody looks.
    assert asking.listed(id_)[CHARITY]["escalated_as"] == escalated
    front.phoenix("inbox")
    assert len(front.phoenix("sent").json["packages"]) == sent_before + 1
    alerts = {(a["code"], a["package"]) for a in front.phoenix("alarms").json["alerts"]}
    assert {("N_ESCALATED", id_), ("N_ANSWER_OVERDUE", id_)} <= alerts
    # Those who owe an answer are reminded too.
    charity.phoenix("inbox")
    reminded = {(a["code"], a["package"]) for a in charity.phoenix("alarms").json["alerts"]}
    assert ("N_REQUEST_OVERDUE", id_) in reminded
    # Nothing waits: the council goes on sharing.
    assert asking.town.send(by_hand())
    # The deputy reads what the charity was asked, and nothing else of the request.
    trustees.phoenix("accept", escalated)
    (owed,) = trustees.phoenix("requests").json["owed"]
    assert (owed["instead_of"], [q["id"] for q in owed["questions"]]) == (CHARITY, ["engagement"])
    assert owed["overdue"] is False, "the deputy has a time of their own"
    answer = asking.respond(DEPUTY, escalated, example("p2-response-charity.toml")).json
    front.phoenix("accept", answer["package"])
    listed = asking.listed(id_)
    assert listed[CHARITY]["stands"] == "answered"
    assert words(listed[CHARITY]) == [["shared", "not_held"]]
    assert {a["by"] for a in listed[CHARITY]["questions"][0]["answers"]} == {DEPUTY}
    # Late is better than never.
    late = asking.respond(CHARITY, id_, example("p2-response-charity.toml")).json
    front.phoenix("accept", late["package"])
    given = asking.listed(id_)[CHARITY]["questions"][0]["answers"]
    assert [a["by"] for a in given] == [DEPUTY, DEPUTY, CHARITY, CHARITY]


def test_a_template_with_the_questions_can_be_filled_in_and_sent(asking: Asking) -> None:
    id_ = asking.ask(P2)["package"]
    housing = asking.desk(HOUSING)
    housing.phoenix("accept", id_)
    text = housing.phoenix("new", "--answer", id_).json["template"]
    assert "Are there concerns about the tenancy" in text
    assert 'answer = ""' in text
    looked = housing.folder / "template.toml"
    looked.write_text(text, "utf-8")
    problems = housing.phoenix("respond", id_, looked, "--check", status=3).json["problems"]
    assert "answer[1].answer" in {p["place"] for p in problems}
    filled = edited(
        ('answer = ""', 'answer = "not_held"\nwhat = "Tenancy file"'),
        (text[text.index("# -- The people") : text.index("# -- Your decision")], ""),
        ('outcome = ""', 'outcome = "information_not_held"'),
        ('decided_by = ""', 'decided_by = "Officer"'),
        ('article_6 = ""', 'article_6 = "ea_recognised_legitimate_interest"'),
        ('retention = ""', 'retention = "local_default"'),
        text=text,
    )
    answer = asking.respond(HOUSING, id_, filled).json
    asking.front.phoenix("accept", answer["package"])
    assert words(asking.listed(id_)[HOUSING]) == [["not_held"]]
