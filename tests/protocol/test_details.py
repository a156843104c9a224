"""Sealed details (docs/protocol.md §6.2): bound to partnership, core, maker, reader and the signed digest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pytest
from hypothesis import given, settings

from phoenix_protocol import encoding, limits, schema
from phoenix_protocol.api import SealedDetail
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Anchor, EndpointId, ObjectHash
from phoenix_protocol.sealing import words
from phoenix_protocol.sealing.contents import Detail
from phoenix_protocol.sealing.details import open_detail, seal_detail
from phoenix_protocol.sealing.padding import frame, framed_length
from phoenix_protocol.sealing.words import Bound, Purpose, WordsReader
from phoenix_protocol.suite.content import encrypt, encrypted_length
from phoenix_protocol.suite.hashing import sha256
from phoenix_protocol.suite.opening_keys import EpochPrivateKey
from phoenix_protocol.suite.sealing_keys import SealingKey
from tests.protocol.check_removal import Removal, removals
from tests.protocol.message_values import message_plains
from tests.protocol.offer_attacks import flip
from tests.protocol.seeded_randomness import SeededRandomness

ANCHOR: Final = Anchor(b"a" * 32)
CORE: Final = ObjectHash(b"c" * 32)
MAKER: Final = EndpointId(b"m" * 32)
NOBODY: Final = EndpointId(bytes(32))
READERS: Final = tuple(EndpointId(bytes([n]) * 32) for n in (3, 1, 2))
KEYS: Final = {r: EpochPrivateKey.from_seed(r * 3) for r in READERS}
PUBLIC: Final = {r: SealingKey(key.public_bytes()) for r, key in KEYS.items()}
DETAIL: Final = Detail(owner="DS Amin", use="To find the car", opened=())


def epoch(reader: EndpointId) -> ObjectHash:
    return ObjectHash(sha256(reader))


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What a reader opens a detail with."""

    sealed: SealedDetail
    digest: bytes
    anchor: Anchor = ANCHOR
    core: ObjectHash = CORE
    maker: EndpointId = MAKER
    reader: EndpointId = READERS[0]
    keys: dict[ObjectHash, EpochPrivateKey] = field(
        default_factory=lambda: {epoch(READERS[0]): KEYS[READERS[0]]}
    )

    def run(self) -> Detail:
        return open_detail(
            self.sealed, self.digest, self.anchor, self.core, self.maker, self.reader, self.keys
        )


def seal(detail: Detail = DETAIL, seed: int = 1) -> Opening:
    readers = [WordsReader(endpoint=r, epoch_key=epoch(r), key=PUBLIC[r]) for r in READERS]
    sealed, digest = seal_detail(
        detail,
        ANCHOR,
        CORE,
        MAKER,
        readers,
        SeededRandomness(seed),
    )
    return Opening(sealed=sealed, digest=digest)


@pytest.fixture(scope="module")
def honest() -> Opening:
    return seal()


def test_every_reader_opens_what_was_said(honest: Opening) -> None:
    for reader in READERS:
        keys = {epoch(reader): KEYS[reader]}
        assert replace(honest, reader=reader, keys=keys).run() == DETAIL
    assert honest.digest == sha256(honest.sealed.ciphertext)


def test_readers_stand_in_the_order_of_their_ids(honest: Opening) -> None:
    assert [c.endpoint for c in honest.sealed.capsules] == sorted(READERS)


@settings(max_examples=15)
@given(message_plains(Detail))
def test_any_detail_arrives(plain: dict[str, Any]) -> None:
    detail = schema.decode(Detail, encoding.encode(plain))
    assert seal(detail).run() == detail


def test_how_much_was_said_shows_only_as_a_size() -> None:
    lengths = {
        len(seal(replace(DETAIL, words="x" * n)).sealed.ciphertext) for n in range(1, 800, 37)
    }
    assert lengths == {encrypted_length(framed_length(0))}
    longest = seal(replace(DETAIL, words="x" * limits.LONG_TEXT, use="y" * limits.LONG_TEXT))
    assert len(longest.sealed.ciphertext) < 2 * limits.DETAIL_BYTES


def test_nothing_of_it_shows(honest: Opening) -> None:
    data = schema.encode(honest.sealed)
    assert not any(word in data for word in (b"Amin", b"car", b"owner"))


def _capsules(opening: Opening, change: Callable[[Any], Any]) -> Opening:
    capsules = tuple(
        change(c) if c.endpoint == opening.reader else c for c in opening.sealed.capsules
    )
    return replace(opening, sealed=replace(opening.sealed, capsules=capsules))


def _ciphertext(opening: Opening, ciphertext: bytes) -> Opening:
    """And the maker signs it."""
    sealed = replace(opening.sealed, ciphertext=ciphertext)
    return replace(opening, sealed=sealed, digest=sha256(ciphertext))


def _of_another(opening: Opening) -> Opening:
    """Another detail of the same maker, with this one's digest."""
    return replace(opening, sealed=seal(replace(DETAIL, owner="Somebody else"), seed=2).sealed)


ATTACKS: Final[dict[str, tuple[str, Callable[[Opening], Opening]]]] = {
    "another partnership": ("E_CAPSULE", lambda o: replace(o, anchor=Anchor(flip(ANCHOR)))),
    "another core": ("E_CAPSULE", lambda o: replace(o, core=ObjectHash(flip(CORE)))),
    "another maker": ("E_CAPSULE", lambda o: replace(o, maker=EndpointId(flip(MAKER)))),
    "another digest": ("E_RECEIPT_BINDING", lambda o: replace(o, digest=flip(o.digest))),
    "another detail": ("E_RECEIPT_BINDING", _of_another),
    "changed words": (
        "E_RECEIPT_BINDING",
        lambda o: replace(o, sealed=replace(o.sealed, ciphertext=flip(o.sealed.ciphertext))),
    ),
    "changed words under a changed digest": (
        "E_CAPSULE",
        lambda o: _ciphertext(o, flip(o.sealed.ciphertext)),
    ),
    "another's capsule": (
        "E_CAPSULE",
        lambda o: _capsules(o, lambda c: replace(c, capsule=o.sealed.capsules[0].capsule)),
    ),
    "a changed capsule": (
        "E_CAPSULE",
        lambda o: _capsules(o, lambda c: replace(c, capsule=flip(c.capsule))),
    ),
    "a stranger": ("E_NOT_ADDRESSED", lambda o: replace(o, reader=NOBODY)),
    "another reader with this one's key": (
        "E_KEY_SUPERSEDED",
        lambda o: replace(o, reader=READERS[1]),
    ),
    "a capsule under another's name": (
        "E_CAPSULE",
        lambda o: replace(
            _capsules(o, lambda c: replace(c, endpoint=NOBODY)),
            reader=NOBODY,
        ),
    ),
    "a key under another's name": (
        "E_CAPSULE",
        lambda o: replace(
            _capsules(o, lambda c: replace(c, epoch_key=ObjectHash(bytes(32)))),
            keys={ObjectHash(bytes(32)): KEYS[o.reader]},
        ),
    ),
    "a key that is gone": ("E_KEY_SUPERSEDED", lambda o: replace(o, keys={})),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_detail_opens_nowhere_else(name: str, honest: Opening) -> None:
    code, attack = ATTACKS[name]
    attempt = attack(honest)
    with pytest.raises(TamperError) as caught:
        attempt.run()
    assert caught.value.code == code


def _own(content: bytes) -> Opening:
    """What a dishonest maker can seal: any frame at all."""
    opening = seal()
    key = b"k" * 32
    bound = Bound(
        purpose=Purpose.DETAIL, anchor=opening.anchor, core=opening.core, maker=opening.maker
    )
    ciphertext = encrypt(key, bound.context(), content)
    digest = sha256(ciphertext)
    info = bound.info(digest, opening.reader, epoch(opening.reader))
    sealed = PUBLIC[opening.reader].seal(key, info)
    return _capsules(_ciphertext(opening, ciphertext), lambda c: replace(c, capsule=sealed))


@pytest.mark.parametrize(
    ("code", "framed"),
    [
        ("E_PADDING", frame(schema.encode(DETAIL))[:-1] + b"\x01"),
        ("E_PADDING", b""),
        ("E_PARSE", frame(b"\xff")),
        ("E_PARSE", frame(schema.encode(DETAIL) + b"\0")),
        ("E_CRITICAL", frame(schema.encode(replace(DETAIL, critical={"new": 1})))),
        ("E_LIMIT", frame(b"\0" * (limits.DETAIL_BYTES + 1))),
    ],
    ids=["padded", "empty", "nonsense", "trailing", "critical", "too long"],
)
def test_a_dishonest_makers_detail_is_refused(code: str, framed: bytes) -> None:
    assert _own(frame(schema.encode(DETAIL))).run() == DETAIL
    attempt = _own(framed)
    with pytest.raises(TamperError) as caught:
        attempt.run()
    assert caught.value.code == code


def is_refused(attempt: Opening, code: str) -> bool:
    try:
        attempt.run()
    except TamperError as error:
        return error.code == code
    except Exception:  # noqa: BLE001  # without its check the code may do anything
        return False
    return False


@pytest.mark.parametrize("removal", [*removals(words)], ids=str)
def test_without_a_check_some_attack_is_not_refused_any_more(
    removal: Removal, honest: Opening
) -> None:
    attempts = [(code, attack(honest)) for code, attack in ATTACKS.values()]
    with removal.applied():
        assert honest.run() == DETAIL
        assert not all(is_refused(attempt, code) for code, attempt in attempts)
