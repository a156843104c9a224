"""The middle of the story: the council asks, the police tell what they know, the school corrects itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.demo.side_by_side import at_once

if TYPE_CHECKING:
    from deploy.demo.quillmere import Quillmere

_DEMO = Path(__file__).resolve().parents[2] / "config" / "demo"
REQUEST = _DEMO / "p2-request.toml"
ANSWERS = {
    "nurse": _DEMO / "p2-response-health.toml",
    "housing": _DEMO / "p2-response-housing.toml",
    "charity": _DEMO / "p2-response-charity.toml",
}
INTELLIGENCE = _DEMO / "p3.toml"
READERS = ("council", "manager", "school", "charity")


def ask(quillmere: Quillmere, life: int) -> None:
    """The council asks health, housing and a charity, each its own question. ``life`` is in seconds."""
    story = quillmere.story
    story.chapter("5. The council asks")
    story.say(
        "Three agencies are asked what they hold. Each sees its own question. They answer with what they share, "
        "and say what they hold and do not share, and what they do not hold."
    )
    asked = quillmere.run("council", "request", _without_deputies(quillmere), *_for(life))
    id_ = str(asked["package"])

    def answer(name: str) -> str:
        quillmere.run(name, "accept", id_[:12])
        return str(quillmere.run(name, "respond", id_[:12], ANSWERS[name], *_for(life))["package"])

    for package in at_once([partial(answer, name) for name in ANSWERS]):
        quillmere.run("council", "accept", package[:12], quiet=True)
    (line,) = quillmere.run("council", "requests")["asked"]
    for recipient in line["recipients"]:
        answers = [each["answer"] for q in recipient["questions"] for each in q["answers"]]
        story.show(f"{recipient['address']:<34} {', '.join(answers)}")
        if not answers:
            raise AssertionError("An answer did not arrive.")


def _for(life: int) -> tuple[str, str]:
    return "--expires", f"{life}s"


def _without_deputies(quillmere: Quillmere) -> Path:
    """The request as it is sent here: the deputies whom it names have no desk in this story."""
    text = REQUEST.read_text("utf-8")
    begin, end = text.index("[[deputy]]"), text.index("[decision]")
    path = quillmere.machines["council"].folder / "request.toml"
    path.write_text(text[:begin] + text[end:], "utf-8")
    return path


def tell_intelligence(quillmere: Quillmere, life: int) -> None:
    """The police tell four desks of missing episodes, and one of them of intelligence that they keep control of."""
    story = quillmere.story
    story.chapter("6. The police tell what they know")
    story.say(
        "Everybody reads of the missing episodes. The intelligence, with its grade, goes to one manager, and nothing "
        "tells the others that it is there. The police keep control of it."
    )
    sent = quillmere.run("police", "send", INTELLIGENCE, *_for(life))
    id_ = str(sent["package"])

    def read(name: str) -> str:
        quillmere.run(name, "accept", id_[:12], quiet=True)
        opened = quillmere.run(name, "open", id_[:12])
        return f"{name:<10} {', '.join(section['title'] for section in opened['sections'])}"

    for line in at_once([partial(read, name) for name in READERS]):
        story.show(line)


def correct(quillmere: Quillmere, package: str) -> None:
    """The school corrects one word of what it shared first; everybody who has it is told, and owes an outcome."""
    story = quillmere.story
    story.chapter("7. A correction")
    story.say(
        "The tutor is sure by now: the car was black. The first words stay beside the new ones."
    )
    told = quillmere.run(
        "school", "correct", package[:12], "observed.1", "--replace", "dark blue", "--with", "black",
        "--why", "The tutor saw the car again", "--yes",
    )  # fmt: skip
    story.show(f"told: {', '.join(told['to'])}")
    at_once([partial(quillmere.run, name, "inbox", quiet=True) for name in ("council", "police")])
    quillmere.run("police", "settle", str(told["notice"])[:12], "--outcome", "rectified")
    (said,) = quillmere.run("school", "status", package[:12])["notices"]
    for holder in said["answers"]:
        story.show(f"{holder['address']:<34} {holder['outcome'] or 'owes an outcome'}")
