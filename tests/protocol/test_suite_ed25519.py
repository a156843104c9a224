"""The one strict Ed25519 verify, against the public edge cases and against a lenient library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from nacl.bindings import crypto_core_ed25519_add

from phoenix_protocol.errors import TamperError
from phoenix_protocol.suite import (
    Ed25519PrivateKey,
    RequestPrivateKey,
    check_ed25519_key,
    check_request_key,
    ed25519_verify,
)
from phoenix_protocol.suite.ed25519 import weakness_of_encoding

P = 2**255 - 19
IDENTITY = (1).to_bytes(32, "little")
ORDER_TWO = (P - 1).to_bytes(32, "little")
KEY = RequestPrivateKey.from_seed(bytes(range(32)))
PUBLIC = KEY.public_bytes()


def refusal(public: bytes, message: bytes, signature: bytes) -> str:
    """The code with which a signature is refused; empty when it is accepted."""
    try:
        ed25519_verify(public, message, signature)
    except TamperError as error:
        return error.code
    return ""


def small_order_encodings() -> list[bytes]:
    """All eight points of small order in every encoding, canonical and not."""
    eighth = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    y8 = int.from_bytes(bytes.fromhex(eighth), "little")
    ys = [0, 1, P - 1, P, P + 1, y8, P - y8]
    return [(y | sign << 255).to_bytes(32, "little") for y in ys for sign in (0, 1)]


@pytest.fixture(scope="module")
def edge_cases(vectors: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((vectors / "cctv-ed25519.json").read_text())
    for case in cases:
        case["flags"] = case["flags"] or []
    return cases


def test_weak_and_non_canonical_public_cases_are_refused(edge_cases: list[dict[str, Any]]) -> None:
    weak = {"low_order_A", "non_canonical_A", "low_order_component_A"}
    refused = [case for case in edge_cases if weak & set(case["flags"])]
    assert len(refused) > 700
    for case in refused:
        public, signature = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"])
        assert refusal(public, case["msg"].encode(), signature) == "E_KEY_WEAK", case["number"]
        with pytest.raises(TamperError, match="E_KEY_WEAK"):
            check_request_key(public)


def test_public_cases_with_weak_r_or_a_residue_are_refused(
    edge_cases: list[dict[str, Any]],
) -> None:
    for case in edge_cases:
        public, signature = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"])
        refused = bool(refusal(public, case["msg"].encode(), signature))
        assert refused == bool(case["flags"]), case["number"]


def test_our_own_arithmetic_finds_every_weak_public_case(edge_cases: list[dict[str, Any]]) -> None:
    for case in edge_cases:
        weak = {"low_order_A", "non_canonical_A"} & set(case["flags"])
        assert bool(weakness_of_encoding(bytes.fromhex(case["key"]))) == bool(weak), case["number"]


def test_wycheproof(vectors: Path) -> None:
    groups = json.loads((vectors / "wycheproof" / "ed25519_test.json").read_text())["testGroups"]
    tested = 0
    for group in groups:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            found = refusal(public, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
            assert found == ("" if case["result"] == "valid" else "E_SIG"), case["tcId"]
            tested += 1
    assert tested > 100


@pytest.mark.parametrize("public", small_order_encodings(), ids=bytes.hex)
def test_small_order_is_refused_by_our_own_arithmetic(public: bytes) -> None:
    assert weakness_of_encoding(public)
    with pytest.raises(TamperError, match="E_KEY_WEAK"):
        check_ed25519_key(public)


def test_a_key_under_which_anything_verifies_elsewhere_is_refused_here() -> None:
    forged = IDENTITY + bytes(32)
    for message in (b"return the child", b"do not return the child"):
        Ed25519PublicKey.from_public_bytes(IDENTITY).verify(forged, message)
        assert refusal(IDENTITY, message, forged) == "E_KEY_WEAK"


def test_a_key_with_a_torsion_component_is_refused() -> None:
    mixed = crypto_core_ed25519_add(PUBLIC, ORDER_TWO)
    assert not weakness_of_encoding(mixed)
    with pytest.raises(TamperError, match="prime-order"):
        check_request_key(mixed)


@pytest.mark.parametrize("public", [b"", PUBLIC[:31], PUBLIC + b"\0", bytes([2]) + bytes(31)])
def test_malformed_keys_are_refused(public: bytes) -> None:
    with pytest.raises(TamperError, match="E_KEY_WEAK"):
        check_request_key(public)


def test_the_second_encoding_of_s_is_refused() -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    signature = KEY.sign(b"message")
    larger = int.from_bytes(signature[32:], "little") + order
    malleated = signature[:32] + larger.to_bytes(32, "little")
    assert refusal(PUBLIC, b"message", malleated) == "E_SIG"


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300), st.data())
def test_only_the_signed_bytes_verify(seed: bytes, message: bytes, data: st.DataObject) -> None:
    key = Ed25519PrivateKey.from_seed(seed)
    public, signature = key.public_bytes(), key.sign(message)
    check_ed25519_key(public)
    assert refusal(public, message, signature) == ""
    bit = data.draw(st.integers(0, 511))
    changed = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
    assert refusal(public, message, changed) == "E_SIG"
    assert refusal(public, message + b"\0", signature) == "E_SIG"
    assert refusal(public, message, signature[:-1]) == "E_SIG"


def test_the_caller_names_the_finding() -> None:
    with pytest.raises(TamperError) as caught:
        ed25519_verify(PUBLIC, b"m", bytes(64), code="E_REQ_SIG")
    assert caught.value.code == "E_REQ_SIG"


def test_private_keys_do_not_show_themselves() -> None:
    assert repr(KEY) == "<RequestPrivateKey>"
    assert isinstance(KEY, RequestPrivateKey)
    with pytest.raises(ValueError, match="32 bytes"):
        RequestPrivateKey.from_seed(bytes(31))
