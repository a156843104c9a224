"""A partnership of real programs in a folder: a relay, its founder and two desks, one of which sends to the other."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from bench.processes import Ran, measured_environment, run
from tests.end_to_end.processes import Machine, RelayProcess, program

SENDER = "front.door@quillmere-council"
READER = "records@quillmere-council"
_AGENCY = "quillmere-council"
#: What one sender may do is not what is measured here.
_SETTINGS = """
[quotas]
requests_per_second = 100000
request_burst = 100000
packages_per_hour = 10000000
"""
_START_SECONDS = 60.0

_DOCUMENT = f"""
to = ["{READER}"]
purpose = "Ask for a strategy discussion"
classification = "OFFICIAL-SENSITIVE"
urgency = "green"
[[section]]
id = "one"
title = "Attendance"
[section.need_to_know]
"{READER}" = "To arrange a check"
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
"""


@dataclass(slots=True, kw_only=True)
class Partnership:
    """Use it as a context: founded, with agents that hold the keys of both desks, inside."""

    folder: Path
    relay: RelayProcess = field(init=False)
    founder: Machine = field(init=False)
    sender: Machine = field(init=False)
    reader: Machine = field(init=False)

    def __post_init__(self) -> None:
        byte_code = {"PYTHONPYCACHEPREFIX": measured_environment({})["PYTHONPYCACHEPREFIX"]}
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "relay.toml"
        settings.write_text(_SETTINGS, encoding="utf-8")
        self.relay = RelayProcess(home=self.folder / "relay", extra=byte_code, config=settings)
        self.founder, self.sender, self.reader = (
            Machine(folder=self.folder / name, extra=dict(byte_code))
            for name in ("founder", "sender", "reader")
        )

    def __enter__(self) -> Self:
        self.relay.__enter__()
        self._found()
        for machine in (self.sender, self.reader):
            self.hold_key(machine)
        return self

    def __exit__(self, *_: object) -> None:
        for machine in (self.founder, self.sender, self.reader):
            machine.__exit__()
        self.relay.__exit__()

    def _found(self) -> None:
        anchor = self.founder.phoenix(
            "partnership", "create", "--name", "Quillmere", "--relay", self.relay.url,
            "--claim", self.relay.claim, "--review-due", "2027-11-01", "--agency", _AGENCY,
            "--agency-name", "Quillmere Council",
        ).json["anchor"]  # fmt: skip
        for machine, address in ((self.sender, SENDER), (self.reader, READER)):
            asked = machine.phoenix(
                "join", address, "--anchor", anchor, "--relay", self.relay.url, "--name", "A desk"
            ).json
            self.founder.phoenix("members", "approve", asked["code"])

    def hold_key(self, machine: Machine) -> None:
        """Start the agent that holds the key of a home, so that commands need not unlock it."""
        machine.start("agent", "--every", "86400")
        until = time.monotonic() + _START_SECONDS
        while not (machine.home / "agent.sock").exists():
            if time.monotonic() > until:
                raise RuntimeError((machine.folder / "started.log").read_text("utf-8"))
            time.sleep(0.05)

    @property
    def relay_pid(self) -> int:
        """The relay's process."""
        if self.relay.process is None:
            raise RuntimeError("The relay does not run.")
        return self.relay.process.pid

    def document(self, name: str = "package.toml") -> Path:
        """A package document for the reader in the sender's folder."""
        path = self.sender.folder / name
        path.write_text(_DOCUMENT, encoding="utf-8")
        return path

    def phoenix(self, machine: Machine, *args: str | Path) -> Ran:
        """Run and measure ``phoenix --json …`` on a machine."""
        env = measured_environment({})
        env |= {k: v for k, v in machine.env.items() if k.startswith("PHOENIX_")}
        return run([program("phoenix"), "--json", *args], env=env, cwd=machine.folder)

    def send(self, attachment: Path) -> tuple[str, Ran]:
        """Send a file; the package's id and what the process took."""
        ran = self.phoenix(self.sender, "send", self.document(), "--attach", f"one={attachment}")
        return package_of(ran), ran

    def send_document(self, text: str) -> str:
        """Send a document that is given as text; the package's id."""
        path = self.sender.folder / "other.toml"
        path.write_text(text, encoding="utf-8")
        return package_of(self.phoenix(self.sender, "send", path))


def package_of(ran: Ran) -> str:
    """The package that a command's JSON names."""
    document: dict[str, Any] = json.loads(ran.out)
    return str(document["package"])
