"""``phoenix-relay``: the command line of whoever runs the relay."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0, or that of the error's class (see ``phoenix_protocol.errors``)."""
    from phoenix_relay.cli.commands import relay  # click is not needed to import this module
    from phoenix_relay.cli.running import run

    return run(relay, sys.argv[1:] if arguments is None else list(arguments))
