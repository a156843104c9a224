"""Names that somebody may have meant, where a list would be empty."""

from __future__ import annotations

from typing import Any

from agency_client.cli.telling import shown, tell
from agency_client.client import Client


async def near_to(client: Client, text: str | None) -> Any:
    """Names near to a text that found nothing; None where none was given."""
    return None if text is None else await client.near_names(text)


def near_json(near: Any) -> list[str]:
    """The same for programs: empty where something was found, or nothing is near."""
    return list(near.names) if near is not None else []


def tell_near(near: Any) -> None:
    """Ask whether one of them was meant."""
    if near is None or not near.names:
        return
    tell(shown(f"Did you mean {', '.join(near.names)}{', or somebody else' if near.more else ''}?"))
    tell("Give the whole name, or use --person to find it by its beginnings.")
