"""Single values that the relay keeps by name: schema version, origin, claim, who took it."""

from __future__ import annotations

from enum import Enum
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from phoenix_relay.storage.tables import FACTS


class Fact(Enum):
    """Every fact there is."""

    SCHEMA = "schema"  # decimal
    ORIGIN = "origin"  # UTF-8: the name in checkpoints
    URL = "url"  # UTF-8: where members reach the relay
    CLAIM = "claim"  # SHA-256 of the claim's text
    ANCHOR = "anchor"  # of the partnership that took this relay
    TAKEN = "taken"  # decimal: when
    SWEPT = "swept"  # decimal: the newest time a sweep was made at
    RESTORED = "restored"  # "1" from a restore to the first start: storage keys may be missing
    FORGOTTEN = "forgotten"  # decimal: feed items up to this time may have been deleted


class Facts:
    """Values by name."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection: Final = connection

    def get(self, fact: Fact) -> bytes | None:
        """The value, or None."""
        wanted = select(FACTS.c.value).where(FACTS.c.name == fact.value)
        value: bytes | None = self._connection.execute(wanted).scalar_one_or_none()
        return value

    def put(self, fact: Fact, value: bytes) -> None:
        """Set the value."""
        self._connection.execute(delete(FACTS).where(FACTS.c.name == fact.value))
        self._connection.execute(insert(FACTS), {"name": fact.value, "value": value})

    def remove(self, fact: Fact) -> None:
        """Forget the value, if there is one."""
        self._connection.execute(delete(FACTS).where(FACTS.c.name == fact.value))

    def text(self, fact: Fact) -> str:
        """A value that is text; empty when there is none."""
        return (self.get(fact) or b"").decode()

    def raise_number(self, fact: Fact, value: int) -> None:
        """Set the value unless it is higher already."""
        if value > self.number(fact):
            self.put(fact, str(value).encode())

    def number(self, fact: Fact) -> int:
        """A value that is a number; 0 when there is none."""
        return int(self.get(fact) or b"0")
