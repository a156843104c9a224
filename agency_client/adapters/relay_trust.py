"""Whether answers are the relay's: verified at once, or kept as evidence until its key is known.

Who meets a partnership for the first time has its anchor and not yet the relay's response key: that
stands in the log, which the relay serves. Until the log is folded every answer is kept as evidence
(a few hundred bytes each, no bodies), and verified then (docs/protocol.md §8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from phoenix_protocol.responses import ResponseHead, verify_response
from phoenix_protocol.signature_fields import SIGNATURE, SIGNATURE_INPUT, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An answer and the signature (64 bytes) of the request that it claims to answer."""

    head: ResponseHead
    signature_lines: tuple[Line, ...]
    answered: bytes

    def verify(self, response_key: bytes) -> None:
        """Raises TamperError ``E_RESP_SIG``, or ``E_KEY_WEAK``."""
        verify_response(
            self.head, self.signature_lines, answered=self.answered, public=response_key
        )


class RelayTrust:
    """Verifies answers with the response key that ``response_key`` gives, as soon as it gives one.

    While it gives ``None``, answers are kept unverified; whoever acts on them first calls
    :meth:`verify_later`. A key that turns up by itself is tried on what was kept before.
    """

    __slots__ = ("_kept", "_response_key")

    def __init__(self, response_key: Callable[[], bytes | None]) -> None:
        self._response_key = response_key
        self._kept: list[Evidence] = []

    @property
    def unverified(self) -> int:
        """How many answers wait to be verified."""
        return len(self._kept)

    def check(self, head: ResponseHead, headers: Iterable[Line], *, answered: bytes) -> None:
        """Verify an answer, or keep it. Raises TamperError ``E_RESP_SIG``, or ``E_KEY_WEAK``."""
        names = {SIGNATURE.lower(), SIGNATURE_INPUT.lower()}
        lines = tuple(line for line in headers if line[0].lower() in names)
        evidence = Evidence(head=head, signature_lines=lines, answered=answered)
        response_key = self._response_key()
        if response_key is None:
            self._kept.append(evidence)
            return
        self.verify_later(response_key)
        evidence.verify(response_key)

    def verify_later(self, response_key: bytes) -> None:
        """Verify everything kept. Raises TamperError ``E_RESP_SIG``, or ``E_KEY_WEAK``.

        What did not verify stays kept, so that this goes on failing.
        """
        while self._kept:
            self._kept[0].verify(response_key)
            del self._kept[0]
