"""``phoenix`` that is killed at a chosen step, through its ports: nothing in the programs knows of it.

A step is a call of a port that changes something: of the vault, outbox, keystore or relay. As a program, this reads
a JSON list for each command: the step to die at (0 for none), its environment, where its output goes, its arguments.
A copy of the process, forked with everything loaded, runs it; the line of output says how that ended.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from agency_client import unlocking
from agency_client.cli import main
from agency_client.unlocking import OpenHome, Unlock
from agency_client.use_cases.home import Home
from tests.end_to_end.processes import Finished, Machine, environment, kill

#: The calls of each port that change something.
CHANGING = {
    "vault": {"transaction", "settle"},
    "blobs": {"create", "incoming", "discard_incoming", "remove"},
    "outbox": {"keep_only"},
    "parcel": {"create", "new_body", "finish", "remove"},
    "keystore": {"update"},
    "relay": {
        *("append", "ask_to_join", "publish_epoch_keys", "plan_upload", "put_block", "submit"),
        *("offer", "released", "block", "say", "recall", "void"),
    },
}
_LOADED = (
    "cli.sending",
    "cli.receiving",
    "cli.people",
    "cli.keeping",
    "adapters.relay_http",
    "use_cases.keeping",
)


# -- inside the process that dies --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Death:
    """Counts steps, and kills before step ``at``."""

    at: int
    steps: int = 0

    def step(self) -> None:
        """Take a step, or die."""
        self.steps += 1
        if self.steps == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Mortal:
    """A port in front of another, whose changing calls are steps."""

    port: Any
    name: str
    death: Death

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.port, name)
        if name == "blobs":
            return Mortal(found, "blobs", self.death)
        if name == "parcel":
            return lambda package: Mortal(found(package), "parcel", self.death)
        if name == "transaction":
            return lambda: self._transaction(found())
        return self._stepping(found) if name in CHANGING[self.name] else found

    def _stepping(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*args: Any, **named: Any) -> Any:
            self.death.step()
            return call(*args, **named)

        return stepping

    @contextmanager
    def _transaction(self, transaction: Any) -> Iterator[Any]:
        """Everything is written, and the next thing would be to make it durable."""
        with transaction as inside:
            yield inside
            self.death.step()


def mortal(home: Home, death: Death) -> Home:
    """The same home, behind ports that count."""

    @asynccontextmanager
    async def connect(*args: Any) -> AsyncIterator[Any]:
        async with home.connect(*args) as relay:
            yield Mortal(relay, "relay", death)

    return replace(
        home,
        keystore=Mortal(home.keystore, "keystore", death),  # type: ignore[arg-type]
        vault=Mortal(home.vault, "vault", death),
        outbox=Mortal(home.outbox, "outbox", death),
        connect=connect,
    )


def run_here(at: int, env: dict[str, str], output: str, args: list[str]) -> None:
    """Become ``phoenix``; does not come back."""
    death, open_home = Death(at), unlocking.open_home

    def open_mortal(path: Path, unlock: Unlock, *how: Any) -> OpenHome:
        opened = open_home(path, unlock, *how)
        return replace(opened, home=mortal(opened.home, death))

    os.environ.clear()
    os.environ.update(env)
    unlocking.open_home = open_mortal
    for number, name in enumerate((os.devnull, f"{output}.out", f"{output}.err")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), number)
    status = 70
    try:
        main(args)
    except SystemExit as ended:
        status = int(ended.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def serve() -> None:
    """Run what is asked, one after the other, each in a copy of this process."""
    for module in _LOADED:
        importlib.import_module(f"agency_client.{module}")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run_here(*json.loads(line))
        _, ended = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(ended), flush=True)


# -- in the tests ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Mortals:
    """Runs ``phoenix`` in processes that die where they are told. Use it as a context."""

    process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.mortal"],
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

    def run(self, machine: Machine, *args: str | Path, at: int = 0) -> Finished:
        """Run ``phoenix --json`` until step ``at``; a status of -9 says that it came so far and was killed."""
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        words = ("--json", *(str(arg) for arg in args))
        output = machine.folder / "mortal"
        self.process.stdin.write(f"{json.dumps([at, machine.env, str(output), words])}\n")
        self.process.stdin.flush()
        status = int(self.process.stdout.readline())
        out, err = (output.with_suffix(end).read_text("utf-8") for end in (".out", ".err"))
        return Finished(args=words, status=status, out=out, err=err)


if __name__ == "__main__":
    serve()
