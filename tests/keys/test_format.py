"""Files of keys as bytes: any bytes are survived, any change is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import format as file_format
from keys import wrapping
from keys.format import Header, KeyFile, Kind
from keys.wrapping import CEILING, FLOOR, Cost, MasterKey
from phoenix_protocol.errors import LockedError, PhoenixError, RefusedError, TamperError
from phoenix_protocol.suite.hashing import sha256
from tests.keys.rings import CHEAP, PASSPHRASE, SYSTEM, WRONG

HEADER, WRAPPED, MASTER = file_format.new_lock(Kind.KEYSTORE, PASSPHRASE, CHEAP, SYSTEM)
CONTENT = b"the keys of a desk"
FILE = file_format.write(HEADER, WRAPPED, 7, MASTER, CONTENT, SYSTEM)
BYTES = FILE.encoded()
FAR = Cost(memory_kib=1, iterations=1, lanes=1)


def opened(data: bytes, floor: Cost = CHEAP) -> bytes:
    """The content of a file, by its passphrase."""
    file = file_format.parse(data)
    return file_format.read(file, file_format.master_key(file, PASSPHRASE, floor))


def with_digest(body: bytes) -> bytes:
    """A body as somebody would leave it who knows the format."""
    return body + sha256(body)


def test_what_was_written_is_read() -> None:
    assert opened(BYTES) == CONTENT
    assert file_format.parse(BYTES) == FILE
    assert file_format.parse(BYTES).generation == 7


@given(st.binary(max_size=400))
def test_any_bytes_are_survived(data: bytes) -> None:
    for attempt in (data, with_digest(data), with_digest(b"phoenix-keys-1\n" + data)):
        with pytest.raises(PhoenixError) as refused:
            file_format.parse(attempt)
        assert refused.value.code in {"E_STORE_INTEGRITY", "E_SUITE"}


def test_a_flipped_bit_anywhere_is_refused() -> None:
    for bit in range(8 * len(BYTES)):
        flipped = bytearray(BYTES)
        flipped[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(TamperError) as refused:
            file_format.parse(bytes(flipped))
        assert refused.value.code == "E_STORE_INTEGRITY"


def test_a_flipped_bit_with_its_digest_corrected_is_refused() -> None:
    """By passphrase, and by the master key that skips the passphrase."""
    for place in range(len(BYTES) - 32):
        body = bytearray(BYTES[:-32])
        body[place] ^= 1 << (place % 8)
        forged = with_digest(bytes(body))
        with pytest.raises(PhoenixError):
            opened(forged)
        with pytest.raises(PhoenixError):
            file_format.read(file_format.parse(forged), MASTER)


def test_the_wrong_passphrase_is_told_from_damage() -> None:
    with pytest.raises(LockedError) as refused:
        file_format.master_key(FILE, WRONG, CHEAP)
    assert refused.value.code == "E_PASSPHRASE"
    assert refused.value.exit_code == 6


def test_the_master_key_of_another_file_is_refused() -> None:
    for other in (MasterKey(bytes(32)), MasterKey(b""), MasterKey(MASTER + b"\0")):
        with pytest.raises(LockedError) as refused:
            file_format.read(FILE, other)
        assert refused.value.code == "E_LOCKED"


@pytest.mark.parametrize(
    ("cost", "floor", "code"),
    [
        (CHEAP, FLOOR, "E_STORE_INTEGRITY"),
        (replace(FLOOR, memory_kib=FLOOR.memory_kib - 1), FLOOR, "E_STORE_INTEGRITY"),
        (replace(FLOOR, iterations=2), FLOOR, "E_STORE_INTEGRITY"),
        (replace(FLOOR, lanes=3), FLOOR, "E_STORE_INTEGRITY"),
        (replace(FLOOR, memory_kib=CEILING.memory_kib + 1), FLOOR, "E_LIMIT"),
        (replace(FLOOR, iterations=(1 << 32) - 1), FLOOR, "E_LIMIT"),
        (replace(FLOOR, lanes=CEILING.lanes + 1), FLOOR, "E_LIMIT"),
        (Cost(memory_kib=7, iterations=1, lanes=1), FAR, "E_STORE_INTEGRITY"),
    ],
)
def test_a_file_does_not_choose_what_opening_costs(cost: Cost, floor: Cost, code: str) -> None:
    header = replace(
        HEADER, memory_kib=cost.memory_kib, iterations=cost.iterations, lanes=cost.lanes
    )
    with pytest.raises(TamperError) as refused:
        file_format.master_key(replace(FILE, header=header), PASSPHRASE, floor)
    assert refused.value.code == code


def test_the_floor_is_what_the_protocol_says() -> None:
    assert Cost(memory_kib=256 * 1024, iterations=3, lanes=4) == FLOOR


def test_a_file_at_the_floor_opens() -> None:
    header, wrapped, master = file_format.new_lock(Kind.KEYSTORE, PASSPHRASE, FLOOR, SYSTEM)
    file = file_format.write(header, wrapped, 1, master, CONTENT, SYSTEM)
    assert opened(file.encoded(), FLOOR) == CONTENT


def test_a_newer_file_asks_for_a_newer_program() -> None:
    newer = with_digest(BYTES[:-32].replace(b"phoenix-keys-1\n", b"phoenix-keys-2\n"))
    with pytest.raises(RefusedError) as refused:
        file_format.parse(newer)
    assert refused.value.code == "E_SUITE"


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(TamperError):
        file_format.parse(with_digest(bytes(file_format.LARGEST)))


def test_parts_of_two_files_do_not_go_together() -> None:
    """The same passphrase and content, another lock: neither half opens with the other."""
    header, wrapped, master = file_format.new_lock(Kind.KEYSTORE, PASSPHRASE, CHEAP, SYSTEM)
    other = file_format.write(header, wrapped, 7, master, CONTENT, SYSTEM)
    mixed: list[KeyFile] = [
        replace(FILE, sealed=other.sealed),
        replace(FILE, wrapped=other.wrapped),
        replace(FILE, header=other.header),
        replace(FILE, generation=8),
        replace(FILE, header=replace(HEADER, kind=Kind.BACKUP)),
    ]
    for file in mixed:
        with pytest.raises(PhoenixError):
            opened(file.encoded())
        with pytest.raises(PhoenixError):
            file_format.read(file, MASTER)


def test_the_wrapped_key_belongs_to_its_header() -> None:
    other = replace(FILE, header=replace(HEADER, kind=Kind.BACKUP))
    with pytest.raises(LockedError):
        file_format.master_key(other, PASSPHRASE, CHEAP)


def test_the_header_tells_nothing_of_the_keys() -> None:
    shown = repr(HEADER).encode() + HEADER.key_id + HEADER.salt
    assert MASTER not in shown
    assert isinstance(HEADER, Header)
    assert wrapping.key_id(MASTER) == HEADER.key_id


def test_every_lock_is_another() -> None:
    locks = [file_format.new_lock(Kind.KEYSTORE, PASSPHRASE, CHEAP, SYSTEM) for _ in range(3)]
    assert len({header.salt for header, _, _ in locks}) == 3
    assert len({master for _, _, master in locks}) == 3
