"""Capsules and grants (docs/protocol.md §5.8, §5.9): what each is bound to, and that all are of one length."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Anchor, EndpointId, ObjectHash, PackageId
from phoenix_protocol.sealing.capsules import (
    CAPSULE_PLAINTEXT_BYTES,
    Capsule,
    CapsuleBinding,
    open_capsule,
    seal_capsule,
)
from phoenix_protocol.sealing.grants import grant_frame_length, open_grant, seal_grant
from phoenix_protocol.sealing.padding import framed_length
from phoenix_protocol.suite.content import encrypted_length
from phoenix_protocol.suite.opening_keys import EpochPrivateKey
from phoenix_protocol.suite.sealing_keys import CAPSULE_OVERHEAD, SealingKey
from tests.protocol.offer_attacks import flip
from tests.protocol.workshop import BOTH, HEALTH, POLICE, draft, parcel, section

OWN: Final = EpochPrivateKey.from_seed(b"o" * 96)
PUBLIC: Final = SealingKey(OWN.public_bytes())
BINDING: Final = CapsuleBinding(
    anchor=Anchor(b"a" * 32),
    package=PackageId(b"p" * 16),
    sender=EndpointId(b"s" * 32),
    recipient=EndpointId(b"r" * 32),
    epoch_key=ObjectHash(b"e" * 32),
    core=ObjectHash(b"c" * 32),
    delivery=1,
)
SECRET: Final = Capsule(cover_key=b"1" * 32, grant_key=b"2" * 32, sequence=7)


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return seal_capsule(SECRET, BINDING, PUBLIC)


def test_a_capsule_opens_under_everything_it_is_bound_to(sealed: bytes) -> None:
    assert open_capsule(sealed, BINDING, OWN) == SECRET
    assert len(sealed) == CAPSULE_PLAINTEXT_BYTES + CAPSULE_OVERHEAD


@settings(max_examples=25)
@given(
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32),
    st.integers(0, (1 << 64) - 1),
)
def test_a_capsule_keeps_its_three_secrets_apart(cover: bytes, grant: bytes, sequence: int) -> None:
    secret = Capsule(cover_key=cover, grant_key=grant, sequence=sequence)
    assert open_capsule(seal_capsule(secret, BINDING, PUBLIC), BINDING, OWN) == secret


def changes(value: Any) -> list[Any]:
    """Other values of the same type: the first, the last and a middle bit changed; or other numbers."""
    if isinstance(value, int):
        return [value + 1, value + 256, value + (1 << 56)]
    return [flip(value, 0), flip(value, -1), flip(value, len(value) // 2), bytes(len(value))]


@pytest.mark.parametrize("component", [field.name for field in fields(CapsuleBinding)])
def test_a_capsule_opens_nowhere_else(component: str, sealed: bytes) -> None:
    """Each component of ``info`` changed alone."""
    for other in changes(getattr(BINDING, component)):
        elsewhere = replace(BINDING, **{component: other})
        with pytest.raises(TamperError) as caught:
            open_capsule(sealed, elsewhere, OWN)
        assert caught.value.code == "E_CAPSULE"


def test_two_components_that_change_places_are_another_binding(sealed: bytes) -> None:
    for one, other in (("sender", "recipient"), ("epoch_key", "core"), ("anchor", "sender")):
        swapped = {one: getattr(BINDING, other), other: getattr(BINDING, one)}
        with pytest.raises(TamperError, match="E_CAPSULE"):
            open_capsule(sealed, replace(BINDING, **swapped), OWN)


def test_a_capsule_opens_with_no_other_key(sealed: bytes) -> None:
    with pytest.raises(TamperError, match="E_CAPSULE"):
        open_capsule(sealed, BINDING, EpochPrivateKey.from_seed(b"x" * 96))


@pytest.mark.parametrize("at", range(0, CAPSULE_PLAINTEXT_BYTES + CAPSULE_OVERHEAD, 37))
def test_a_damaged_capsule_does_not_open(at: int, sealed: bytes) -> None:
    for damaged in (flip(sealed, at), flip(sealed, -1 - at), sealed[:at], sealed + bytes(at + 1)):
        with pytest.raises(TamperError, match="E_CAPSULE"):
            open_capsule(damaged, BINDING, OWN)


@pytest.mark.parametrize("length", [0, 71, 73, 4096])
def test_a_capsule_holds_what_a_capsule_holds(length: int) -> None:
    other = PUBLIC.seal(bytes(length), BINDING.info())
    with pytest.raises(TamperError, match="E_CAPSULE"):
        open_capsule(other, BINDING, OWN)


def test_info_says_every_component_with_its_length() -> None:
    """Taken apart as docs/protocol.md §5.8 puts it together."""
    info, parts = BINDING.info(), []
    while info:
        length = int.from_bytes(info[:2], "big")
        parts.append(info[2 : 2 + length])
        info = info[2 + length :]
    assert parts == [
        b"phoenix/1/capsule",
        b"PHX1",
        b"a" * 32,
        b"p" * 16,
        b"s" * 32,
        b"r" * 32,
        b"e" * 32,
        b"c" * 32,
        b"\0" * 7 + b"\1",
    ]


# -- grants ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 20_000).map(bytes), min_size=1, max_size=5))
def test_all_grants_of_a_delivery_have_one_length(encoded: list[bytes]) -> None:
    length = grant_frame_length(encoded)
    core, to = ObjectHash(bytes(32)), EndpointId(bytes(32))
    sealed = {len(seal_grant(one, bytes(32), core, to, length)) for one in encoded}
    assert sealed == {encrypted_length(framed_length(max(map(len, encoded))))}


def test_who_was_given_more_does_not_show() -> None:
    """Health reads one section, police that and nine more with long reasons."""
    police = {next(iter(BOTH)): "Because " + "of this " * 200}
    many = [section(f"Section {n}", police, "text") for n in range(9)]
    p = parcel(draft(section("For both", BOTH, "text"), *many))
    assert len({*map(len, p.package.grants.values())}) == 2
    assert len({*map(len, p.delivery.grants)}) == 1
    assert len({*map(len, p.delivery.capsules)}) == 1


def test_a_grant_opens_only_for_its_endpoint_of_its_core_under_its_key() -> None:
    p = parcel()
    key, core, mine = p.open().capsule.grant_key, p.package.core_hash, p.grant()
    assert open_grant(mine, key, core, POLICE) == p.read().grant
    for other in (
        (bytes(32), core, POLICE),
        (key, ObjectHash(bytes(32)), POLICE),
        (key, core, HEALTH),
    ):
        with pytest.raises(TamperError, match="E_KEY_COMMIT"):
            open_grant(mine, *other)
    with pytest.raises(TamperError, match="E_KEY_COMMIT"):
        open_grant(p.grant(HEALTH), key, core, POLICE)
