"""The register as one page of HTML to read and print: no script, nothing fetched, every text escaped. Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from agency_client.record.catalogue import Catalogue
from agency_client.record.plain import plain
from agency_client.record.register_table import COLUMNS, RegisterEntry, rows

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
.marking { font-weight: bold; }
@page { size: A4 landscape; margin: 12mm; }
@media print { body { margin: 0; } thead { display: table-header-group; } tr { break-inside: avoid; } }
"""
_MARKING: Final = "OFFICIAL-SENSITIVE"


def register_page(
    entries: Sequence[RegisterEntry], catalogue: Catalogue, about: Mapping[str, str]
) -> bytes:
    """The page's bytes in UTF-8. ``about`` says what the page is: whose, when made, what was looked for."""
    return "\n".join(_lines(entries, catalogue, about)).encode("utf-8", "xmlcharrefreplace")


def _lines(
    entries: Sequence[RegisterEntry], catalogue: Catalogue, about: Mapping[str, str]
) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en-GB">'
    yield '<head><meta charset="utf-8">'
    policy = f"default-src 'none'; style-src 'sha256-{_digest(_STYLE)}'; base-uri 'none'; form-action 'none'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="referrer" content="no-referrer">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Register</title><style>{_STYLE}</style></head>"
    yield f'<body><main><p class="marking">{_MARKING}</p><h1>Register</h1><dl>'
    for name, text in about.items():
        yield f"<dt>{_text(name)}</dt><dd>{_text(text)}</dd>"
    yield "</dl>"
    yield from _table(entries, catalogue)
    yield f'<p class="marking">{_MARKING}</p></main></body></html>'


def _table(entries: Sequence[RegisterEntry], catalogue: Catalogue) -> Iterator[str]:
    found = list(rows(entries, catalogue))
    # A column in which nothing stands takes room on paper and says nothing.
    shown = [n for n in range(len(COLUMNS)) if any(row[n] for row in found)]
    count = "1 entry" if len(found) == 1 else f"{len(found)} entries"
    yield f"<table><caption>What was shared, and what was not: {count}</caption><thead><tr>"
    yield "".join(f'<th scope="col">{_text(COLUMNS[n][0])}</th>' for n in shown)
    yield "</tr></thead><tbody>"
    for row in found:
        yield f"<tr>{''.join(f'<td>{_text(row[n])}</td>' for n in shown)}</tr>"
    yield "</tbody></table>"


def _text(text: str) -> str:
    return escape(plain(text), quote=True)


def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
