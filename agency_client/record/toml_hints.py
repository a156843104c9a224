"""What somebody meant who wrote what TOML does not read: times without seconds, quotation marks inside a text. Pure.

`tomllib` says where it stopped; what stands there says why, in the words of people who never read its specification.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

#: The first part of a time that TOML 1.0 refuses, because it has no seconds.
_NO_SECONDS: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d(?!\d|:)(?=[Zz+\-\s,\]}#]|\Z)"
)
_LIKE_A_TIME: Final = re.compile(
    r"[=,\[{]\s*(?:\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?|\d{1,2}[:.]\d\d\b)"
)
_NOT_QUOTED: Final = re.compile(r'=\s*[^\s"\'\[{\d+-]')
_CURLY: Final = re.compile("[\u201c\u201d\u2018\u2019]")
#: What tomllib says where it stopped in the middle of a line.
_IN_THE_LINE: Final = ("Expected newline", "Unclosed array", "Unclosed inline", "Unterminated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What is wrong with a line, and how it is written."""

    reason: str
    remedy: str


_TIME: Final = Hint(
    reason="this day or time is not written as TOML reads it",
    remedy="Write 2026-11-20, or with a time 2026-11-20T15:20 (UK time) or 2026-11-20T15:20:00Z (UTC). "
    'A month or year alone stands in quotes: "2026-11".',
)
_DOUBLE: Final = Hint(
    reason="a quotation mark inside a text ends the text there",
    remedy='Write \\" for each quotation mark inside, or three single quotes around the whole text: '
    "'''He said \"come in\"'''.",
)
_SINGLE: Final = Hint(
    reason="an apostrophe inside 'single quotes' ends the text there",
    remedy='Write the text in double quotes: "Don\'t".',
)
_BARE: Final = Hint(
    reason="this text is not in quotes",
    remedy='Write it in quotes: name = "text". Only days, numbers, true and false stand without.',
)
_WORD_PROCESSOR: Final = Hint(
    reason='a curly quote, as word processors make them: use straight ones (")',
    remedy="Type that quote again in a plain text editor.",
)


def with_seconds(text: str, line: int, column: int | None) -> str | None:
    """``text`` with the seconds that a time at this place lacks; None where that is not what is wrong."""
    lines = text.split("\n")
    if column is None or not 0 < line <= len(lines):
        return None
    written = lines[line - 1]
    for found in _NO_SECONDS.finditer(written):
        # tomllib has read the day, and the blank after it if there is one.
        if found.start() + 10 in (column - 1, column - 2):
            lines[line - 1] = f"{written[: found.end()]}:00{written[found.end() :]}"
            return "\n".join(lines)
    return None


def hint(said: str, text: str, line: int, column: int | None) -> Hint | None:
    """What somebody probably meant by the line at which tomllib stopped, saying ``said``; None if nobody can tell."""
    lines = text.split("\n")
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    before = written[: column - 1].rstrip() if column is not None else ""
    if said.startswith(_IN_THE_LINE) and before.endswith('"'):
        return _WORD_PROCESSOR if _CURLY.search(written[len(before) :]) else _DOUBLE
    if said.startswith(_IN_THE_LINE) and before.endswith("'"):
        return _SINGLE
    if said.startswith("Illegal character '\\n'") and '"' in before:
        return _open_text(written)
    if _CURLY.search(written):
        return _WORD_PROCESSOR
    if _LIKE_A_TIME.search(written) and not said.startswith("Illegal"):
        return _TIME
    return _BARE if said.startswith("Invalid value") and _NOT_QUOTED.search(written) else None


def _open_text(written: str) -> Hint | None:
    """A text whose end is not on its line: a quotation mark too many, or one too few."""
    if _CURLY.search(written):
        return _WORD_PROCESSOR
    if written.count('"') > 2:
        return _DOUBLE
    return Hint(
        reason="a text has no closing quotes on its line",
        remedy='Close it with ". For several lines use three quotes at each end: """ ... """.',
    )
