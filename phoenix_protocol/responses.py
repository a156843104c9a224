"""Signed answers (docs/protocol.md §8): each belongs to one request, whose signature it covers.

An answer is signed over its status, the digest and type of its body, and the signature of the
request: moved to another request, altered or unsigned it is refused. Requests are in ``requests``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.signature_fields import (
    CONTENT_DIGEST,
    CONTENT_ENCODING,
    CONTENT_TYPE,
    LABEL,
    SIGNATURE,
    SIGNATURE_INPUT,
    TAG,
    TIME,
    Line,
    byte_sequence,
    component_list,
    content_digest,
    only,
    read_content_digest,
    read_signature,
    signature_base,
    signature_field,
)
from phoenix_protocol.suite import Ed25519PrivateKey, ed25519_verify

#: The one ``keyid`` of answers; which key that is says the partnership statement in force.
RELAY_KEY_ID: Final = "relay"
#: The one status whose answer has no body.
NO_CONTENT: Final = 204

_CODE: Final = "E_RESP_SIG"
_STATUS: Final = '"@status"'
_CONTENT: Final = ('"content-digest"', '"content-type"')
_ANSWERED: Final = f'"signature";req;key="{LABEL}"'
_WITH_BODY: Final = component_list((_STATUS, *_CONTENT, _ANSWERED))
_WITHOUT_BODY: Final = component_list((_STATUS, _ANSWERED))
_PARAMS: Final = re.compile(rf';created={TIME};keyid="{RELAY_KEY_ID}";tag="{TAG}"')


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseHead:
    """All of an answer that its signature covers, besides the request.

    ``content_digest`` is the SHA-256 of the body (32 bytes). It and the type are there unless the
    status is 204.
    """

    status: int
    content_digest: bytes | None = None
    content_type: str | None = None

    def __post_init__(self) -> None:
        bodiless = self.status == NO_CONTENT
        if (self.content_digest is None, self.content_type is None) != (bodiless, bodiless):
            raise ValueError("An answer has a digest and a type unless its status is 204.")

    def body_fields(self) -> dict[str, str]:
        """The header fields that describe the body; none when there is no body."""
        if self.content_digest is None:
            return {}
        return {
            CONTENT_DIGEST: content_digest(self.content_digest),
            CONTENT_TYPE: str(self.content_type),
        }


def response_head(*, status: int, headers: Iterable[Line]) -> ResponseHead:
    """The head of an answer that arrived. Nothing is verified yet.

    Raises TamperError ``E_RESP_SIG`` for a body without digest or type, a field that stands there
    twice, and a body that is coded.
    """
    found = only(headers, (CONTENT_DIGEST, CONTENT_TYPE, CONTENT_ENCODING), _CODE)
    if status == NO_CONTENT:
        return ResponseHead(status=status)
    if found.keys() != {CONTENT_DIGEST, CONTENT_TYPE}:
        raise TamperError(_CODE, "The body of an answer needs a digest and a type, and no coding.")
    return ResponseHead(
        status=status,
        content_digest=read_content_digest(found[CONTENT_DIGEST], _CODE),
        content_type=found[CONTENT_TYPE],
    )


def sign_response(
    head: ResponseHead, *, answered: bytes, key: Ed25519PrivateKey, now: Seconds
) -> dict[str, str]:
    """The fields Signature-Input and Signature of the answer ``head``.

    ``answered`` is the signature of the request (64 bytes), ``key`` the relay's response key.
    """
    params = f'{_components(head)};created={now};keyid="{RELAY_KEY_ID}";tag="{TAG}"'
    signature = key.sign(signature_base(_covered(head, answered), params, _CODE))
    return {SIGNATURE_INPUT: f"{LABEL}={params}", SIGNATURE: signature_field(signature)}


def verify_response(
    head: ResponseHead, headers: Iterable[Line], *, answered: bytes, public: bytes
) -> Seconds:
    """Verify that the relay gave this answer to this request.

    ``answered`` is the signature of the request that was sent (64 bytes), ``public`` the relay's
    response key (32 bytes). Returns when the relay says that it answered; what makes the answer
    fresh is that it fits one request.
    Raises TamperError ``E_RESP_SIG``, and ``E_KEY_WEAK`` for a key that nobody may use.
    """
    components = _components(head)
    params, signature = read_signature(headers, components, _CODE)
    match = _PARAMS.fullmatch(params)
    if match is None:
        raise TamperError(_CODE, "The parameters of a signature are not of this protocol.")
    base = signature_base(_covered(head, answered), components + params, _CODE)
    ed25519_verify(public, base, signature, code=_CODE)
    return Seconds(int(match[1]))


def _components(head: ResponseHead) -> str:
    return _WITHOUT_BODY if head.content_digest is None else _WITH_BODY


def _covered(head: ResponseHead, answered: bytes) -> list[Line]:
    covered = [(_STATUS, str(head.status))]
    covered.extend(zip(_CONTENT, head.body_fields().values(), strict=False))
    covered.append((_ANSWERED, byte_sequence(answered)))
    return covered
