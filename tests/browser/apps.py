"""The web app of a machine as a real process."""

from __future__ import annotations

import json
import signal
import subprocess
from dataclasses import dataclass
from typing import Self

from tests.end_to_end.processes import Machine, kill

_PATIENCE = 20.0


@dataclass(slots=True, kw_only=True)
class App:
    """``phoenix ui`` of a machine. Use it as a context: serving inside."""

    machine: Machine
    arguments: tuple[str, ...] = ()
    link: str = ""
    process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.process = self.machine.start(
            "--json", "ui", "--no-browser", "--shared-machine", *self.arguments
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError((self.machine.folder / "started.log").read_text("utf-8"))
        self.link = json.loads(line)["url"]
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            kill(self.process)

    @property
    def url(self) -> str:
        """Where it is: ``http://127.0.0.1:PORT``."""
        return self.link.partition("/launch/")[0]

    @property
    def authority(self) -> str:
        """Host and port."""
        return self.url.removeprefix("http://")

    def stop(self) -> int:
        """Ask it to end; its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_PATIENCE)
