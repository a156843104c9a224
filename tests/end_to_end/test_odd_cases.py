"""The odd cases of practice by real programs: each of config/demo/odd, sent or refused as the protocol asks.

A signature broken on its way, somebody who has left, an overdue review, consent that is withdrawn or does not reach,
an agency in Scotland, a child or a parent who does not agree. Bad input that names what is not here: refused, and
nothing changed.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keys.keystore import create_keystore
from keys.passphrase import Passphrase
from phoenix_protocol.identifiers import Seconds
from tests.client.record_values import edited
from tests.end_to_end.documents import MASH, NURSE, package
from tests.end_to_end.mortal import Mortals
from tests.end_to_end.processes import Finished, Machine
from tests.end_to_end.quillmere import PASSPHRASE, Keyholder, Town, running

CASEWORKER = "caseworker@quillmere-health"
DUTY = "duty@strathquill-council"
#: What only England's law says.
ENGLISH = ("16LA", "16LC", "ca2004", "ca1989", "Gillick", "England")
ODD = Path(__file__).resolve().parents[2] / "config" / "demo" / "odd"
#: Two homes and an agency join before the first test.
pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True, slots=True)
class Odd:
    """Quillmere with a caseworker of the health trust, and a council in Scotland."""

    town: Town
    mortals: Mortals
    caseworker: Machine
    scotland: Machine

    @property
    def front(self) -> Machine:
        return self.town.sender

    def run(self, machine: Machine, *words: str | Path, status: int = 0) -> Finished:
        """A command to its end, which must be ``status``."""
        finished = self.mortals.run(machine, *words)
        assert finished.status == status, finished
        return finished

    def written(self, text: str, machine: Machine) -> Path:
        file = machine.folder / "odd.toml"
        file.write_text(text, "utf-8")
        return file

    def send(self, text: str) -> Any:
        """What ``phoenix send`` says at the council's front door."""
        return self.run(self.front, "send", self.written(text, self.front)).json

    def check(self, text: str, machine: Machine | None = None, status: int = 0) -> Any:
        """What ``phoenix check`` says of a document: at the front door, if nowhere else is named."""
        where = machine or self.front
        return self.run(where, "check", self.written(text, where), status=status).json

    def refused(self, text: str) -> list[Any]:
        """The problems of a document that is refused, when nothing was sealed, sent or recorded on its way."""
        before = self.state(self.front)
        refused = self.run(self.front, "send", self.written(text, self.front), status=3)
        assert refused.error_code == "E_DOCUMENT", refused
        problems = refused.json["error"]["problems"]
        for problem in problems:
            assert all(problem[key] for key in ("place", "message", "next", "clause")), problem
            assert problem["code"] in refused.err
            assert problem["place"] in refused.err
        assert self.state(self.front) == before, "nothing was changed"
        return list(problems)

    def state(self, machine: Machine) -> tuple[Any, ...]:
        """What a home has done, by its audit record, and what is sealed there."""
        outbox = machine.home / "outbox"
        waiting = sorted(p.name for p in outbox.iterdir()) if outbox.exists() else []
        rows = self.run(machine, "audit", "verify").json
        return rows, [name for name in waiting if name != ".making"]


def odd_file(name: str) -> str:
    """A file of config/demo/odd."""
    return (ODD / name).read_text("utf-8")


def codes(found: list[Any]) -> set[tuple[str, str]]:
    return {(each["code"], each["place"]) for each in found}


@pytest.fixture(scope="module")
def odd(
    made: Path,
    keyholder: Keyholder,
    mortals: Mortals,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Odd]:
    folder = tmp_path_factory.mktemp("odd")
    with running(made, folder / "own", keyholder) as town:
        names = ("caseworker", "duty", "strathquill")
        machines = {name: Machine(folder=folder / name, passphrase=PASSPHRASE) for name in names}
        with ThreadPoolExecutor(2) as pool:
            keys = pool.map(new_keystore, machines.values())
        for machine, key in zip(machines.values(), keys, strict=True):
            keyholder.hold(machine.home, key)
        odd = Odd(town, mortals, machines["caseworker"], machines["duty"])
        request = folder / "request"
        words = ("agency", "create", "strathquill-council", "--name", "Strathquill Council")
        place = ("--kind", "council", "--jurisdiction", "scotland", "--out", request)
        odd.run(machines["strathquill"], *words, *place, *at(town))
        odd.run(town["council"], "partnership", "admit", request)
        join(odd, odd.caseworker, CASEWORKER, town["health"])
        join(odd, odd.scotland, DUTY, machines["strathquill"])
        yield odd


def at(town: Town) -> tuple[str, ...]:
    return ("--anchor", town.anchor, "--relay", town.relay.url)


def new_keystore(machine: Machine) -> str:
    now = Seconds(int(time.time()))
    return create_keystore(machine.home, Passphrase(PASSPHRASE), now).master_key.hex()


def join(odd: Odd, machine: Machine, address: str, manager: Machine) -> None:
    asked = odd.run(machine, "join", address, *at(odd.town), "--name", address).json
    odd.run(manager, "members", "approve", asked["code"])
    odd.run(machine, "inbox")


def test_every_odd_case_is_tested() -> None:
    here = Path(__file__).read_text("utf-8")
    assert {p.name for p in ODD.iterdir() if f'odd_file("{p.name}")' not in here} == set()


# -- on the way ------------------------------------------------------------------------------------------------------


def test_a_package_whose_signature_was_broken_on_its_way_is_an_alarm_and_is_shown_to_nobody(
    odd: Odd,
) -> None:
    id_ = odd.send(odd_file("broken-on-its-way.toml"))["package"]
    core = break_signature(odd.town, id_)
    desk = odd.town.desk
    inbox = odd.run(desk, "inbox", status=5).json
    assert id_ not in {p["package"] for p in inbox["packages"]}
    assert ("E_SIG_DELIVERY", core) in {(a["code"], a["core"]) for a in inbox["alerts"]}
    for words in (("accept", id_), ("open", id_), ("return", id_[:12], "--reason", "Odd")):
        refused = odd.run(desk, *words, status=5)
        assert refused.error_code == "E_SIG_DELIVERY"
        assert "hatchback" not in refused.out + refused.err
        assert "vehicle" not in refused.out + refused.err
    rows = odd.run(desk, "audit", "show").json["rows"]
    assert ("feed.offer", "E_SIG_DELIVERY") in {(r["action"], r["outcome"]) for r in rows}
    # The sender hears of no acceptance, and can take it back.
    (recipient,) = odd.run(odd.front, "status", id_).json["recipients"]
    assert recipient["state"] in ("held", "offered")
    recalled = odd.run(odd.front, "recall", id_, "--reason", "It did not arrive whole").json
    assert [r["answer"] for r in recalled["recipients"]] == ["RECALLED"]
    # It is an alarm until somebody has seen it.
    numbers = [a["number"] for a in inbox["alerts"] if a["code"] == "E_SIG_DELIVERY"]
    odd.run(desk, "alarms", *(word for n in numbers for word in ("--seen", str(n))))
    odd.run(desk, "inbox")


def break_signature(town: Town, id_: str) -> str:
    """Change one bit of the sender's signature where the relay keeps it; the package's core in hex."""
    with closing(sqlite3.connect(town.relay.home / "relay.sqlite", timeout=30)) as database:
        wanted = "SELECT core FROM packages WHERE package = ?"
        (core,) = database.execute(wanted, (bytes.fromhex(id_),)).fetchone()
        stored = "SELECT number, signed FROM deliveries WHERE core = ?"
        ((number, signed),) = database.execute(stored, (core,)).fetchall()
        broken = bytearray(signed)
        broken[-10] ^= 1  # the signature stands last
        database.execute(
            "UPDATE deliveries SET signed = ? WHERE core = ? AND number = ?",
            (bytes(broken), core, number),
        )
        database.commit()
    return str(core.hex())


# -- people and partnership ------------------------------------------------------------------------------------------


def test_nothing_is_sealed_for_somebody_who_has_left_and_what_waits_for_them_is_told_of(
    odd: Odd,
) -> None:
    text = odd_file("recipient-has-left.toml")
    waiting = odd.send(text)["package"]
    other = odd.send(package("Waits for somebody who is there", sections={"only": (NURSE,)}))[
        "package"
    ]
    odd.run(odd.caseworker, "inbox")
    odd.run(odd.town["health"], "members", "end", CASEWORKER, "--reason", "left")
    # Whoever has left gets nothing more, not even what they had seen the cover of.
    assert odd.run(odd.caseworker, "accept", waiting, status=3).error_code == "E_REQ_SIG"
    assert odd.run(odd.caseworker, "open", waiting, status=3).error_code == "E_NOT_ACCEPTED"
    # The sender is told at once, and not when the package expires.
    alerts = odd.run(odd.front, "inbox").json["alerts"]
    left = [a["package"] for a in alerts if a["code"] == "N_RECIPIENT_LEFT"]
    assert left == [waiting], f"{other} waits for somebody who is there"
    told = odd.front.run_plain("status", waiting).err
    assert f"N_RECIPIENT_LEFT, {CASEWORKER}" in told
    assert "phoenix recall" in told
    (problem,) = odd.refused(text)
    assert (problem["code"], problem["place"], problem["clause"]) == ("E_DOC_ENDED", "to[1]", "Q10")
    assert "taken over" in problem["next"]
    # Taken back and sent to whoever has taken over.
    recalled = odd.run(odd.front, "recall", waiting, "--reason", "They have left").json
    assert [r["answer"] for r in recalled["recipients"]] == ["RECALLED"]
    odd.send(text.replace(CASEWORKER, NURSE))["package"]
    alerts = odd.run(odd.front, "inbox").json["alerts"]
    assert "N_RECIPIENT_LEFT" not in {a["code"] for a in alerts}


def test_what_waits_at_an_agency_that_is_suspended_is_told_of_until_it_takes_part_again(
    odd: Odd,
) -> None:
    waiting = odd.send(package("For Scotland", sections={"only": (DUTY,)}))["package"]

    def told() -> bool:
        alerts = odd.run(odd.front, "inbox").json["alerts"]
        return ("N_RECIPIENT_LEFT", waiting) in {(a["code"], a["package"]) for a in alerts}

    assert not told()
    odd.run(odd.town["council"], "partnership", "suspend", "strathquill-council")
    assert told()
    odd.run(odd.town["council"], "partnership", "resume", "strathquill-council")
    assert not told()
    assert odd.run(odd.scotland, "accept", waiting).json["state"] == "committed"


def test_sharing_goes_on_when_the_review_of_the_protocol_is_overdue_with_a_warning(
    odd: Odd,
) -> None:
    text = odd_file("review-overdue.toml")
    council = odd.town["council"]
    try:
        odd.run(council, "partnership", "amend", "--review-due", "2025-11-01")
        assert odd.run(council, "partnership", "status").json["review_overdue"] is True
        sent = odd.send(text)
        (overdue,) = [w for w in sent["warnings"] if w["code"] == "W_DOC_REVIEW"]
        assert overdue["clause"] == "RV1"
        assert "Sharing goes on" in overdue["next"]
        checked = odd.check(text)
        assert checked["problems"] == []
        assert "W_DOC_REVIEW" in {w["code"] for w in checked["warnings"]}
        nurse = odd.town.nurse
        assert odd.run(nurse, "accept", sent["package"]).json["state"] == "committed"
    finally:
        odd.run(council, "partnership", "amend", "--review-due", "2027-11-01")
    assert "W_DOC_REVIEW" not in str(odd.send(text))


# -- consent ---------------------------------------------------------------------------------------------------------


def test_consent_that_was_withdrawn_carries_nothing_more_and_another_basis_does(odd: Odd) -> None:
    first = odd_file("consent-first.toml")
    sent = odd.send(first)
    assert {w["code"] for w in sent["warnings"]}.isdisjoint({"W_DOC_CONSENT"})
    withdrawn = odd_file("consent-withdrawn.toml")
    problems = odd.refused(withdrawn)
    assert codes(problems) == {
        ("E_DOC_CONSENT", "legal.article_9"),
        ("E_DOC_CONSENT", "legal.confidence_basis"),
    }
    assert {p["clause"] for p in problems} == {"KM5"}
    assert all("another lawful basis" in p["next"] for p in problems)
    another = odd.send(odd_file("consent-another-basis.toml"))
    nurse = odd.town.nurse
    odd.run(nurse, "accept", another["package"])
    sections = odd.run(nurse, "open", another["package"]).json["sections"]
    answers = {k: v for section in sections for k, v in section["answers"].items()}
    assert answers["legal.consent"] == ["withdrawn"], "whoever gets it knows"
    # Whoever writes that it was given, as before, is told what was said in this thread since.
    again = edited(
        ("worse since", "worse again since"), ('"withdrawn"', '"yes_explicit"'), text=withdrawn
    )
    checked = odd.check(again)
    assert checked["problems"] == []
    assert ("W_DOC_CONSENT", "legal.consent") in codes(checked["warnings"])
    elsewhere = again.replace('thread = "QM-0502"', 'thread = "QM-0999"')
    assert "W_DOC_CONSENT" not in {w["code"] for w in odd.check(elsewhere)["warnings"]}


def test_consent_reaches_no_further_than_it_was_given(odd: Odd) -> None:
    narrow = odd_file("consent-too-narrow.toml")
    problems = odd.refused(narrow)
    assert codes(problems) == {
        ("E_DOC_CONSENT", f"consent.scope.{name}")
        for name in ("purposes", "data_types", "recipients")
    }
    assert {p["clause"] for p in problems} == {"CO4"}
    assert all("another lawful basis" in p["next"] for p in problems)
    said = " ".join(p["message"] for p in problems)
    assert "prevent_or_detect_crime" in said
    assert "third_party" in said
    assert MASH in said
    wider = edited(
        (
            'purposes = ["promote_welfare"]',
            'purposes = ["promote_welfare", "prevent_or_detect_crime"]',
        ),
        (
            'recipients = ["quillmere-health"]',
            'recipients = ["quillmere-health", "ardenfold-police"]',
        ),
        (
            'data_types = ["personal", "health"]',
            'data_types = ["personal", "health", "third_party"]',
        ),
        text=narrow,
    )
    assert odd.check(wider)["problems"] == []
    on_another_basis = edited(
        ('"a_explicit_consent"', '"h_health_or_social_care"'),
        ('confidence_basis = "explicit_consent"', 'confidence_basis = "statutory_duty"'),
        text=narrow,
    )
    assert odd.check(on_another_basis)["problems"] == []


def test_a_child_who_can_decide_refuses_and_a_parent_agrees(odd: Odd) -> None:
    text = odd_file("child-refuses.toml")
    sent = odd.send(text)
    assert "W_DOC_CONSENT" not in {w["code"] for w in sent["warnings"]}, "nothing rests on consent"
    sections = odd.run(odd.front, "open", sent["package"]).json["sections"]
    (decision,) = [s["answers"] for s in sections if s["kind"] == "decision"]
    said = {
        name: decision[f"consent.position[{n}].says"] for n, name in ((1, "child"), (2, "parent"))
    }
    assert said == {"child": ["refuses"], "parent": ["agrees"]}
    assert decision["consent.disagreement"][0].startswith("Jordan can decide")
    assert decision["capacity[1].outcome"] == ["can_decide"]
    # Both positions stay with the sender's agency.
    nurse = odd.town.nurse
    odd.run(nurse, "accept", sent["package"])
    assert "consent.position" not in odd.run(nurse, "open", sent["package"]).out
    # Nobody resolves it: it is asked, and any answer is taken.
    unweighed = "\n".join(line for line in text.splitlines() if "disagreement" not in line)
    asked = odd.check(unweighed)
    assert ("P_CO7", "consent.disagreement") in codes(asked["prompts"])
    assert asked["problems"] == []
    for age in ("2012-11-23", "2019-01-01"):
        of_age = edited(('role = "child"\n', f'role = "child"\nborn = {age}\n'), text=text)
        assert odd.check(of_age)["problems"] == [], "no age decides"
    # Only where consent is the basis is it refused.
    on_consent = edited(('article_6 = "e_public_task"', 'article_6 = "a_consent"'), text=text)
    places = codes(odd.refused(on_consent))
    assert ("E_DOC_CONSENT", "legal.article_6") in places
    assert {code for code, _ in places} == {"E_DOC_CONSENT"}


def test_one_parents_consent_is_enough_and_the_others_objection_is_noted(odd: Odd) -> None:
    text = odd_file("parents-disagree.toml")
    sent = odd.send(text)
    (noted,) = [w for w in sent["warnings"] if w["code"] == "W_DOC_CONSENT"]
    assert (noted["place"], noted["clause"]) == ("consent.position[2].says", "CO10")
    sections = odd.run(odd.front, "open", sent["package"]).json["sections"]
    (decision,) = [s["answers"] for s in sections if s["kind"] == "decision"]
    assert decision["consent.position[2].words"] == ["We sort this out at home."]
    alone = text[: text.index("[[consent.position]]")] + text[text.index("[[capacity]]") :]
    checked = odd.check(alone)
    assert checked["problems"] == [], "nobody demands a second"
    assert "W_DOC_CONSENT" not in {w["code"] for w in checked["warnings"]}
    assert {o["clause"] for o in checked["owed"]}.isdisjoint({"CO9", "Q5"})


# -- Scotland --------------------------------------------------------------------------------------------------------


def test_an_agency_in_scotland_is_shown_its_own_law_and_no_age_stops_it(odd: Odd) -> None:
    text = odd_file("scotland.toml")
    duty = odd.scotland
    template = odd.run(duty, "new").json["template"]
    request = odd.run(duty, "new", "--kind", "request").json["template"]
    shown = [template, request]
    checked = odd.check(text, duty)
    assert checked["problems"] == []
    assert "W_DOC_CODE" not in {w["code"] for w in checked["warnings"]}
    sent = odd.run(duty, "send", odd.written(text, duty))
    odd.run(odd.front, "accept", sent.json["package"])
    shown += [str(checked), sent.out, odd.front.run_plain("open", sent.json["package"]).out]
    # Unanswered, it is asked whether the child can decide: 12 is help beside the question, at any age.
    unasked = text[: text.index("[[capacity]]")] + text[text.index("[child_voice]") :]
    for born in ("2020-05-04", "2009-05-04"):
        asked = odd.check(unasked.replace("2016-05-04", born), duty)
        assert asked["problems"] == []
        (prompt,) = [p for p in asked["prompts"] if p["code"] == "P_CO5"]
        assert "From the age of 12" in prompt["message"]
        shown.append(str(asked))
    for each in shown:
        found = [word for word in ENGLISH if word in each]
        assert found == [], each
    assert "scot_children_act1995" in template
    english = odd.run(odd.front, "new").json["template"]
    assert "ca2004_s16LA" in english
    assert "scot_" not in english
    # Whoever writes a word of England all the same is warned, and not stopped; whoever mistypes is not led there.
    warned = odd.check(text.replace("scot_children_act1995", "ca2004_s16LA"), duty)
    assert ("W_DOC_CODE", "legal.gateway[1]") in codes(warned["warnings"])
    mistyped = odd.check(text.replace("scot_children_act1995", "ca2004_s16"), duty, status=3)
    assert [word for word in ENGLISH if word in str(mistyped["problems"])] == []


# -- what is not here ------------------------------------------------------------------------------------------------


def test_what_is_not_here_or_not_theirs_is_refused_and_nothing_is_changed(
    odd: Odd, tmp_path: Path
) -> None:
    """A later catalogue; a correction, an answer, an export and a hold of what is not here, or not theirs."""
    nobodys, front, nurse = "ab" * 16, odd.front, odd.town.nurse
    later, response = tmp_path / "later.toml", ODD.parent / "p2-response-health.toml"
    catalogue = (ODD.parent / "catalogue.toml").read_text("utf-8")
    later.write_text(edited(("format = 1", "format = 2"), text=catalogue), "utf-8")
    line = later.read_text("utf-8").splitlines().index("format = 2") + 1
    others = odd.send(package("The police's alone", sections={"only": (MASH,)}))["package"]
    out, held = ("--out", tmp_path / "out"), ("--package", others, "--authority", "inquiry")
    hold = ("hold", "add", *held, "--ref", "7", "--by", "Me", "--review", "30d", *out)
    before = odd.state(front), odd.state(nurse)
    for code, machine, words in (
        ("E_CATALOGUE", front, ("catalogue", "--adopt", later)),
        ("E_NOT_FOUND", front, ("correct", nobodys, "1", "--text", "x")),
        ("E_NOT_FOUND", front, ("correct", others, "9", "--text", "x")),
        ("E_NOT_FOUND", nurse, ("correct", others, "1", "--text", "x")),
        ("E_NOT_FOUND", nurse, ("respond", others, response)),
        ("E_NOT_FOUND", front, ("export", nobodys, *out)),
        ("E_NOT_FOUND", nurse, ("export", others, *out)),
        ("E_ROLE", front, hold),
    ):
        refused = odd.run(machine, *words, status=2 if code == "E_CATALOGUE" else 3)
        error = refused.json["error"]
        assert (error["code"], bool(error["message"]), bool(error["next"])) == (code, True, True)
        assert code in refused.err
        if code == "E_CATALOGUE":
            assert [(p["place"], p["line"]) for p in error["problems"]] == [("format", line)]
            assert error["next"].startswith("Upgrade this program")
    assert (odd.state(front), odd.state(nurse)) == before
    assert [p.name for p in tmp_path.iterdir()] == ["later.toml"]
