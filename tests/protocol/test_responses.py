"""Signed answers: each fits the request that it answers, as the relay gave it, and no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_protocol.errors import TamperError
from phoenix_protocol.requests import request_signature
from phoenix_protocol.responses import ResponseHead, response_head, verify_response
from phoenix_protocol.signature_fields import Line, content_digest
from phoenix_protocol.suite import sha256
from tests.protocol.signed_exchange import (
    ANSWER,
    BARE,
    BODY,
    HEAD,
    NOTHING,
    NOW,
    RELAY_KEY,
    STRANGER,
    answered,
    field,
    replaced,
    signed,
)

ASKED = request_signature(signed(HEAD)) or b""
OTHER = request_signature(signed(BARE)) or b""
PUBLIC = RELAY_KEY.public_bytes()


def refusal(lines: list[Line], head: ResponseHead, asked: bytes = ASKED) -> str:
    """The code with which an answer is refused; empty when it is accepted."""
    try:
        verify_response(head, lines, answered=asked, public=PUBLIC)
    except TamperError as error:
        return error.code
    return ""


@pytest.mark.parametrize("head", [ANSWER, NOTHING])
def test_an_answer_verifies_for_its_request_and_for_no_other(head: ResponseHead) -> None:
    lines = answered(head, ASKED)
    assert response_head(status=head.status, headers=lines) == head
    assert verify_response(head, lines, answered=ASKED, public=PUBLIC) == NOW
    assert refusal(lines, head, asked=OTHER) == "E_RESP_SIG"


def test_another_key_is_not_the_relay() -> None:
    assert refusal(answered(ANSWER, ASKED, STRANGER), ANSWER) == "E_RESP_SIG"


@pytest.mark.parametrize(
    "head",
    [
        ResponseHead(
            status=201, content_digest=ANSWER.content_digest, content_type=ANSWER.content_type
        ),
        ResponseHead(status=200, content_digest=sha256(b""), content_type=ANSWER.content_type),
        ResponseHead(status=200, content_digest=ANSWER.content_digest, content_type="text/html"),
        NOTHING,
    ],
)
def test_every_covered_thing_counts(head: ResponseHead) -> None:
    assert refusal(answered(ANSWER, ASKED), head) == "E_RESP_SIG"
    assert refusal(answered(head, ASKED), head) == "", "the same head, signed, is the control"


INPUT = field(answered(ANSWER, ASKED), "Signature-Input")


@pytest.mark.parametrize(
    "written",
    [
        "",
        INPUT.replace('"@status" ', ""),
        INPUT.replace(' "signature";req;key="phoenix"', ""),
        INPUT.replace('"signature";req;key', '"signature";key="phoenix";req'),
        INPUT.replace('keyid="relay"', 'keyid="other"'),
        INPUT.replace(';tag="phoenix"', ""),
        f'{INPUT};alg="ed25519"',
        f"{INPUT};expires={NOW}",
        f"{INPUT}, {INPUT.replace('phoenix=', 'other=')}",
    ],
)
def test_the_input_field_has_one_spelling(written: str) -> None:
    lines = replaced(answered(ANSWER, ASKED), "Signature-Input", written)
    assert refusal(lines, ANSWER) == "E_RESP_SIG"


@pytest.mark.parametrize("name", ["Content-Digest", "Content-Type"])
def test_an_answer_with_a_body_describes_it_once(name: str) -> None:
    lines = answered(ANSWER, ASKED)
    for changed in ([line for line in lines if line[0] != name], [*lines, (name, "x")]):
        with pytest.raises(TamperError, match="E_RESP_SIG"):
            response_head(status=200, headers=changed)


def test_a_coded_body_is_refused() -> None:
    lines = [*answered(ANSWER, ASKED), ("content-encoding", "gzip")]
    with pytest.raises(TamperError, match="E_RESP_SIG"):
        response_head(status=200, headers=lines)


def test_only_204_is_without_a_body() -> None:
    assert response_head(status=204, headers=[("Content-Type", "text/html")]) == NOTHING
    with pytest.raises(ValueError, match="204"):
        ResponseHead(status=200)
    with pytest.raises(ValueError, match="204"):
        ResponseHead(status=204, content_digest=sha256(BODY), content_type="text/plain")


TEXT = st.binary(max_size=80).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
NAMES = st.sampled_from(["Signature", "Signature-Input", "Content-Digest", "Content-Type"])


@given(st.lists(st.tuples(NAMES, TEXT), max_size=6), st.integers(100, 599))
def test_any_fields_are_refused_and_nothing_else_happens(lines: list[Line], status: int) -> None:
    described = [("Content-Digest", content_digest(sha256(BODY))), ("Content-Type", "text/plain")]
    for arrived in (lines, [*lines, *described]):
        with pytest.raises(TamperError, match="E_RESP_SIG"):
            verify_response(
                response_head(status=status, headers=arrived),
                arrived,
                answered=ASKED,
                public=PUBLIC,
            )


@given(st.binary(min_size=64, max_size=64), st.integers(200, 599).filter(lambda s: s != 204))
def test_an_answer_is_bound_to_any_request(asked: bytes, status: int) -> None:
    head = ResponseHead(status=status, content_digest=sha256(BODY), content_type="text/plain")
    assert refusal(answered(head, asked), head, asked) == ""
    assert refusal(answered(head, asked), head) == ("" if asked == ASKED else "E_RESP_SIG")
