"""Documents that an endpoint signs: by whom, of what type, in which partnership, when (docs/protocol.md §3, §4)."""

from __future__ import annotations

from typing import TypeVar

from phoenix_protocol import limits
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import EndpointId, Seconds, SignerId
from phoenix_protocol.signed import Message, Opened, Signed, open_signed, parse_signed, signer_id

M = TypeVar("M", bound=Message)


def open_document(
    signed: Signed | bytes,
    message: type[M],
    *,
    maker: EndpointId,
    directory: Directory,
    now: Seconds,
    code: str = "E_SIG",
) -> Opened[M]:
    """A document with exactly one signature, by the document key of ``maker`` as certified now.

    Raises TamperError ``E_SIG_TYPE``, ``E_PARSE``, ``E_LIMIT``, ``E_SUITE``, ``E_CRITICAL``, ``code`` for a signature
    by another key or one that does not hold, and ``E_KEY_UNCERTIFIED``, ``E_KEY_REVOKED`` or ``E_AGENCY_CLOSED`` for a
    maker who may not act.
    """
    parsed = parse_signed(signed) if isinstance(signed, bytes) else signed
    key = directory.certified(maker, now).document_key

    def key_of(signer: SignerId) -> bytes:
        if signer != signer_id(key):
            raise TamperError(code, "A document is not signed by the endpoint that sends it.")
        return key

    return open_signed(parsed, message, key_of, code=code)


def check_time(made: Seconds, now: Seconds, *, not_before: Seconds | None = None) -> None:
    """Raise TamperError ``E_TIME`` for a document out of the future, or from before what it is about."""
    early = not_before is not None and made + limits.CLOCK_SKEW < not_before
    if early or made > now + limits.CLOCK_SKEW:
        raise TamperError("E_TIME", "The time in a document cannot be.")
