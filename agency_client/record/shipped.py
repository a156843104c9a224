"""The data that is shipped with the programs: catalogue, clauses, the template. Read from the package `config`."""

from __future__ import annotations

from functools import lru_cache

from agency_client.record.calendar import Calendar
from agency_client.record.calendar_file import load_calendar
from agency_client.record.catalogue import Catalogue
from agency_client.record.catalogue_file import load_catalogue
from agency_client.record.clauses import Clause, load_clauses


def shipped(name: str) -> bytes:
    """The bytes of a file under `config/`. Raises FileNotFoundError."""
    from importlib.resources import files

    return files("config").joinpath(name).read_bytes()


@lru_cache(maxsize=1)
def shipped_catalogue() -> Catalogue:
    """The catalogue that a partnership starts from. Raises UsageError ``E_CATALOGUE`` if somebody has broken it."""
    return load_catalogue(shipped("catalogue.toml"))


@lru_cache(maxsize=1)
def shipped_calendar() -> Calendar:
    """The working calendar. Raises UsageError ``E_CALENDAR`` if somebody has broken it."""
    return load_calendar(shipped("calendar.toml"))


@lru_cache(maxsize=1)
def shipped_clauses() -> dict[str, Clause]:
    """The clauses of the protocol by their ids. Raises UsageError ``E_CLAUSES`` if somebody has broken them."""
    return load_clauses(shipped("clauses.toml"))


def template() -> str:
    """The commented document that `phoenix new` writes."""
    return shipped("template.toml").decode()
