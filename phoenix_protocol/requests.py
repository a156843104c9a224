"""Signed requests (docs/protocol.md §8): our one profile of RFC 9421, with Ed25519 alone.

A request is signed over method, authority, path, query and, where it has a body, over the body's
digest, type and length. Nothing here reads a body, a clock or a memory of nonces: those are the
caller's. Answers are in ``responses``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from phoenix_protocol import limits
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.key_ids import KeyId, KeyKind, read_key_id
from phoenix_protocol.signature_fields import (
    CONTENT_DIGEST,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    LABEL,
    SIGNATURE,
    SIGNATURE_INPUT,
    TAG,
    TIME,
    TRANSFER_ENCODING,
    Line,
    base64url,
    component_list,
    content_digest,
    only,
    read_base64url,
    read_content_digest,
    read_signature,
    read_signature_field,
    signature_base,
    signature_field,
)
from phoenix_protocol.suite import Ed25519PrivateKey, ed25519_verify

#: The longest time (seconds) that a request may be good for, and the time that ours are.
LIFETIME: Final = 300
NONCE_BYTES: Final = 16

_CODE: Final = "E_REQ_SIG"
_TARGET: Final = ('"@method"', '"@authority"', '"@path"', '"@query"')
_CONTENT: Final = ('"content-digest"', '"content-type"', '"content-length"')
_WITHOUT_BODY: Final = component_list(_TARGET)
_WITH_BODY: Final = component_list(_TARGET + _CONTENT)
_PARAMS: Final = re.compile(
    rf';created={TIME};expires={TIME};nonce="([A-Za-z0-9_-]{{22}})"'
    rf';keyid="([a-z]+:[A-Za-z0-9_-]{{43,64}})";tag="{TAG}"'
)
_LENGTH: Final = re.compile(r"0|[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHead:
    """All of a request that its signature covers.

    ``authority`` is host and port in lower case, without a default port. ``path`` and ``query`` are
    percent-encoded as they travel, the query without its question mark. The last three come
    together or not at all: SHA-256 of the body (32 bytes), its media type, its length in bytes.
    """

    method: str
    authority: str
    path: str
    query: str = ""
    content_digest: bytes | None = None
    content_type: str | None = None
    content_length: int | None = None

    def __post_init__(self) -> None:
        described = (self.content_digest, self.content_type, self.content_length)
        if len({item is None for item in described}) != 1:
            raise ValueError("Digest, type and length of a body come together.")

    def body_fields(self) -> dict[str, str]:
        """The header fields that describe the body; none when there is no body."""
        if self.content_digest is None:
            return {}
        return {
            CONTENT_DIGEST: content_digest(self.content_digest),
            CONTENT_TYPE: str(self.content_type),
            CONTENT_LENGTH: str(self.content_length),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedRequest:
    """A request whose signature holds. ``nonce`` is 16 bytes, ``signature`` 64.

    Still the caller's to check: that the nonce is new, and the body with :meth:`check_body`. The
    answer is bound to ``signature``.
    """

    head: RequestHead
    key_id: KeyId
    nonce: bytes
    created: Seconds
    expires: Seconds
    signature: bytes

    @property
    def remember_until(self) -> Seconds:
        """From this time on the request is refused by its age, and its nonce may be forgotten."""
        return Seconds(self.expires + limits.CLOCK_SKEW + 1)

    def check_body(self, *, digest: bytes, length: int) -> None:
        """Raise TamperError ``E_REQ_SIG`` unless a body with this SHA-256 and length was signed."""
        if (digest, length) != (self.head.content_digest, self.head.content_length):
            raise TamperError(_CODE, "The body is not the one that was signed.")


def request_head(
    *, method: str, authority: str, path: str, query: str, headers: Iterable[Line]
) -> RequestHead:
    """The head of a request that arrived. Nothing is verified yet.

    Raises TamperError ``E_REQ_SIG`` for a body without its three fields, for a field that stands
    there twice and for any coding of the body: what is signed is the bytes that travel.
    """
    described = (CONTENT_DIGEST, CONTENT_TYPE, CONTENT_LENGTH)
    found = only(headers, (*described, TRANSFER_ENCODING, CONTENT_ENCODING), _CODE)
    if TRANSFER_ENCODING in found or CONTENT_ENCODING in found:
        raise TamperError(_CODE, "The body of a request travels as it is, with its length.")
    if CONTENT_DIGEST not in found and found.get(CONTENT_LENGTH, "0") == "0":
        return RequestHead(method=method, authority=authority, path=path, query=query)
    if len(found) != len(described) or _LENGTH.fullmatch(found[CONTENT_LENGTH]) is None:
        raise TamperError(_CODE, "The body of a request needs a digest, a type and a length.")
    return RequestHead(
        method=method,
        authority=authority,
        path=path,
        query=query,
        content_digest=read_content_digest(found[CONTENT_DIGEST], _CODE),
        content_type=found[CONTENT_TYPE],
        content_length=int(found[CONTENT_LENGTH]),
    )


def request_signature(headers: Iterable[Line]) -> bytes | None:
    """What an answer to this request can be bound to: the 64 bytes in its Signature field.

    Also there when the signature does not hold, so that the refusal is an answer to this request
    and no other. ``None`` when there is no such field in its one form.
    """
    try:
        found = only(headers, (SIGNATURE,), _CODE)
    except TamperError:
        return None
    return read_signature_field(found.get(SIGNATURE, ""))


def sign_request(
    head: RequestHead,
    *,
    key: Ed25519PrivateKey,
    key_id: KeyId,
    now: Seconds,
    nonce: bytes,
    lifetime: int = LIFETIME,
) -> dict[str, str]:
    """The fields Signature-Input and Signature for ``head``.

    ``nonce`` is 16 fresh random bytes; ``lifetime`` is in seconds. Raises TamperError
    ``E_REQ_SIG`` for a head that cannot be written in one way.
    """
    if len(nonce) != NONCE_BYTES or not 0 < lifetime <= LIFETIME:
        raise ValueError(f"A nonce is {NONCE_BYTES} bytes, a lifetime at most {LIFETIME} seconds.")
    params = (
        f'{_components(head)};created={now};expires={now + lifetime};nonce="{base64url(nonce)}"'
        f';keyid="{key_id.text()}";tag="{TAG}"'
    )
    signature = key.sign(signature_base(_covered(head), params, _CODE))
    return {SIGNATURE_INPUT: f"{LABEL}={params}", SIGNATURE: signature_field(signature)}


def verify_request(
    head: RequestHead,
    headers: Iterable[Line],
    *,
    key_of: Callable[[KeyId], bytes | None],
    now: Seconds,
) -> VerifiedRequest:
    """Verify the signature of a request that arrived (docs/protocol.md §8).

    ``key_of`` gives the request key (32 bytes) of a member or manager, ``None`` for one that is not
    known; a new key carries itself and is not asked for. Raises TamperError ``E_REQ_SIG``, and
    ``E_KEY_WEAK`` for a key that nobody may use; whatever ``key_of`` raises passes through.
    """
    components = _components(head)
    params, signature = read_signature(headers, components, _CODE)
    match = _PARAMS.fullmatch(params)
    nonce = None if match is None else read_base64url(match[3])
    if match is None or nonce is None:
        raise TamperError(_CODE, "The parameters of a signature are not of this protocol.")
    created, expires = Seconds(int(match[1])), Seconds(int(match[2]))
    _check_times(created, expires, now)
    key_id = read_key_id(match[4])
    public = _public_key(key_id, key_of)
    base = signature_base(_covered(head), components + params, _CODE)
    ed25519_verify(public, base, signature, code=_CODE)
    return VerifiedRequest(
        head=head,
        key_id=key_id,
        nonce=nonce,
        created=created,
        expires=expires,
        signature=signature,
    )


def _public_key(key_id: KeyId, key_of: Callable[[KeyId], bytes | None]) -> bytes:
    public = key_id.id if key_id.kind is KeyKind.NEW else key_of(key_id)
    if public is None:
        raise TamperError(_CODE, "The key that signed a request is not known here.")
    return public


def _check_times(created: int, expires: int, now: int) -> None:
    if not 0 < expires - created <= LIFETIME:
        raise TamperError(_CODE, "A request is good for too long a time, or for none.")
    if created > now + limits.CLOCK_SKEW or expires < now - limits.CLOCK_SKEW:
        raise TamperError(_CODE, "A request was signed at another time than now.")


def _components(head: RequestHead) -> str:
    return _WITHOUT_BODY if head.content_digest is None else _WITH_BODY


def _covered(head: RequestHead) -> list[Line]:
    target = (head.method, head.authority, head.path, f"?{head.query}")
    covered = list(zip(_TARGET, target, strict=True))
    covered.extend(zip(_CONTENT, head.body_fields().values(), strict=False))
    return covered
