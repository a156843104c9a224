"""What a draft keeps: the document, and beside it what the pages alone need, such as ``urgent``."""

from __future__ import annotations

import json
from typing import Any, Final


def document_of(content: dict[str, Any]) -> dict[str, Any]:
    """The document inside what a draft keeps."""
    inside: dict[str, Any] = content.setdefault("document", {})
    return inside


def document_bytes(content: dict[str, Any]) -> bytes:
    """The document of a draft as the bytes of a file: what the rules judge, and what is sealed."""
    return json.dumps(_said(document_of(content)), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


#: Tables in which a name alone says something: who gets it, before it is said why.
_NAMING: Final = frozenset({"need_to_know", "ask"})


def _said(value: Any) -> Any:
    """What was said, without tables and lists in which nothing stands yet. Entries of lists keep their positions."""
    if isinstance(value, dict):
        kept = {name: inner if name in _NAMING else _said(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner not in ({}, [], None, "")}
    if isinstance(value, list):
        return [_said(inner) for inner in value]
    return value
