"""An agent as a process of its own, for tests: python -m tests.client.agent_program HOME KEY IDLE."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from agency_client.agent.server import Limits, serve


def main() -> None:
    """Serve, say when ready, and say why it ended."""
    home, key, idle = Path(sys.argv[1]), bytes.fromhex(sys.stdin.readline()), float(sys.argv[2])
    ending = asyncio.run(
        serve(
            home,
            key,
            limits=Limits(idle=idle),
            ready=lambda: print("ready", flush=True),
        )
    )
    print(ending.value, flush=True)


if __name__ == "__main__":
    main()
