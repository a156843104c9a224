"""What an operator can set, read once from TOML (config/relay.toml explains each); every problem is listed at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from phoenix_protocol import limits

DAY: Final = 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """How much one asker may do before the answer is 429. Requests are counted in memory, the rest in the database."""

    requests_per_second: int = 50  # by one endpoint or manager, on average
    request_burst: int = 200
    newcomer_requests_per_minute: int = 120  # by all who are nobody yet, from one network address
    packages_per_hour: int = 600  # by one endpoint
    package_octets_per_day: int = 256 * limits.GIB  # by one agency
    events_per_hour: int = 6000  # by one endpoint
    open_uploads: int = 16  # by one endpoint
    waiting_joins: int = 64  # in one agency


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The largest things this relay takes, in bytes and seconds; a partnership may allow less."""

    package: int = 8 * limits.GIB
    life: int = limits.LIFE
    wait: int = 55  # longest long poll
    connections: int = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this relay runs. Times are seconds."""

    home: Path
    host: str = "127.0.0.1"
    port: int = 8080
    database: str | None = None  # None: SQLite in the home
    key_period: int = DAY
    metadata_retention: int = 90 * DAY
    detail_life: int = (
        30 * DAY
    )  # how long an event's detail is kept for its readers after the package expired
    join_life: int = 30 * DAY
    upload_life: int = DAY  # an upload that no package claims
    sweep_every: int | None = None  # None: often enough for the key period
    drain: int = 20
    bounds: Bounds = field(default_factory=Bounds)
    quotas: Quotas = field(default_factory=Quotas)

    @property
    def sweep_interval(self) -> int:
        """Seconds between two passes of the sweeper: at most a minute, and ten in a key period."""
        return self.sweep_every or max(1, min(60, self.key_period // 10))
