"""When the words of an address were last compared, for scripts and for a person."""

from __future__ import annotations

from typing import Any

from agency_client.cli.telling import moment, shown, spoken


def compared_json(compared: Any) -> dict[str, Any]:
    """When words were last compared, as scripts see it."""
    return {
        "address": compared.address,
        "at": moment(compared.at),
        "by": compared.by,
        "changed": compared.has_changed,
    }


def compared_text(compared: Any) -> str:
    """The same for a person, with the address."""
    if compared.at is None:
        return f"{compared.address}: nobody here has compared its words by phone yet."
    by = f" by {compared.by}" if compared.by else ""
    since = ", but its keys have changed since" if compared.has_changed else ""
    return shown(f"{compared.address}: words compared {spoken(compared.at)}{by}{since}.")
