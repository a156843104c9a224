"""Sealing 100 MiB on the command line: the whole ``phoenix`` process beside ``age`` and ``gpg``."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench import processes
from bench.partnership import Partnership
from bench.processes import Ran
from bench.report import Report, Row, Target
from bench.setting import Setting

_ROUNDS = 5
_SIZE = 100
_RESIDENT = 60.0
_TO_AGE = 3.0
_NOTES = (
    "In turns; the fastest run and the median. age and gpg write a file without making it durable. gpg signs and "
    "encrypts without compressing; age encrypts and does not sign.",
    "phoenix send: starts, gets its key from the agent, brings the directory in step with the relay, checks the "
    "document, seals the file to its disk and syncs it, uploads it, and waits until the relay holds it durably. 'until "
    "sealed' is the same process, watched from outside, up to the moment when the sealed package is durable on its own "
    "disk. Unlocking by passphrase costs Argon2id once more, in time and memory: the row 'with passphrase'.",
)


@dataclass(slots=True)
class Sealed:
    """Watches an outbox for the moment when a package is sealed: its submission is written last."""

    outbox: Path
    since: float = field(default_factory=time.perf_counter)
    seconds: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Look every few milliseconds until it is there, or the process has ended."""
        while not self.ended.is_set():
            if any(self.outbox.glob("*/submission")):
                self.seconds = time.perf_counter() - self.since
                return
            time.sleep(0.003)


def run(setting: Setting) -> Report:
    """Measure all that are installed."""
    partnership = setting.partnership
    file = setting.file("hundred.bin", _SIZE)
    commands = {
        **_age(setting.folder, file),
        **_gpg(setting.folder, file),
        "phoenix send": lambda: partnership.send(file)[1],
    }
    taken, until_sealed = _in_turns(commands, partnership)
    rows = [_row(name, runs) for name, runs in taken.items()]
    rows.append({"command": "phoenix send, until sealed", **_times(until_sealed)})
    rows.append(_row("phoenix send, with passphrase", [_unlocking(partnership, file)]))
    rows += [{"command": name, "fastest s": "not installed"} for name in _missing()]
    return Report(
        name="command_line",
        title=f"Sealing {_SIZE} MiB on the command line",
        columns=("command", "fastest s", "median s", "processor s", "resident MiB"),
        rows=rows,
        notes=_NOTES,
        targets=_targets(taken, until_sealed),
    )


def _in_turns(
    commands: Mapping[str, Callable[[], Ran]], partnership: Partnership
) -> tuple[dict[str, list[Ran]], list[float]]:
    taken: dict[str, list[Ran]] = {name: [] for name in commands}
    sealed: list[float] = []
    for number in range(_ROUNDS + 1):
        for name, command in commands.items():
            watcher = Sealed(partnership.sender.home / "outbox")
            thread = threading.Thread(target=watcher.watch)
            if name.startswith("phoenix"):
                thread.start()
            ran = command()
            watcher.ended.set()
            if number:  # the first round warms up
                taken[name].append(ran)
                sealed += [watcher.seconds] if watcher.seconds else []
    return taken, sealed


def _age(folder: Path, file: Path) -> dict[str, Callable[[], Ran]]:
    if shutil.which("age") is None:
        return {}
    key = subprocess.run(
        ["age-keygen", "-o", folder / "age.key"], capture_output=True, text=True, check=True
    ).stderr.split()[-1]
    return {
        "age": lambda: processes.run(["age", "-r", key, "-o", folder / "hundred.age", file]),
    }


def _gpg(folder: Path, file: Path) -> dict[str, Callable[[], Ran]]:
    if shutil.which("gpg") is None:
        return {}
    home = folder / "gpg"
    home.mkdir(mode=0o700)
    env = {**os.environ, "GNUPGHOME": str(home)}
    batch = [
        "gpg",
        "--batch",
        "--yes",
        "--quiet",
        "--pinentry-mode",
        "loopback",
        "--passphrase",
        "",
    ]
    subprocess.run([*batch, "--quick-gen-key", "desk", "future-default"], env=env, check=True)
    words: list[str | Path] = [*batch, "--trust-model", "always", "--compress-algo", "none"]
    words += ["-r", "desk", "--sign", "--encrypt", "-o", folder / "hundred.gpg", file]
    return {"gpg": lambda: processes.run(words, env=env)}


def _missing() -> list[str]:
    return [name for name in ("age", "gpg") if shutil.which(name) is None]


def _unlocking(partnership: Partnership, file: Path) -> Ran:
    """One send without the agent."""
    sender = partnership.sender
    sender.phoenix("agent", "lock")
    try:
        return partnership.send(file)[1]
    finally:
        partnership.hold_key(sender)


def _row(name: str, runs: list[Ran]) -> Row:
    return {
        "command": name,
        **_times([ran.seconds for ran in runs]),
        "processor s": statistics.median(ran.processor for ran in runs),
        "resident MiB": max(ran.resident for ran in runs),
    }


def _times(seconds: list[float]) -> dict[str, float]:
    return {"fastest s": min(seconds), "median s": statistics.median(seconds)}


def _targets(taken: Mapping[str, list[Ran]], until_sealed: list[float]) -> list[Target]:
    resident = max(ran.resident for ran in taken["phoenix send"])
    memory = Target(
        wanted=f"resident memory of phoenix send under {_RESIDENT:.0f} MiB beyond unlocking",
        found=f"{resident:.0f} MiB",
        met=resident < _RESIDENT,
    )
    wanted = f"time within {_TO_AGE:.0f} times of age"
    if "age" not in taken:
        return [memory, Target(wanted=wanted, found="age is not installed", met=None)]
    age = min(ran.seconds for ran in taken["age"])
    sealed, whole = min(until_sealed), min(ran.seconds for ran in taken["phoenix send"])
    found = (
        f"{sealed / age:.1f} times until sealed, {whole / age:.1f} times until the relay holds it"
    )
    return [memory, Target(wanted=wanted, found=found, met=sealed < _TO_AGE * age)]
