"""What the relay's process has loaded, once every module of the relay has been imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import importlib, json, pkgutil, sys
import phoenix_relay
for found in pkgutil.walk_packages(phoenix_relay.__path__, "phoenix_relay."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
print(json.dumps(sorted(sys.modules)))
"""

#: The rooms and modules that hold private keys of agencies, read content or make it.
SIGHTED = (
    "agency_client",
    "keys",
    "phoenix_protocol.record",
    "phoenix_protocol.sealing",
    "phoenix_protocol.suite.content",
    "phoenix_protocol.suite.opening_keys",
)


def test_no_code_that_opens_a_package_is_in_the_relays_process(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=repository, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    loaded: list[str] = json.loads(done.stdout.splitlines()[-1])
    assert "phoenix_relay" in loaded
    sighted = [name for name in loaded if f"{name}.".startswith(tuple(f"{s}." for s in SIGHTED))]
    assert sighted == []
