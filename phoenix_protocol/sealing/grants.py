"""The grant: which sections one endpoint may open after it accepted, encrypted under the grant key.

docs/protocol.md §5.

All grants of a delivery have one length, so that it does not show who was given more.
"""

from __future__ import annotations

from phoenix_protocol import encoding, limits, schema
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import EndpointId, ObjectHash
from phoenix_protocol.sealing.contents import Grant
from phoenix_protocol.sealing.padding import frame, framed_length, unframe
from phoenix_protocol.suite.content import decrypt, encrypt


def grant_context(core: ObjectHash, recipient: EndpointId) -> bytes:
    """What a grant's encryption is bound to; the core names the package and everything in it."""
    return encoding.encode(["phoenix/1/grant", core, recipient])


def grant_frame_length(encoded: list[bytes]) -> int:
    """The one frame length for all the encoded grants of a delivery."""
    return framed_length(max(map(len, encoded)))


def seal_grant(
    encoded: bytes, key: bytes, core: ObjectHash, recipient: EndpointId, length: int
) -> bytes:
    """An encoded grant for one endpoint under ``key``, framed to ``length`` bytes."""
    return encrypt(key, grant_context(core, recipient), frame(encoded, length))


def open_grant(ciphertext: bytes, key: bytes, core: ObjectHash, recipient: EndpointId) -> Grant:
    """The grant of one endpoint.

    Raises TamperError ``E_LIMIT``, ``E_KEY_COMMIT``, ``E_CHUNK``, ``E_TRUNCATED``,
    ``E_PADDING``, ``E_PARSE``.
    """
    if len(ciphertext) > 2 * limits.GRANT_BYTES:
        raise TamperError("E_LIMIT", "A grant is over its limit.")
    framed = decrypt(
        key, grant_context(core, recipient), ciphertext, expected_length=len(ciphertext)
    )
    return schema.decode(Grant, unframe(framed), limit=limits.GRANT_BYTES)
