"""A table as one page of HTML to read and print: no script, nothing fetched, every text escaped. Pure.

What a browser prints above every sheet, and what lies on top in the printer, is the title and the head of the page:
they name the kind of list, whose it is and when it was made, and nobody whom it is about (clause CO11).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from agency_client.record.plain import plain

_STYLE: Final = """
body { font: 16px/1.4 system-ui, sans-serif; color: #0b0c0c; margin: 2em; }
h1 { font-size: 1.6em; margin: 0 0 .3em; }
p, dl { margin: 0 0 .6em; }
dt { font-weight: bold; float: left; clear: left; margin-right: .5em; }
dt::after { content: ":"; }
table { border-collapse: collapse; width: 100%; font-size: .8em; }
caption { text-align: left; font-weight: bold; padding: .5em 0; }
th, td { border: 1px solid #505a5f; padding: .3em .4em; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
th { background: #f3f2f1; }
.marking, .alert { font-weight: bold; }
.wide:focus { outline: 3px solid; }
@media screen { .wide { overflow-x: auto; } }
@page { size: A4 landscape; margin: 12mm; }
@media print { body { margin: 0; } thead { display: table-header-group; } tr { break-inside: avoid; } }
"""
_MARKING: Final = "OFFICIAL-SENSITIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is printed: ``about`` in the head by its names, ``do_not_alert`` above the table, ``notes`` below it."""

    title: str
    caption: str
    about: Mapping[str, str]
    do_not_alert: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


def printed(page: Page) -> bytes:
    """The page's bytes in UTF-8."""
    return "\n".join(_lines(page)).encode("utf-8", "xmlcharrefreplace")


def _lines(page: Page) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en-GB">'
    yield '<head><meta charset="utf-8">'
    policy = f"default-src 'none'; style-src 'sha256-{_digest(_STYLE)}'; base-uri 'none'; form-action 'none'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="referrer" content="no-referrer">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(page.title)}</title><style>{_STYLE}</style></head>"
    yield f'<body><main><p class="marking">{_MARKING}</p><h1>{_text(page.title)}</h1><dl>'
    for name, text in page.about.items():
        yield f"<dt>{_text(name)}</dt><dd>{_text(text)}</dd>"
    yield "</dl>"
    yield from (f'<p class="alert">Do not alert: {_text(line)}</p>' for line in page.do_not_alert)
    yield from _table(page)
    yield from (f"<p>{_text(line)}</p>" for line in page.notes)
    yield f'<p class="marking">{_MARKING}</p></main></body></html>'


def _table(page: Page) -> Iterator[str]:
    # A column in which nothing stands takes room on paper and says nothing.
    shown = [n for n in range(len(page.headings)) if any(row[n] for row in page.rows)]
    # On a narrow screen the table is moved sideways, and not the page (WCAG 2.2, 1.4.10).
    yield f'<div class="wide" role="region" tabindex="0" aria-label="{_text(page.caption)}">'
    yield f"<table><caption>{_text(page.caption)}</caption><thead><tr>"
    yield _cells(f'<th scope="col">{_text(page.headings[n])}</th>' for n in shown)
    yield "</tr></thead><tbody>"
    for row in page.rows:
        yield f"<tr>{_cells(f'<td>{_text(row[n])}</td>' for n in shown)}</tr>"
    yield "</tbody></table></div>"


def _cells(cells: Iterable[str]) -> str:
    return "".join(cells)


def _text(text: str) -> str:
    return escape(plain(text), quote=True)


def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
