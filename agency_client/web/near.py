"""Names that somebody may have meant by a search that found nothing, each with that search made ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agency_client.web.asked import Asked


async def near_to(asked: Asked, tree: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """People whom the register knows by such a name, with the name of the search for each; nobody where none was typed.

    The search looks for the whole name, and otherwise as before. Names are literal; none stands in an address.
    """
    text = tree.get("subject") or tree.get("person")
    if not text:
        return ()
    rest = {name: value for name, value in tree.items() if name not in ("subject", "person")}
    names: tuple[str, ...] = (await asked.client.near_names(text)).names
    return tuple((name, asked.desk.sought.put({**rest, "subject": name})) for name in names)
