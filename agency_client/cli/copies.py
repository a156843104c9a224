"""Lists that leave the system as files: between which days, and what stands above them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from agency_client.cli.telling import spoken, warn
from agency_client.cli.times import in_clear
from phoenix_protocol.errors import UsageError
from phoenix_protocol.identifiers import Seconds

#: A file to write.
FILE = click.Path(path_type=Path, dir_okay=False)


def first_second(day: str | None, option: str) -> Seconds | None:
    """The first second of a day that an option names. Raises UsageError ``E_USAGE``."""
    return None if day is None else Seconds(_span(day, option).first)


def second_after(day: str | None, option: str) -> Seconds | None:
    """The first second after a day that an option names. Raises UsageError ``E_USAGE``."""
    return None if day is None else Seconds(_span(day, option).last + 1)


def _span(day: str, option: str) -> Any:
    from agency_client.record.when import span

    found = span(in_clear(day))
    if found is None:
        raise UsageError(
            "E_USAGE",
            f"{option} does not name a day.",
            next="Write it as 20 November 2026 or 2026-11-20, or as a month, a year or a time.",
        )
    return found


def head(whose: str, since: str | None, until: str | None) -> Mapping[str, str]:
    """What stands above a list on paper: whose it is, for which days, when it was made.

    Never whom it is about: a sheet that lies on top of others must not name a child beside an agency (clause CO11).
    """
    said = {"Kept by": whose, "From": since, "To": until, "Made": spoken(int(time.time()))}
    return {name: text for name, text in said.items() if text is not None}


def warn_of_copies(paths: Mapping[str, Path]) -> None:
    """What has left the vault is somebody's to look after."""
    for path in paths.values():
        warn(f"{path} is not encrypted. Keep it as carefully as the packages in it.")
