"""Sealing to epoch keys: public vectors through a second implementation, and bad keys refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from hypothesis import given
from hypothesis import strategies as st

from phoenix_protocol.errors import TamperError
from phoenix_protocol.suite.opening_keys import EpochPrivateKey
from phoenix_protocol.suite.sealing_keys import (
    CAPSULE_OVERHEAD,
    EPOCH_KEY_BYTES,
    SealingKey,
    check_epoch_key,
)
from tests.protocol import hpke_reference as reference
from tests.protocol.seeded_randomness import SeededRandomness

SEED = SeededRandomness(5).random_bytes(96)
KEY = EpochPrivateKey.from_seed(SEED)
PUBLIC = KEY.public_bytes()
SEALING_KEY = SealingKey(PUBLIC)
INFO = b"phoenix/1/capsule"


def is_admitted(public: bytes) -> bool:
    try:
        check_epoch_key(public)
    except TamperError as error:
        if error.code != "E_KEY_WEAK":
            raise
        return False
    return True


def opening(key: EpochPrivateKey, ciphertext: bytes, info: bytes) -> bytes | str:
    """What comes out, or the code with which it is refused."""
    try:
        return key.open(ciphertext, info)
    except TamperError as error:
        return error.code


def wycheproof(vectors: Path, name: str) -> list[dict[str, Any]]:
    document = json.loads((vectors / "wycheproof" / f"{name}_test.json").read_text())
    return [case for group in document["testGroups"] for case in group["tests"]]


@pytest.fixture(scope="module")
def published(vectors: Path) -> dict[str, Any]:
    """The vector of our KEM and KDF; its AEAD is ChaCha20-Poly1305."""
    cases = json.loads((vectors / "hpke-pq.json").read_text())
    wanted = (reference.KEM_ID, reference.HKDF_SHA256)
    [case] = [case for case in cases if (case["kem_id"], case["kdf_id"]) == wanted]
    assert case["aead_id"] == reference.CHACHA20_POLY1305
    return dict(case)


def test_the_second_implementation_agrees_with_the_public_vector(published: dict[str, Any]) -> None:
    seed = reference.expand_seed(bytes.fromhex(published["skRm"]))
    shared = reference.decapsulate(seed, bytes.fromhex(published["enc"]))
    assert shared.hex() == published["shared_secret"]
    schedule = reference.key_schedule(
        shared, bytes.fromhex(published["info"]), aead_id=published["aead_id"]
    )
    assert (schedule.key.hex(), schedule.nonce.hex()) == (
        published["key"],
        published["base_nonce"],
    )
    first = published["encryptions"][0]
    aad, plaintext = bytes.fromhex(first["aad"]), bytes.fromhex(first["pt"])
    sealed = ChaCha20Poly1305(schedule.key).encrypt(schedule.nonce, plaintext, aad)
    assert sealed.hex() == first["ct"]


def test_the_public_key_of_every_public_vector(vectors: Path) -> None:
    cases = json.loads((vectors / "hpke-pq.json").read_text())
    ours = [case for case in cases if case["kem_id"] == reference.KEM_ID]
    assert ours
    for case in ours:
        seed = reference.expand_seed(bytes.fromhex(case["skRm"]))
        public = EpochPrivateKey.from_seed(seed).public_bytes()
        assert public.hex() == case["pkRm"]
        assert is_admitted(public)


def test_we_open_what_is_sealed_with_the_public_vectors_encapsulation(
    published: dict[str, Any],
) -> None:
    enc, info = bytes.fromhex(published["enc"]), bytes.fromhex(published["info"])
    secret = bytes.fromhex(published["shared_secret"])
    schedule = reference.key_schedule(secret, info, aead_id=reference.AES_256_GCM)
    capsule = enc + AESGCM(schedule.key).encrypt(schedule.nonce, b"the cover's key", None)
    key = EpochPrivateKey.from_seed(reference.expand_seed(bytes.fromhex(published["skRm"])))
    assert opening(key, capsule, info) == b"the cover's key"
    assert opening(key, capsule, info + b"\0") == "E_CAPSULE"


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_the_second_implementation_opens_what_we_seal(plaintext: bytes, info: bytes) -> None:
    capsule = SEALING_KEY.seal(plaintext, info)
    assert len(capsule) == len(plaintext) + CAPSULE_OVERHEAD
    shared = reference.decapsulate(SEED, capsule[:1120])
    schedule = reference.key_schedule(shared, info, aead_id=reference.AES_256_GCM)
    assert AESGCM(schedule.key).decrypt(schedule.nonce, capsule[1120:], None) == plaintext
    assert opening(KEY, capsule, info) == plaintext


def test_wycheproof_ml_kem(vectors: Path) -> None:
    """Key generation and decapsulation, implicit rejection too, through a capsule."""
    opened = 0
    for case in wycheproof(vectors, "mlkem_768"):
        seed, c = bytes.fromhex(case["seed"]) + SEED[64:], bytes.fromhex(case["c"])
        if len(seed) != 96:
            with pytest.raises(ValueError, match="96 bytes"):
                EpochPrivateKey.from_seed(seed)
            continue
        key = EpochPrivateKey.from_seed(seed)
        public = key.public_bytes()
        assert public[:1184].hex() == case["ek"], case["tcId"]
        assert is_admitted(public)
        valid = case["result"] == "valid"
        capsule = capsule_around(c, bytes.fromhex(case["K"]), public[1184:])
        assert opening(key, capsule, INFO) == (b"secret" if valid else "E_CAPSULE"), case["tcId"]
        opened += valid
    assert opened > 100


def capsule_around(c: bytes, mlkem_secret: bytes, x25519_public: bytes) -> bytes:
    """A capsule made by hand around a given ML-KEM ciphertext and what it should decapsulate to."""
    ephemeral = X25519PrivateKey.from_private_bytes(bytes(range(32)))
    enc = ephemeral.public_key().public_bytes_raw()
    x25519_secret = ephemeral.exchange(X25519PublicKey.from_public_bytes(x25519_public))
    shared = reference.combine(mlkem_secret, x25519_secret, enc, x25519_public)
    schedule = reference.key_schedule(shared, INFO, aead_id=reference.AES_256_GCM)
    return c + enc + AESGCM(schedule.key).encrypt(schedule.nonce, b"secret", None)


def test_wycheproof_x25519(vectors: Path) -> None:
    refused = {"LowOrderPublic", "ZeroSharedSecret", "NonCanonicalPublic"}
    counts = {True: 0, False: 0}
    for case in wycheproof(vectors, "x25519"):
        encoded = bytes.fromhex(case["public"])
        canonical = int.from_bytes(encoded, "little") < 2**255 - 19
        expected = canonical and not refused & set(case["flags"])
        assert is_admitted(PUBLIC[:1184] + encoded) == expected, case["tcId"]
        counts[expected] += 1
    assert min(counts.values()) > 20


def bad_keys() -> dict[str, bytes]:
    mlkem, x25519 = PUBLIC[:1184], PUBLIC[1184:]
    return {
        "X25519 zero": mlkem + bytes(32),
        "X25519 one": mlkem + b"\x01" + bytes(31),
        "X25519 second encoding": mlkem + x25519[:31] + bytes([x25519[31] | 0x80]),
        "X25519 prime": mlkem + (2**255 - 19).to_bytes(32, "little"),
        "ML-KEM zero": bytes(1184) + x25519,
        "ML-KEM zero vector": bytes(1152) + mlkem[1152:] + x25519,
        "ML-KEM out of range": b"\xff" * 3 + mlkem[3:] + x25519,
        "short": PUBLIC[:-1],
        "long": PUBLIC + b"\0",
        "empty": b"",
    }


@pytest.mark.parametrize("name", bad_keys())
def test_bad_keys_are_refused_at_the_door(name: str) -> None:
    assert not is_admitted(bad_keys()[name])


def test_a_low_order_key_is_a_named_refusal_for_a_sender_too() -> None:
    with pytest.raises(TamperError, match="E_KEY_WEAK"):
        SealingKey(bad_keys()["X25519 zero"]).seal(b"m", INFO)


def test_no_honest_key_is_refused() -> None:
    randomness = SeededRandomness(2)
    for _ in range(50):
        assert is_admitted(EpochPrivateKey.from_seed(randomness.random_bytes(96)).public_bytes())


def test_only_the_named_key_and_info_open_a_capsule() -> None:
    capsule = SEALING_KEY.seal(b"secret", INFO)
    other = EpochPrivateKey.from_seed(SeededRandomness(6).random_bytes(96))
    half = EpochPrivateKey.from_seed(SEED[:64] + SeededRandomness(6).random_bytes(32))
    assert opening(KEY, capsule, INFO) == b"secret"
    assert opening(other, capsule, INFO) == "E_CAPSULE"
    assert opening(half, capsule, INFO) == "E_CAPSULE"
    assert opening(KEY, capsule, INFO + b"2") == "E_CAPSULE"
    assert SEALING_KEY.seal(b"secret", INFO) != capsule


@given(st.data())
def test_a_changed_or_cut_capsule_does_not_open(data: st.DataObject) -> None:
    capsule = SEALING_KEY.seal(b"secret", INFO)
    bit = data.draw(st.integers(0, len(capsule) * 8 - 1))
    changed = bytearray(capsule)
    changed[bit // 8] ^= 1 << bit % 8
    cut = data.draw(st.integers(0, len(capsule) - 1))
    # X25519 ignores the highest bit of a point, but the combiner hashes it.
    assert opening(KEY, bytes(changed), INFO) == "E_CAPSULE"
    assert opening(KEY, capsule[:cut], INFO) == "E_CAPSULE"


@given(st.binary(max_size=1400))
def test_any_bytes_are_refused_by_name(junk: bytes) -> None:
    assert opening(KEY, junk, INFO) == "E_CAPSULE"
    assert not is_admitted(junk)


def test_private_keys_do_not_show_themselves() -> None:
    assert len(PUBLIC) == EPOCH_KEY_BYTES == 1216
    assert repr(KEY) == "<EpochPrivateKey>"
    with pytest.raises(ValueError, match="96 bytes"):
        EpochPrivateKey.from_seed(bytes(95))
