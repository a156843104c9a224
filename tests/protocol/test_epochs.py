"""Epoch keys (docs/protocol.md §4.9): whose they are, when they may be used, and which is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_protocol import epochs
from phoenix_protocol.epochs import EpochKey, choose, open_epoch_key
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Anchor, ObjectHash, Seconds
from phoenix_protocol.signed import Opened, Signed, sign
from phoenix_protocol.suite.signatures import DocumentPrivateKey
from tests.protocol.check_removal import Removal, removals
from tests.protocol.offer_attacks import flip

ANCHOR: Final = Anchor(b"a" * 32)
OWN: Final = DocumentPrivateKey.from_seed(b"o" * 64)
OTHER: Final = DocumentPrivateKey.from_seed(b"x" * 64)
KEY: Final = EpochKey(
    anchor=ANCHOR,
    number=1,
    valid_from=Seconds(100),
    valid_until=Seconds(200),
    opens_until=Seconds(300),
    speaks=(1,),
    key=bytes(1216),
)


def opened(signed: Signed) -> EpochKey:
    return open_epoch_key(signed, OWN.public_bytes(), ANCHOR).message


def broken() -> Signed:
    signed = sign(KEY, [OWN])
    (signature,) = signed.signatures
    return replace(signed, signatures=(replace(signature, signature=flip(signature.signature)),))


def timed(valid_from: int, valid_until: int, opens_until: int) -> Signed:
    times = (Seconds(valid_from), Seconds(valid_until), Seconds(opens_until))
    key = replace(KEY, valid_from=times[0], valid_until=times[1], opens_until=times[2])
    return sign(key, [OWN])


ATTACKS: Final[dict[str, tuple[str, Callable[[], Signed]]]] = {
    "somebody else's": ("E_KEY_UNCERTIFIED", lambda: sign(KEY, [OTHER])),
    "signed by another too": ("E_KEY_UNCERTIFIED", lambda: sign(KEY, [OWN, OTHER])),
    "changed": ("E_SIG", broken),
    "of another partnership": (
        "E_ANCHOR",
        lambda: sign(replace(KEY, anchor=Anchor(bytes(32))), [OWN]),
    ),
    "never valid": ("E_TIME", lambda: timed(200, 200, 300)),
    "valid after it opens": ("E_TIME", lambda: timed(100, 301, 300)),
}


def test_the_endpoints_own_key_opens() -> None:
    assert opened(sign(KEY, [OWN])) == KEY
    assert opened(timed(100, 101, 101)).opens_until == 101


@pytest.mark.parametrize("name", ATTACKS)
def test_no_other_key_does(name: str) -> None:
    code, attack = ATTACKS[name]
    signed = attack()
    with pytest.raises(TamperError) as caught:
        opened(signed)
    assert caught.value.code == code


def is_refused(code: str, signed: Signed) -> bool:
    try:
        opened(signed)
    except TamperError as error:
        return error.code == code
    return False


@pytest.mark.parametrize(
    "removal", [r for r in removals(epochs) if r.name == "open_epoch_key"], ids=str
)
def test_without_a_check_some_attack_is_not_refused_any_more(removal: Removal) -> None:
    attempts = [(code, attack()) for code, attack in ATTACKS.values()]
    with removal.applied():
        assert opened(sign(KEY, [OWN])) == KEY
        assert not all(is_refused(code, signed) for code, signed in attempts)


# -- choosing -------------------------------------------------------------------------------------------------------

TIMES: Final = st.integers(0, 20)
SERVED: Final = st.lists(
    st.tuples(TIMES, TIMES, TIMES, st.integers(0, 3), st.sampled_from([(1,), (2,), (1, 2)])),
    max_size=6,
)


def served(
    number: int, times: tuple[int, int, int], speaks: tuple[int, ...], mark: int
) -> Opened[EpochKey]:
    valid_from, length, longer = times
    key = replace(
        KEY,
        number=number,
        valid_from=Seconds(valid_from),
        valid_until=Seconds(valid_from + length),
        opens_until=Seconds(valid_from + length + longer),
        speaks=speaks,
    )
    return Opened(message=key, hash=ObjectHash(bytes([mark]) * 32), signers=())


@given(SERVED, TIMES.map(Seconds), TIMES.map(Seconds))
def test_the_newest_that_covers_now_and_opens_long_enough_is_chosen(
    drawn: list[tuple[int, int, int, int, tuple[int, ...]]], now: Seconds, expires: Seconds
) -> None:
    keys = tuple(
        served(n, (a, b, c), speaks, mark) for mark, (a, b, c, n, speaks) in enumerate(drawn)
    )
    good = [
        k
        for k in keys
        if k.message.valid_from <= now < k.message.valid_until
        and k.message.opens_until >= expires
        and 1 in k.message.speaks
    ]
    if not good:
        with pytest.raises(TamperError, match="E_KEY_SUPERSEDED"):
            choose(keys, now, expires)
        return
    chosen = choose(keys, now, expires)
    assert chosen in good
    assert chosen.message.number == max(k.message.number for k in good)
    assert choose(keys[::-1], now, expires) == chosen


def test_a_key_is_used_from_its_first_second_until_before_its_last() -> None:
    key = (served(1, (100, 100, 100), (1,), 0),)
    for now in (100, 199):
        assert choose(key, Seconds(now), Seconds(300)) is key[0]
    for now, expires in ((99, 300), (200, 300), (150, 301)):
        with pytest.raises(TamperError, match="E_KEY_SUPERSEDED"):
            choose(key, Seconds(now), Seconds(expires))
