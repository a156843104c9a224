"""Storage keys, one for each key period in which something expires: files outside the database (docs/protocol.md §7)."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_protocol.identifiers import Seconds
from phoenix_relay.storage.rows import Day


class DayKeys:
    """Keys by the end of their period. Safe to use from several threads."""

    def day_of(self, expires: Seconds) -> Day:
        """The key period in which ``expires`` lies, by its end."""
        raise NotImplementedError

    def seal(self, day: Day, place: Sequence[bytes | str | int], plain: bytes) -> bytes:
        """``plain`` under the key of ``day``, made if there is none, bound to ``place``."""
        raise NotImplementedError

    def unseal(self, day: Day, place: Sequence[bytes | str | int], sealed: bytes) -> bytes:
        """What :meth:`seal` was given. Raises RefusedError ``E_EXPIRED`` (key gone), TamperError ``E_STORE_INTEGRITY``."""
        raise NotImplementedError
