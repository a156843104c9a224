"""The tables of the record: decisions, requests, notices, onward sharing, retention, holds. One constant each."""

from __future__ import annotations

from typing import Final

#: In the order in which they are made.
RECORD_TABLES: Final[tuple[str, ...]] = ()
