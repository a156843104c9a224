"""Days and times after a command, as people in the United Kingdom write them."""

from __future__ import annotations

import time

from phoenix_protocol.errors import RefusedError, UsageError
from phoenix_protocol.identifiers import Seconds


def in_clear(text: str) -> str:
    """A day, time or length as documents write it. Raises UsageError ``E_USAGE`` for one that is not clear."""
    from agency_client.record.as_people_write import in_code

    try:
        return in_code(text.strip())
    except RefusedError as error:
        raise UsageError("E_USAGE", error.what, next=error.next) from None


def to_come(text: str | None, latest: int, length: str) -> Seconds | None:
    """A time to come, at most ``latest`` seconds from now, or none; ``length`` is an example of one.

    Raises UsageError ``E_USAGE``.
    """
    if text is None:
        return None
    from agency_client.record.when import expiry

    plain = in_clear(text)
    try:
        return expiry(plain, Seconds(int(time.time())), latest)
    except RefusedError:
        raise UsageError(
            "E_USAGE",
            "This is not a time to come.",
            next=f"Write a length such as {length}, a day such as 4 December 2032, or a time such as 4/12/2032 5pm "
            "(UK time).",
        ) from None
