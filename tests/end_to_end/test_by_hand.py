"""From nothing to a package, by hand: the commands as the README gives them, with passphrases and without an agent."""

from __future__ import annotations

import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from keys.keystore import open_keystore
from keys.passphrase import Passphrase
from tests.end_to_end.documents import BY_HAND
from tests.end_to_end.processes import Finished, environment, free_port, kill, program, run
from tests.end_to_end.quillmere import Keyholder

SEQUENCE = """
phoenix-relay --home relay init --url http://127.0.0.1:8080
phoenix-relay --home relay serve --port 8080 &
phoenix --home council partnership create --name "Quillmere" --relay http://127.0.0.1:8080 --claim $CLAIM \
        --review-due 2027-11-01 --agency quillmere-council --agency-name "Quillmere Council"
phoenix --home police agency create ardenfold-police --name "Ardenfold Constabulary" \
        --anchor $ANCHOR --relay http://127.0.0.1:8080 --out police.request
phoenix --home council partnership admit police.request
phoenix --home desk join mash@ardenfold-police --anchor $ANCHOR --relay http://127.0.0.1:8080 --name "MASH desk"
phoenix --home police members approve $CODE
phoenix --home health agency create quillmere-health --name "Quillmere Community Health" \
        --anchor $ANCHOR --relay http://127.0.0.1:8080 --out health.request
phoenix --home council partnership admit health.request
phoenix --home nurse join school.nurse@quillmere-health --anchor $ANCHOR --relay http://127.0.0.1:8080 \
        --name "School nurses"
phoenix --home health members approve $CODE
phoenix --home social-care join front.door@quillmere-council --anchor $ANCHOR --relay http://127.0.0.1:8080 \
        --name "Front door"
phoenix --home council members approve $CODE
phoenix --home social-care send package.toml
phoenix --home desk inbox
phoenix --home desk accept $ID
phoenix --home desk open $ID
phoenix --home desk acknowledge $ID --owner "Duty sergeant" --use "Strategy discussion"
"""
COMMANDS = [line for line in SEQUENCE.replace("\\\n", " ").splitlines() if line.strip()]
PASSPHRASE = "by hand and by nothing else"
#: The variables of the sequence, and the key of the JSON that each comes from.
VARIABLES = {"CLAIM": "claim", "ANCHOR": "anchor", "CODE": "code", "ID": "package"}


@dataclass(slots=True)
class Shell:
    """A folder in which commands are typed, and what each of them printed as JSON."""

    folder: Path
    port: int = field(default_factory=free_port)
    variables: dict[str, str] = field(default_factory=dict)
    printed: dict[str, list[Any]] = field(default_factory=dict)
    relay: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        return environment({"PHOENIX_PASSPHRASE_FILE": str(self.folder / "passphrase")})

    def words(self, command: str) -> list[str]:
        for name, value in self.variables.items():
            command = command.replace(f"${name}", value)
        name, *rest = shlex.split(command.replace("8080", str(self.port)))
        return [program(name), *rest]

    def type(self, command: str) -> None:
        """Run a command with ``--json``: before its name and after it, by turns."""
        words = self.words(command.removesuffix("&"))
        if command.endswith("&"):
            self.serve(words)
            return
        place = 1 if len(self.printed) % 2 else len(words)
        finished = run([*words[:place], "--json", *words[place:]], env=self.env, cwd=self.folder)
        document = finished.json
        self.printed.setdefault(_verb(words), []).append(document)
        for variable, key in VARIABLES.items():
            if key in document:
                self.variables[variable] = document[key]

    def serve(self, words: list[str]) -> None:
        log = self.folder / "relay.log"
        with log.open("wb") as output:
            self.relay = subprocess.Popen(
                words,
                env=self.env,
                cwd=self.folder,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        until = time.monotonic() + 30
        while b"listening" not in log.read_bytes():
            assert time.monotonic() < until, log.read_bytes()
            time.sleep(0.05)

    def phoenix(self, *words: str, status: int = 0, env: dict[str, str] | None = None) -> Finished:
        everything = [program("phoenix"), *words]
        return run(everything, env=self.env | (env or {}), cwd=self.folder, status=status)


def _verb(words: list[str]) -> str:
    """The command without its home and what belongs to it: ``partnership create``, ``send``."""
    rest = words[3:]
    groups = {"partnership", "agency", "members"}
    return " ".join(rest[:2]) if rest[0] in groups else rest[0]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory, keyholder: Keyholder) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp("by-hand")
    shell = Shell(folder)
    (folder / "passphrase").write_text(f"{PASSPHRASE}\n", "utf-8")
    (folder / "passphrase").chmod(0o600)
    (folder / "package.toml").write_text(BY_HAND, "utf-8")
    try:
        for command in COMMANDS:
            shell.type(command.strip())
        # From here on two homes are open, so that looking at them costs no passphrase each time.
        for name in ("desk", "social-care"):
            key = open_keystore(folder / name, Passphrase(PASSPHRASE)).master_key
            keyholder.hold(folder / name, key.hex())
        yield shell
    finally:
        if shell.relay is not None:
            kill(shell.relay)


def test_the_readme_gives_these_commands(repository: Path) -> None:
    readme = " ".join((repository / "README.md").read_text("utf-8").replace("\\\n", " ").split())
    for command in COMMANDS:
        assert " ".join(command.split()) in readme


def test_every_command_prints_what_scripts_rely_on(shell: Shell) -> None:
    printed = shell.printed
    [init] = printed["init"]
    assert init.keys() >= {"origin", "log_key", "claim"}
    assert printed["partnership create"][0].keys() >= {"anchor"}
    assert re.fullmatch("[0-9a-f]{64}", shell.variables["ANCHOR"])
    assert all(asked.keys() >= {"code", "words"} for asked in printed["join"])
    assert len(printed["members approve"]) == 3
    [sent] = printed["send"]
    assert sent.keys() >= {"package", "recipients", "warnings", "owed"}
    assert {r["address"]: r["state"] for r in sent["recipients"]} == {
        "mash@ardenfold-police": "held",
        "school.nurse@quillmere-health": "held",
    }


def test_the_recipient_sees_its_cover_then_its_sections(shell: Shell) -> None:
    [inbox] = shell.printed["inbox"]
    [line] = inbox["packages"]
    keys = {"package", "from", "classification", "urgency", "purpose", "state", "expires"}
    assert line.keys() >= keys
    assert line["package"] == shell.variables["ID"]
    assert (line["from"], line["state"]) == ("front.door@quillmere-council", "offered")
    [accepted] = shell.printed["accept"]
    assert (accepted["package"], accepted["state"]) == (shell.variables["ID"], "committed")
    [opened] = shell.printed["open"]
    assert opened.keys() >= {"package", "from", "sections"}
    section = next(s for s in opened["sections"] if s["title"] == "Attendance")
    assert section.keys() >= {"id", "title", "statements", "attachments"}
    record, assessment = section["statements"]
    assert record.keys() >= {"id", "kind", "class", "text", "source", "author"}
    assert (record["kind"], record["class"]) == ("record", "FACT")
    assert (assessment["class"], assessment["author"]) == ("OPINION", "Form tutor")
    assert assessment["basis"] == [record["id"]]
    [acknowledged] = shell.printed["acknowledge"]
    assert acknowledged["state"] == "acknowledged"


def test_the_sender_sees_how_far_it_is(shell: Shell) -> None:
    status = shell.phoenix("--home", "social-care", "status", shell.variables["ID"], "--json").json
    assert status.keys() >= {"package", "recipients", "warnings"}
    desk = next(r for r in status["recipients"] if r["address"] == "mash@ardenfold-police")
    assert desk.keys() >= {"address", "state", "since", "endpoints"}
    assert desk["state"] == "acknowledged"
    said = [(e["state"], e.get("owner"), e.get("use")) for e in status["events"]]
    assert ("acknowledged", "Duty sergeant", "Strategy discussion") in said
    sent = shell.phoenix("sent", "--json", "--home", "social-care").json
    keys = {"package", "to", "purpose", "created", "expires", "state"}
    assert [line.keys() >= keys for line in sent["packages"]] == [True]


def test_home_and_json_are_understood_anywhere(shell: Shell) -> None:
    before = shell.phoenix("--json", "--home", "desk", "inbox", "--offline").json
    after = shell.phoenix("inbox", "--offline", "--home", "desk", "--json").json
    named = shell.phoenix("--json", "inbox", "--offline", env={"PHOENIX_HOME": "desk"}).json
    assert before == after == named
    inner = shell.phoenix("--home", "nowhere", "inbox", "--offline", "--home", "desk", "--json")
    assert inner.json == before, "the innermost mention wins"


def test_exit_codes(shell: Shell) -> None:
    def code(*words: str, status: int, env: dict[str, str] | None = None) -> str:
        return shell.phoenix(*words, "--json", status=status, env=env).error_code

    desk = ("--home", "desk")
    assert code(*desk, "opne", status=2) == "E_USAGE"
    assert code(*desk, "inbox", "--wait", "soon", status=2) == "E_USAGE"
    assert code(*desk, "check", "nothing.toml", status=2) == "E_FILE"
    assert code(*desk, "open", "00" * 16, status=3) == "E_NOT_FOUND"
    assert code("--home", "nowhere", "inbox", status=6) == "E_KEY_MISSING"
    nurse = ("--home", "nurse")
    assert code(*nurse, "inbox", status=6, env={"PHOENIX_PASSPHRASE_FILE": ""}) == "E_LOCKED"
    joining = ("join", "x@quillmere-health", "--relay", f"http://127.0.0.1:{shell.port}")
    stranger = ("--home", "stranger", *joining, "--name", "X", "--anchor", "00" * 32)
    assert code(*stranger, status=3) == "E_ANCHOR"
    wrong = shell.folder / "wrong"
    wrong.write_text("another passphrase\n", "utf-8")
    wrong.chmod(0o600)
    wrongly = {"PHOENIX_PASSPHRASE_FILE": str(wrong)}
    assert code(*nurse, "inbox", status=6, env=wrongly) == "E_PASSPHRASE"
    assert not (shell.folder / "nowhere").exists()


def test_a_sender_reads_again_what_was_sent(shell: Shell) -> None:
    sent = shell.phoenix("--home", "social-care", "sent", "--json").json["packages"][0]
    again = shell.phoenix("--home", "social-care", "open", sent["package"], "--json").json
    assert again["from"] == "front.door@quillmere-council"
    assert "Absent 11 of 30 sessions" in str(again)
    assert {s["kind"] for s in again["sections"]} >= {"statements", "legal", "decision"}
    page = shell.phoenix("--home", "social-care", "open", sent["package"]).out
    assert "born 2 Mar 2011" in page
    assert "nhs number: 999 041 7008" in page
    assert "About Jordan T" in page


def test_errors_name_code_and_next_step_on_standard_error_too(shell: Shell) -> None:
    failed = shell.phoenix("--home", "desk", "open", "00" * 16, "--json", status=3)
    error = failed.json["error"]
    assert error.keys() >= {"code", "message", "next", "problems"}
    assert error["code"] in failed.err
    assert error["next"] in failed.err


def test_the_relay_ends_in_order(shell: Shell) -> None:
    assert shell.relay is not None
    shell.relay.terminate()
    assert shell.relay.wait(30) == 0
    checked = run(
        [program("phoenix-relay"), "--home", "relay", "check", "--json"],
        env=shell.env,
        cwd=shell.folder,
    )
    assert checked.status == 0
