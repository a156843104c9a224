"""Every message of the protocol, found by itself, held to what it declares (docs/protocol.md §2.4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_protocol import encoding, schema
from phoenix_protocol.encoding import Plain
from phoenix_protocol.errors import TamperError
from phoenix_protocol.schema import fields_of
from tests.protocol.message_values import (
    MARK,
    OPTIONAL_MAP,
    fits,
    largest,
    message_plains,
    plains,
    smallest_message,
    with_text,
    wrong_messages,
)
from tests.protocol.plain_values import plain_values
from tests.protocol.wire_description import messages

#: No message is larger than this, the largest wrong one included.
LIMIT: Final = 1 << 26
MESSAGES: Final = messages()
each_message = pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)


def read(message: type[Any], plain: Plain) -> Any:
    return schema.decode(message, encoding.encode(plain), limit=LIMIT)


def test_the_protocols_messages_were_found() -> None:
    assert {"Partnership", "Core", "Delivery", "Grant", "Statement", "Offer", "Signed"} <= set(
        MESSAGES
    )
    assert len(MESSAGES) > 60


@each_message
def test_a_valid_message_travels_unchanged(message: type[Any]) -> None:
    @settings(max_examples=8)
    @given(message_plains(message))
    def travels(plain: dict[str, Plain]) -> None:
        data = encoding.encode(plain)
        value = schema.decode(message, data, limit=LIMIT)
        assert type(value) is message
        assert schema.to_plain(value) == plain
        assert schema.encode(value) == data
        assert schema.decode(message, data, limit=LIMIT) == value

    travels()


@each_message
def test_the_smallest_message_is_read_and_an_absent_field_is_an_absent_key(
    message: type[Any],
) -> None:
    value = read(message, smallest_message(message))
    absent = {f.name for f in fields_of(message) if f.optional}
    assert all(getattr(value, name) is None for name in absent)
    assert not absent & schema.to_plain(value).keys()


@each_message
def test_every_field_is_read_at_its_limits(message: type[Any]) -> None:
    plain = smallest_message(message, optional=True)
    for field in fields_of(message):
        for value in largest(field.codec):
            full = plain | {field.name: value}
            assert schema.to_plain(read(message, full)) == full


@each_message
def test_everything_over_a_limit_or_of_a_wrong_type_is_refused_with_its_code(
    message: type[Any],
) -> None:
    for wrong in wrong_messages(message):
        with pytest.raises(TamperError) as caught:
            read(message, wrong.plain)
        assert caught.value.code == wrong.code, wrong.why


@each_message
def test_what_would_be_refused_is_not_written_either(message: type[Any]) -> None:
    """For every field whose value in Python is the value on the wire."""
    good = read(message, smallest_message(message, optional=True))
    simple = {
        f.name: f
        for f in fields_of(message)
        if isinstance(f.codec, schema.Blob | schema.Text | schema.UInt | schema.Flag)
    }
    for wrong in wrong_messages(message):
        name = wrong.why.split(" ")[0]
        if name not in simple or wrong.plain.get(name) is None:
            continue
        bad = {f.name: getattr(good, f.name) for f in fields_of(message)} | {
            name: wrong.plain[name]
        }
        with pytest.raises(TamperError) as caught:
            schema.encode(message(**bad))
        assert caught.value.code == wrong.code, wrong.why


def reversed_maps(plain: Any) -> Iterator[Any]:
    """``plain``, in order, with the entries of one of its maps in reverse: for each of its maps."""
    if isinstance(plain, dict):
        if len(plain) > 1:
            yield dict(reversed(plain.items()))
        for key, item in plain.items():
            yield from (plain | {key: changed} for changed in reversed_maps(item))
    if isinstance(plain, list):
        for n, item in enumerate(plain):
            yield from ([*plain[:n], changed, *plain[n + 1 :]] for changed in reversed_maps(item))


@each_message
def test_fields_have_one_order_on_the_wire(message: type[Any]) -> None:
    plain = encoding.ordered(with_text(message, "text"))
    assert schema.encode(read(message, plain)) == encoding.encode(plain)
    for changed in reversed_maps(plain):
        data = cbor2.dumps(changed)
        assert len(data) == len(encoding.encode(plain))
        with pytest.raises(TamperError, match="E_PARSE"):
            schema.decode(message, data, limit=LIMIT)


WITH_EXTENSIONS: Final = {
    name: message
    for name, message in MESSAGES.items()
    if any(f.codec is OPTIONAL_MAP for f in fields_of(message))
}


@pytest.mark.parametrize("message", WITH_EXTENSIONS.values(), ids=WITH_EXTENSIONS)
def test_extensions_end_a_payload_and_unknown_optional_ones_are_kept(message: type[Any]) -> None:
    assert [f.name for f in fields_of(message)][-2:] == ["critical", "optional"]

    @settings(max_examples=4)
    @given(plains(OPTIONAL_MAP))
    def kept(extensions: dict[str, Plain]) -> None:
        value = read(message, smallest_message(message) | {"optional": extensions})
        assert value.optional == extensions
        assert schema.to_plain(value)["optional"] == extensions

    kept()


def test_every_message_that_can_be_hashed_or_signed_has_extensions() -> None:
    """But an entry, which is never sent: a reader makes it again out of what it opened."""
    typed = {name for name, message in MESSAGES.items() if hasattr(message, "TYPE")}
    assert typed - {"Entry"} <= set(WITH_EXTENSIONS)
    types = [MESSAGES[name].TYPE for name in typed]
    assert len(set(types)) == len(types)
    assert all(t.startswith("phoenix/1/") and len(t) <= 64 for t in types)


def test_rows_have_no_optional_fields() -> None:
    """A row has no keys: what is absent would have no place."""
    rows = {
        codec.message
        for message in MESSAGES.values()
        for f in fields_of(message)
        for codec in (f.codec, getattr(f.codec, "item", None))
        if isinstance(codec, schema.Row)
    }
    assert rows
    assert not any(f.optional for row in rows for f in fields_of(row))


# -- any bytes ------------------------------------------------------------------------------------------------------

ANY_MESSAGE: Final = st.sampled_from(list(MESSAGES.values()))


def survives(message: type[Any], data: bytes) -> None:
    try:
        value = schema.decode(message, data, limit=LIMIT)
    except TamperError:
        return
    assert schema.encode(value) == data


@settings(max_examples=150)
@given(ANY_MESSAGE, st.binary(max_size=80))
def test_any_bytes_survive(message: type[Any], data: bytes) -> None:
    survives(message, data)


@settings(max_examples=80)
@given(ANY_MESSAGE, st.data())
def test_a_message_with_anything_in_one_place_survives(
    message: type[Any], data: st.DataObject
) -> None:
    field = data.draw(st.sampled_from(fields_of(message)))
    value = data.draw(plain_values(6))
    survives(message, encoding.encode(smallest_message(message) | {field.name: value}))


@settings(max_examples=150)
@given(ANY_MESSAGE, st.data())
def test_a_damaged_message_survives(message: type[Any], data: st.DataObject) -> None:
    damaged = bytearray(encoding.encode(smallest_message(message, optional=True)))
    at = data.draw(st.integers(0, len(damaged) - 1))
    damaged[at] ^= data.draw(st.integers(1, 255))
    survives(message, bytes(damaged))
    survives(message, bytes(damaged[:at]))


@settings(max_examples=100)
@given(ANY_MESSAGE, ANY_MESSAGE)
def test_one_message_is_not_read_as_another(message: type[Any], other: type[Any]) -> None:
    plain = smallest_message(message, optional=True)
    same = {f.name for f in fields_of(message)} == {f.name for f in fields_of(other)}
    if not same:
        with pytest.raises(TamperError):
            read(other, plain)


# -- texts ----------------------------------------------------------------------------------------------------------

WITH_TEXTS: Final = {
    name: message
    for name, message in MESSAGES.items()
    if with_text(message, "one") != with_text(message, "two")
}


@pytest.fixture(scope="module")
def naughty(vectors: Path) -> list[str]:
    texts: list[str] = json.loads((vectors / "naughty-strings.json").read_text("utf-8"))
    assert len(texts) > 500
    return texts


@pytest.mark.parametrize("message", WITH_TEXTS.values(), ids=WITH_TEXTS)
def test_naughty_strings_are_kept_literally_in_every_text(
    message: type[Any], naughty: list[str]
) -> None:
    for text in naughty:
        plain = with_text(message, text)
        assert schema.to_plain(read(message, plain)) == plain


def test_naughty_strings_are_refused_only_for_their_length_or_nul(naughty: list[str]) -> None:
    codec = schema.Text(64)
    for text in naughty:
        if fits(codec, text):
            assert codec.from_plain(text, "field") == text
        else:
            with pytest.raises(TamperError, match="E_PARSE"):
                codec.from_plain(text, "field")


@each_message
def test_no_error_holds_anything_out_of_the_message(message: type[Any]) -> None:
    """``MARK`` is in all texts of the message and in what is wrong with it."""
    good, small = with_text(message, MARK), smallest_message(message)
    for wrong in wrong_messages(message):
        changed = {
            name: item
            for name, item in wrong.plain.items()
            if encoding.encode(item) != encoding.encode(small.get(name, []))
        }
        kept = {name: item for name, item in good.items() if name in wrong.plain}
        with pytest.raises(TamperError) as caught:
            read(message, kept | changed)
        assert MARK not in f"{caught.value} {caught.value.what} {caught.value.next}", wrong.why
