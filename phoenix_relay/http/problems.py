"""What an error looks like on the wire: an RFC 9457 problem document, with its status out of one table (§8)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from phoenix_protocol.errors import (
    DEFAULT_NEXT,
    NEXT_STEPS,
    PhoenixError,
    RefusedError,
    UnavailableError,
    UsageError,
)

#: The status that carries each code. A code that is not here is a fault of ours and leaves as E_RELAY.
STATUS_OF: Final[Mapping[str, int]] = MappingProxyType(
    {
        "E_PARSE": 400,
        "E_SUITE": 400,
        "E_CRITICAL": 400,
        "E_NAME": 400,
        "E_ANCHOR": 400,
        "E_TIME": 400,
        "E_SIG": 400,
        "E_SIG_TYPE": 400,
        "E_SIG_DELIVERY": 400,
        "E_KEY_WEAK": 400,
        "E_KEY_UNCERTIFIED": 400,
        "E_THRESHOLD": 400,
        "E_COMMITMENT": 400,
        "E_CAPSULE_DIGEST": 400,
        "E_BODY_DIGEST": 400,
        "E_NOT_ADDRESSED": 400,
        "E_RECEIPT_BINDING": 400,
        "E_REQ_SIG": 401,
        "E_AGENCY_CLOSED": 403,
        "E_KEY_REVOKED": 403,
        "E_NOT_FOUND": 404,
        "E_CONFLICT": 409,
        "E_RECEIPT_STATE": 409,
        "E_KEY_SUPERSEDED": 409,
        "E_DIR_CHAIN": 409,
        "E_DIR_STALE": 409,
        "E_DIR_FORK": 409,
        "E_ROOT_CHAIN": 409,
        "E_ID_TAKEN": 409,
        "E_ID_LOOKALIKE": 409,
        "E_REPLAY": 409,
        "E_EXPIRED": 410,
        "E_DAMAGED": 410,
        "E_LIMIT": 413,
        "E_QUOTA": 429,
        "E_RELAY": 503,
    }
)

#: What goes beside every answer: it is kept nowhere, and does not tell which libraries run here.
ALWAYS: Final[Mapping[str, str]] = MappingProxyType(
    {"Cache-Control": "no-store", "Server": "phoenix-relay"}
)

#: How long (seconds) to wait after 503: until a drained server is replaced, or a disk looked at.
RETRY_LATER: Final = 5

#: The code of a nonce that was used before; whatever else holds then, nothing is answered.
REPLAYED: Final = "E_REQ_SIG"

_UNREADABLE: Final = "The request is not one that this relay can read."
_CODE_OF_STATUS: Final[Mapping[int, str]] = MappingProxyType(
    {404: "E_NOT_FOUND", 405: "E_NOT_FOUND", 413: "E_LIMIT", 414: "E_LIMIT", 431: "E_LIMIT"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDocument:
    """A problem on its way out. ``retry_after`` is whole seconds, ``allow`` the methods that a 405 names."""

    status: int
    code: str
    detail: str
    next: str
    retry_after: int | None = None
    allow: str | None = None

    def body(self) -> bytes:
        """The document as JSON."""
        return json.dumps(
            {
                "type": "about:blank",
                "title": HTTPStatus(self.status).phrase,
                "status": self.status,
                "detail": self.detail,
                "code": self.code,
                "next": self.next,
            }
        ).encode()

    def headers(self) -> dict[str, str]:
        """What goes beside it."""
        found = dict(ALWAYS)
        if self.retry_after is not None:
            found["Retry-After"] = str(self.retry_after)
        if self.allow is not None:
            found["Allow"] = self.allow
        return found


class QuotaError(RefusedError):
    """A sender asks for more than their share. ``retry_after`` is whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("E_QUOTA", "More was asked for than the quota allows.")
        self.retry_after: int = retry_after


def not_found() -> RefusedError:
    """Unknown and forbidden are one answer, so that asking tells nothing."""
    return RefusedError("E_NOT_FOUND", "There is nothing here for you under this name.")


def bad_signature() -> RefusedError:
    """Whatever is wrong with a request's signature: one answer, so that trying tells nothing."""
    return RefusedError(REPLAYED, "The request is not signed as it must be.")


def unavailable(what: str = "The relay cannot do this now.") -> UnavailableError:
    """Nothing was done; repeating is safe."""
    return UnavailableError("E_RELAY", what)


def malformed(what: str) -> UsageError:
    """A parameter is missing or not what it should be."""
    return UsageError("E_PARSE", what)


def problem_of(error: PhoenixError) -> ProblemDocument:
    """The document for an error of ours."""
    status = STATUS_OF.get(error.code)
    if status is None:
        return fault()
    retry = getattr(error, "retry_after", None)
    if retry is None and status == HTTPStatus.SERVICE_UNAVAILABLE:
        retry = RETRY_LATER
    return ProblemDocument(
        status=status, code=error.code, detail=error.what, next=error.next, retry_after=retry
    )


def problem_of_status(status: int, *, allow: str | None = None) -> ProblemDocument:
    """The document for a status that the HTTP library chose: its words never leave, ours do."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return fault()
    code = _CODE_OF_STATUS.get(status, "E_PARSE")
    return ProblemDocument(
        status=status,
        code=code,
        detail=not_found().what if code == "E_NOT_FOUND" else _UNREADABLE,
        next=NEXT_STEPS[code],
        allow=allow,
    )


def fault() -> ProblemDocument:
    """The document for a fault of ours: what it was is in our log, never in the answer."""
    return ProblemDocument(
        status=503,
        code="E_RELAY",
        detail="The relay could not do this.",
        next=NEXT_STEPS.get("E_RELAY", DEFAULT_NEXT),
        retry_after=RETRY_LATER,
    )
