"""Settings and the clock floor, in their tables."""

from __future__ import annotations

from agency_client.adapters.vault.session import Session, damaged
from agency_client.ports.vault.settings import Setting, V
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.limits import CLOCK_SKEW


class SettingsTable:
    """Implements :class:`agency_client.ports.vault.Settings`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, setting: Setting[V]) -> V | None:
        row = self._session.one("SELECT value FROM settings WHERE name = ?", setting.name)
        if row is None:
            return None
        if type(row[0]) is not setting.type:
            raise damaged()
        value: V = row[0]
        return value

    def put(self, setting: Setting[V], value: V) -> None:
        if type(value) is not setting.type:
            raise TypeError(f"the setting {setting.name} is a {setting.type.__name__}")
        self._session.run(
            "INSERT INTO settings VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            setting.name,
            value,
        )

    def forget(self, setting: Setting[V]) -> None:
        self._session.run("DELETE FROM settings WHERE name = ?", setting.name)

    def clock_floor(self) -> Seconds:
        return Seconds(self._session.value("SELECT clock_floor FROM head"))

    def raise_clock_floor(self, time: Seconds) -> Seconds:
        self._session.run("UPDATE head SET clock_floor = ? WHERE clock_floor < ?", time, time)
        return self.clock_floor()

    def check_clock(self, now: Seconds) -> None:
        if now < self.clock_floor() - CLOCK_SKEW:
            raise RefusedError(
                "E_CLOCK", "This machine's clock shows a time before one that was already seen."
            )
