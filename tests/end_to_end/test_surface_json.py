"""What every command prints with ``--json`` has exactly the keys that docs/surface.md gives, each of them seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.end_to_end.documents import FRONT, NURSE, package
from tests.end_to_end.processes import Machine, RelayProcess
from tests.end_to_end.quillmere import PASSPHRASE, Town
from tests.house.surface_page import Anything, Keys, Listed, Page, Shape, read_page

#: Shown only for a damaged record, which other tests bring about.
NOT_BROUGHT_ABOUT = "phoenix audit verify: problems[]"


class Seen:
    """What commands printed, compared with the page as it comes; keys of the page that nothing printed yet."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.waiting = {
            f"{command}: {path}" for command, shape in page.shapes.items() for path in paths(shape)
        }
        self.waiting |= {f"error: {path}" for path in paths(page.error)}

    def __call__(self, command: str, document: Any) -> Any:
        """Compare a document with the page's shape; gives the document."""
        shape = self.page.error if command == "error" else self.page.shapes[command]
        self.wrong += [f"{command}: {text}" for text in differences(shape, document)]
        self.waiting -= {f"{command}: {path}" for path in present(shape, document)}
        return document


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


def test_every_command_prints_the_keys_of_the_page(
    town: Town, repository: Path, tmp_path: Path
) -> None:
    seen = Seen(read_page(repository))
    with Machine(folder=tmp_path / "colleague", passphrase=PASSPHRASE) as colleague:
        joining(town, colleague, seen)
        sending_and_receiving(town, seen, tmp_path)
        keeping(town, colleague, seen, tmp_path)
    governing(town, seen, tmp_path)
    a_relay(seen, tmp_path)
    assert seen.wrong == []
    assert [path for path in sorted(seen.waiting) if not path.startswith(NOT_BROUGHT_ABOUT)] == []


def joining(town: Town, colleague: Machine, seen: Seen) -> None:
    """A second machine of the sender's desk, which gets copies of what goes out; another comes and goes."""
    council, at = town["council"], ("--anchor", town.anchor, "--relay", town.relay.url)
    asked = seen("phoenix join", colleague.phoenix("join", FRONT, *at, "--name", "Colleague").json)
    seen("phoenix members list", council.phoenix("members", "list").json)
    seen("phoenix members approve", council.phoenix("members", "approve", asked["code"]).json)
    colleague.phoenix("inbox")
    seen("phoenix directory", council.phoenix("directory", NURSE).json)
    seen("phoenix fingerprint", council.phoenix("fingerprint", NURSE).json)


def sending_and_receiving(town: Town, seen: Seen, folder: Path) -> None:
    sender, desk, nurse = town.sender, town.desk, town.nurse
    late = town.send(package("Nobody accepts this", expires="2s"))
    document, attached = folder / "package.toml", folder / "register.txt"
    graded = 'kind = "intelligence"\ngrade = { scheme = "3x5x2", code = "2-C" }'
    document.write_text(package("Every key").replace('kind = "record"', graded, 1), "utf-8")
    attached.write_text("a register", "utf-8")
    seen("phoenix new", sender.phoenix("new").json)
    seen("phoenix new", sender.phoenix("new", "--out", folder / "new.toml").json)
    seen("phoenix check", sender.phoenix("check", folder / "new.toml", status=3).json)
    seen("error", sender.phoenix("send", folder / "new.toml", status=3).json)
    words = (document, "--attach", f"attendance={attached}")
    id_ = seen("phoenix send", sender.phoenix("send", *words).json)["package"]
    seen("phoenix sent", sender.phoenix("sent").json)
    seen("phoenix accept", desk.phoenix("accept", id_).json)
    seen("phoenix open", desk.phoenix("open", id_, "--attachments", folder / "out").json)
    told = ("--owner", "Duty sergeant", "--use", "Strategy discussion", "--due", "3d")
    seen("phoenix acknowledge", desk.phoenix("acknowledge", id_, *told).json)
    seen("phoenix outcome", desk.phoenix("outcome", id_, "Discussed").json)
    seen("phoenix return", nurse.phoenix("return", id_, "--reason", "Not ours").json)
    seen("phoenix inbox", desk.phoenix("inbox").json)
    seen("phoenix status", sender.phoenix("status", id_).json)
    seen("phoenix recall", sender.phoenix("recall", id_, "--reason", "Twice").json)
    seen("phoenix status", sender.phoenix("status", late).json)
    seen("phoenix inbox", sender.phoenix("inbox").json)
    seen("phoenix alarms", sender.phoenix("alarms").json)


def keeping(town: Town, colleague: Machine, seen: Seen, folder: Path) -> None:
    backup = folder / "keys.backup"
    seen("phoenix keys status", colleague.phoenix("keys", "status").json)
    seen("phoenix keys rotate", colleague.phoenix("keys", "rotate").json)
    seen("phoenix audit verify", colleague.phoenix("audit", "verify").json)
    seen("phoenix audit show", colleague.phoenix("audit", "show", "--last", "3").json)
    agent = colleague.start("--json", "agent")
    assert agent.stdout is not None
    seen("phoenix agent", json.loads(agent.stdout.readline()))
    seen("phoenix agent status", colleague.phoenix("agent", "status").json)
    seen("phoenix agent lock", colleague.phoenix("agent", "lock").json)
    seen("phoenix keys backup", colleague.phoenix("keys", "backup", backup).json)
    with Machine(folder=folder / "new-machine", passphrase=PASSPHRASE) as machine:
        words = ("keys", "restore", backup, "--relay", town.relay.url)
        seen("phoenix keys restore", machine.phoenix(*words).json)
    ended = town["health"].phoenix("members", "end", NURSE, "--reason", "left").json
    seen("phoenix members end", ended)


def governing(town: Town, seen: Seen, folder: Path) -> None:
    council, request = town["council"], folder / "charity.request"
    words = ("charity", "--name", "A charity", "--kind", "voluntary", "--out", request)
    with Machine(folder=folder / "charity", passphrase=PASSPHRASE) as charity:
        at = ("--anchor", town.anchor, "--relay", town.relay.url)
        seen("phoenix agency create", charity.phoenix("agency", "create", *words, *at).json)
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


def a_relay(seen: Seen, folder: Path) -> None:
    """A relay of its own, founded on and copied."""
    with RelayProcess(home=folder / "relay") as relay:
        seen("phoenix-relay init", relay.facts)
        seen("phoenix-relay serve", json.loads(relay.log.read_text("utf-8").splitlines()[0]))
        claim = seen("phoenix-relay claim", relay.run("claim").json)["claim"]
        with Machine(folder=folder / "founder", passphrase=PASSPHRASE) as founder:
            words = ("--relay", relay.url, "--claim", claim, "--review-due", "2027-11-01")
            more = ("--name", "P", "--agency", "a", "--agency-name", "A", "--kind", "council")
            founded = founder.phoenix("partnership", "create", *words, *more).json
            seen("phoenix partnership create", founded)
        seen("phoenix-relay status", relay.run("status").json)
        seen("phoenix-relay sweep", relay.run("sweep").json)
        seen("phoenix-relay check", relay.run("check").json)
        seen("phoenix-relay upgrade", relay.run("upgrade").json)
        seen("phoenix-relay backup", relay.run("backup", folder / "copy").json)
    restored = RelayProcess(home=folder / "restored", facts=relay.facts)
    seen("phoenix-relay restore", restored.run("restore", folder / "copy").json)
