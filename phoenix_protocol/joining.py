"""Asking to join: an endpoint's request, an agency's admission request, and the code read out by phone (§4).

The code and the words both encode the first 80 bits of the join request's object hash, which covers its keys: whoever
approves recomputes it from the request they were given, so that a relay cannot slip in another key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from phoenix_protocol import limits, schema
from phoenix_protocol.directory.statements import (
    ADDRESS,
    AGENCY,
    CODE,
    DOCUMENT_KEY,
    HASH,
    LINE,
    REQUEST_KEY,
    TIME,
    KeySet,
    Role,
)
from phoenix_protocol.encoding import Plain
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, AgencyId, Anchor, ObjectHash, Seconds
from phoenix_protocol.schema import critical_map, optional_map, wire

CODE_BITS: Final = 80
#: Crockford's base 32: no I, L, O or U, so that a code survives being read out and typed.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRequest:
    """A machine asks to become an endpoint of ``address``. Signed by its new document key.

    ``epoch_keys`` are the hashes of the first epoch keys, which travel beside and are live on approval.
    """

    TYPE: ClassVar[str] = "phoenix/1/join-request"

    anchor: Anchor = wire(HASH)
    address: Address = wire(ADDRESS)
    name: str = wire(LINE)
    personal: bool = wire(
        schema.Flag()
    )  # a person's own address: stands in the log only as a commitment
    role: Role = wire(schema.Choice(Role))
    document_key: bytes = wire(DOCUMENT_KEY)
    request_key: bytes = wire(REQUEST_KEY)
    epoch_keys: tuple[ObjectHash, ...] = wire(schema.ListOf(HASH, minimum=1, maximum=32))
    created: Seconds = wire(TIME)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionRequest:
    """What an agency hands to governance to be admitted:

    who it is, and its first ``agency-keys``, signed by its root.
    """

    anchor: Anchor = wire(HASH)
    agency: AgencyId = wire(AGENCY)
    name: str = wire(LINE)
    kind: str = wire(CODE)
    jurisdiction: str = wire(CODE)
    legal_scope: str = wire(CODE)
    root: KeySet = wire(schema.Nested(KeySet))
    agency_keys: bytes = wire(schema.Blob(limits.SIGNED_BYTES))  # a Signed agency-keys statement


def join_code(request: ObjectHash) -> str:
    """The code of a join request: sixteen letters and digits in groups of four."""
    number = int.from_bytes(request[: CODE_BITS // 8], "big")
    symbols = [_ALPHABET[(number >> shift) & 31] for shift in range(CODE_BITS - 5, -1, -5)]
    return "-".join("".join(symbols[n : n + 4]) for n in range(0, len(symbols), 4))


def read_join_code(text: str) -> str:
    """A code as typed (any case, with or without hyphens, I and O for 1 and 0) in its one spelling.

    Raises RefusedError ``E_NAME``.
    """
    symbols = text.strip().upper().translate(_MISREAD)
    if len(symbols) != CODE_BITS // 5 or any(s not in _ALPHABET for s in symbols):
        raise RefusedError(
            "E_NAME",
            "A join code is sixteen letters and digits.",
            next="Ask the person who wants to join to read the code out again.",
        )
    return "-".join(symbols[n : n + 4] for n in range(0, len(symbols), 4))
