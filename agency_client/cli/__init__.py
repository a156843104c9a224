"""The command line: ``phoenix``. Each family of commands is a module that loads when it is asked for."""

from __future__ import annotations

from agency_client.cli.program import main

__all__ = ["main"]
