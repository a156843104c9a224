"""How long programs take to start: ``phoenix --help`` and ``phoenix sent`` beside Python, and what they import."""

from __future__ import annotations

import statistics
import subprocess
from collections.abc import Callable, Mapping

from bench import processes
from bench.processes import Ran, measured_environment, python
from bench.report import Report, Row, Target
from bench.setting import Setting
from tests.end_to_end.processes import program

_ROUNDS = 12
_SLOWEST = {"phoenix --help": 0.15, "phoenix sent": 0.5}
_SHOWN = 12
_NOTES = (
    "In turns; byte code compiled beforehand, as an installer does. The key of the home is held by its agent. The "
    "fastest run is what the program needs; the median has the other programs of the machine in it.",
)


def _in_turns(commands: Mapping[str, Callable[[], Ran]]) -> dict[str, list[Ran]]:
    """Every command once a round, after one to warm up."""
    for command in commands.values():
        command()
    taken: dict[str, list[Ran]] = {name: [] for name in commands}
    for _ in range(_ROUNDS):
        for name, command in commands.items():
            taken[name].append(command())
    return taken


def run(setting: Setting) -> Report:
    """See the module."""
    partnership = setting.partnership
    partnership.send(setting.file("small.bin", 1))
    taken = _in_turns(
        {
            "python -c pass": lambda: processes.run(python("-c", "pass")),
            "phoenix --help": lambda: processes.run([program("phoenix"), "--help"]),
            "phoenix-relay --help": lambda: processes.run([program("phoenix-relay"), "--help"]),
            "phoenix sent": lambda: partnership.phoenix(partnership.sender, "sent"),
            "phoenix inbox": lambda: partnership.phoenix(partnership.reader, "inbox"),
        }
    )
    rows = [_row(name, runs) for name, runs in taken.items()]
    return Report(
        name="start",
        title="Starting",
        columns=("command", "fastest s", "median s", "processor s", "resident MiB"),
        rows=rows,
        notes=(*_NOTES, *_imports("agency_client.cli.sending")),
        targets=[_target(name, limit, taken[name]) for name, limit in _SLOWEST.items()],
    )


def _row(name: str, runs: list[Ran]) -> Row:
    return {
        "command": name,
        "fastest s": min(ran.seconds for ran in runs),
        "median s": statistics.median(ran.seconds for ran in runs),
        "processor s": statistics.median(ran.processor for ran in runs),
        "resident MiB": max(ran.resident for ran in runs),
    }


def _target(name: str, limit: float, runs: list[Ran]) -> Target:
    fastest = min(ran.seconds for ran in runs)
    return Target(
        wanted=f"{name} in under {limit} s",
        found=f"{fastest:.2f} s at its fastest, {statistics.median(r.seconds for r in runs):.2f} s median",
        met=fastest < limit,
    )


def _imports(module: str) -> list[str]:
    """The modules that importing ``module`` spends most time in, themselves."""
    finished = subprocess.run(
        python("-X", "importtime", "-c", f"import {module}, agency_client.client"),
        env=measured_environment({}),
        capture_output=True,
        text=True,
        check=True,
    )
    found = []
    for line in finished.stderr.splitlines():
        own, _, name = line.removeprefix("import time:").split("|")
        if own.strip().isdigit():
            found.append((int(own), name.strip()))
    whole = sum(own for own, _ in found)
    heaviest = sorted(found, reverse=True)[:_SHOWN]
    shown = ", ".join(f"{name} {own / 1000:.0f}" for own, name in heaviest)
    return [f"Imports of phoenix sent: {len(found)} modules, {whole / 1000:.0f} ms. Most: {shown}"]
