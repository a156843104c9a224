"""A larger Quillmere: the school, the charity, the neighbouring force and a manager of the council take part as well.

Made once out of the smaller one by the real programs, and copied for every scenario.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from keys.keystore import create_keystore
from keys.passphrase import Passphrase
from phoenix_protocol.identifiers import Seconds
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import PASSPHRASE, Keyholder, Town, copied

T = TypeVar("T")
U = TypeVar("U")

SCHOOL, PROJECT = "lead@fennick-academy", "lead@lantern-youth"
MANAGER, NEXT_FORCE = "manager@quillmere-council", "missing.persons@fernmoor-police"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency that joins: what it is called, what it is, and whether the duty to share binds it."""

    name: str
    kind: str
    legal_scope: str


AGENCIES: Mapping[str, Agency] = {
    "fennick-academy": Agency(name="Fennick Academy", kind="education", legal_scope="b"),
    "lantern-youth": Agency(name="Lantern Youth Project", kind="voluntary", legal_scope="c"),
    "fernmoor-police": Agency(name="Fernmoor Constabulary", kind="police", legal_scope="a"),
}
#: Each machine with its address, and whose manager lets it in.
DESKS: Mapping[str, tuple[str, str]] = {
    "school": (SCHOOL, "fennick-academy"),
    "project": (PROJECT, "lantern-youth"),
    "next-force": (NEXT_FORCE, "fernmoor-police"),
    "manager": (MANAGER, "council"),
}


def received(machine: Machine, id_: str) -> Any:
    """What a machine reads in a package that has come to it."""
    machine.phoenix("accept", id_)
    return machine.phoenix("open", id_).json


def at_once(work: Callable[[T], U], given: Iterable[T]) -> list[U]:
    """Work that different machines do beside each other, two at a time; what came of it, in order."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, given))


def shared(folder: Path, made: Path, keyholder: Keyholder) -> Path:
    """The larger partnership in ``folder``, made out of the smaller by whichever process comes first."""
    with (folder.with_suffix(".lock")).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "facts.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
            growing = folder.with_name(f"{folder.name}-growing")
            shutil.rmtree(growing, ignore_errors=True)
            with copied(made, growing, keyholder) as town:
                grow(town)
                town.relay.stop()
            growing.rename(folder)
    return folder


def grow(town: Town) -> None:
    """Let everybody join who is not there yet, two at a time."""
    names = [*AGENCIES, *DESKS]
    made = at_once(lambda name: new_machine(town, name), names)
    keys = dict(zip(names, made, strict=True))
    for name in names:
        town.keyholder.hold(town[name].home, keys[name])
    at_once(lambda name: found_agency(town, name, AGENCIES[name]), AGENCIES)
    for agency in AGENCIES:
        town["council"].phoenix("partnership", "admit", town[agency].folder / "agency.request")
    at_once(lambda desk: join(town, desk, *DESKS[desk]), DESKS)
    facts = {"anchor": town.anchor, "keys": {**town.keys, **keys}}
    (town.folder / "facts.json").write_text(json.dumps(facts), "utf-8")


def new_machine(town: Town, name: str) -> str:
    """A machine with a keystore; its key."""
    machine = Machine(folder=town.folder / name, passphrase=PASSPHRASE)
    town.machines[name] = machine
    now = Seconds(int(time.time()))
    return create_keystore(machine.home, Passphrase(PASSPHRASE), now).master_key.hex()


def found_agency(town: Town, id_: str, agency: Agency) -> None:
    """An agency's keys, and its request to be admitted."""
    machine = town[id_]
    machine.phoenix(
        *("agency", "create", id_, "--name", agency.name, "--kind", agency.kind),
        *("--legal-scope", agency.legal_scope, "--anchor", town.anchor),
        *("--relay", town.relay.url, "--out", machine.folder / "agency.request"),
    )


def join(town: Town, desk: str, address: str, manager: str) -> None:
    """Let a machine join; its manager approves the code that was read out."""
    at = ("--anchor", town.anchor, "--relay", town.relay.url)
    asked = town[desk].phoenix("join", address, *at, "--name", address).json
    town[manager].phoenix("members", "approve", asked["code"])
    town[desk].phoenix("inbox")
