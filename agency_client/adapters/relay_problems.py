"""The relay's problem documents (RFC 9457) as the errors that the client shows.

The words of a relay are shown only where they are plain text; the code decides what to do next.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Final

from phoenix_protocol.errors import PhoenixError, RefusedError, TamperError, UnavailableError

#: No problem document is longer (bytes).
PROBLEM_BYTES: Final = 16 * 1024

_CODE: Final = re.compile(r"E_[A-Z_]{1,32}")
_DETAIL: Final = 300


def is_busy(status: int) -> bool:
    """Whether a status says "not now", whoever says it: the relay, or a proxy that cannot sign."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def busy(status: int) -> UnavailableError:
    """The error of a status that says "not now"."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return UnavailableError("E_QUOTA", "The relay asks to wait before more is sent.")
    return UnavailableError("E_RELAY", f"The relay cannot do this now (status {status}).")


def problem(document: bytes) -> PhoenixError:
    """The error that a signed problem document says. It is a TamperError ``E_PARSE`` when it is none."""
    try:
        members = json.loads(document)
    except (ValueError, RecursionError):
        members = None
    code = members.get("code") if isinstance(members, dict) else None
    if not isinstance(code, str) or _CODE.fullmatch(code) is None:
        return TamperError("E_PARSE", "The relay refused in a form that is not of this protocol.")
    return RefusedError(code, _detail(members.get("detail")))


def _detail(text: object) -> str:
    plain = isinstance(text, str) and 0 < len(text) <= _DETAIL and text.isprintable()
    return f"The relay says: {text}" if plain else "The relay refused the request."
