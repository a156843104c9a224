"""One request and one answer, signed, for tests that change something about them."""

from __future__ import annotations

from phoenix_protocol.identifiers import EndpointId, Seconds
from phoenix_protocol.key_ids import KeyId, endpoint_key_id
from phoenix_protocol.requests import RequestHead, sign_request
from phoenix_protocol.responses import ResponseHead, sign_response
from phoenix_protocol.signature_fields import Line
from phoenix_protocol.suite import Ed25519PrivateKey, RequestPrivateKey, sha256

NOW = Seconds(1_795_359_290)
KEY = RequestPrivateKey.from_seed(bytes(range(32)))
RELAY_KEY = Ed25519PrivateKey.from_seed(bytes(range(32, 64)))
STRANGER = RequestPrivateKey.from_seed(bytes(range(64, 96)))
KEY_ID = endpoint_key_id(EndpointId(sha256(b"endpoint")))
NONCE = bytes(range(100, 116))
BODY = b"\xa1\x61\x61\x01"
HEAD = RequestHead(
    method="POST",
    authority="relay.example:8443",
    path="/v1/packages",
    query="after=1&wait=5",
    content_digest=sha256(BODY),
    content_type="application/cbor",
    content_length=len(BODY),
)
BARE = RequestHead(method="GET", authority="relay.example", path="/v1/checkpoint")
ANSWER = ResponseHead(
    status=200, content_digest=sha256(BODY), content_type="application/problem+json"
)
NOTHING = ResponseHead(status=204)


def signed(head: RequestHead = HEAD, **changes: object) -> list[Line]:
    """The header lines of ``head``, signed; ``changes`` are other arguments of the signing."""
    arguments = {"key": KEY, "key_id": KEY_ID, "now": NOW, "nonce": NONCE, **changes}
    fields = sign_request(head, **arguments)  # type: ignore[arg-type]
    return list({**head.body_fields(), **fields}.items())


def answered(head: ResponseHead, to: bytes, key: Ed25519PrivateKey = RELAY_KEY) -> list[Line]:
    """The header lines of the answer ``head`` to the request with signature ``to``."""
    fields = sign_response(head, answered=to, key=key, now=NOW)
    return list({**head.body_fields(), **fields}.items())


def keys_of(known: KeyId) -> bytes | None:
    """A directory with one member."""
    return KEY.public_bytes() if known == KEY_ID else None


def replaced(lines: list[Line], name: str, value: str) -> list[Line]:
    """``lines`` with another value in the field called ``name``."""
    assert any(written == name for written, _ in lines)
    return [(written, value if written == name else old) for written, old in lines]


def field(lines: list[Line], name: str) -> str:
    """The value of the field called ``name``."""
    return dict(lines)[name]
