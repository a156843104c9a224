"""Killing programs at chosen system calls, by strace: nothing in the programs knows of it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.processes import Finished, Machine, RelayProcess, kill, program, run


@dataclass(frozen=True, slots=True)
class Point:
    """Before call number ``when`` of ``call`` in any one thread."""

    call: str
    when: int

    @property
    def options(self) -> list[str]:
        """What strace is told."""
        inject = f"inject={self.call}:signal=KILL:when={self.when}"
        return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={self.call}", "-e", inject]


def points(**calls: tuple[int, ...]) -> list[Point]:
    """``points(fsync=(1, 4))``: before the first and the fourth."""
    return [Point(call, when) for call, whens in calls.items() for when in whens]


def require_strace() -> None:
    """Skip, saying why, where system calls cannot be traced."""
    if shutil.which("strace") is None:
        pytest.skip("Not run: strace is not here.")
    probe = subprocess.run(
        [*Point("getpid", 1).options, "true"], capture_output=True, text=True, check=False
    )
    if probe.returncode != 0:
        pytest.skip("Not run: this machine does not let processes be traced.")


def killed_at(point: Point, machine: Machine, *args: str | Path) -> tuple[bool, Finished]:
    """Run ``phoenix`` until ``point``; whether it came so far, and what it did otherwise."""
    words = [*point.options, program("phoenix"), "--json", *args]
    finished = run(words, env=machine.env, cwd=machine.folder, status=None)
    return finished.status in (-signal.SIGKILL, 128 + signal.SIGKILL), finished


@contextmanager
def relay_killed_at(point: Point, relay: RelayProcess) -> Iterator[None]:
    """Inside, the relay runs until ``point``, and not beyond."""
    assert relay.process is not None
    tracer = _tracer_of(relay.process.pid, point)
    try:
        yield
    finally:
        kill_tracer(tracer)


def _tracer_of(pid: int, point: Point) -> subprocess.Popen[bytes]:
    """Attach to every thread. One that begins while strace looks for threads escapes it, and strace looks again."""
    for _ in range(5):
        tracer = subprocess.Popen([*point.options, "-p", str(pid)])
        until = time.monotonic() + 4
        while time.monotonic() < until:
            if all(_is_traced(task) for task in Path(f"/proc/{pid}/task").iterdir()):
                return tracer
            time.sleep(0.01)
        kill_tracer(tracer)
    raise AssertionError("The relay could not be traced.")


def _is_traced(task: Path) -> bool:
    try:
        status = (task / "status").read_text("utf-8")
    except OSError:
        return True  # this thread has just ended
    return "\nTracerPid:\t0\n" not in status


def kill_tracer(tracer: subprocess.Popen[bytes]) -> None:
    """End strace; what it traces goes on."""
    tracer.terminate()
    tracer.wait(20)


def is_dead(relay: RelayProcess) -> bool:
    """Whether the relay has ended; what is left of it is removed."""
    assert relay.process is not None
    if relay.process.poll() is None:
        return False
    kill(relay.process)
    return True
