"""The story of Quillmere: a relay, six agencies, their desks, as real processes over real HTTP.

Run it with ``make demo``; ``make demo-app`` opens the app in the homes that it leaves. Quillmere
and everybody in it are made up. Nothing is faked: every line with a ``$`` is a command that ran,
and what is shown came out of it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import textwrap
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from deploy.demo.enquiry import ask, correct, tell_intelligence  # noqa: E402  # found by the path above
from deploy.demo.homes import KEPT, InUseError, how_to_open, leave  # noqa: E402  # found by the path above
from deploy.demo.side_by_side import at_once  # noqa: E402  # found by the path above
from tests.end_to_end.processes import Machine, RelayProcess  # noqa: E402  # found by the path above

PACKAGE = ROOT / "config" / "demo" / "p1.toml"
#: The relay's "day" in this story, in seconds.
KEY_PERIOD = 10
#: How long the packages live that are not for whoever gets them.
LIFE = 32
#: How long those live that everybody accepts.
LONG_LIFE = 180
#: How long the one lives that nobody accepts, at the least: it ends with the day.
SHORT_LIFE = 8

DESKS = {
    "school": ("lead@fennick-academy", "Safeguarding lead"),
    "council": ("front.door@quillmere-council", "Front door"),
    "manager": ("manager@quillmere-council", "Team manager"),
    "police": ("mash@ardenfold-police", "MASH desk"),
    "nurse": ("school.nurse@quillmere-health", "School nurses"),
    "housing": ("officer@larkstone-homes", "Housing officer"),
    "charity": ("lead@lantern-youth", "Project lead"),
}
AGENCIES = {
    "police-manager": ("ardenfold-police", "Ardenfold Constabulary", "police"),
    "health-manager": ("quillmere-health", "Quillmere Community Health Trust", "health"),
    "school-manager": ("fennick-academy", "Fennick Academy", "education"),
    "housing-manager": ("larkstone-homes", "Larkstone Homes", "housing"),
    "charity-manager": ("lantern-youth", "Lantern Youth Project", "voluntary"),
}
MANAGER_OF = {
    "school": "school-manager",
    "council": "founder",
    "manager": "founder",
    "police": "police-manager",
    "nurse": "health-manager",
    "housing": "housing-manager",
    "charity": "charity-manager",
}


class Story:
    """Says what happens, on a terminal of any width."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._colour = sys.stdout.isatty()
        self._width = min(100, shutil.get_terminal_size().columns)

    def chapter(self, title: str) -> None:
        """A new part of the story."""
        seconds = time.monotonic() - self._started
        line = f"{title}  ({seconds:.0f} s)"
        print(f"\n{self._strong(line)}", flush=True)

    def say(self, text: str) -> None:
        """What happens and why."""
        print(textwrap.fill(text, self._width), flush=True)

    def command(self, who: str, words: str) -> None:
        """A command that ran, and on whose machine."""
        print(f"  {who:>8} $ {words}", flush=True)

    def show(self, text: str) -> None:
        """What came out of it."""
        for line in text.splitlines():
            print(f"             {line}", flush=True)

    def _strong(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if self._colour else text


class Quillmere:
    """The partnership of the story."""

    def __init__(self, folder: Path, story: Story) -> None:
        self.story = story
        self.folder = folder
        settings = folder / "relay.toml"
        settings.write_text(f"key_period = {KEY_PERIOD}\nsweep_every = 1\n")
        self.relay = RelayProcess(home=folder / "relay", config=settings)
        names = [*DESKS, *AGENCIES, "founder"]
        self.machines = {name: Machine(folder=folder / name) for name in names}
        self.anchor = ""

    def run(self, who: str, *args: str | Path, quiet: bool = False, status: int = 0) -> Any:
        """Run ``phoenix`` on somebody's machine; gives its JSON document."""
        finished = self.machines[who].phoenix(*args, status=status)
        if not quiet:
            shown = " ".join(_shell(Path(a).name if isinstance(a, Path) else a) for a in args)
            self.story.command(who, f"phoenix {shown}")
        return finished.json

    # -- setting up ------------------------------------------------------------------------------

    def found(self) -> None:
        """The partnership, its agencies and its desks."""
        self.relay.init()
        self.relay.start()
        self.anchor = self.run(
            "founder", "partnership", "create", "--name", "Quillmere",
            "--relay", self.relay.url, "--claim", self.relay.claim,
            "--review-due", "2027-11-01", "--agency", "quillmere-council",
            "--agency-name", "Quillmere Council", "--kind", "council", quiet=True,
        )["anchor"]  # fmt: skip
        self.story.command("founder", "phoenix partnership create --name Quillmere ...")
        self.hold_key("founder")
        at_once([lambda n=name: self._make_agency(n) for name in AGENCIES])
        for name in AGENCIES:
            self.run("founder", "partnership", "admit", self.folder / f"{name}.request")
        codes = at_once([lambda n=name: self._ask_to_join(n) for name in DESKS])
        by_manager: dict[str, list[str]] = {}
        for name, code in zip(DESKS, codes, strict=True):
            by_manager.setdefault(MANAGER_OF[name], []).append(code)
        at_once([lambda m=m, c=c: self._approve(m, c) for m, c in by_manager.items()])

    def _make_agency(self, name: str) -> None:
        agency, title, kind = AGENCIES[name]
        self.run(
            name, "agency", "create", agency, "--name", title, "--anchor", self.anchor,
            "--relay", self.relay.url, "--out", self.folder / f"{name}.request",
            "--kind", kind, quiet=True,
        )  # fmt: skip
        self.story.command(name.removesuffix("-manager"), f"phoenix agency create {agency} ...")

    def _ask_to_join(self, name: str) -> str:
        address, title = DESKS[name]
        asked = self.run(
            name, "join", address, "--name", title, "--anchor", self.anchor,
            "--relay", self.relay.url, quiet=True,
        )  # fmt: skip
        self.story.command(
            name, f"phoenix join {address} ...   reads out: {' '.join(asked['words'])}"
        )
        self.hold_key(name)
        return str(asked["code"])

    def _approve(self, manager: str, codes: Sequence[str]) -> None:
        for code in codes:
            self.run(manager, "members", "approve", code)

    def hold_key(self, name: str) -> None:
        """Unlock a home once; an agent holds its key from then on, as on a working day."""
        machine = self.machines[name]
        machine.start("--json", "agent", "--every", "86400")
        until = time.monotonic() + 30
        while not (machine.home / "agent.sock").exists() and time.monotonic() < until:
            time.sleep(0.05)


def _shell(word: str) -> str:
    return f'"{word}"' if " " in word else word


def letter(to: str, purpose: str) -> str:
    """A small package document for one recipient."""
    return textwrap.dedent(f"""
        to = ["{to}"]
        purpose = "{purpose}"
        classification = "OFFICIAL-SENSITIVE"
        urgency = "green"
        [[section]]
        id = "one"
        title = "Attendance"
        [section.need_to_know]
        "{to}" = "To arrange a check"
        [[section.statement]]
        kind = "record"
        text = "Absent 11 of 30 sessions"
        as_of = 2026-11-20
        source = {{ type = "own_record", detail = "Register" }}
        [decision]
        outcome = "share_part"
        decided_by = "Designated safeguarding lead"
        welfare = "The child's health comes first"
        [legal]
        regime = "uk_gdpr_part2"
        article_6 = "e_public_task"
        retention = "safeguarding_default"
        """)


# -- the story -----------------------------------------------------------------------------------


def tell(quillmere: Quillmere) -> None:
    """The whole of it."""
    story = quillmere.story
    story.chapter("1. A partnership")
    story.say(
        "Quillmere's council founds the partnership on a relay. Five agencies are admitted. Each "
        "desk asks to join, and its manager approves the words that were read out on the phone."
    )
    quillmere.found()
    package = share(quillmere)
    look_at_the_relay(quillmere)
    read(quillmere, package)
    ask(quillmere, LONG_LIFE)
    tell_intelligence(quillmere, LONG_LIFE)
    correct(quillmere, package)
    backup = leave_unread(quillmere)
    return_and_recall(quillmere)
    end_of_the_day(quillmere, backup)


def share(quillmere: Quillmere) -> str:
    """The school writes and sends package P1."""
    story = quillmere.story
    story.chapter("2. The school shares")
    story.say(
        "The safeguarding lead writes what the school knows about a pupil, each statement tagged as fact, reported or "
        "opinion, each section for those who need it."
    )
    findings = quillmere.run("school", "check", PACKAGE)
    story.show(f"{len(findings['problems'])} problems, {len(findings['owed'])} answers owed")
    sent = quillmere.run("school", "send", PACKAGE, "--expires", f"{LONG_LIFE}s")
    story.show(f"package {sent['package'][:12]} for {len(sent['recipients'])} recipients")
    return str(sent["package"])


def look_at_the_relay(quillmere: Quillmere) -> None:
    """What the relay has: nothing that it could read."""
    story = quillmere.story
    story.chapter("3. What the relay sees")
    words = [b"Jordan", b"hatchback", b"Absent", b"strategy discussion", b"QM-0417"]
    files = [f for f in quillmere.relay.home.rglob("*") if f.is_file()]
    hits = sum(word in f.read_bytes() for f in files for word in words)
    names = ", ".join(word.decode() for word in words)
    story.show(f"searched {len(files)} files of the relay for {names}: {hits} found")
    if hits:
        raise AssertionError("The relay holds plaintext.")


def read(quillmere: Quillmere, package: str) -> None:
    """Council, its manager, police and nurse each open exactly what is meant for them."""
    story = quillmere.story
    story.chapter("4. Who sees what")
    names = ("council", "manager", "police", "nurse")
    found = at_once([partial(_open, quillmere, name, package) for name in names])
    opened = dict(zip(names, found, strict=True))
    titles: list[str] = []
    for document in opened.values():
        titles += [s["title"] for s in document["sections"] if s["title"] not in titles]
    story.show(f"{'':<34}" + "".join(f"{name:>10}" for name in opened))
    for title in titles:
        marks = (
            "yes" if title in [s["title"] for s in d["sections"]] else "-" for d in opened.values()
        )
        story.show(f"{title[:33]:<34}" + "".join(f"{mark:>10}" for mark in marks))
    story.say("What the police read of it:")
    for section in opened["police"]["sections"]:
        for statement in section["statements"]:
            story.show(f"{statement['class']:<9} {statement['text']}")
    quillmere.run(
        "council", "acknowledge", package[:12], "--owner", "Duty social worker",
        "--use", "Strategy discussion today",
    )  # fmt: skip
    quillmere.run("council", "outcome", package[:12], "Strategy discussion held")
    status = quillmere.run("school", "status", package[:12])
    for recipient in status["recipients"]:
        story.show(f"{recipient['address']:<34} {recipient['state']}")


def _open(quillmere: Quillmere, name: str, package: str) -> Any:
    quillmere.run(name, "inbox", quiet=name != "council")
    quillmere.run(name, "accept", package[:12])
    return quillmere.run(name, "open", package[:12])


def _send(quillmere: Quillmere, to: str, purpose: str, life: int) -> str:
    path = quillmere.machines["school"].folder / f"{purpose.split()[0].lower()}.toml"
    path.write_text(letter(to, purpose))
    sent = quillmere.run("school", "send", path, "--expires", f"{life}s")
    return str(sent["package"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A package that nobody accepts, and a backup of the relay while it holds it."""

    package: str
    day_ends: float
    backup: Path


def leave_unread(quillmere: Quillmere) -> Unread:
    """A package goes to a desk where nobody looks, and the relay's operator takes a backup."""
    story = quillmere.story
    story.chapter("8. Three mistakes")
    day_ends = _day_after(time.time() + SHORT_LIFE)
    life = int(day_ends - time.time())
    story.say(f"A package goes to a desk where nobody looks. It lives for {life} seconds.")
    package = _send(quillmere, DESKS["nurse"][0], "Unread package", life)
    held = quillmere.relay.run("status").json
    backup = quillmere.folder / "backup"
    quillmere.relay.run("backup", backup)
    story.command("relay", "phoenix-relay status; phoenix-relay backup ...")
    story.show(f"holds {held['unfinished']} unfinished, {held['held_bytes']} sealed bytes")
    return Unread(package=package, day_ends=day_ends, backup=backup)


def return_and_recall(quillmere: Quillmere) -> None:
    """Two mistakes more, and how they end."""
    story = quillmere.story
    story.say("A package goes to the wrong desk, which returns it: nothing of it was released.")
    wrong = _send(quillmere, DESKS["police"][0], "Arrange a health check", LIFE)
    covers = quillmere.run("police", "inbox")["packages"]
    purpose = next(line["purpose"] for line in covers if line["package"] == wrong)
    story.show(f'the police see the cover: "{purpose}"')
    quillmere.run("police", "return", wrong[:12], "--reason", "For the school nurse, not for us")
    quillmere.run("police", "open", wrong[:12], status=3)
    story.show("refused: the package was returned unread")
    story.say("Another is taken back before anybody accepted it.")
    mistaken = _send(quillmere, DESKS["nurse"][0], "Mistaken package", LIFE)
    answers = quillmere.run("school", "recall", mistaken[:12], "--reason", "Wrong child")
    for answer in answers["recipients"]:
        story.show(f"{answer['address']:<34} {answer['answer']}")


def end_of_the_day(quillmere: Quillmere, unread: Unread) -> None:
    """A package that nobody accepted in time, the relay after it, and a backup from before."""
    story = quillmere.story
    story.chapter("9. A day ends")
    story.say(
        f"The relay's day has {KEY_PERIOD} seconds here. With it goes the key of all that it held: of the package that "
        "nobody accepted, too. Its sender is told."
    )
    time.sleep(max(0.0, unread.day_ends + 2 - time.time()))
    status = quillmere.run("school", "status", unread.package[:12])
    codes = ", ".join(w["code"] for w in status["warnings"])
    story.show(f"the school is told: {status['recipients'][0]['state']}, {codes}")
    quillmere.relay.run("sweep")
    story.command("relay", "phoenix-relay sweep; phoenix-relay status")
    held = quillmere.relay.run("status").json
    story.show(f"holds {held['unfinished']} unfinished, {held['held_bytes']} sealed bytes")
    if held["held_bytes"]:
        raise AssertionError("The relay still holds something.")
    story.say("The backup from before the end of the day is restored on another machine.")
    restored = RelayProcess(home=quillmere.folder / "restored", facts=quillmere.relay.facts)
    restored.run("restore", unread.backup)
    story.command("relay", "phoenix-relay restore ...; phoenix-relay status; phoenix-relay sweep")
    held = restored.run("status").json
    keys = [f for f in restored.home.rglob("*") if f.parent.name == "daykeys"]
    story.show(f"{held['held_bytes']} sealed bytes, and {len(keys)} storage keys. Nothing opens.")
    restored.run("sweep")
    left = restored.run("status").json["held_bytes"]
    story.show(f"the first sweep lets go of what nobody can open: {left} sealed bytes")
    if keys or left or not held["held_bytes"]:
        raise AssertionError("Something of the backup opens.")


def _day_after(moment: float) -> float:
    """The end of the relay's day that ``moment`` falls into."""
    return (moment // KEY_PERIOD + 1) * KEY_PERIOD


def whose(quillmere: Quillmere) -> dict[str, str]:
    """Every machine with whose it is, in the order in which people meet them."""
    managers = {name: f"Manager of {title}" for name, (_, title, _) in AGENCIES.items()}
    desks = {name: f"{title} ({DESKS[name][0]})" for name, (_, title) in DESKS.items()}
    found = {**desks, "founder": "Manager of Quillmere Council", **managers}
    return {name: found[name] for name in found if name in quillmere.machines}


def main(kept: Path = KEPT) -> int:
    """Tell the story in a folder that is gone afterwards, and leave its homes in another."""
    started = time.monotonic()
    story = Story()
    with tempfile.TemporaryDirectory(prefix="quillmere-") as folder:
        quillmere = Quillmere(Path(folder), story)
        try:
            tell(quillmere)
            quillmere.relay.stop()
        finally:
            for machine in quillmere.machines.values():
                machine.__exit__()
            quillmere.relay.__exit__()
        print(f"\nThe story took {time.monotonic() - started:.0f} seconds.")
        try:
            left = leave(Path(folder), kept, quillmere.relay.port, whose(quillmere))
        except InUseError:
            print("The homes of the last story stay: make demo-app has them open.")
            return 0
    print(f"\n{how_to_open(left)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(Path(argument).resolve() for argument in sys.argv[1:2])))
