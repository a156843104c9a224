"""A chronology as a spreadsheet, and as a page to read and print. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agency_client.record.catalogue import Catalogue
from agency_client.record.chronology import Chronology
from agency_client.record.chronology_table import headings, rows
from agency_client.record.printed import Page, printed
from agency_client.record.spreadsheet import spreadsheet


def chronology_csv(found: Chronology, catalogue: Catalogue) -> bytes:
    """The file's bytes: a heading, one row for each entry and each gap."""
    return spreadsheet(headings(), rows(found, catalogue))


def chronology_page(
    found: Chronology,
    catalogue: Catalogue,
    about: Mapping[str, str],
    left_out: Sequence[str] = (),
) -> bytes:
    """The page's bytes. ``about`` says what the page is: whose, when made, for which days; never whom it is about.

    ``left_out`` says what is not in it.
    """
    return printed(
        Page(
            title="Chronology",
            caption=(
                "What was said, by when it happened. "
                f"More than {found.gap_days} days without an entry are shown as a gap"
            ),
            about=about,
            do_not_alert=found.do_not_alert,
            headings=headings(),
            rows=list(rows(found, catalogue)),
            notes=left_out,
        )
    )
