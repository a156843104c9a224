"""The HTTP fields of our one profile of RFC 9421 and RFC 9530, each with one spelling.

Structured fields allow many spellings of one value; here every field is written in one way and
read in no other (docs/protocol.md §8): one label, fixed components in a fixed order, fixed
parameters in a fixed order, canonical base64, no algorithm parameter. Whatever differs is refused
before any key is looked up. Every function that refuses is told the code: ``E_REQ_SIG`` or
``E_RESP_SIG``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from typing import Final

from phoenix_protocol.errors import TamperError
from phoenix_protocol.suite import ED25519_SIGNATURE_BYTES, HASH_BYTES

#: A header field as it arrived, name (in any case) and value. Two lines of one name stay two.
Line = tuple[str, str]

LABEL: Final = "phoenix"
TAG: Final = "phoenix"

SIGNATURE_INPUT: Final = "Signature-Input"
SIGNATURE: Final = "Signature"
CONTENT_DIGEST: Final = "Content-Digest"
CONTENT_TYPE: Final = "Content-Type"
CONTENT_LENGTH: Final = "Content-Length"
CONTENT_ENCODING: Final = "Content-Encoding"
TRANSFER_ENCODING: Final = "Transfer-Encoding"

#: A time in seconds inside the parameters.
TIME: Final = r"(0|[1-9][0-9]{0,11})"

#: One line of a signature base: printable ASCII, so that no value can add a line of its own.
_PRINTABLE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


def only(lines: Iterable[Line], names: Sequence[str], code: str) -> dict[str, str]:
    """The values of the fields called ``names``, by those names; absent fields are left out.

    Raises TamperError ``code`` when one stands there twice: two readers could choose differently.
    """
    wanted = {name.lower(): name for name in names}
    found: dict[str, str] = {}
    for written, value in lines:
        name = wanted.get(written.lower())
        if name is None:
            continue
        if name in found:
            raise TamperError(code, f"The header field {name} stands there twice.")
        found[name] = value
    return found


def byte_sequence(content: bytes) -> str:
    """``content`` as the byte sequence of a structured field (RFC 9651 §4.1.8)."""
    return f":{base64.b64encode(content).decode('ascii')}:"


def read_byte_sequence(text: str, length: int) -> bytes | None:
    """The ``length`` bytes of a byte sequence in its one spelling; ``None`` for anything else."""
    try:
        content = base64.b64decode(text[1:-1].encode("ascii"), validate=True)
    except ValueError:
        return None
    return content if len(content) == length and byte_sequence(content) == text else None


def base64url(content: bytes) -> str:
    """``content`` in base64url without padding, as inside key ids and nonces."""
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")


def read_base64url(text: str) -> bytes | None:
    """The bytes of unpadded base64url in its one spelling; ``None`` for anything else."""
    try:
        content = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        return None
    return content if base64url(content) == text else None


def content_digest(digest: bytes) -> str:
    """The value of Content-Digest for a body with this SHA-256 (32 bytes; RFC 9530 §2)."""
    if len(digest) != HASH_BYTES:
        raise ValueError("A SHA-256 digest is 32 bytes.")
    return f"sha-256={byte_sequence(digest)}"


def read_content_digest(text: str, code: str) -> bytes:
    """The SHA-256 in a Content-Digest that holds nothing else. Raises TamperError ``code``."""
    name, _, value = text.partition("=")
    digest = read_byte_sequence(value, HASH_BYTES) if name == "sha-256" else None
    if digest is None:
        raise TamperError(code, "Content-Digest is not one SHA-256 digest.")
    return digest


def signature_field(signature: bytes) -> str:
    """The value of Signature: our label and a signature of 64 bytes (RFC 9421 §4.2)."""
    return f"{LABEL}={byte_sequence(signature)}"


def read_signature_field(text: str) -> bytes | None:
    """The 64 bytes in a Signature field with our label alone; ``None`` for anything else."""
    label, _, value = text.partition("=")
    return read_byte_sequence(value, ED25519_SIGNATURE_BYTES) if label == LABEL else None


def component_list(names: Iterable[str]) -> str:
    """The list of what a signature covers, each component in its written form (RFC 9421 §2.3)."""
    return f"({' '.join(names)})"


def signature_base(covered: Iterable[Line], params: str, code: str) -> bytes:
    """The bytes to sign (RFC 9421 §2.5): written name and value of each component, then ``params``.

    Raises TamperError ``code`` for a value that is empty, is not printable ASCII or has spaces
    around it.
    """
    lines = []
    for name, value in covered:
        if _PRINTABLE.fullmatch(value) is None:
            raise TamperError(code, f"The value of {name} cannot be signed.")
        lines.append(f"{name}: {value}")
    lines.append(f'"@signature-params": {params}')
    return "\n".join(lines).encode("ascii")


def read_signature(lines: Iterable[Line], components: str, code: str) -> tuple[str, bytes]:
    """The parameters and the 64 bytes of the one signature, which must cover ``components``.

    The parameters are as written, from the first semicolon on. Raises TamperError ``code``.
    """
    found = only(lines, (SIGNATURE_INPUT, SIGNATURE), code)
    signature = read_signature_field(found.get(SIGNATURE, ""))
    if signature is None:
        raise TamperError(code, "There is no signature of this protocol, or more than one.")
    covers = f"{LABEL}={components}"
    written = found.get(SIGNATURE_INPUT, "")
    if not written.startswith(covers):
        raise TamperError(code, "The signature does not cover what it must, in its order.")
    return written[len(covers) :], signature
