"""What an operator can set, read once from TOML (config/relay.toml explains each); every problem is listed at once."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from phoenix_protocol import limits
from phoenix_protocol.errors import Problem, UsageError

#: The file in the relay's home that is read when no other is named.
FILE: Final = "relay.toml"
DAY: Final = 86400
HOUR: Final = 3600
YEAR: Final = 366 * DAY

_SECONDS: Final = {"s": 1, "m": 60, "h": HOUR, "d": DAY, "w": 7 * DAY}
_OCTETS: Final = {"KiB": limits.KIB, "MiB": limits.MIB, "GiB": limits.GIB}
_QUANTITY: Final = re.compile(r"([0-9]{1,15}) ?([A-Za-z]+)", re.ASCII)

T = TypeVar("T")


def _number(default: int, low: int, high: int, units: dict[str, int] | None = None) -> Any:
    """A whole number from ``low`` to ``high``; with ``units`` also as text such as ``"14d"`` or ``"2 GiB"``."""
    return field(default=default, metadata={"low": low, "high": high, "units": units or {}})


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """How much one asker may do before the answer is 429. Requests are counted in memory, the rest in the database."""

    requests_per_second: int = _number(50, 1, 100_000)  # by one endpoint or manager, on average
    request_burst: int = _number(200, 1, 100_000)
    newcomer_requests_per_minute: int = _number(120, 1, 100_000)  # from one network address
    packages_per_hour: int = _number(600, 1, 10_000_000)  # by one endpoint
    package_octets_per_day: int = _number(  # by one agency
        256 * limits.GIB, limits.MIB, 1 << 50, _OCTETS
    )
    events_per_hour: int = _number(6000, 1, 10_000_000)  # by one endpoint
    open_uploads: int = _number(16, 1, 100_000)  # by one endpoint
    waiting_joins: int = _number(64, 1, 64)  # in one agency


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The largest things that this relay takes, in bytes and seconds; a partnership may allow less."""

    package: int = _number(8 * limits.GIB, limits.BLOCK, limits.BODY_BYTES, _OCTETS)
    life: int = _number(limits.LIFE, 1, limits.LIFE, _SECONDS)
    wait: int = _number(55, 0, 55, _SECONDS)  # the longest long poll
    connections: int = _number(4096, 1, 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this relay runs. Times are seconds."""

    home: Path
    host: str = "127.0.0.1"
    port: int = _number(8080, 0, 65535)
    metrics_host: str = "127.0.0.1"
    metrics_port: int = _number(
        0, 0, 65535
    )  # 0: no address of its own, this machine alone is answered
    database: str | None = None  # None: SQLite in the home
    key_period: int = _number(DAY, 10, 31 * DAY, _SECONDS)
    metadata_retention: int = _number(90 * DAY, DAY, 10 * YEAR, _SECONDS)
    #: How long an event's detail is kept for its readers when it comes late or after its package's expiry.
    detail_life: int = _number(30 * DAY, 60, YEAR, _SECONDS)
    join_life: int = _number(30 * DAY, 60, YEAR, _SECONDS)
    upload_life: int = _number(DAY, 60, 31 * DAY, _SECONDS)  # an upload that no package claims
    sweep_every: int = _number(0, 0, DAY, _SECONDS)  # 0: often enough for the key period
    drain: int = _number(20, 0, 600, _SECONDS)
    bounds: Bounds = field(default_factory=Bounds)
    quotas: Quotas = field(default_factory=Quotas)

    @property
    def sweep_interval(self) -> int:
        """Seconds between two passes of the sweeper: at most a minute, and ten in a key period."""
        return self.sweep_every or max(1, min(60, self.key_period // 10))


def read_settings(
    home: Path,
    config: Path | None = None,
    *,
    host: str | None = None,
    port: int | None = None,
    database: str | None = None,
) -> Settings:
    """The settings in ``config``, or else in ``relay.toml`` of the home if it is there; what is given here rules.

    Raises UsageError ``E_SETTINGS`` with every problem in it.
    """
    file = config if config is not None else home / FILE
    given = _load(file) if config is not None or file.is_file() else {}
    overriding = {"host": host, "port": port, "database": database}
    given |= {name: value for name, value in overriding.items() if value is not None}
    problems: list[Problem] = []
    settings = _read_table(Settings, given, "", problems, home=home)
    problems.extend(_database_problems(settings.database))
    if problems:
        raise UsageError(
            "E_SETTINGS",
            "The relay's settings have " + ("a problem." if len(problems) == 1 else "problems."),
            next="Mend what is listed. config/relay.toml explains every setting.",
            problems=problems,
        )
    return settings


def _load(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError:
        raise UsageError(
            "E_SETTINGS", "The settings file cannot be read.", next="Check the path after --config."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"at line ([0-9]+)", str(error))
        problem = _problem("", "The file is not valid TOML.", "Correct the line.")
        place = dataclasses.replace(problem, line=int(line.group(1)) if line else None)
        raise UsageError(
            "E_SETTINGS", "The settings file is not valid TOML.", problems=[place]
        ) from None


def _read_table(
    table: type[T], given: dict[str, Any], at: str, problems: list[Problem], **fixed: Any
) -> T:
    fields = {f.name: f for f in dataclasses.fields(table) if f.name not in fixed}  # type: ignore[arg-type]
    for name in given.keys() - fields.keys():
        message = "There is no such setting."
        problems.append(_problem(at + name, message, "Remove it, or correct its name."))
    values = {
        name: _read_value(f, given[name], at + name, problems)
        for name, f in fields.items()
        if name in given
    }
    return table(**fixed, **{name: value for name, value in values.items() if value is not None})


def _read_value(
    declared: dataclasses.Field[Any], value: object, at: str, problems: list[Problem]
) -> Any:
    nested = {"Bounds": Bounds, "Quotas": Quotas}.get(str(declared.type))
    if nested is not None and isinstance(value, dict):
        return _read_table(nested, value, at + ".", problems)
    if nested is None and not declared.metadata and isinstance(value, str) and value:
        return value
    if declared.metadata:
        number = _quantity(value, declared.metadata["units"])
        low, high = declared.metadata["low"], declared.metadata["high"]
        if number is not None and low <= number <= high:
            return number
        problems.append(_problem(at, _range(declared), "Choose a value in that range."))
        return None
    expected = "a table" if nested else "text"
    problems.append(_problem(at, f"This is not {expected}.", f"Write {expected} here."))
    return None


def _quantity(value: object, units: dict[str, int]) -> int | None:
    if type(value) is int:
        return value
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match is None or match.group(2) not in units:
        return None
    return int(match.group(1)) * units[match.group(2)]


def _range(declared: dataclasses.Field[Any]) -> str:
    low, high = declared.metadata["low"], declared.metadata["high"]
    units = ", ".join(declared.metadata["units"])
    also = f" (or text with one of {units})" if units else ""
    return f"This is not a whole number from {low} to {high}{also}."


def _database_problems(database: str | None) -> list[Problem]:
    if database is None or database == "sqlite":
        return []
    if database.startswith(("postgresql:", "postgresql+", "postgres:")):
        message = "PostgreSQL is not supported by this version."
    else:
        message = "This is not a database that the relay knows."
    return [_problem("database", message, "Leave the setting out: SQLite in the relay's home.")]


def _problem(place: str, message: str, remedy: str) -> Problem:
    return Problem(code="E_SETTINGS", message=message, next=remedy, place=place)
