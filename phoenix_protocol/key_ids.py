"""Who signs a request: three kinds of ``keyid``, each in one written form (docs/protocol.md §8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import EndpointId, SignerId
from phoenix_protocol.signature_fields import base64url, read_base64url
from phoenix_protocol.suite import ED25519_KEY_BYTES


class KeyKind(Enum):
    """Whose key signed a request, and so what it may ask for."""

    ENDPOINT = "endpoint"  # a member: the request key of the endpoint's newest member statement
    MANAGER = "manager"  # an information manager: the request key in the agency's keys
    NEW = "new"  # nobody yet: claims, asks to join, and sees what holders of the anchor may see


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyId:
    """A ``keyid``. ``id``, 32 bytes: an endpoint id, a manager's signer id or a new public key."""

    kind: KeyKind
    id: bytes

    def text(self) -> str:
        """As written: hex after ``endpoint:`` and ``manager:``, base64url after ``new:``."""
        written = base64url(self.id) if self.kind is KeyKind.NEW else self.id.hex()
        return f"{self.kind.value}:{written}"


def endpoint_key_id(endpoint: EndpointId) -> KeyId:
    """The key id of a member's endpoint."""
    return KeyId(kind=KeyKind.ENDPOINT, id=endpoint)


def manager_key_id(signer: SignerId) -> KeyId:
    """The key id of an information manager, who is known by the document key."""
    return KeyId(kind=KeyKind.MANAGER, id=signer)


def new_key_id(public: bytes) -> KeyId:
    """The key id of somebody who is no member yet: the public key itself (32 bytes)."""
    return KeyId(kind=KeyKind.NEW, id=public)


def read_key_id(text: str) -> KeyId:
    """The key id that ``text`` writes. Raises TamperError ``E_REQ_SIG`` for any other spelling."""
    kind, _, written = text.partition(":")
    try:
        known = KeyKind(kind)
        content = read_base64url(written) if known is KeyKind.NEW else bytes.fromhex(written)
    except ValueError:
        content = None
    if content is not None and len(content) == ED25519_KEY_BYTES:
        key_id = KeyId(kind=known, id=content)
        if key_id.text() == text:
            return key_id
    raise TamperError("E_REQ_SIG", "The key id of a request is not of this protocol.")
