"""CBOR values in the diagnostic notation of docs/protocol.md (RFC 8949 §8), long strings cut short."""

from __future__ import annotations

import json
from typing import Final

from phoenix_protocol.encoding import Plain

WIDTH: Final = 100
#: Byte strings longer than this are shown by their first and last four bytes.
_WHOLE_BYTES: Final = 32
#: Texts longer than this (in characters) are shown by their beginning.
_WHOLE_TEXT: Final = 80


def notation(value: Plain, indent: int = 0) -> str:
    """``value`` on one line if it fits, else with one entry on each line."""
    short = _line(value)
    if indent + len(short) <= WIDTH or not isinstance(value, (list, dict)):
        return short
    inner, outer = " " * (indent + 2), " " * indent
    if isinstance(value, list):
        entries = [notation(item, indent + 2) for item in value]
        opening, closing = "[", "]"
    else:
        entries = [f"{json.dumps(k)}: {notation(v, indent + 2)}" for k, v in _pairs(value)]
        opening, closing = "{", "}"
    body = ",\n".join(inner + entry for entry in entries)
    return f"{opening}\n{body}\n{outer}{closing}"


def _line(value: Plain) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case bytes():
            return _bytes(value)
        case str():
            return _text(value)
        case list():
            return "[" + ", ".join(map(_line, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{json.dumps(k)}: {_line(v)}" for k, v in _pairs(value)) + "}"


def _pairs(value: dict[str, Plain]) -> list[tuple[str, Plain]]:
    """In the order in which they are encoded: shorter keys first, then by their bytes."""
    return sorted(value.items(), key=lambda pair: (len(pair[0].encode()), pair[0].encode()))


def _bytes(value: bytes) -> str:
    if len(value) <= _WHOLE_BYTES:
        return f"h'{value.hex()}'"
    return f"h'{value[:4].hex()}...{value[-4:].hex()}' / {len(value)} bytes /"


def _text(value: str) -> str:
    if len(value) <= _WHOLE_TEXT:
        return json.dumps(value, ensure_ascii=False)
    cut = json.dumps(value[:40], ensure_ascii=False)
    return f'{cut[:-1]}..." / {len(value.encode())} bytes /'
