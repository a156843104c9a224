"""The homes that the story of Quillmere leaves behind, and how to open the app in them."""

from __future__ import annotations

import fcntl
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.end_to_end.processes import Machine, RelayProcess, program  # noqa: E402  # found by the path above

#: Where they are. The next run of the story replaces them.
KEPT = ROOT / "build" / "demo"
_FACTS = "demo.json"
_RELAY = "relay"
_SETTINGS = "relay.toml"
#: What belongs to programs that are gone.
_LEFT_BEHIND = shutil.ignore_patterns("agent.sock", "agent.lock", "*.log")


class InUseError(Exception):
    """Somebody looks at these homes now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The homes in ``folder``: the port of their relay, and each machine with whose it is."""

    folder: Path
    port: int
    machines: Mapping[str, str]

    def machine(self, name: str) -> Machine:
        """One of the machines."""
        return Machine(folder=self.folder / name)

    def relay(self) -> RelayProcess:
        """The relay, at the address that the homes know it by."""
        return RelayProcess(
            home=self.folder / _RELAY,
            port=self.port,
            config=self.folder / _SETTINGS,
            facts={"claim": "taken"},
        )


def leave(story: Path, folder: Path, port: int, machines: Mapping[str, str]) -> Left:
    """Copy what the story made into ``folder``, in the place of what an earlier one left there.

    Every program of the story has ended. Raises InUseError.
    """
    with alone(folder):
        fresh = folder.with_name(f"{folder.name}.new")
        for old in (fresh, folder):
            shutil.rmtree(old, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name in (_RELAY, *machines):
            shutil.copytree(story / name, fresh / name, ignore=_LEFT_BEHIND)
        shutil.copy(story / _SETTINGS, fresh / _SETTINGS)
        facts = {"port": port, "machines": dict(machines)}
        (fresh / _FACTS).write_text(json.dumps(facts), "utf-8")
        fresh.rename(folder)
    return Left(folder=folder, port=port, machines=machines)


def find(folder: Path) -> Left | None:
    """What the last story left in ``folder``; None before the first."""
    try:
        facts = json.loads((folder / _FACTS).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return Left(folder=folder, port=facts["port"], machines=facts["machines"])


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else uses or replaces these homes meanwhile. Raises InUseError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InUseError from None
        yield


def how_to_open(left: Left) -> str:
    """Words for whoever has just seen the story: one command for all, and one for each."""
    width = max(map(len, left.machines.values()))
    return "\n".join(
        (
            f"Its homes are in {_shown(left.folder)}, until the next run. See the story in the app:",
            "",
            "  make demo-app",
            "",
            "starts the relay with the app of every desk, and prints their links. Or one at a time, beside the relay:",
            "",
            f"  {' '.join(_serving(left))}",
            *(
                f"  {opening(left, name)}  # {whose:<{width}}".rstrip()
                for name, whose in left.machines.items()
            ),
            "",
            f"The passphrase of each: {left.machine(next(iter(left.machines))).passphrase}",
        )
    )


def _serving(left: Left) -> Sequence[str]:
    relay = left.relay()
    words = [_shown(Path(program("phoenix-relay"))), "--home", _shown(relay.home), "serve"]
    return [*words, "--port", str(left.port), "--config", _shown(left.folder / _SETTINGS)]


def opening(left: Left, name: str) -> str:
    """The command that opens the app of one machine, for a shell in the folder that make runs in."""
    folder = left.folder / name
    file = f"PHOENIX_PASSPHRASE_FILE={_shown(folder / 'passphrase')}"
    return f"{file} {_shown(Path(program('phoenix')))} --home {_shown(folder / 'home')} ui"


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
