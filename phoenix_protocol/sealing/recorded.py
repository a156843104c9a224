"""What a home says of a record that it keeps beside packages: who wrote what, and when (docs/protocol.md §6.12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from phoenix_protocol import schema
from phoenix_protocol.directory.statements import CHECKPOINT, CODE, HASH, TIME
from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import Anchor, EndpointId, ObjectHash, Seconds
from phoenix_protocol.schema import critical_map, optional_map, wire

#: The most packages that one record is about.
_PACKAGES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A decision, advice, breach or answer, signed by whoever recorded it. It stays in the home.

    ``document`` is the SHA-256 of its bytes; ``salt`` keeps the hash of this object from saying anything about a
    document that was erased. ``about`` is the object hash of the record that it follows; without ``endpoint`` an
    information manager signed.
    """

    TYPE: ClassVar[str] = "phoenix/1/recorded"

    anchor: Anchor = wire(HASH)
    salt: bytes = wire(HASH)
    kind: str = wire(CODE)
    document: bytes = wire(HASH)
    about: ObjectHash | None = wire(HASH, optional=True)
    packages: tuple[ObjectHash, ...] = wire(schema.ListOf(HASH, maximum=_PACKAGES))
    endpoint: EndpointId | None = wire(HASH, optional=True)
    time: Seconds = wire(TIME)
    checkpoint: str = wire(CHECKPOINT)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()
