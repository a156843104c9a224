"""Other people's text made safe to show: what steers a terminal or turns text around is shown, never obeyed.

A terminal must draw what the author wrote and nothing else. Control and escape characters, characters that change
the direction of text or cannot be seen, and line separators are shown as their number, such as ``<U+202E>``. The two
joiners that some scripts need inside words (U+200C, U+200D) stay.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Unicode general categories that do not stand for themselves on a screen.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS: Final = frozenset("\u200c\u200d")
_SUFFIX: Final = re.compile(r"\.([A-Za-z0-9]{1,8})\Z")

#: Endings that tell a person's programs what a file is, without making it something that runs or calls home by itself.
SAFE_SUFFIXES: Final = frozenset(
    {"pdf", "txt", "csv", "rtf", "doc", "docx", "odt", "xls", "xlsx", "ods", "ppt", "pptx", "odp"}
    | {"msg", "eml", "jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "heic", "webp", "zip"}
    | {"mp3", "m4a", "wav", "ogg", "mp4", "mov", "avi", "mkv", "webm"}
)


def plain(text: str, *, lines: bool = False) -> str:
    """``text`` safe to write on a terminal. With ``lines``, line feeds and tabs stay; otherwise it is one line."""
    if text.isascii() and text.isprintable():
        return text
    kept = _JOINERS | frozenset("\n\t") if lines else _JOINERS
    return "".join(c if c in kept or not _is_hidden(c) else f"<U+{ord(c):04X}>" for c in text)


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in _HIDDEN


def stored_name(digest: bytes, name: str) -> str:
    """The file name for an attachment: the SHA-256 of its content in hex, and a known ending of ``name`` if it has one.

    Nothing else of the sender's name reaches the disk, so it can name no path, device, hidden or active file.
    """
    found = _SUFFIX.search(name)
    suffix = found[1].lower() if found else ""
    return f"{digest.hex()}.{suffix if suffix in SAFE_SUFFIXES else 'bin'}"
