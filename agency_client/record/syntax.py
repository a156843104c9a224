"""From the bytes of a file to plain values and the line of each: TOML, or JSON of the same shape.

Refused here, with the line: bytes that are no text, text that is neither format, a field written twice, a file too
large or too deep. What the values mean comes later (`agency_client/record/reading.py`).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from agency_client.record.json_lines import json_lines
from agency_client.record.places import Lines, written
from agency_client.record.toml_hints import hint, with_seconds
from agency_client.record.toml_lines import toml_lines
from phoenix_protocol.errors import Problem, UsageError
from phoenix_protocol.limits import MIB

#: The largest file that is read, in bytes. Anything long belongs in an attachment.
LARGEST: Final = 4 * MIB

#: Names of this many parts make `tomllib` take time and memory that grow with their square.
_TOO_DEEP: Final = re.compile(
    r"""(?<![A-Za-z0-9_.-])"""  # from the beginning of a part only: else the search grows with the square, too
    r"""(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){64}"""
)
_WHERE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")
#: So many times without seconds are read, in a file of so many characters: each costs a reading of the whole.
_MOST_MENDED: Final = 64
_MENDABLE: Final = 256 * 1024
#: What tomllib says, and what it means to somebody who has never read the specification of TOML.
_TOML_REASONS: Final = {
    "Expected '=' after a key": "a field name must be followed by = and a value",
    "Invalid value": "there is no value after =, or text is not in quotes",
    "Unterminated string": "a text has no closing quotes",
    "Unclosed array": "a list has no closing bracket",
    "Unclosed inline table": "a table in braces has no closing brace",
    "Cannot overwrite": "this field or table is written twice",
    "Cannot declare": "this table is written twice",
    "Cannot mutate": "this field or table is written twice",
    "Duplicate inline table key": "this field is written twice",
    "Illegal character": "a character that is not allowed here",
    "Found invalid character": "a character that is not allowed here",
    "Unescaped": "a backslash in a text: write it twice, or use 'single quotes'",
    "Invalid initial character": "a field name is missing",
    "Expected newline": "something follows a value on the same line",
    "Invalid statement": "this line is neither a field nor a table",
    "Invalid date": "this day or time does not exist",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A file as plain values (as `tomllib` and `json` give them), and the line of each."""

    values: Mapping[str, object]
    lines: Lines


def parse(data: bytes, *, code: str = "E_DOC_SYNTAX") -> Parsed:
    """The values of a file. Raises UsageError ``code``, with line, for anything that is not TOML or a JSON object."""
    if len(data) > LARGEST:
        _refuse(code, None, "The file is too large: 4 MiB at most.", "Attach long texts as files.")
    text = _text(data, code)
    try:
        return _json(text, code) if text.lstrip().startswith("{") else _toml(text, code)
    except RecursionError:
        _refuse(code, None, "The file nests tables or lists too deeply.", "Write it less deep.")


def _text(data: bytes, code: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"The file is not text in UTF-8 (line {line})."
        _refuse(code, line, message, "Save it as plain text with the encoding UTF-8.")


def _toml(text: str, code: str) -> Parsed:
    deep = _TOO_DEEP.search(text)
    if deep:
        line = text.count("\n", 0, deep.start()) + 1
        _refuse_text(code, "TOML", line, None, "a field name has too many parts")
    try:
        values, text = _loaded(text)
    except tomllib.TOMLDecodeError as error:
        line, column = _position(str(error), text)
        found = hint(str(error), text, line, column)
        if found is not None:
            _refuse_text(code, "TOML", line, column, found.reason, found.remedy)
        reason = next((r for m, r in _TOML_REASONS.items() if str(error).startswith(m)), None)
        _refuse_text(code, "TOML", line, column, reason)
    except ValueError:  # a whole number of thousands of digits
        _refuse_text(code, "TOML", None, None, "a number is too long")
    return Parsed(values=values, lines=toml_lines(text))


def _loaded(text: str) -> tuple[dict[str, object], str]:
    """The values, and the text that they are of: a time without seconds is read as people write it."""
    for _ in range(_MOST_MENDED if len(text) <= _MENDABLE else 0):
        try:
            return tomllib.loads(text), text
        except tomllib.TOMLDecodeError as error:
            mended = with_seconds(text, *_position(str(error), text))
            if mended is None:
                raise
            text = mended
    return tomllib.loads(text), text


def _position(message: str, text: str) -> tuple[int, int | None]:
    found = _WHERE.search(message)
    if found:
        return int(found[1]), int(found[2])
    return text.rstrip("\n").count("\n") + 1, None


def _json(text: str, code: str) -> Parsed:
    try:
        values = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        _refuse_text(code, "JSON", error.lineno, error.colno, None)
    except ValueError:
        _refuse_text(code, "JSON", None, None, "a number is not finite or is too long")
    lines, twice = json_lines(text)
    if twice:
        reason = f"the field {written(twice[0])} is written twice"
        _refuse_text(code, "JSON", lines[twice[0]], None, reason)
    return Parsed(values=values, lines=lines)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse_text(
    code: str,
    language: str,
    line: int | None,
    column: int | None,
    reason: str | None,
    remedy: str = "Correct that line. 'phoenix new' writes a document that works.",
) -> NoReturn:
    where = f" at line {line}" if line else ""
    where += f", column {column}" if column else ""
    message = f"The file is not valid {language}{where}" + (f": {reason}." if reason else ".")
    _refuse(code, line, message, remedy)


def _refuse(code: str, line: int | None, message: str, remedy: str) -> NoReturn:
    problem = Problem(code=code, message=message, next=remedy, line=line)
    raise UsageError(code, message, next=remedy, problems=[problem])
