"""Something of everything at Quillmere: what waits, was read, is asked, said, owed, held and disagreed with."""

from __future__ import annotations

from dataclasses import dataclass

from tests.end_to_end.documents import FRONT, MASH, package
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import PASSPHRASE, Town

REQUEST = f"""
to = ["{MASH}"]
purpose = "Which episodes are known"
classification = "OFFICIAL-SENSITIVE"
urgency = "amber"
[request]
on_behalf_of = "Quillmere Council"
threshold = "ca1989_s47"
why = "A strategy discussion is today"
due = "2d"
[[people]]
id = "p1"
name = "Jordan T"
role = "child"
[[question]]
id = "q1"
text = "Which episodes do you know of?"
about = ["p1"]
[question.ask]
"{MASH}" = "They record them"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The town in which it happened, and the packages of which pages tell."""

    town: Town
    #: Accepted by the police, corrected since, and disagreed with; it has a file.
    accepted: str
    #: Offered to the police.
    offered: str
    #: Accepted by the police, and to be passed on only when its agency releases it.
    controlled: str
    #: Asked of the police by the council.
    request: str


def told(town: Town) -> Story:
    """Let it happen, by the real programs."""
    text = package("Strategy discussion wanted", mark="Seen ")
    extract = town.sender.folder / "extract.txt"
    extract.write_text("a register", "utf-8")
    first = town.send(text, "--attach", f"attendance={extract}")
    second = town.send(package("Nobody has read this yet", sections={"observed": (MASH,)}))
    controlled = 'handling = ["C"]\n' + package("Ours to release", sections={"observed": (MASH,)})
    third = town.send(controlled.replace('handling = ["RECIPIENTS_ONLY"]\n', ""))
    for id_ in (first, third):
        town.desk.phoenix("accept", id_)
    town.sender.phoenix("correct", first, "1", "--text", "Absent 12 of 30", "--why", "Recounted")
    raised = town.desk.phoenix("disagreement", "raise", first, "--what", "This", "--why", "That")
    town.sender.phoenix("accept", raised.json["package"])
    asked = town.sender.folder / "request.toml"
    asked.write_text(REQUEST, "utf-8")
    request = town.sender.phoenix("request", asked, "--urgent").json["package"]
    town.desk.phoenix("accept", request)
    town.desk.phoenix("advice", "ask", first, "--of", "Caldicott Guardian", "--question", "May we?")
    town.desk.phoenix("retention", "set", first, "--review", "2d")
    order = town.folder / "order"
    held = ("--thread", "QM-0417", "--authority", "inquiry", "--ref", "7")
    town["council"].phoenix(
        *("hold", "add", *held, "--by", "B. L.", "--review", "30d", "--out", order)
    )
    newcomer = Machine(folder=town.folder / "newcomer", passphrase=PASSPHRASE)
    town.machines["newcomer"] = newcomer
    newcomer.phoenix(
        *(
            "join",
            FRONT,
            "--anchor",
            town.anchor,
            "--relay",
            town.relay.url,
            "--name",
            "A colleague",
        )
    )
    return Story(town=town, accepted=first, offered=second, controlled=third, request=request)
