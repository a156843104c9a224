"""The grant: which sections one endpoint may open after it accepted, encrypted under the grant key.

docs/protocol.md §5.

All grants of a delivery have one length, so that it does not show who was given more.
"""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_protocol import encoding, limits, schema
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash
from phoenix_protocol.package.envelope import Recipient
from phoenix_protocol.sealing.contents import Grant, GrantEntry, Place
from phoenix_protocol.sealing.drafts import SealedPart, SealedSection
from phoenix_protocol.sealing.padding import frame, framed_length, unframe
from phoenix_protocol.suite.content import decrypt, encrypt


def encoded_grants(
    recipients: Sequence[Recipient],
    sections: Sequence[SealedSection],
    manifest: Place,
    manifest_salt: bytes,
) -> dict[Address, bytes]:
    """The encoded grant of each address: every section that it is a reader of, with the section's attachments.

    What is the same for several is encoded once. Raises RefusedError ``E_LIMIT`` for too many sections and attachments.
    """
    blank = Grant(
        manifest=manifest, manifest_salt=manifest_salt, entries=(), critical={}, optional={}
    )
    common = {
        name: encoding.encode_in_order(value) for name, value in schema.to_plain(blank).items()
    }
    parts = [
        (section.reasons, [_GrantedPart(part) for part in (section.part, *section.attachments)])
        for section in sections
    ]
    grants: dict[tuple[str | None, ...], bytes] = {}
    given = {r.address: tuple(reasons.get(r.address) for reasons, _ in parts) for r in recipients}
    for why in set(given.values()):
        entries = [
            part.entry(reason)
            for reason, (_, group) in zip(why, parts, strict=True)
            if reason is not None
            for part in group
        ]
        grants[why] = encoding.map_of_encoded(
            {**common, "entries": encoding.list_of_encoded(entries)}
        )
        if len(grants[why]) > limits.GRANT_BYTES:
            raise RefusedError("E_LIMIT", "A package has too many sections and attachments.")
    return {address: grants[why] for address, why in given.items()}


class _GrantedPart:
    """A section or attachment, to be granted to many: for each reason its encoded entry."""

    def __init__(self, part: SealedPart) -> None:
        entry = GrantEntry(
            type=part.entry.type,
            place=part.place,
            salt=part.salt,
            audience=part.entry.audience,
            reason="",
        )
        plain = schema.to_plain(entry)
        self._common = {name: encoding.encode_in_order(value) for name, value in plain.items()}
        self._by_reason: dict[str, bytes] = {}

    def entry(self, reason: str) -> bytes:
        """The encoded entry with this reason."""
        if reason not in self._by_reason:
            changed = {**self._common, "reason": encoding.encode_in_order(reason)}
            self._by_reason[reason] = encoding.map_of_encoded(changed)
        return self._by_reason[reason]


def grant_context(core: ObjectHash, recipient: EndpointId) -> bytes:
    """What a grant's encryption is bound to; the core names the package and everything in it."""
    return encoding.encode_in_order(["phoenix/1/grant", core, recipient])


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
