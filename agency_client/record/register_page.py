"""The register as one page to read and print. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agency_client.record.catalogue import Catalogue
from agency_client.record.printed import Page, printed
from agency_client.record.register_table import COLUMNS, DO_NOT_ALERT, RegisterEntry, rows


def register_page(
    entries: Sequence[RegisterEntry], catalogue: Catalogue, about: Mapping[str, str]
) -> bytes:
    """The page's bytes. ``about`` says what the page is: whose, when made, for which days; never whom it is about."""
    found = list(rows(entries, catalogue))
    count = "1 entry" if len(found) == 1 else f"{len(found)} entries"
    return printed(
        Page(
            title="Register",
            caption=f"What was shared, and what was not: {count}",
            about=about,
            do_not_alert=tuple(
                dict.fromkeys(line for entry in entries for line in entry.said(DO_NOT_ALERT))
            ),
            headings=[heading for heading, _ in COLUMNS],
            rows=found,
        )
    )
