"""Real programs as real processes: a relay on a free port, and machines that run ``phoenix``.

For end-to-end tests and the demo; on the standard library alone. Every machine has a home and a
passphrase file of its own and sees no other setting of Phoenix. What a program printed is in the
error when it ends otherwise than expected.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

START_SECONDS = 30.0
COMMAND_SECONDS = 120.0


class UnexpectedEndError(AssertionError):
    """A program ended with another status than the one expected, or not in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a command did: its arguments, exit status and output."""

    args: tuple[str, ...]
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        try:
            return json.loads(self.out)
        except ValueError:
            raise UnexpectedEndError(f"This is not one JSON document.\n{self}") from None

    @property
    def error_code(self) -> str:
        """The code of the error that a command with ``--json`` printed."""
        return str(self.json["error"]["code"])

    def __str__(self) -> str:
        return (
            f"{' '.join(self.args)}\nended with {self.status}\n"
            f"standard output:\n{self.out}\nstandard error:\n{self.err}"
        )


def program(name: str) -> str:
    """The path of an installed program: beside this Python, or else on the search path."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed: run make setup.")
    return found


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process without settings of Phoenix, and ``extra``."""
    inherited = {name: value for name, value in os.environ.items() if "PHOENIX" not in name}
    return {**inherited, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", **extra}


def run(
    args: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    status: int | None = 0,
    stdin: str | None = None,
    cwd: Path | None = None,
    timeout: float = COMMAND_SECONDS,
) -> Finished:
    """Run a command to its end. ``status`` is what it must end with; ``None`` takes any."""
    words = tuple(str(arg) for arg in args)
    with subprocess.Popen(
        words,
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(stdin, timeout)
        except subprocess.TimeoutExpired:
            kill(process)
            out, err = process.communicate()
            raise UnexpectedEndError(f"{' '.join(words)}\ntook too long\n{out}\n{err}") from None
    finished = Finished(args=words, status=process.returncode, out=out, err=err)
    if status is not None and finished.status != status:
        raise UnexpectedEndError(f"Expected {status}.\n{finished}")
    return finished


def kill(process: subprocess.Popen[Any]) -> None:
    """Kill a process started here with everything that it started; it gets no chance to say so."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass(slots=True, kw_only=True)
class RelayProcess:
    """A relay with a home of its own. Use it as a context: initialised and serving inside.

    ``url`` is what clients are told, when they reach it by another way than its own port. ``extra``
    goes into its environment.
    """

    home: Path
    port: int = field(default_factory=free_port)
    url: str = ""
    config: Path | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.url = self.url or f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        if not self.facts:
            self.init()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            kill(self.process)

    @property
    def log(self) -> Path:
        """Everything that the server printed, over all its starts."""
        return self.home.with_name(f"{self.home.name}.log")

    @property
    def claim(self) -> str:
        """The word that lets one partnership take this relay."""
        return self.facts["claim"]

    def init(self) -> dict[str, str]:
        """Make its keys and database: ``origin``, ``log_key`` and ``claim``."""
        self.facts = self.run("init", "--url", self.url).json
        return self.facts

    def run(self, *args: str | Path, status: int | None = 0, **options: Any) -> Finished:
        """Run ``phoenix-relay`` with ``--json`` on this home: status, sweep, check, backup …"""
        words = [program("phoenix-relay"), "--home", self.home, "--json", *args]
        return run(words, env=environment(self.extra), status=status, **options)

    def start(self, *options: str) -> None:
        """Serve, and come back when it listens. ``options`` are more words for ``serve``."""
        words = [program("phoenix-relay"), "--home", str(self.home), "serve"]
        words += ["--host", "127.0.0.1", "--port", str(self.port)]
        words += ["--config", str(self.config)] if self.config is not None else []
        words += options
        self.home.parent.mkdir(parents=True, exist_ok=True)
        before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                words,
                env=environment(self.extra),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_for(b"listening", before)

    def stop(self, seconds: float = 30.0) -> int:
        """Ask it to drain and end; its exit status."""
        assert self.process is not None
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            kill(self.process)
            raise UnexpectedEndError(f"The relay did not stop.\n{self._tail(0)}") from None

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        kill(self.process)

    def restart(self) -> None:
        """Serve again after :meth:`stop` or :meth:`kill`, on the same port and home."""
        self.start()

    def _wait_for(self, word: bytes, before: int) -> None:
        assert self.process is not None
        until = time.monotonic() + START_SECONDS
        while word not in self.log.read_bytes()[before:]:
            if self.process.poll() is not None or time.monotonic() > until:
                kill(self.process)
                raise UnexpectedEndError(f"The relay does not serve.\n{self._tail(before)}")
            time.sleep(0.02)

    def _tail(self, before: int) -> str:
        return self.log.read_bytes()[before:].decode(errors="replace")


@dataclass(slots=True, kw_only=True)
class Machine:
    """One person's or desk's machine: a folder with a home, a passphrase file and nothing else.

    ``extra`` goes into the environment of everything that it runs.
    """

    folder: Path
    passphrase: str = "a long enough passphrase for one machine"
    extra: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        file = os.open(self._passphrase_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as opened:
            opened.write(f"{self.passphrase}\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.started:
            kill(process)

    @property
    def home(self) -> Path:
        """Where this machine keeps its keys and vault."""
        return self.folder / "home"

    @property
    def _passphrase_file(self) -> Path:
        return self.folder / "passphrase"

    @property
    def env(self) -> dict[str, str]:
        """The environment of what this machine runs."""
        own = {
            "PHOENIX_HOME": str(self.home),
            "PHOENIX_PASSPHRASE_FILE": str(self._passphrase_file),
        }
        return environment({**own, **self.extra})

    def phoenix(self, *args: str | Path, status: int | None = 0, **options: Any) -> Finished:
        """Run ``phoenix --json …`` to its end; ``status`` is what it must end with."""
        options.setdefault("cwd", self.folder)
        words = [program("phoenix"), "--json", *args]
        return run(words, env=self.env, status=status, **options)

    def run_plain(self, *args: str | Path, status: int | None = 0, **options: Any) -> Finished:
        """As :meth:`phoenix`, with the text that people see."""
        options.setdefault("cwd", self.folder)
        return run([program("phoenix"), *args], env=self.env, status=status, **options)

    def start(self, *args: str | Path) -> subprocess.Popen[bytes]:
        """Start ``phoenix …`` and leave it running; it ends with this machine at the latest.

        Its standard output is a pipe, its standard error a file ``started.log`` in the folder.
        """
        words = [program("phoenix"), *(str(arg) for arg in args)]
        with (self.folder / "started.log").open("ab") as log:
            process = subprocess.Popen(
                words,
                env=self.env,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process
