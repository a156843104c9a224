"""Quillmere by real programs: a partnership made once, then copied for every test that wants its own.

Homes and the relay's home are plain folders. The keys of all homes are held by one process
(``keyholder``), which answers as ``phoenix agent`` does, so that a command costs no Argon2id.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from agency_client.ports.vault.settings import RELAY_URL
from agency_client.unlocking import Unlock, open_home
from keys.keystore import create_keystore
from keys.passphrase import Passphrase
from phoenix_protocol.identifiers import Seconds
from tests.end_to_end.documents import FRONT, MASH, NURSE
from tests.end_to_end.processes import Finished, Machine, RelayProcess, environment, kill

#: Each machine with its address; those without one are information managers'.
MACHINES: Mapping[str, str | None] = {
    "council": None,
    "police": None,
    "health": None,
    "desk": MASH,
    "night-desk": MASH,
    "nurse": NURSE,
    "social-care": FRONT,
}
MANAGER_OF = {"ardenfold-police": "police", "quillmere-health": "health"}
KINDS = {"ardenfold-police": "police", "quillmere-health": "health"}
NAMES = {MASH: "MASH desk", NURSE: "School nurses", FRONT: "Front door"}
PASSPHRASE = "a long enough passphrase for one machine"
_LEFT_BEHIND = shutil.ignore_patterns("agent.sock", "agent.lock", "*.log")


@dataclass(slots=True)
class Keyholder:
    """The process that holds the keys of homes. Use it as a context."""

    process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.keyholder"],
            cwd=Path(__file__).resolve().parents[2],
            env=environment({}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        kill(self.process)

    def hold(self, home: Path, key: str) -> None:
        """Answer for ``home`` from now on."""
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{key} {home}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == f"ready {home}\n"


@dataclass(slots=True, kw_only=True)
class Town:
    """A relay and the machines of Quillmere in a folder; use it as a context: the relay serves inside."""

    folder: Path
    keys: Mapping[str, str]
    anchor: str
    keyholder: Keyholder
    relay: RelayProcess
    machines: dict[str, Machine] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.relay.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        for machine in self.machines.values():
            machine.__exit__()
        self.relay.__exit__()

    def __getitem__(self, name: str) -> Machine:
        return self.machines[name]

    @property
    def sender(self) -> Machine:
        """The council's front door, who sends."""
        return self["social-care"]

    @property
    def desk(self) -> Machine:
        """The police's first machine."""
        return self["desk"]

    @property
    def nurse(self) -> Machine:
        """The school nurses, who must not see what is meant for the police alone."""
        return self["nurse"]

    def send(self, text: str, *args: str | Path, by: str = "social-care", **options: Any) -> str:
        """Send a document; the id of its package."""
        return str(self.try_to_send(text, *args, by=by, **options).json["package"])

    def try_to_send(
        self, text: str, *args: str | Path, by: str = "social-care", **options: Any
    ) -> Finished:
        """Send a document, and see what comes of it."""
        file = self[by].folder / "package.toml"
        file.write_text(text, "utf-8")
        return self[by].phoenix("send", file, *args, **options)

    def point_to(self, url: str) -> None:
        """Let every machine reach the relay at ``url``."""
        for name, machine in self.machines.items():
            point_to(machine.home, self.keys[name], url)


def point_to(home: Path, key: str, url: str) -> None:
    """Change where a home looks for its relay: a copied relay listens at another port."""
    opened = open_home(home, Unlock(environment={}, master_key=bytes.fromhex(key))).home
    with opened.vault.transaction() as tx:
        tx.settings.put(RELAY_URL, url)
    opened.executor.shutdown()
    opened.vault.close()


# -- made once ---------------------------------------------------------------------------------------------------------


def found(folder: Path) -> None:
    """Make the partnership in ``folder`` by the real programs: homes, keys and the relay's home stay behind."""
    folder.mkdir(parents=True)
    machines = {name: Machine(folder=folder / name, passphrase=PASSPHRASE) for name in MACHINES}
    with ThreadPoolExecutor(2) as pool:
        keys = dict(zip(machines, pool.map(_new_keystore, machines.values()), strict=True))
    with Keyholder() as keyholder, RelayProcess(home=folder / "relay") as relay:
        for name, machine in machines.items():
            keyholder.hold(machine.home, keys[name])
        anchor = _partnership(machines["council"], relay)
        for manager in ("police", "health"):
            _agency(machines, manager, anchor, relay.url)
        for name, address in MACHINES.items():
            if address is not None:
                join(machines[name], address, machines, anchor, relay.url)
        relay.stop()
    facts = {"anchor": anchor, "keys": keys}
    (folder / "facts.json").write_text(json.dumps(facts), "utf-8")


def _new_keystore(machine: Machine) -> str:
    keystore = create_keystore(machine.home, Passphrase(PASSPHRASE), Seconds(int(time.time())))
    return keystore.master_key.hex()


def _partnership(council: Machine, relay: RelayProcess) -> str:
    return str(
        council.phoenix(
            *("partnership", "create", "--name", "Quillmere", "--relay", relay.url),
            *("--claim", relay.claim, "--review-due", "2027-11-01"),
            *("--agency", "quillmere-council", "--agency-name", "Quillmere Council"),
            *("--kind", "council", "--legal-scope", "a"),
        ).json["anchor"]
    )


def _agency(machines: Mapping[str, Machine], manager: str, anchor: str, url: str) -> None:
    agency = next(agency for agency, name in MANAGER_OF.items() if name == manager)
    request = machines[manager].folder / "agency.request"
    machines[manager].phoenix(
        *("agency", "create", agency, "--name", agency, "--anchor", anchor),
        *("--relay", url, "--out", request),
        *("--kind", KINDS[agency], "--legal-scope", "a"),
    )
    machines["council"].phoenix("partnership", "admit", request)


def join(
    machine: Machine, address: str, machines: Mapping[str, Machine], anchor: str, url: str
) -> None:
    """Let a machine join and its manager approve it; then it has fetched once."""
    asked = machine.phoenix(
        *("join", address, "--anchor", anchor, "--relay", url),
        *("--name", NAMES.get(address, "A desk")),
    ).json
    manager = MANAGER_OF.get(address.partition("@")[2], "council")
    machines[manager].phoenix("members", "approve", asked["code"])
    machine.phoenix("inbox")


# -- copied ------------------------------------------------------------------------------------------------------------


def shared(folder: Path) -> Path:
    """The partnership in ``folder``, made by whichever process comes first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.with_suffix(".lock")).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "facts.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
            found(folder)
    return folder


def copied(made: Path, folder: Path, keyholder: Keyholder, **relay: Any) -> Town:
    """A town of one's own in ``folder``, which is not there yet; ``relay`` goes to its RelayProcess."""
    facts = json.loads((made / "facts.json").read_text("utf-8"))
    shutil.copytree(made, folder, ignore=_LEFT_BEHIND, symlinks=True)
    process = RelayProcess(home=folder / "relay", facts={"claim": "taken"}, **relay)
    town = Town(
        folder=folder,
        keys=facts["keys"],
        anchor=facts["anchor"],
        keyholder=keyholder,
        relay=process,
        machines={n: Machine(folder=folder / n, passphrase=PASSPHRASE) for n in facts["keys"]},
    )
    town.point_to(process.url)
    for name, machine in town.machines.items():
        keyholder.hold(machine.home, facts["keys"][name])
    return town


@contextmanager
def running(made: Path, folder: Path, keyholder: Keyholder, **relay: Any) -> Iterator[Town]:
    """As :func:`copied`, with its relay serving."""
    with copied(made, folder, keyholder, **relay) as town:
        yield town
