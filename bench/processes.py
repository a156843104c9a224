"""Commands measured as whole processes: time by the clock and the most memory that was resident at once."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.processes import environment

MIB = 1 << 20
#: Byte code is kept here, as an installed program keeps its own beside itself.
BYTE_CODE = Path("build/bench/byte-code")

_LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What one run of a command took: seconds by the clock, seconds of processors, peak resident MiB."""

    seconds: float
    processor: float
    resident: float
    out: str


def measured_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a measured program: its byte code is compiled once and kept."""
    kept = environment({**extra, "PYTHONPYCACHEPREFIX": str(BYTE_CODE.resolve())})
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    kept.pop("PYTHONUNBUFFERED", None)
    return kept


def run(
    words: Sequence[str | Path],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    status: int = 0,
) -> Ran:
    """Run a command to its end. Raises RuntimeError with what it printed unless it ends with ``status``."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "used.json"
        finished = subprocess.run(
            [sys.executable, "-I", "-S", _LAUNCH, told, *words],
            env=dict(env) if env is not None else measured_environment({}),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
        used = json.loads(told.read_text(encoding="ascii"))
    if used.pop("status") != status:
        raise RuntimeError(f"{words}\n{finished.stdout!r}\n{finished.stderr!r}")
    return Ran(**used, out=finished.stdout.decode(errors="replace"))


def fastest(runs: Sequence[Ran]) -> Ran:
    """The run that other programs disturbed least."""
    return min(runs, key=lambda ran: ran.seconds)


def peak_resident(pid: int) -> float:
    """The most memory that a running process has had resident at once since it started or was reset, in MiB."""
    return _status(pid, "VmHWM:")


def resident(pid: int) -> float:
    """What a running process has resident now, in MiB."""
    return _status(pid, "VmRSS:")


def reset_peak(pid: int) -> None:
    """Let a running process's peak begin anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def _status(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    found = next(line for line in lines if line.startswith(name))
    return int(found.split()[1]) * 1024 / MIB


def python(*words: str | Path) -> list[str]:
    """A command that runs this Python."""
    return [sys.executable, *(str(word) for word in words)]
