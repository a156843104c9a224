"""A request once it is authentic and decoded, and an answer before it is signed: what handlers take and give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from phoenix_protocol import schema
from phoenix_protocol.api import BLOCK_TYPE, MEDIA_TYPE
from phoenix_protocol.identifiers import AgencyId, EndpointId, Seconds
from phoenix_protocol.key_ids import KeyKind
from phoenix_protocol.requests import VerifiedRequest
from phoenix_relay.http.problems import malformed, not_found
from phoenix_relay.storage import Tx

B = TypeVar("B")

OK: Final = 200
NO_CONTENT: Final = 204


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks. ``id`` is an endpoint id, a manager's signer id, or the public key of a newcomer, who has no agency."""

    kind: KeyKind
    id: bytes
    agency: AgencyId | None

    @property
    def members_agency(self) -> AgencyId:
        """The agency of a member; the route has made sure that it is one."""
        if self.agency is None:
            raise not_found()
        return self.agency

    @property
    def endpoint(self) -> EndpointId:
        """The endpoint that asks; the route has made sure that it is one."""
        if self.kind is not KeyKind.ENDPOINT:
            raise not_found()
        return EndpointId(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[B]):
    """One authentic request. ``path`` and ``query`` hold its parameters as text, ``body`` what was decoded."""

    caller: Caller
    signed: VerifiedRequest
    now: Seconds
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: B

    def spend_nonce(self, tx: Tx) -> None:
        """Use up this request's nonce in the transaction of its change. Raises RefusedError ``E_REQ_SIG``."""
        tx.nonces.spend(
            self.signed.key_id.text(), self.signed.nonce.hex(), self.signed.remember_until
        )

    def hash(self, name: str) -> bytes:
        """A parameter of 32 bytes in lower-case hex. Raises RefusedError ``E_NOT_FOUND``: nothing has such a name."""
        text = self.path.get(name) or self.query.get(name) or ""
        if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
            raise not_found()
        return bytes.fromhex(text)

    def number(self, name: str, *, maximum: int, default: int | None = None) -> int:
        """A whole number from 0 to ``maximum`` in decimal. Raises UsageError ``E_PARSE``."""
        text = self.path.get(name) or self.query.get(name)
        if text is None and default is not None:
            return default
        if not text or not text.isascii() or not text.isdigit() or len(text) > 19:
            raise malformed(f"The parameter {name} is not a whole number.")
        if int(text) > maximum or str(int(text)) != text:
            raise malformed(f"The parameter {name} is not a whole number from 0 to {maximum}.")
        return int(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back. ``content`` is None exactly for 204."""

    status: int = OK
    content: bytes | None = None
    content_type: str = MEDIA_TYPE


def message(value: object) -> Answer:
    """A message as an answer."""
    return Answer(content=schema.encode(value))


def block(data: bytes) -> Answer:
    """Raw bytes as an answer."""
    return Answer(content=data, content_type=BLOCK_TYPE)


def nothing() -> Answer:
    """Done, and nothing more to say."""
    return Answer(status=NO_CONTENT)
