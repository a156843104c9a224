"""Logs: JSON lines on standard error, with only the fields that stand in a list.

No address, no endpoint, no IP, no size of anything that was sent, no text out of a package, no traceback (its lines can
quote values). What is not in the list is dropped, not trusted.
"""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, Final, TextIO, cast

import structlog

#: Every field that a log line may have, and the types that its value may have.
ALLOWED: Final[dict[str, tuple[type, ...]]] = {
    "event": (str,),
    "level": (str,),
    "logger": (str,),
    "timestamp": (str,),
    "code": (str,),  # a stable error code, E_…
    "error": (str,),  # the name of an exception's class
    "route": (str,),  # a route as declared, with its placeholders
    "method": (str,),
    "status": (int,),
    "milliseconds": (int, float),
    "place": (str,),  # module and line of our own code
    "file": (
        str,
    ),  # under the relay's home: of a storage key or a block; a day's number, a random id
    "url": (str,),  # the relay's own
    "version": (str, int),
    "statements": (int,),  # in the log
    "waiting": (int,),
    "seconds": (int, float),
    "warned": (int,),
    "expired": (int,),
    "reported": (int,),
    "lost": (int,),
    "bodies": (int,),
    "rows": (int,),
    "days": (int,),
    "forgotten": (int,),
    "truncated": (bool,),
}
_LONGEST: Final = 256


def configure(stream: TextIO = sys.stderr) -> None:
    """Write log lines to ``stream`` from here on."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.BoundLogger,
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Forgiving(stream))),
        cache_logger_on_first_use=False,
    )


class _Forgiving:
    """A stream whose lines may be lost: a disk that is full or a pipe that broke must not stop a request."""

    def __init__(self, stream: TextIO) -> None:
        self._stream: Final = stream

    def write(self, text: str) -> int:
        """Write ``text``, or lose it."""
        with suppress(OSError, ValueError):  # ValueError: the stream is closed
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Write out what is waiting, or lose it."""
        with suppress(OSError, ValueError):
            self._stream.flush()


def only_allowed(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The fields of a line that the list has, if their values are of its types and short."""
    return {name: value for name, value in line.items() if _is_allowed(name, value)}


def _is_allowed(name: str, value: object) -> bool:
    types = ALLOWED.get(name)
    if types is None or not isinstance(value, types):
        return False
    return not isinstance(value, str) or len(value) <= _LONGEST
