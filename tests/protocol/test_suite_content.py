"""Content encryption: the public Cobblestone vectors, exact lengths, and errors told apart."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from importlib import resources
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_protocol.errors import TamperError
from phoenix_protocol.suite.content import (
    CHUNK_BYTES,
    Decryptor,
    Encryptor,
    decrypt,
    encrypt,
    encrypted_length,
    key_commitment,
)
from tests.protocol import chunked_reference as reference
from tests.protocol.seeded_randomness import SeededRandomness

KEY = bytes(range(32))
CONTEXT = b"package, segment, type"
SEALED_CHUNK = CHUNK_BYTES + 16
PLAINTEXT = SeededRandomness(9).random_bytes(2 * CHUNK_BYTES + 5000)
CIPHERTEXT = encrypt(KEY, CONTEXT, PLAINTEXT)


def opening(ciphertext: bytes, **changes: Any) -> bytes | str:
    """What comes out, or the code with which it is refused."""
    arguments = {"key": KEY, "context": CONTEXT, **changes}
    try:
        return decrypt(ciphertext=ciphertext, **arguments)
    except TamperError as error:
        return error.code


def streamed(ciphertext: bytes, step: int, expected_length: int | None = None) -> bytes | str:
    """The same, piece by piece."""
    try:
        decryptor = Decryptor(KEY, CONTEXT, expected_length=expected_length)
        pieces = [decryptor.update(piece) for piece in in_steps(ciphertext, step)]
        return b"".join((*pieces, decryptor.finalize()))
    except TamperError as error:
        return error.code


def in_steps(data: bytes, step: int) -> list[bytes]:
    return [data[at : at + step] for at in range(0, len(data), step)]


def flipped(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def public_cases() -> list[dict[str, Any]]:
    folder = resources.files("cryptography_vectors") / "chunked-encryption"
    cases = json.loads((folder / "vectors.json").read_text())["vectors"]
    return [case for case in cases if case["aead"] == "AEAD_AES_256_GCM"]


def public_ciphertext(case: dict[str, Any]) -> bytes:
    ciphertext = base64.b64decode(case["ciphertext"] or "")
    return zlib.decompress(ciphertext) if case.get("compressed") else ciphertext


@pytest.mark.parametrize("case", public_cases(), ids=lambda case: case["name"])
def test_public_vectors_through_the_second_implementation(case: dict[str, Any]) -> None:
    """They are with SHA-256: what they encrypt, encrypted again with SHA-512, is what we open."""
    key, context = bytes.fromhex(case["key"]), case["context"].encode()
    ciphertext = public_ciphertext(case)
    if case["expect"] == "failure":
        with pytest.raises((ValueError, InvalidTag)):
            reference.decrypt("sha256", key, context, ciphertext)
        return
    plaintext = reference.decrypt("sha256", key, context, ciphertext)
    assert hashlib.sha256(plaintext).hexdigest() == case["payload_sha256"]
    ours = reference.encrypt("sha512", key, ciphertext[:24], context, plaintext)
    assert opening(ours, key=key, context=context) == plaintext
    assert len(ours) == len(ciphertext) == encrypted_length(len(plaintext))


@pytest.mark.parametrize("case", public_cases(), ids=lambda case: case["name"])
def test_public_failures_are_failures_here(case: dict[str, Any]) -> None:
    """The same bodies after a header of ours: what is wrong with them is told by name."""
    key, context = bytes.fromhex(case["key"]), case["context"].encode()
    wrong_header = case["expect"] == "success" or case["name"][10:] not in FINDINGS
    if wrong_header:
        assert opening(public_ciphertext(case), key=key, context=context) == "E_KEY_COMMIT"
        return
    translated = with_our_keys(key, context, public_ciphertext(case))
    assert opening(translated, key=key, context=context) == FINDINGS[case["name"][10:]]


def with_our_keys(key: bytes, context: bytes, ciphertext: bytes) -> bytes:
    """``ciphertext`` of SHA-256 as one of SHA-512; a chunk that did not open stays as it is."""
    salt, body = ciphertext[:24], ciphertext[56:]
    if len(ciphertext) < 56:
        return ciphertext
    old = reference.derive("sha256", key, salt, context)
    new = reference.derive("sha512", key, salt, context)
    chunks = [body[at : at + SEALED_CHUNK] for at in range(0, len(body), SEALED_CHUNK)]
    moved = (moved_chunk(old, new, n, chunk) for n, chunk in enumerate(chunks))
    return b"".join((salt, new.commitment, *moved))


def moved_chunk(old: reference.Keys, new: reference.Keys, n: int, chunk: bytes) -> bytes:
    try:
        plaintext = AESGCM(old.key).decrypt(old.nonce_of(n), chunk, None)
    except (InvalidTag, ValueError):
        return chunk
    return AESGCM(new.key).encrypt(new.nonce_of(n), plaintext, None)


#: What each public failure is, in our words, when the length is not known.
FINDINGS = {
    "bad_tag": "E_CHUNK",
    "bad_tag_second_chunk": "E_CHUNK",
    "bad_tag_second_chunk_full": "E_CHUNK",
    "bad_tag_empty_final_chunk": "E_CHUNK",
    "bad_tag_first_chunk": "E_CHUNK",
    "missing_tag": "E_TRUNCATED",
    "short_chunk": "E_TRUNCATED",
    "trailing_garbage_long": "E_CHUNK",
    "trailing_garbage_short": "E_TRUNCATED",
    "no_chunks": "E_TRUNCATED",
    "empty_message": "E_TRUNCATED",
    "short_header_no_commitment": "E_TRUNCATED",
    "short_header_partial_commitment": "E_TRUNCATED",
    "short_header_no_salt": "E_TRUNCATED",
    "truncated_at_chunk_boundary": "E_TRUNCATED",
    "truncated_mid_chunk": "E_CHUNK",
    "swapped_chunks": "E_CHUNK",
    "duplicated_chunk": "E_CHUNK",
    "extension_after_final": "E_CHUNK",
}


@settings(max_examples=30)
@given(st.integers(0, 40_000), st.binary(max_size=80))
def test_the_second_implementation_opens_what_we_encrypt(length: int, context: bytes) -> None:
    ciphertext = encrypt(KEY, context, PLAINTEXT[:length])
    assert reference.decrypt("sha512", KEY, context, ciphertext) == PLAINTEXT[:length]


@settings(max_examples=40)
@given(
    st.sampled_from([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
    | st.integers(0, 60_000),
    st.integers(1, 40_000),
    st.binary(max_size=80),
)
def test_what_goes_in_comes_out_in_any_pieces(length: int, step: int, context: bytes) -> None:
    plaintext = PLAINTEXT[:length]
    encryptor = Encryptor(KEY, context)
    pieces = [encryptor.update(piece) for piece in in_steps(plaintext, step)]
    ciphertext = b"".join((*pieces, encryptor.finalize()))
    assert len(ciphertext) == encrypted_length(len(plaintext))
    assert decrypt(KEY, context, ciphertext, expected_length=len(ciphertext)) == plaintext


@pytest.mark.parametrize("step", [1, 55, 56, 57, SEALED_CHUNK, 20_000, len(CIPHERTEXT)])
def test_opening_in_any_pieces(step: int) -> None:
    ciphertext = CIPHERTEXT if step > 50 else encrypt(KEY, CONTEXT, b"short")
    plaintext = PLAINTEXT if step > 50 else b"short"
    assert streamed(ciphertext, step) == plaintext
    assert streamed(ciphertext, step, expected_length=len(ciphertext)) == plaintext


def test_no_two_encryptions_are_alike() -> None:
    assert encrypt(KEY, CONTEXT, b"m") != encrypt(KEY, CONTEXT, b"m")


@pytest.mark.parametrize("step", [7, SEALED_CHUNK, len(CIPHERTEXT)])
def test_another_key_context_or_header_breaks_the_commitment(step: int) -> None:
    assert opening(CIPHERTEXT, key=bytes(32)) == "E_KEY_COMMIT"
    assert opening(CIPHERTEXT, context=b"another segment") == "E_KEY_COMMIT"
    assert opening(CIPHERTEXT, key=KEY[:16]) == "E_KEY_COMMIT"
    for at in (0, 23, 24, 55):
        assert streamed(flipped(CIPHERTEXT, at), step) == "E_KEY_COMMIT"


@pytest.mark.parametrize("step", [999, SEALED_CHUNK, len(CIPHERTEXT)])
@pytest.mark.parametrize("expected_length", [None, len(CIPHERTEXT)])
def test_a_changed_chunk_wherever_it_is(step: int, expected_length: int | None) -> None:
    for at in (56, 56 + SEALED_CHUNK - 1, 56 + SEALED_CHUNK, -17, -1):
        assert streamed(flipped(CIPHERTEXT, at), step, expected_length) == "E_CHUNK"


def test_chunks_out_of_place() -> None:
    header, body = CIPHERTEXT[:56], CIPHERTEXT[56:]
    first, second, last = in_steps(body, SEALED_CHUNK)
    length = len(CIPHERTEXT)
    assert opening(header + second + first + last, expected_length=length) == "E_CHUNK"
    assert opening(header + first + first + last, expected_length=length) == "E_CHUNK"
    assert opening(header + first + last) == "E_CHUNK"
    assert opening(CIPHERTEXT + first) == "E_CHUNK"


@settings(max_examples=80)
@given(st.integers(0, len(CIPHERTEXT) - 1), st.integers(1, 40_000))
def test_every_cut_is_named_when_the_length_is_known(cut: int, step: int) -> None:
    known = len(CIPHERTEXT)
    assert opening(CIPHERTEXT[:cut], expected_length=known) == "E_TRUNCATED"
    assert streamed(CIPHERTEXT[:cut], step, expected_length=known) == "E_TRUNCATED"


@pytest.mark.parametrize("cut", [0, 1, 55, 56, 71, 56 + SEALED_CHUNK, 56 + 2 * SEALED_CHUNK + 15])
def test_a_cut_where_no_message_ends_needs_no_known_length(cut: int) -> None:
    assert opening(CIPHERTEXT[:cut]) == "E_TRUNCATED"
    assert streamed(CIPHERTEXT[:cut], 1000) == "E_TRUNCATED"


def test_a_cut_inside_a_chunk_is_refused_without_a_known_length() -> None:
    assert opening(CIPHERTEXT[:-1]) == "E_CHUNK"
    assert opening(CIPHERTEXT[: 56 + SEALED_CHUNK + 16]) == "E_CHUNK"


@settings(max_examples=40)
@given(st.binary(min_size=1, max_size=100))
def test_whatever_is_appended_is_too_much(tail: bytes) -> None:
    known = len(CIPHERTEXT)
    assert opening(CIPHERTEXT + tail, expected_length=known) == "E_CHUNK"
    assert streamed(CIPHERTEXT + tail, 500, expected_length=known) == "E_CHUNK"
    assert opening(CIPHERTEXT + tail) in {"E_CHUNK", "E_TRUNCATED"}


def test_the_length_is_compared_before_anything_is_decrypted() -> None:
    known = len(CIPHERTEXT)
    damaged = flipped(CIPHERTEXT, 0)
    assert opening(damaged, expected_length=known) == "E_KEY_COMMIT"
    assert opening(damaged[:-1], expected_length=known) == "E_TRUNCATED"
    assert opening(damaged + b"\0", expected_length=known) == "E_CHUNK"


def test_nothing_goes_on_after_an_error_or_the_end() -> None:
    decryptor = Decryptor(KEY, CONTEXT, expected_length=60)
    with pytest.raises(TamperError, match="E_CHUNK"):
        decryptor.update(CIPHERTEXT)
    with pytest.raises(ValueError, match="ended"):
        decryptor.finalize()
    with pytest.raises(ValueError, match="ended"):
        decryptor.update(CIPHERTEXT)


def test_a_short_message_is_not_shown_before_its_end() -> None:
    decryptor = Decryptor(KEY, CONTEXT)
    assert decryptor.update(encrypt(KEY, CONTEXT, b"not yet")) == b""
    assert decryptor.finalize() == b"not yet"


def test_the_commitment_is_of_the_key() -> None:
    assert key_commitment(CIPHERTEXT) == CIPHERTEXT[24:56]
    assert key_commitment(CIPHERTEXT[:56]) == CIPHERTEXT[24:56]
    with pytest.raises(TamperError, match="E_TRUNCATED"):
        key_commitment(CIPHERTEXT[:55])


@given(st.integers(0, 10**12))
def test_lengths_grow_by_header_and_tags(length: int) -> None:
    full_chunks = length // CHUNK_BYTES
    assert encrypted_length(length) == 56 + length + 16 * (full_chunks + 1)


def test_a_wrong_key_length_is_the_callers_mistake_when_encrypting() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        encrypt(KEY[:16], CONTEXT, b"m")
