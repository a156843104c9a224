"""Agents for many homes in one process, for tests: each line of input is a master key in hex and a home.

Says ``ready HOME`` when the agent of that home answers. Ends with its input.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from agency_client.agent.server import serve


async def hold() -> None:
    """Take homes in until the input ends."""
    loop = asyncio.get_running_loop()
    agents = []
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        key, _, home = line.rstrip("\n").partition(" ")
        agents.append(asyncio.create_task(agent(bytes.fromhex(key), Path(home))))
    for task in agents:
        task.cancel()


async def agent(key: bytes, home: Path) -> None:
    """The agent of one home. The process stays readable for its own user: the keys are made for tests."""
    await serve(home, key, protect=lambda: (), ready=lambda: print("ready", home, flush=True))


if __name__ == "__main__":
    asyncio.run(hold())
