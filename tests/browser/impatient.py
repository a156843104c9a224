"""The app with a short patience: ``python -m tests.browser.impatient HOME SECONDS``.

The same program as ``phoenix ui`` but for the time after which it locks, which is minutes there. For each line on
standard input it prints how many opened keystores and homes there are in its memory.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from pathlib import Path

from agency_client.agent.server import boot_clock
from agency_client.client import Client
from agency_client.unlocking import Unlock
from agency_client.use_cases.home import Home
from agency_client.web.desk import Desk
from agency_client.web.running import At, serve
from keys.keystore import Keystore
from phoenix_protocol.randomness import SystemRandomness

_KEYS = (Keystore, Home, Client)


def _say(words: str) -> None:
    print(words, flush=True)


def _count() -> None:
    sys.stdin.readline()
    _say(str(sum(isinstance(each, _KEYS) for each in gc.get_objects())))


async def _run(desk: Desk) -> None:
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, _count)
    await serve(desk, At(), SystemRandomness(), _say)


def main(home: Path, idle: float) -> None:
    """See the module."""
    client = Client.open(home, Unlock(environment=os.environ))
    desk = Desk(home, client, randomness=SystemRandomness(), clock=boot_clock, idle=idle)
    del client
    asyncio.run(_run(desk))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
