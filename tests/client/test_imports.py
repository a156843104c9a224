"""What must not be loaded by commands that never ask a relay: it costs them half a second."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "agency_client.ports.relay",
        "agency_client.ports.clock",
        "agency_client.body_transfer",
        "agency_client.adapters.relay_address",
        "phoenix_protocol.requests",
        "phoenix_protocol.responses",
    ],
)
def test_only_the_adapter_loads_aiohttp(repository: Path, module: str) -> None:
    code = f"import sys, {module}; print('aiohttp' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
