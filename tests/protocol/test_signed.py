"""The envelope (docs/protocol.md §3): one type, exact bytes, every signature, and hashes that no signature moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_protocol import encoding, limits, schema
from phoenix_protocol import signed as envelopes
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import SignerId
from phoenix_protocol.merkle import leaf_hash
from phoenix_protocol.package.envelope import Delivery, Held
from phoenix_protocol.signed import (
    Signature,
    Signed,
    expect_type,
    hash_of,
    merge,
    object_hash,
    open_signed,
    parse_signed,
    read_unverified,
    sign,
    signer_id,
)
from phoenix_protocol.suite.hashing import sha256
from phoenix_protocol.suite.signatures import DocumentPrivateKey
from tests.protocol.check_removal import Removal, removals
from tests.protocol.message_values import smallest_message
from tests.protocol.wire_description import messages

KEYS: Final = tuple(DocumentPrivateKey.from_seed(bytes([n]) * 64) for n in range(1, 4))
PUBLIC: Final = {signer_id(key.public_bytes()): key.public_bytes() for key in KEYS}
#: Every message with a type, whether it is signed by itself or only hashed.
TYPED: Final = {
    message.TYPE: schema.from_plain(message, encoding.ordered(smallest_message(message)))
    for message in messages().values()
    if hasattr(message, "TYPE")
}
HELD: Final = Held(
    anchor=bytes(32),  # type: ignore[arg-type]
    core=bytes(32),  # type: ignore[arg-type]
    delivery=bytes(32),  # type: ignore[arg-type]
    time=1,  # type: ignore[arg-type]
    checkpoint="note",
)


def key_of(signer: SignerId) -> bytes:
    if signer not in PUBLIC:
        raise TamperError("E_KEY_UNCERTIFIED", "nobody")
    return PUBLIC[signer]


@pytest.fixture(scope="module")
def signed() -> dict[str, Signed]:
    """One object of every type, signed by one key."""
    return {type_: sign(message, KEYS[:1]) for type_, message in TYPED.items()}


@pytest.fixture(scope="module")
def by_three() -> Signed:
    return sign(HELD, KEYS)


def code_of(data: bytes) -> str:
    """Parse and open as *held*; the code of the refusal."""
    with pytest.raises(TamperError) as caught:
        open_signed(parse_signed(data), Held, key_of)
    return caught.value.code


# -- types ----------------------------------------------------------------------------------------------------------


def test_there_are_types_enough_to_confuse() -> None:
    assert len(TYPED) >= 18


@pytest.mark.parametrize("shown", TYPED)
def test_no_object_passes_for_one_of_another_type(shown: str, signed: dict[str, Signed]) -> None:
    """All pairs: as it is, and with the other's type put on it."""
    own = signed[shown]
    assert (
        open_signed(parse_signed(own.encoded()), type(TYPED[shown]), key_of).message == TYPED[shown]
    )
    for type_, message in TYPED.items():
        if type_ == shown:
            continue
        with pytest.raises(TamperError, match="E_SIG_TYPE"):
            open_signed(own, type(message), key_of)
        with pytest.raises(TamperError, match="E_SIG_TYPE"):
            read_unverified(own, type(message))
        with pytest.raises(TamperError, match="E_SIG_TYPE"):
            expect_type(own, type(message))
        relabelled = parse_signed(replace(own, type=type_).encoded())
        with pytest.raises(TamperError, match="E_SIG:"):
            open_signed(relabelled, type(message), key_of)
        assert relabelled.hash != own.hash


@pytest.mark.parametrize(
    "type_",
    [
        "phoenix/2/held",
        "phoenix/10/held",
        "phoenix/1",
        "phoenix",
        "Phoenix/1/held",
        "x",
        " phoenix/1/held",
    ],
)
def test_another_version_or_protocol_is_told_apart(type_: str, by_three: Signed) -> None:
    with pytest.raises(TamperError, match="E_SUITE"):
        parse_signed(replace(by_three, type=type_).encoded())


@pytest.mark.parametrize(
    "type_", ["phoenix/1/held ", "phoenix/1/HELD", "phoenix/1/", "phoenix/1/held/x"]
)
def test_a_type_that_nobody_knows_is_not_the_expected_one(type_: str, by_three: Signed) -> None:
    assert code_of(replace(by_three, type=type_).encoded()) == "E_SIG_TYPE"


# -- signatures -----------------------------------------------------------------------------------------------------


def test_every_signature_is_verified_and_named(by_three: Signed) -> None:
    opened = open_signed(parse_signed(by_three.encoded()), Held, key_of)
    assert opened.message == HELD
    assert opened.hash == by_three.hash == hash_of(HELD)
    assert opened.signers == tuple(sorted(PUBLIC))


@pytest.mark.parametrize("at", range(3))
def test_one_bad_signature_among_good_ones_is_enough(at: int, by_three: Signed) -> None:
    signatures = list(by_three.signatures)
    signatures[at] = replace(signatures[at], signature=signatures[at - 1].signature)
    assert code_of(replace(by_three, signatures=tuple(signatures)).encoded()) == "E_SIG"


@pytest.mark.parametrize("order", [o for o in permutations(range(3)) if o != (0, 1, 2)])
def test_signatures_have_one_order(order: tuple[int, ...], by_three: Signed) -> None:
    signatures = tuple(by_three.signatures[n] for n in order)
    assert code_of(replace(by_three, signatures=signatures).encoded()) == "E_PARSE"


def test_nobody_signs_twice(by_three: Signed) -> None:
    first, second, third = by_three.signatures
    again = sign(HELD, KEYS).signatures
    twin = next(s for s in again if s.signer == second.signer)
    for signatures in ((first, first), (first, second, twin), (first, second, second, third)):
        assert code_of(replace(by_three, signatures=signatures).encoded()) == "E_PARSE"
    assert code_of(sign(HELD, [KEYS[0], KEYS[0]]).encoded()) == "E_PARSE"


def test_somebody_signs_and_not_too_many(by_three: Signed) -> None:
    many = tuple(
        Signature(signer=SignerId(n.to_bytes(32, "big")), signature=bytes(3373))
        for n in range(limits.HOLDERS + 1)
    )
    for signatures in ((), many):
        plain = [by_three.type, by_three.payload, [[s.signer, s.signature] for s in signatures]]
        with pytest.raises(TamperError, match="E_LIMIT"):
            parse_signed(encoding.encode(plain))  # type: ignore[arg-type]
        with pytest.raises(TamperError, match="E_LIMIT"):
            replace(by_three, signatures=signatures).encoded()


def test_an_unknown_signer_is_what_the_caller_says(by_three: Signed) -> None:
    stranger = sign(HELD, [DocumentPrivateKey.from_seed(b"x" * 64)])
    assert code_of(stranger.encoded()) == "E_KEY_UNCERTIFIED"


def test_a_signature_is_by_the_key_that_it_names(by_three: Signed) -> None:
    """Even where whoever looks keys up gives back another one."""
    own = KEYS[0].public_bytes()
    renamed = sign(HELD, KEYS[:1])
    (signature,) = renamed.signatures
    renamed = replace(renamed, signatures=(replace(signature, signer=SignerId(bytes(32))),))
    with pytest.raises(TamperError, match="E_SIG_DELIVERY"):
        open_signed(renamed, Held, lambda _signer: own, code="E_SIG_DELIVERY")


def test_a_bad_signature_has_the_code_of_its_place(by_three: Signed) -> None:
    first, *rest = by_three.signatures
    bad = replace(by_three, signatures=(replace(first, signature=bytes(3373)), *rest))
    with pytest.raises(TamperError, match="E_RECEIPT_BINDING"):
        open_signed(bad, Held, key_of, code="E_RECEIPT_BINDING")


def test_a_payload_is_verified_before_it_is_parsed() -> None:
    """What is not a message at all fails by its signature, and by its parsing only under a good one."""
    payload = b"\xff not CBOR"
    nonsense = Signed(type=Held.TYPE, payload=payload, signatures=sign(HELD, KEYS[:1]).signatures)
    assert code_of(nonsense.encoded()) == "E_SIG"
    signature = KEYS[0].sign(payload, Held.TYPE.encode())
    signer = signer_id(KEYS[0].public_bytes())
    good = replace(nonsense, signatures=(Signature(signer=signer, signature=signature),))
    assert code_of(good.encoded()) == "E_PARSE"


# -- merging --------------------------------------------------------------------------------------------------------


def test_signatures_made_apart_come_together_in_any_order(by_three: Signed) -> None:
    apart = [sign(HELD, [key]) for key in KEYS]
    for one, two, three in permutations(apart):
        merged = merge(merge(one, two), three)
        assert parse_signed(merged.encoded()) == merged
        assert open_signed(merged, Held, key_of).signers == tuple(sorted(PUBLIC))
        assert merged.hash == by_three.hash
    assert merge(by_three, by_three) == by_three
    assert len(merge(by_three, apart[0]).signatures) == 3


def test_signatures_on_two_objects_stay_apart(by_three: Signed) -> None:
    for other in (
        sign(replace(HELD, checkpoint="another"), KEYS[:1]),
        replace(by_three, type=Delivery.TYPE),
    ):
        with pytest.raises(TamperError, match="E_PARSE"):
            merge(by_three, other)


# -- hashes ---------------------------------------------------------------------------------------------------------


def test_the_hash_is_the_leaf_of_type_and_payload(by_three: Signed) -> None:
    written = encoding.encode([Held.TYPE, schema.encode(HELD)])
    assert by_three.hash == leaf_hash(written) == sha256(b"\x00", written)


def test_no_signature_moves_the_hash(by_three: Signed) -> None:
    others = [sign(HELD, KEYS), sign(HELD, KEYS[1:]), replace(by_three, signatures=())]
    assert len({by_three.encoded(), others[0].encoded()}) == 2
    assert {other.hash for other in others} == {by_three.hash}


@given(st.text(max_size=20), st.binary(max_size=40), st.text(max_size=20), st.binary(max_size=40))
def test_type_and_payload_do_not_run_into_each_other(a: str, b: bytes, c: str, d: bytes) -> None:
    assert (object_hash(a, b) == object_hash(c, d)) == ((a, b) == (c, d))


# -- damage ---------------------------------------------------------------------------------------------------------


def flipped(data: bytes, at: int, bit: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1 << bit
    return bytes(changed)


def test_one_flipped_bit_anywhere_fails() -> None:
    """Every byte of type, payload, signer and heads; of the signature every eleventh and the edges of its halves."""
    data = sign(HELD, KEYS[:1]).encoded()
    signature = len(data) - 3373
    places = {*range(signature), *range(signature, len(data), 11), len(data) - 1}
    places |= {*range(len(data) - 70, len(data) - 60), *range(signature, signature + 34)}
    for at in sorted(places):
        code_of(flipped(data, at, at % 8))


@settings(max_examples=100)
@given(st.data())
def test_any_damage_fails(data: st.DataObject) -> None:
    written = sign(HELD, KEYS[:1]).encoded()
    at = data.draw(st.integers(0, len(written) - 1))
    code_of(flipped(written, at, data.draw(st.integers(0, 7))))
    code_of(written[:at])
    code_of(written[:at] + data.draw(st.binary(min_size=1, max_size=3)) + written[at:])


@pytest.mark.parametrize(
    "plain",
    [
        [],
        ["phoenix/1/held", b""],
        ["phoenix/1/held", b"", [], 0],
        {"type": "phoenix/1/held", "payload": b"", "signatures": []},
        ["phoenix/1/held", "text", [[bytes(32), bytes(3373)]]],
        [b"phoenix/1/held", b"", [[bytes(32), bytes(3373)]]],
        ["phoenix/1/held", b"", [[bytes(31), bytes(3373)]]],
        ["phoenix/1/held", b"", [[bytes(32), bytes(3372)]]],
        ["phoenix/1/held", b"", [[bytes(32), bytes(3373), 0]]],
        ["phoenix/1/held", b"", [{"signer": bytes(32), "signature": bytes(3373)}]],
        ["", b"", [[bytes(32), bytes(3373)]]],
        ["phoenix/1/" + "x" * 60, b"", [[bytes(32), bytes(3373)]]],
        "text",
        None,
    ],
)
def test_other_shapes_are_no_envelope(plain: Any) -> None:
    assert code_of(encoding.encode(plain)) == "E_PARSE"


def test_an_envelope_is_read_up_to_its_limit(by_three: Signed) -> None:
    data = by_three.encoded()
    assert parse_signed(data, limit=len(data)) == by_three
    with pytest.raises(TamperError, match="E_LIMIT"):
        parse_signed(data, limit=len(data) - 1)
    with pytest.raises(TamperError, match="E_LIMIT"):
        parse_signed(bytes(2 * limits.SIGNED_BYTES + 1))


# -- every check is needed ------------------------------------------------------------------------------------------


def out_of_order() -> None:
    own = sign(HELD, KEYS)
    parse_signed(replace(own, signatures=own.signatures[::-1]).encoded())


def of_another_version() -> None:
    parse_signed(replace(sign(HELD, KEYS), type="phoenix/2/held").encoded())


def badly_signed() -> None:
    own = sign(HELD, KEYS[:1])
    open_signed(replace(own, payload=own.payload + b"x"), Held, key_of)


def under_another_name() -> None:
    own = sign(HELD, KEYS[:1])
    renamed = replace(own.signatures[0], signer=SignerId(bytes(32)))
    public = KEYS[0].public_bytes()
    open_signed(replace(own, signatures=(renamed,)), Held, lambda _signer: public)


def opened_as_another() -> None:
    open_signed(sign(HELD, KEYS), Delivery, key_of)


def read_as_another() -> None:
    read_unverified(sign(HELD, KEYS), Delivery)


def merged_with_another_type() -> None:
    own = sign(HELD, KEYS)
    merge(own, replace(own, type=Delivery.TYPE))


def merged_with_another_payload() -> None:
    merge(sign(HELD, KEYS), sign(replace(HELD, checkpoint="another"), KEYS))


REFUSED: Final[list[tuple[str, Callable[[], None]]]] = [
    ("E_PARSE", out_of_order),
    ("E_SUITE", of_another_version),
    ("E_SIG", badly_signed),
    ("E_SIG", under_another_name),
    ("E_SIG_TYPE", opened_as_another),
    ("E_SIG_TYPE", read_as_another),
    ("E_PARSE", merged_with_another_type),
    ("E_PARSE", merged_with_another_payload),
]


def is_refused(code: str, attack: Callable[[], None]) -> bool:
    try:
        attack()
    except TamperError as error:
        return error.code == code
    return False


@pytest.mark.parametrize("removal", [None, *removals(envelopes)], ids=str)
def test_without_a_check_some_attack_is_not_refused_any_more(removal: Removal | None) -> None:
    if removal is None:
        assert all(is_refused(code, attack) for code, attack in REFUSED)
        return
    with removal.applied():
        assert open_signed(parse_signed(sign(HELD, KEYS).encoded()), Held, key_of).message == HELD
        assert not all(is_refused(code, attack) for code, attack in REFUSED)
