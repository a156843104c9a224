"""What every command prints with ``--json`` has exactly the keys that docs/surface.md gives, each of them seen."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keys.keystore import create_keystore
from keys.passphrase import Passphrase
from phoenix_protocol.identifiers import Seconds
from tests.end_to_end.documents import FRONT, MASH, NURSE, package
from tests.end_to_end.processes import Machine, RelayProcess, kill
from tests.end_to_end.quillmere import PASSPHRASE, Town, join
from tests.house.surface_page import Anything, Keys, Listed, Page, Shape, read_page

#: Shown only for a damaged record, a machine without keys or an acknowledged package, which other tests bring about.
NOT_BROUGHT_ABOUT = (
    "phoenix audit verify: problems[]",
    "phoenix verify: from.ended.",
    "phoenix chronology: entries[].responses[].",
    *(f"phoenix {said}: warnings[]" for said in ("release", "correct", "withdraw", "dispute")),
    "phoenix request: sources[]",
    *(f"phoenix respond: {part}[]" for part in ("sections", "sources")),
)

#: Every command of the page, by the test that runs it.
SENDING = (
    "new; check; send; disclosed; release-request; release; sent; status; recall; inbox; accept; return; open; "
    "acknowledge; outcome; alarms; correct; withdraw; dispute; notices; settle"
)
ASKING = "request; respond; requests"
DISAGREEING = "disagreement raise; disagreement answer; disagreement close; disagreement list"
APP = "ui"
KEEPING = (
    "join; members list; members approve; members end; directory; fingerprint; keys status; keys rotate; "
    "keys backup; keys restore; agent; agent status; agent lock; catalogue; audit verify; audit show"
)
RECORDING = "decide; register; chronology; answer; advice ask; advice answer; advice list; breach; record; training"
RETAINING = "retention; retention set; restrict; erase; hold add; hold lift; hold apply; hold list; review; review done"
PROVING = "export; verify"
GOVERNING = (
    "agency create; partnership admit; partnership suspend; partnership resume; partnership close; "
    "partnership amend; partnership status; partnership protocol; partnership review; agency adopt; agency declare"
)
RELAY = "init; claim; serve; status; sweep; check; upgrade; backup; restore"


def named(program: str, words: str) -> set[str]:
    """The full names of a list of commands."""
    return {f"{program} {word}" for word in words.split("; ")}


ALL = {
    "sending": named("phoenix", SENDING),
    "recording": named("phoenix", RECORDING),
    "retaining": named("phoenix", RETAINING),
    "asking": named("phoenix", ASKING),
    "disagreeing": named("phoenix", DISAGREEING),
    "app": named("phoenix", APP),
    "keeping": named("phoenix", KEEPING),
    "governing": named("phoenix", GOVERNING),
    "proving": named("phoenix", PROVING),
    "relay": {"phoenix partnership create", *named("phoenix-relay", RELAY)},
}


class Seen:
    """What commands printed, compared with the page as it comes; the keys of the page that nothing printed yet."""

    def __init__(self, page: Page, commands: set[str]) -> None:
        self.shapes = {command: page.shapes[command] for command in commands}
        self.shapes["error"] = page.error
        self.wrong: list[str] = []
        self.waiting = {f"{c}: {path}" for c in commands for path in paths(page.shapes[c])}

    def __call__(self, command: str, document: Any) -> Any:
        """Compare a document with the page's shape; gives the document."""
        shape = self.shapes[command]
        self.wrong += [f"{command}: {text}" for text in differences(shape, document)]
        self.waiting -= {f"{command}: {path}" for path in present(shape, document)}
        return document

    def conclude(self) -> None:
        """Everything was as on the page, and everything on the page was seen."""
        assert self.wrong == []
        assert [p for p in sorted(self.waiting) if not p.startswith(NOT_BROUGHT_ABOUT)] == []


def paths(shape: Shape, at: str = "") -> Iterator[str]:
    """Every key of a shape: ``packages[].from``."""
    if isinstance(shape, Listed):
        yield from paths(shape.inner, f"{at}[]")
    elif isinstance(shape, Keys):
        for key, inner in shape.holds.items():
            here = f"{at}.{key}" if at else key
            yield here
            yield from paths(inner, here)


def present(shape: Shape, value: Any, at: str = "") -> Iterator[str]:
    """The keys of a shape that ``value`` has."""
    if isinstance(shape, Listed):
        for item in value or ():
            yield from present(shape.inner, item, f"{at}[]")
    elif isinstance(shape, Keys) and value is not None:
        for key in shape.holds.keys() & value.keys():
            here = f"{at}.{key}" if at else key
            yield here
            yield from present(shape.holds[key], value[key], here)


def differences(shape: Shape, value: Any, at: str = "") -> Iterator[str]:
    """Where ``value`` is not of the shape. An object or list may be null where there is nothing to say."""
    if isinstance(shape, Anything) or (value is None and at):
        return
    if isinstance(shape, Listed):
        if not isinstance(value, list):
            yield f"{at} is no list"
            return
        for item in value:
            yield from differences(shape.inner, item, f"{at}[]")
    elif not isinstance(value, dict):
        yield f"{at} is no object"
    else:
        yield from (f"{at}.{key} is not on the page" for key in value.keys() - shape.holds.keys())
        needed = shape.holds.keys() - shape.optional
        yield from (f"{at}.{key} was not printed" for key in needed - value.keys())
        for key in shape.holds.keys() & value.keys():
            yield from differences(shape.holds[key], value[key], f"{at}.{key}" if at else key)


@pytest.fixture(scope="module")
def page(repository: Path) -> Page:
    return read_page(repository)


def held(town: Town, folder: Path) -> Machine:
    """A new machine whose key is held for it, so that its commands cost no passphrase."""
    machine = Machine(folder=folder, passphrase=PASSPHRASE)
    now = Seconds(int(time.time()))
    key = create_keystore(machine.home, Passphrase(PASSPHRASE), now).master_key
    town.keyholder.hold(machine.home, key.hex())
    return machine


def test_every_command_of_the_page_is_run_here(page: Page) -> None:
    assert set[str]().union(*ALL.values()) == set(page.shapes)


def test_the_app(town: Town, page: Page, tmp_path: Path) -> None:
    seen = Seen(page, ALL["app"])
    for words in ((), ("--socket", tmp_path / "app.sock")):
        process = town.desk.start("--json", "ui", "--no-browser", "--shared-machine", *words)
        assert process.stdout is not None
        seen("phoenix ui", json.loads(process.stdout.readline()))
        kill(process)
    seen.conclude()


def test_sending_and_receiving(town: Town, page: Page, repository: Path, tmp_path: Path) -> None:
    seen = Seen(page, ALL["sending"])
    sender, desk, nurse = town.sender, town.desk, town.nurse
    colleague = held(town, tmp_path / "colleague")
    join(colleague, FRONT, town.machines, town.anchor, town.relay.url)
    late = town.send(package("Nobody accepts this", expires="2s"))
    document, attached = tmp_path / "package.toml", tmp_path / "register.txt"
    graded = 'kind = "intelligence"\ngrade = { scheme = "3x5x2", code = "2-C" }'
    friend = (
        '[[people]]\nid = "friend"\nname = "Robin S"\nrole = "peer"\nsource_known_to = ["%s"]\n'
    )
    text = package("Every key").replace('kind = "record"', graded, 1)
    document.write_text(text.replace("[[people]]", f"{friend % MASH}[[people]]", 1), "utf-8")
    attached.write_text("a register", "utf-8")
    seen("phoenix new", sender.phoenix("new").json)
    seen("phoenix new", sender.phoenix("new", "--out", tmp_path / "new.toml").json)
    seen("phoenix check", sender.phoenix("check", tmp_path / "new.toml", status=3).json)
    seen("error", sender.phoenix("send", tmp_path / "new.toml", status=3).json)
    words = (document, "--attach", f"attendance={attached}")
    seen("phoenix check", sender.phoenix("check", *words).json)
    id_ = seen("phoenix send", sender.phoenix("send", *words).json)["package"]
    seen("phoenix sent", sender.phoenix("sent").json)
    seen("phoenix accept", desk.phoenix("accept", id_).json)
    seen("phoenix open", desk.phoenix("open", id_, "--attachments", tmp_path / "out").json)
    told = ("--owner", "Duty sergeant", "--use", "Strategy discussion", "--due", "3d")
    seen("phoenix acknowledge", desk.phoenix("acknowledge", id_, *told).json)
    seen("phoenix outcome", desk.phoenix("outcome", id_, "Discussed").json)
    noticed(town, seen, id_)
    words = ("restrict", id_, "--reason", "contested")
    for machine in (desk, sender):
        machine.phoenix(*words)
    seen("phoenix open", desk.phoenix("open", id_).json)
    seen("phoenix inbox", desk.phoenix("inbox", "--offline").json)
    seen("phoenix sent", sender.phoenix("sent").json)
    seen("phoenix return", nurse.phoenix("return", id_, "--reason", "Not ours").json)
    seen("phoenix inbox", town["night-desk"].phoenix("inbox").json)
    seen("phoenix status", sender.phoenix("status", id_).json)
    seen("phoenix recall", sender.phoenix("recall", id_, "--reason", "Twice").json)
    seen("phoenix status", sender.phoenix("status", late).json)
    seen("phoenix inbox", sender.phoenix("inbox").json)
    seen("phoenix alarms", sender.phoenix("alarms").json)
    controlled = document.read_text("utf-8").replace("RECIPIENTS_ONLY", "C")
    document.write_text(controlled, "utf-8")
    came = sender.phoenix("send", document).json["package"]
    desk.phoenix("accept", came)
    onward = (repository / "config" / "demo" / "onward.toml").read_text("utf-8")
    document.write_text(onward.replace("ID OF THE PACKAGE", came), "utf-8")
    seen("phoenix release-request", desk.phoenix("release-request", document).json)
    words = ("--to", "The GP", "--how", "phone", "--why", "Now", "--approved-by", "Inspector")
    seen("phoenix disclosed", desk.phoenix("disclosed", came, *words).json)
    words = ("attendance.1", "--why", "You may pass it on")
    seen("phoenix release", sender.phoenix("release", came, *words).json)
    seen.conclude()


def noticed(town: Town, seen: Seen, id_: str) -> None:
    """What is said of a package and its file after they were sent."""
    sender, desk = town.sender, town.desk
    file = desk.phoenix("open", id_).json["sections"][0]["attachments"][0]["id"]
    why = ("--why", "The wrong class")
    part = ("correct", id_, "1", "--replace", "Said in", "--with", "Absent 12 of 30:")
    seen("phoenix correct", sender.phoenix(*part, "--check").json)
    corrected = sender.phoenix(*part, "--yes").json
    assert sender.phoenix(*part).json["repeated"] is True
    notice = seen("phoenix correct", corrected)["notice"]
    looked = seen("phoenix withdraw", sender.phoenix("withdraw", id_, file, *why, "--check").json)
    assert (looked["notice"], looked["repeated"]) == (None, False)
    withdrawn = seen("phoenix withdraw", sender.phoenix("withdraw", id_, file, *why, "--yes").json)
    assert withdrawn["repeated"] is False, "looking said nothing"
    assert (withdrawn["to"], withdrawn["old"]) == (looked["to"], looked["old"])
    desk.phoenix("inbox")
    seen("phoenix open", desk.phoenix("open", id_).json)
    seen("phoenix dispute", desk.phoenix("dispute", id_, "attendance.2", *why, "--check").json)
    seen("phoenix dispute", desk.phoenix("dispute", id_, "attendance.2", *why, "--yes").json)
    seen("phoenix settle", desk.phoenix("settle", notice, "--outcome", "rectified").json)
    sender.phoenix("inbox")
    seen("phoenix notices", desk.phoenix("notices").json)


def test_recording(town: Town, page: Page, repository: Path, tmp_path: Path) -> None:
    seen = Seen(page, ALL["recording"])
    nurse, decision = town.nurse, repository / "config" / "demo" / "decision.toml"
    late = tmp_path / "decision.toml"
    text = decision.read_text("utf-8").replace("2026-12-05", "2020-12-05")
    late.write_text("\n".join(t for t in text.splitlines() if "welfare" not in t), "utf-8")
    (tmp_path / "empty.toml").write_text("", "utf-8")
    stopped = nurse.phoenix("decide", tmp_path / "empty.toml", "--check", status=3)
    seen("phoenix decide", stopped.json)
    seen("error", nurse.phoenix("decide", tmp_path / "empty.toml", status=3).json)
    assert seen("phoenix decide", nurse.phoenix("decide", decision).json)["record"] == "r1"
    seen("phoenix decide", nurse.phoenix("decide", late).json)
    words = ("decision.welfare", "--text", "Jordan comes first", "--by", "Named nurse")
    assert seen("phoenix answer", nurse.phoenix("answer", "r2", *words).json)["record"] == "r3"
    asked = ("--of", "Caldicott Guardian", "--role", "Caldicott Guardian", "--question", "May we?")
    seen("phoenix advice ask", nurse.phoenix("advice", "ask", "r1", *asked).json)
    given = ("--text", "Weigh it", "--by", "The guardian")
    seen("phoenix advice answer", nurse.phoenix("advice", "answer", "r4", *given).json)
    asked = nurse.phoenix("advice", "ask", "--send", FRONT, "--question", "May we?").json
    asked = seen("phoenix advice ask", asked)
    town.sender.phoenix("accept", asked["package"])
    put_here = town.sender.phoenix("advice", "list").json["advice"][-1]["record"]
    given = town.sender.phoenix("advice", "answer", put_here, "--text", "Weigh it").json
    nurse.phoenix("accept", seen("phoenix advice answer", given)["package"])
    seen("phoenix advice list", nurse.phoenix("advice", "list").json)
    nurse.phoenix("advice", "list", asked["record"])
    seen("phoenix record", nurse.phoenix("record", "r2").json)
    seen("phoenix training", town.desk.phoenix("training", "--valid-until", "2020-01-01").json)
    copies = ("--csv", tmp_path / "register.csv", "--page", tmp_path / "register.html")
    found = seen("phoenix register", nurse.phoenix("register", "--person", "jordan", *copies).json)
    assert [line["reference"] for line in found["lines"]] == ["r1", "r2", "r4"]
    town.send(package("In the register"))
    seen("phoenix register", town.sender.phoenix("register", "--subject", "qm 0417").json)
    near = nurse.phoenix("register", "--subject", "jord", "--most", "1").json
    assert (near["lines"], near["near"]) == ([], ["Jordan T"])
    in_order(town, seen, tmp_path)
    misdirected(town, seen, repository, tmp_path)
    seen.conclude()


def in_order(town: Town, seen: Seen, folder: Path) -> None:
    """A chronology with a correction, a gap and something erased."""
    sender, copies = town.sender, ("--csv", folder / "c.csv", "--page", folder / "c.html")
    id_ = town.send(package("In order"))
    erased = town.send(package("Erased"))
    sender.phoenix("correct", id_, "1", "--text", "Otherwise")
    sender.phoenix("erase", erased, "--reason", "not_needed")
    sender.phoenix("restrict", id_, "2", "--reason", "contested")
    days = ("--from", "2026-01", "--to", "2026-11-20", "--gap", "20")
    words = ("chronology", "--subject", "jordan t", "--person", "jord", "--thread", "qm-0417")
    told = seen("phoenix chronology", sender.phoenix(*words, *days, *copies).json)
    assert [gap["days"] for gap in told["gaps"]] == [323]
    assert {each["package"] for each in told["erased"]} == {erased}
    assert (folder / "c.csv").stat().st_mode & 0o077 == 0
    again = sender.phoenix("chronology", *copies, status=2)
    assert again.error_code == "E_FILE"


def test_retention(town: Town, page: Page, tmp_path: Path) -> None:
    seen, desk, manager = Seen(page, ALL["retaining"]), town.desk, town["police"]
    order, end = tmp_path / "hold", tmp_path / "lift"
    words = ("--authority", "inquiry", "--ref", "7", "--subject", "Nobody", "--by", "IM")
    held = manager.phoenix("hold", "add", *words, "--review", "1d", "--out", order).json
    name = seen("phoenix hold add", held)["hold"]["hold"]
    seen("phoenix hold apply", desk.phoenix("hold", "apply", order).json)
    words = (name, "--by", "IM", "--reason", "Over", "--out", end)
    seen("phoenix hold lift", manager.phoenix("hold", "lift", *words).json)
    seen("phoenix hold list", desk.phoenix("hold", "list").json)
    id_ = town.send(package("Kept and erased"))
    desk.phoenix("accept", id_)
    words = ("restrict", id_, "attendance.1", "--reason", "evidence", "--words", "For the inquiry")
    seen("phoenix restrict", desk.phoenix(*words).json)
    words = ("--section", "observed", "--trigger", "End of the enquiry", "--review", "1d")
    seen("phoenix retention set", desk.phoenix("retention", "set", id_, *words).json)
    why = ("--reason", "not_needed")
    seen("phoenix erase", desk.phoenix("erase", id_, "--section", "observed", *why).json)
    shown = desk.phoenix("retention", "set", id_, "--rule", "Until the case ends").json
    seen("phoenix retention set", shown)
    seen("phoenix retention", desk.phoenix("retention", "--package", id_).json)
    seen("phoenix review", desk.phoenix("review", "--within", "400d").json)
    words = ("done", id_, "--outcome", "keep", "--until", "500d", "--words", "Still needed")
    seen("phoenix review done", desk.phoenix("review", *words).json)
    seen.conclude()


def misdirected(town: Town, seen: Seen, repository: Path, folder: Path) -> None:
    """A package that went to the wrong desk, which accepts it."""
    sender, id_ = town.sender, town.send(package("Misdirected"))
    text = (repository / "config" / "demo" / "breach.toml").read_text("utf-8")
    text = text.replace("# packages = ", f'packages = ["{id_}"] # ')
    first, later = folder / "breach.toml", folder / "later.toml"
    first.write_text(text.replace("desk@larkstone-homes", MASH), "utf-8")
    later.write_text('[notified]\nregulator = "notified"\n', "utf-8")
    town.desk.phoenix("accept", id_)
    number = seen("phoenix breach", sender.phoenix("breach", first).json)["record"]
    followed = sender.phoenix("breach", later, "--follows", number).json
    assert seen("phoenix breach", followed)["receipts"][0]["opened"] == "yes"
    seen("phoenix breach", sender.phoenix("breach", later, "--check", "--offline").json)
    bad = '[breach]\nkind = "mislaid"\naware_at = 2020-01-01\n'
    (folder / "bad.toml").write_text(bad, "utf-8")
    words = ("breach", folder / "bad.toml", "--check", "--offline")
    seen("phoenix breach", sender.phoenix(*words, status=3).json)
    seen("phoenix record", sender.phoenix("record", id_).json)


def test_evidence(town: Town, page: Page, tmp_path: Path) -> None:
    """A package that was corrected, recalled, and went to somebody who has left since."""
    seen = Seen(page, ALL["proving"])
    locum = "locum@quillmere-health"
    with held(town, tmp_path / "locum") as machine:
        join(machine, locum, town.machines, town.anchor, town.relay.url)
    attached = tmp_path / "register.txt"
    attached.write_text("a register", "utf-8")
    text = package("Proof", sections={"attendance": (MASH, locum), "observed": (MASH,)})
    id_ = town.send(text, "--attach", f"attendance={attached}")
    late = town.send(package("Nobody accepts this", expires="2s"))
    town.desk.phoenix("accept", id_)
    town.desk.phoenix("acknowledge", id_, "--owner", "Sergeant", "--use", "A discussion")
    town.sender.phoenix("correct", id_, "observed.1", "--text", "Otherwise")
    town.desk.phoenix("inbox")
    town.sender.phoenix("recall", id_, "--reason", "Too early")
    town["health"].phoenix("members", "end", locum, "--reason", "left")
    until_told_of_the_end(town, late)
    for n, package_ in enumerate((id_, late)):
        out = tmp_path / f"{n}.evidence"
        done = town.sender.phoenix("export", package_, "--out", out, "--redact", "decision")
        seen("phoenix export", done.json)
        words = ("verify", out, "--anchor", town.anchor, "--attachments", tmp_path / "files")
        seen("phoenix verify", town.sender.phoenix(*words).json)
    left = [f"--redact={name}" for name in ("attendance.1", "observed")]
    done = town.sender.phoenix("export", id_, "--out", tmp_path / "left.evidence", *left)
    assert [named["name"] for named in seen("phoenix export", done.json)["still_named"]]
    out.write_bytes(out.read_bytes()[:-1])
    seen("error", town.sender.phoenix("verify", out, "--anchor", town.anchor, status=5).json)
    seen.waiting = {path for path in seen.waiting if not path.startswith("error: ")}
    seen.conclude()


def until_told_of_the_end(town: Town, package_: str) -> None:
    """Until the relay has reported that a package expired."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        alerts = town.sender.phoenix("inbox", "--wait", "2").json["alerts"]
        if ("A_NOT_DELIVERED", package_) in {(a["code"], a["package"]) for a in alerts}:
            return
    raise AssertionError("The relay does not say that a package has expired.")


def test_people_and_keys(town: Town, page: Page, repository: Path, tmp_path: Path) -> None:
    seen = Seen(page, ALL["keeping"])
    manager, desk, backup = town["health"], town.desk, tmp_path / "keys.backup"
    at = ("--anchor", town.anchor, "--relay", town.relay.url)
    words = ("join", "clinic@quillmere-health", *at, "--name", "Clinic")
    asked = held(town, tmp_path / "clinic").phoenix(*words).json
    seen("phoenix join", asked)
    seen("phoenix members list", manager.phoenix("members", "list").json)
    seen("phoenix members approve", manager.phoenix("members", "approve", asked["code"]).json)
    again = manager.phoenix("members", "approve", asked["code"], status=3)
    assert (again.error_code, "approved already" in again.err) == ("E_NOT_FOUND", True)
    unknown = manager.phoenix("members", "approve", "ABCD-EFGH-JKMN-PQRS", status=3)
    assert (unknown.error_code, "approved already" in unknown.err) == ("E_NOT_FOUND", False)
    manager.phoenix("agency", "declare", repository / "config" / "demo" / "assurances.toml")
    manager.phoenix("agency", "adopt")
    seen("phoenix directory", desk.phoenix("directory").json)
    seen("phoenix fingerprint", desk.phoenix("fingerprint", NURSE).json)
    kept = desk.phoenix("fingerprint", NURSE, "--compared", "--by", "Sergeant").json
    seen("phoenix fingerprint", kept)
    seen("phoenix directory", desk.phoenix("directory", NURSE).json)
    seen("phoenix keys status", desk.phoenix("keys", "status").json)
    seen("phoenix keys rotate", desk.phoenix("keys", "rotate").json)
    demo = repository / "config" / "demo"
    words = ("--adopt", demo / "catalogue.toml")
    seen("phoenix catalogue", desk.phoenix("catalogue", *words).json)
    words = ("--agency", "--adopt", demo / "agency-catalogue.toml")
    seen("phoenix catalogue", desk.phoenix("catalogue", *words).json)
    seen("phoenix catalogue", desk.phoenix("catalogue", "--drop", "--agency").json)
    seen("phoenix catalogue", desk.phoenix("catalogue", "--drop").json)
    assert seen("phoenix catalogue", desk.phoenix("catalogue", "gateway").json)["lists"]
    seen("phoenix audit verify", desk.phoenix("audit", "verify").json)
    seen("phoenix audit show", desk.phoenix("audit", "show", "--last", "3").json)
    seen("phoenix keys backup", desk.phoenix("keys", "backup", backup).json)
    with Machine(folder=tmp_path / "restored", passphrase=PASSPHRASE) as restored:
        given = ("keys", "restore", backup, "--relay", town.relay.url)
        seen("phoenix keys restore", restored.phoenix(*given).json)
        agent = restored.start("--json", "agent")
        assert agent.stdout is not None
        seen("phoenix agent", json.loads(agent.stdout.readline()))
        # While it holds the key nothing else is needed, and then the passphrase is.
        restored.extra["PHOENIX_PASSPHRASE_FILE"] = ""
        restored.phoenix("inbox")
        status = seen("phoenix agent status", restored.phoenix("agent", "status").json)
        assert (status["running"], 0 < status["locks_in"] <= 8 * 3600) == (True, True)
        assert seen("phoenix agent lock", restored.phoenix("agent", "lock").json)["locked"]
        assert agent.wait(20) == 0
        assert restored.phoenix("inbox", status=6).error_code == "E_LOCKED"
        assert "No agent is running." in restored.run_plain("agent", "status").out
    end = ("members", "end", "clinic@quillmere-health", "--reason", "left")
    seen("phoenix members end", manager.phoenix(*end).json)
    seen.conclude()


def test_agencies_and_partnership(town: Town, page: Page, repository: Path, tmp_path: Path) -> None:
    seen = Seen(page, ALL["governing"])
    council, request = town["council"], tmp_path / "charity.request"
    words = ("charity", "--name", "A charity", "--kind", "voluntary", "--out", request)
    at = ("--anchor", town.anchor, "--relay", town.relay.url)
    charity = held(town, tmp_path / "charity")
    seen("phoenix agency create", charity.phoenix("agency", "create", *words, *at).json)
    (tmp_path / "wrong").write_bytes(b"a spreadsheet, say")
    refused = council.phoenix("partnership", "admit", tmp_path / "wrong", status=2)
    assert refused.error_code == "E_FILE"
    seen("phoenix partnership admit", council.phoenix("partnership", "admit", request).json)
    for verb in ("suspend", "resume"):
        document = council.phoenix("partnership", verb, "charity").json
        assert seen(f"phoenix partnership {verb}", document)["standing"]
    refused = council.phoenix("partnership", "close", "charity", status=2)
    assert refused.error_code == "E_USAGE", "nobody is there to be asked"
    closed = council.phoenix("partnership", "close", "charity", "--yes").json
    assert seen("phoenix partnership close", closed)["standing"] == "closed"
    amended = council.phoenix("partnership", "amend", "--review-due", "2020-01-01").json
    seen("phoenix partnership amend", amended)
    status = council.phoenix("partnership", "status")
    assert seen("phoenix partnership status", status.json)["review_overdue"] is True
    assert "overdue" in status.err
    the_protocol(town, seen, repository, tmp_path)
    seen.conclude()


def the_protocol(town: Town, seen: Seen, repository: Path, folder: Path) -> None:
    """Its text, its review, who adopts it, and what they assure."""
    council, desk, demo = town["council"], town.desk, repository / "config" / "demo"
    text, empty, old = demo / "protocol.txt", folder / "empty.toml", folder / "old.toml"
    empty.write_text("", "utf-8")
    assurances = (demo / "assurances.toml").read_text("utf-8")
    old.write_text(assurances.replace("2027-03-14", "2020-03-14"), "utf-8")
    declare = ("agency", "declare")
    seen(
        "phoenix agency declare", town["health"].phoenix(*declare, empty, "--check", status=3).json
    )
    seen("phoenix agency declare", town["health"].phoenix(*declare, old).json)
    review = (demo / "review.toml").read_text("utf-8")
    brief = folder / "brief.toml"
    brief.write_text(review[: review.index("[[lessons]]")], "utf-8")
    words = ("partnership", "review")
    seen("phoenix partnership review", council.phoenix(*words, empty, "--check", status=3).json)
    reviewed = council.phoenix(*words, brief).json
    assert seen("phoenix partnership review", reviewed)["protocol"] == 1
    amended = council.phoenix("partnership", "amend", "--protocol-text", text).json
    assert seen("phoenix partnership amend", amended)["protocol"] == 2
    words = ("partnership", "protocol", "--text", text, "--show", "--out", folder / "copy.txt")
    seen("phoenix partnership protocol", desk.phoenix(*words).json)
    assert (folder / "copy.txt").read_bytes() == text.read_bytes()
    seen("phoenix agency adopt", council.phoenix("agency", "adopt").json)
    seen("phoenix partnership status", desk.phoenix("partnership", "status").json)


def test_a_relay(page: Page, tmp_path: Path) -> None:
    """A relay of its own, founded on and copied."""
    seen = Seen(page, ALL["relay"])
    with RelayProcess(home=tmp_path / "relay") as relay:
        seen("phoenix-relay init", relay.facts)
        seen("phoenix-relay serve", json.loads(relay.log.read_text("utf-8").splitlines()[0]))
        claim = seen("phoenix-relay claim", relay.run("claim").json)["claim"]
        with Machine(folder=tmp_path / "founder", passphrase=PASSPHRASE) as founder:
            words = ("--relay", relay.url, "--claim", "-", "--review-due", "2020-11-01")
            more = ("--name", "P", "--agency", "a", "--agency-name", "A", "--kind", "council")
            create = ("partnership", "create", *words, *more)
            founded = founder.phoenix(*create, stdin=f"{claim}\n")
            seen("phoenix partnership create", founded.json)
            assert "overdue from the start" in founded.err
        seen("phoenix-relay status", relay.run("status").json)
        seen("phoenix-relay sweep", relay.run("sweep").json)
        seen("phoenix-relay check", relay.run("check").json)
        seen("phoenix-relay upgrade", relay.run("upgrade").json)
        seen("phoenix-relay backup", relay.run("backup", tmp_path / "copy").json)
    restored = RelayProcess(home=tmp_path / "restored", facts=relay.facts)
    seen("phoenix-relay restore", restored.run("restore", tmp_path / "copy").json)
    seen.conclude()


QUESTION = """\
purpose = "Ask"
[[question]]
id = "seen"
text = "Was the child seen?"
[question.ask]
"mash@ardenfold-police" = "You know"
[decision]
outcome = "share_part"
decided_by = "Duty manager"
[legal]
article_6 = "e_public_task"
retention = "safeguarding_default"
"""
ANSWER = (
    '[[answer]]\nquestion = "seen"\nanswer = "not_held"\n'
    + QUESTION[QUESTION.index("[decision]") :]
)


def test_disagreeing(town: Town, page: Page) -> None:
    """The police disagree with what was shared, the council answers, and it is closed."""
    seen, sender, desk = Seen(page, ALL["disagreeing"]), town.sender, town.desk
    id_ = town.send(package("Disagreed with"))
    desk.phoenix("accept", id_)
    words = ("--what", "The threshold", "--why", "It is higher", "--wanted", "A discussion")
    who = ("--with", "Team manager", "--by", "DS Hale", "--due", "2d")
    raised = desk.phoenix("disagreement", "raise", id_, *words, *who).json
    seen("phoenix disagreement raise", raised)
    sender.phoenix("accept", raised["package"])
    (came,) = sender.phoenix("disagreement", "list", "--open", "--offline").json["disagreements"]
    assert (came["about"], came["raised_by"], came["what"]) == (id_, MASH, "The threshold")
    words = (came["record"], "--text", "We looked again", "--by", "Team manager")
    answered = sender.phoenix("disagreement", "answer", *words).json
    desk.phoenix("accept", seen("phoenix disagreement answer", answered)["package"])
    words = (
        raised["record"],
        "--outcome",
        "differ",
        "--text",
        "Agreed to differ",
        "--by",
        "DS Hale",
    )
    seen("phoenix disagreement close", desk.phoenix("disagreement", "close", *words).json)
    found = seen("phoenix disagreement list", desk.phoenix("disagreement", "list").json)
    assert [d["closed"]["outcome"] for d in found["disagreements"]] == ["differ"]
    assert desk.phoenix("disagreement", "list", "--open").json == {"disagreements": []}
    printed = desk.run_plain("disagreement", "list", "--offline").out
    assert "Closed: it stands, and both see it differently" in printed
    assert "We looked again (Team manager)" in printed
    again = desk.phoenix("disagreement", "close", *words[:-2], status=3)
    assert again.error_code == "E_ANSWER"
    seen.conclude()


def test_asking_and_answering(town: Town, page: Page, tmp_path: Path) -> None:
    seen = Seen(page, ALL["asking"])
    sender, desk = town.sender, town.desk
    request, response = tmp_path / "request.toml", tmp_path / "response.toml"
    request.write_text(QUESTION, "utf-8")
    response.write_text(ANSWER, "utf-8")
    seen("phoenix request", sender.phoenix("request", request, "--check").json)
    seen("phoenix request", sender.phoenix("request", response, "--check", status=3).json)
    asked = seen("phoenix request", sender.phoenix("request", request).json)
    desk.phoenix("accept", asked["package"])
    words = ("respond", asked["package"], response)
    seen("error", desk.phoenix("respond", asked["package"], request, status=3).json)
    seen("phoenix respond", desk.phoenix(*words, "--check").json)
    wrong = ("respond", asked["package"], request, "--check")
    seen("phoenix respond", desk.phoenix(*wrong, status=3).json)
    answered = seen("phoenix respond", desk.phoenix(*words).json)
    seen("phoenix requests", desk.phoenix("requests", "--offline").json)
    sender.phoenix("accept", answered["package"])
    seen("phoenix requests", sender.phoenix("requests").json)
    assert sender.phoenix("requests", "--open").json == {"asked": [], "owed": []}
    seen.conclude()
