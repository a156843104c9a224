"""Storage keys: made durably, one for a period, bound to what they seal, destroyed for good."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phoenix_protocol.errors import RefusedError, TamperError, UnavailableError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.randomness import SystemRandomness
from phoenix_relay.storage.day_keys import KEY_BYTES, OVERHEAD, DayKeys, day_of
from phoenix_relay.storage.rows import Day

PLACE = ("table", b"row", "column")
DAY = Day(86400)


def keys_in(folder: Path, period: int = 86400) -> DayKeys:
    return DayKeys(folder, period, SystemRandomness())


@given(expires=st.integers(0, 1 << 40), period=st.integers(10, 1 << 22))
def test_what_expires_in_a_period_is_sealed_under_the_key_that_ends_next(
    expires: int, period: int
) -> None:
    day = day_of(Seconds(expires), period)
    assert day % period == 0
    assert day - period <= expires < day


def test_what_is_sealed_opens_again_after_a_restart(tmp_path: Path) -> None:
    sealed = keys_in(tmp_path).seal(DAY, PLACE, b"plain")
    assert b"plain" not in sealed
    assert len(sealed) == len(b"plain") + OVERHEAD
    assert keys_in(tmp_path).unseal(DAY, PLACE, sealed) == b"plain"


def test_key_files_are_ours_alone_and_hold_nothing_but_the_key(tmp_path: Path) -> None:
    keys = keys_in(tmp_path / "daykeys")
    keys.seal(DAY, PLACE, b"plain")
    assert keys.days() == (DAY,)
    (file,) = (tmp_path / "daykeys").iterdir()
    assert file.name == "86400.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "daykeys").stat().st_mode & 0o777 == 0o700
    assert file.stat().st_size == KEY_BYTES


@pytest.mark.parametrize(
    ("day", "place"),
    [
        (Day(172800), PLACE),
        (DAY, ("other", b"row", "column")),
        (DAY, ("table", b"other", "column")),
        (DAY, ("table", b"row", "other")),
        (DAY, ("table", "row", "column")),
        (DAY, ("table", b"row")),
    ],
)
def test_sealed_bytes_belong_to_their_place(
    tmp_path: Path, day: Day, place: tuple[str | bytes, ...]
) -> None:
    keys = keys_in(tmp_path)
    keys.ensure(day)
    sealed = keys.seal(DAY, PLACE, b"plain")
    with pytest.raises(TamperError) as caught:
        keys.unseal(day, place, sealed)
    assert caught.value.code == "E_STORE_INTEGRITY"


@given(place=st.integers(min_value=0), bit=st.integers(0, 7), cut=st.booleans())
def test_any_change_is_seen(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int, cut: bool
) -> None:
    keys = keys_in(tmp_path_factory.getbasetemp() / "flips")
    sealed = bytearray(keys.seal(DAY, PLACE, b"plain text"))
    at = place % len(sealed)
    if cut:
        del sealed[at:]
    else:
        sealed[at] ^= 1 << bit
    with pytest.raises(TamperError):
        keys.unseal(DAY, PLACE, bytes(sealed))


def test_a_destroyed_key_opens_nothing_and_is_not_made_again(tmp_path: Path) -> None:
    keys = keys_in(tmp_path)
    sealed, later = keys.seal(DAY, PLACE, b"plain"), Day(2 * DAY)
    kept = keys.seal(later, PLACE, b"plain")
    assert keys.retire(Seconds(DAY)) == (DAY,)
    for opening in (keys, keys_in(tmp_path)):
        with pytest.raises(RefusedError) as caught:
            opening.unseal(DAY, PLACE, sealed)
        assert caught.value.code == "E_EXPIRED"
        assert opening.unseal(later, PLACE, kept) == b"plain"
    with pytest.raises(RefusedError):
        keys.seal(DAY, PLACE, b"again")
    assert keys.days() == (later,)
    assert keys.retire(Seconds(DAY)) == ()


def test_a_key_is_overwritten_before_it_is_removed(tmp_path: Path) -> None:
    keys = keys_in(tmp_path)
    keys.ensure(DAY)
    handle = os.open(tmp_path / "86400.key", os.O_RDONLY)
    try:
        assert os.read(handle, KEY_BYTES) != bytes(KEY_BYTES)
        keys.retire(Seconds(DAY))
        assert os.pread(handle, KEY_BYTES, 0) == bytes(KEY_BYTES)
    finally:
        os.close(handle)


def test_a_key_ends_with_its_period_and_not_before(tmp_path: Path) -> None:
    keys = keys_in(tmp_path)
    keys.ensure(DAY)
    assert keys.retire(Seconds(DAY - 1)) == ()
    assert keys.has(DAY)


def test_threads_and_processes_that_need_a_key_at_once_get_the_same(tmp_path: Path) -> None:
    several = [keys_in(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(16) as pool:
        sealed = list(
            pool.map(lambda n: several[n % 4].seal(DAY, PLACE, str(n).encode()), range(64))
        )
    assert [several[0].unseal(DAY, PLACE, one) for one in sealed] == [
        str(n).encode() for n in range(64)
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["86400.key"]


@pytest.mark.parametrize("content", [b"", bytes(31), bytes(33)])
def test_a_key_file_that_is_not_whole_is_damage(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "86400.key").write_bytes(content)
    keys = keys_in(tmp_path)
    for use in (lambda: keys.seal(DAY, PLACE, b""), lambda: keys.unseal(DAY, PLACE, bytes(40))):
        with pytest.raises(TamperError) as caught:
            use()
        assert caught.value.code == "E_STORE_INTEGRITY"


def test_a_key_that_goes_missing_is_named_and_used_from_memory(tmp_path: Path) -> None:
    """A folder that is unmounted for a moment loses nothing."""
    keys = keys_in(tmp_path)
    sealed = keys.seal(DAY, PLACE, b"plain")
    assert keys.missing([DAY]) == ()
    (tmp_path / "86400.key").unlink()
    assert keys.missing([DAY, Day(0)]) == (Day(0), DAY)
    assert keys.unseal(DAY, PLACE, sealed) == b"plain"


def test_a_key_that_cannot_be_written_seals_nothing(tmp_path: Path) -> None:
    keys = keys_in(tmp_path / "daykeys")
    assert not (tmp_path / "daykeys").exists(), "made with the first key, not before"
    (tmp_path / "daykeys").write_bytes(b"in its place")
    with pytest.raises(UnavailableError) as caught:
        keys.seal(DAY, PLACE, b"plain")
    assert caught.value.code == "E_RELAY"
