"""Our profile beside the standard's own examples and beside an independent implementation of it."""

from __future__ import annotations

import base64
import datetime
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)

from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.requests import RequestHead, request_signature, verify_request
from phoenix_protocol.responses import ResponseHead, verify_response
from phoenix_protocol.signature_fields import (
    byte_sequence,
    content_digest,
    read_byte_sequence,
    signature_base,
)
from phoenix_protocol.suite import RequestPrivateKey, ed25519_verify, sha256
from tests.protocol.signed_exchange import (
    ANSWER,
    BARE,
    HEAD,
    KEY,
    KEY_ID,
    NOTHING,
    RELAY_KEY,
    answered,
    keys_of,
    signed,
)

# -- examples of RFC 9421 and RFC 9530 ------------------------------------------------------------

EXAMPLE_SEED = base64.urlsafe_b64decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU=")
EXAMPLE_PUBLIC = base64.urlsafe_b64decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs=")
EXAMPLE_PARAMS = (
    '("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"'
)
EXAMPLE_COVERED = [
    ('"date"', "Tue, 20 Apr 2021 02:07:55 GMT"),
    ('"@method"', "POST"),
    ('"@path"', "/foo"),
    ('"@authority"', "example.com"),
    ('"content-type"', "application/json"),
    ('"content-length"', "18"),
]
EXAMPLE_SIGNATURE = (
    ":wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:"
)


def test_the_standard_s_ed25519_example_is_made_and_verified() -> None:
    """RFC 9421, appendix B.2.6, with the key of appendix B.1.4."""
    base = signature_base(EXAMPLE_COVERED, EXAMPLE_PARAMS, "E_REQ_SIG")
    key = RequestPrivateKey.from_seed(EXAMPLE_SEED)
    assert key.public_bytes() == EXAMPLE_PUBLIC
    assert byte_sequence(key.sign(base)) == EXAMPLE_SIGNATURE
    ed25519_verify(EXAMPLE_PUBLIC, base, read_byte_sequence(EXAMPLE_SIGNATURE, 64) or b"")


def test_the_standard_s_digest_example_is_made() -> None:
    """RFC 9530, appendix B, and the test request of RFC 9421, appendix B.2."""
    assert (
        content_digest(sha256(b'{"hello": "world"}'))
        == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
    )


# -- an independent implementation ----------------------------------------------------------------


class Keys(HTTPSignatureKeyResolver):
    """Gives the peer the same two keys, in the library that it uses."""

    def resolve_private_key(self, key_id: str) -> ed25519.Ed25519PrivateKey:
        seed = bytes(range(32, 64)) if key_id == "relay" else bytes(range(32))
        return ed25519.Ed25519PrivateKey.from_private_bytes(seed)

    def resolve_public_key(self, key_id: str) -> ed25519.Ed25519PublicKey:
        return self.resolve_private_key(key_id).public_key()


REQUEST_COMPONENTS = ("@method", "@authority", "@path", "@query")
CONTENT_COMPONENTS = ("content-digest", "content-type", "content-length")
ANSWERED = '"signature";req;key="phoenix"'


def peer(part: type[Any]) -> Any:
    return part(signature_algorithm=algorithms.ED25519, key_resolver=Keys())


def as_request(head: RequestHead, headers: dict[str, str]) -> SimpleNamespace:
    query = f"?{head.query}" if head.query else ""
    url = f"https://{head.authority}{head.path}{query}"
    return SimpleNamespace(method=head.method, url=url, headers=headers)


def components(head: RequestHead) -> tuple[str, ...]:
    return REQUEST_COMPONENTS + (CONTENT_COMPONENTS if head.content_digest else ())


def answer_components(head: ResponseHead) -> tuple[str, ...]:
    content = ("content-digest", "content-type") if head.content_digest else ()
    return ("@status", *content, ANSWERED)


def now() -> Seconds:
    """The peer reads the clock of the machine."""
    return Seconds(int(datetime.datetime.now(datetime.UTC).timestamp()))


@pytest.mark.parametrize("head", [HEAD, BARE])
def test_the_peer_verifies_our_requests(head: RequestHead) -> None:
    message = as_request(head, dict(signed(head, now=now())))
    verifier = peer(HTTPMessageVerifier)
    (result,) = verifier.verify(message, expect_tag="phoenix", require_components=components(head))
    assert (result.label, result.parameters["keyid"]) == ("phoenix", KEY_ID.text())
    message.method = "DELETE"
    with pytest.raises(InvalidSignature):
        verifier.verify(message, expect_tag="phoenix")


@pytest.mark.parametrize("head", [ANSWER, NOTHING])
def test_the_peer_verifies_our_answers(head: ResponseHead) -> None:
    asked = dict(signed(HEAD, now=now()))
    answer = SimpleNamespace(
        status_code=head.status,
        headers=dict(answered(head, request_signature(asked.items()) or b"")),
        request=as_request(HEAD, asked),
    )
    verifier = peer(HTTPMessageVerifier)
    required = answer_components(head)
    (result,) = verifier.verify(
        answer, expect_tag="phoenix", require_components=required, max_age=None
    )
    assert result.parameters["keyid"] == "relay"


class Ordered(HTTPMessageSigner):
    """The peer, writing the parameters in our order: its own differs, and order is the signer's."""

    def _build_signature_base(
        self, message: Any, *, signature_params: dict[str, Any], **rest: Any
    ) -> tuple[Any, ...]:
        order = ("created", "expires", "nonce", "keyid", "tag")
        params = {name: signature_params[name] for name in order if name in signature_params}
        return super()._build_signature_base(message, signature_params=params, **rest)  # type: ignore[no-any-return]


def peer_signs(
    message: SimpleNamespace, covered: tuple[str, ...], key_id: str, **extra: Any
) -> None:
    created = datetime.datetime.now(datetime.UTC)
    peer(Ordered).sign(
        message,
        key_id=key_id,
        created=created,
        label="phoenix",
        tag="phoenix",
        include_alg=False,
        covered_component_ids=covered,
        use_existing_digest="Content-Digest" in message.headers,
        **extra,
    )


def request_of_peer(head: RequestHead) -> SimpleNamespace:
    message = as_request(head, head.body_fields())
    expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=60)
    peer_signs(message, components(head), KEY_ID.text(), expires=expires, nonce="A" * 22)
    return message


@pytest.mark.parametrize("head", [HEAD, BARE])
def test_we_verify_the_peer_s_requests(head: RequestHead) -> None:
    lines = request_of_peer(head).headers.items()
    assert verify_request(head, lines, key_of=keys_of, now=now()).key_id == KEY_ID


GOOD = {"lifetime": 60, "nonce": "A" * 22, "key_id": KEY_ID.text()}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"lifetime": 301},
        {"lifetime": 0},
        {"lifetime": -1},
        {"nonce": "A" * 21 + "B"},
        {"nonce": "A" * 21},
        {"nonce": "A" * 23},
        {"key_id": KEY_ID.text().upper().replace("ENDPOINT", "endpoint")},
        {"key_id": "endpoint"},
    ],
)
def test_what_is_truly_signed_and_not_of_our_form_is_refused(change: dict[str, Any]) -> None:
    form = {**GOOD, **change}
    message = as_request(HEAD, HEAD.body_fields())
    expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=form["lifetime"])
    peer_signs(message, components(HEAD), form["key_id"], expires=expires, nonce=form["nonce"])
    refused = pytest.raises(TamperError, match="E_REQ_SIG") if change else nullcontext()
    with refused:
        verify_request(
            HEAD, message.headers.items(), key_of=lambda _: KEY.public_bytes(), now=now()
        )


@pytest.mark.parametrize("head", [ANSWER, NOTHING])
def test_we_verify_the_peer_s_answers(head: ResponseHead) -> None:
    request = request_of_peer(HEAD)
    answer = SimpleNamespace(status_code=head.status, headers=head.body_fields(), request=request)
    peer_signs(answer, answer_components(head), "relay")
    asked = request_signature(request.headers.items()) or b""
    verify_response(head, answer.headers.items(), answered=asked, public=RELAY_KEY.public_bytes())
