"""Composite signatures: the public vectors, both halves required, weak keys refused."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_protocol.errors import TamperError
from phoenix_protocol.suite import (
    DOCUMENT_KEY_BYTES,
    SIGNATURE_BYTES,
    DocumentPrivateKey,
    check_document_key,
    verify,
)
from phoenix_protocol.suite.signatures import mldsa65_verify
from tests.protocol.seeded_randomness import SeededRandomness

KEY = DocumentPrivateKey.from_seed(bytes(range(64)))
PUBLIC = KEY.public_bytes()
MESSAGE, CONTEXT = b"a statement", b"phoenix/1/delivery"
SIGNATURE = KEY.sign(MESSAGE, CONTEXT)
MLDSA_KEY, MLDSA_SIGNATURE = 1952, 3309


def refusal(public: bytes, message: bytes, signature: bytes, context: bytes) -> str:
    """The code with which a signature is refused; empty when it is accepted."""
    try:
        verify(public, message, signature, context)
    except TamperError as error:
        return error.code
    return ""


@pytest.fixture(scope="module")
def published(vectors: Path) -> dict[str, bytes]:
    document = json.loads((vectors / "composite-signatures.json").read_text())
    [case] = [t for t in document["tests"] if t["tcId"] == "id-MLDSA65-Ed25519-SHA512"]
    texts = {"m": document["m"], "ctx": document["ctx"], **case}
    return {name: base64.b64decode(text) for name, text in texts.items() if name != "tcId"}


def test_public_vectors_with_and_without_context(published: dict[str, bytes]) -> None:
    public, message, context = published["pk"], published["m"], published["ctx"]
    assert refusal(public, message, published["s"], b"") == ""
    assert refusal(public, message, published["sWithContext"], context) == ""
    assert refusal(public, message, published["s"], context) == "E_SIG"
    assert refusal(public, message, published["sWithContext"], b"") == "E_SIG"


def test_public_vector_of_the_private_key(published: dict[str, bytes]) -> None:
    key = DocumentPrivateKey.from_seed(published["sk"])
    assert key.public_bytes() == published["pk"]
    signature = key.sign(published["m"], published["ctx"])
    assert refusal(published["pk"], published["m"], signature, published["ctx"]) == ""


def test_lengths() -> None:
    assert len(PUBLIC) == DOCUMENT_KEY_BYTES == 1984
    assert len(SIGNATURE) == SIGNATURE_BYTES == 3373


def test_wycheproof_for_the_post_quantum_half(vectors: Path) -> None:
    path = vectors / "wycheproof" / "mldsa_65_verify_test.json"
    tested = 0
    for group in json.loads(path.read_text())["testGroups"]:
        public = bytes.fromhex(group["publicKey"])
        for case in group["tests"]:
            assert mldsa_accepts(public, case) == (case["result"] == "valid"), case["tcId"]
            tested += 1
    assert tested > 200


def mldsa_accepts(public: bytes, case: dict[str, Any]) -> bool:
    message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
    try:
        mldsa65_verify(public, message, signature, bytes.fromhex(case.get("ctx", "")))
    except TamperError:
        return False
    return True


def test_both_halves_are_required() -> None:
    other = KEY.sign(b"another statement", CONTEXT)
    assert refusal(PUBLIC, MESSAGE, SIGNATURE, CONTEXT) == ""
    only_classical = other[:MLDSA_SIGNATURE] + SIGNATURE[MLDSA_SIGNATURE:]
    only_post_quantum = SIGNATURE[:MLDSA_SIGNATURE] + other[MLDSA_SIGNATURE:]
    assert refusal(PUBLIC, MESSAGE, only_classical, CONTEXT) == "E_SIG"
    assert refusal(PUBLIC, MESSAGE, only_post_quantum, CONTEXT) == "E_SIG"


def test_two_signatures_on_one_message_differ_and_both_verify() -> None:
    second = KEY.sign(MESSAGE, CONTEXT)
    assert second != SIGNATURE
    assert refusal(PUBLIC, MESSAGE, second, CONTEXT) == ""


def test_a_half_signed_by_itself_is_not_a_composite_signature() -> None:
    mldsa = MLDSA65PrivateKey.from_seed_bytes(bytes(range(32)))
    alone = mldsa.sign(MESSAGE, CONTEXT) + SIGNATURE[MLDSA_SIGNATURE:]
    assert refusal(PUBLIC, MESSAGE, alone, CONTEXT) == "E_SIG"


@settings(max_examples=25)
@given(st.data())
def test_one_changed_bit_is_refused(data: st.DataObject) -> None:
    bit = data.draw(st.integers(0, SIGNATURE_BYTES * 8 - 1))
    changed = bytearray(SIGNATURE)
    changed[bit // 8] ^= 1 << bit % 8
    assert refusal(PUBLIC, MESSAGE, bytes(changed), CONTEXT) == "E_SIG"


@settings(max_examples=25)
@given(st.binary(max_size=64), st.binary(max_size=255))
def test_other_words_or_context_are_refused(message: bytes, context: bytes) -> None:
    same = (message, context) == (MESSAGE, CONTEXT)
    assert (refusal(PUBLIC, message, SIGNATURE, context) == "") == same


@pytest.mark.parametrize("moved", [1, 3, 7])
def test_context_and_message_do_not_run_together(moved: int) -> None:
    signature = KEY.sign(b"abcdefghij", b"")
    assert refusal(PUBLIC, b"abcdefghij"[moved:], signature, b"abcdefghij"[:moved]) == "E_SIG"


@pytest.mark.parametrize("signature", [b"", SIGNATURE[:-1], SIGNATURE + b"\0"])
def test_a_signature_of_another_length_is_refused(signature: bytes) -> None:
    assert refusal(PUBLIC, MESSAGE, signature, CONTEXT) == "E_SIG"


def test_a_context_too_long_is_the_callers_mistake() -> None:
    assert refusal(PUBLIC, b"m", KEY.sign(b"m", bytes(255)), bytes(255)) == ""
    with pytest.raises(ValueError, match="255"):
        KEY.sign(b"m", bytes(256))


def test_the_caller_names_the_finding() -> None:
    with pytest.raises(TamperError) as caught:
        verify(PUBLIC, MESSAGE, bytes(SIGNATURE_BYTES), CONTEXT, code="E_SIG_DELIVERY")
    assert caught.value.code == "E_SIG_DELIVERY"


def weak_keys() -> dict[str, bytes]:
    mldsa, ed25519 = PUBLIC[:MLDSA_KEY], PUBLIC[MLDSA_KEY:]
    rho = mldsa[:32]
    return {
        "identity": mldsa + bytes([1]) + bytes(31),
        "non-canonical": mldsa + b"\xee" + b"\xff" * 31,
        "t1 zero": rho + bytes(1920) + ed25519,
        "t1 minus one": rho + b"\xff" * 1920 + ed25519,
        "t1 of 0 and -1": rho + b"\x00\xfc\x0f\x00\xff" * 384 + ed25519,
        "t1 nearly zero": rho + bytes(1820) + mldsa[-100:] + ed25519,
        "short": PUBLIC[:-1],
        "long": PUBLIC + b"\0",
        "empty": b"",
    }


@pytest.mark.parametrize("name", weak_keys())
def test_weak_keys_are_refused_at_the_door_and_at_every_verify(name: str) -> None:
    weak = weak_keys()[name]
    with pytest.raises(TamperError) as caught:
        check_document_key(weak)
    assert caught.value.code == "E_KEY_WEAK"
    assert refusal(weak, MESSAGE, SIGNATURE, CONTEXT) == "E_KEY_WEAK"


def test_no_honest_key_is_refused() -> None:
    randomness = SeededRandomness(1)
    for _ in range(100):
        check_document_key(DocumentPrivateKey.from_seed(randomness.random_bytes(64)).public_bytes())


def test_private_keys_do_not_show_themselves() -> None:
    assert repr(KEY) == "<DocumentPrivateKey>"
    with pytest.raises(ValueError, match="64 bytes"):
        DocumentPrivateKey.from_seed(bytes(63))
