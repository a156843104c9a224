"""Names that somebody may have meant by a search that found nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agency_client.web.asked import Asked


async def near_to(asked: Asked, tree: Mapping[str, Any]) -> tuple[str, ...]:
    """People whom the register knows by such a name; nobody where none was typed. Texts are literal."""
    text = tree.get("subject") or tree.get("person")
    if not text:
        return ()
    names: tuple[str, ...] = (await asked.client.near_names(text)).names
    return names
