"""Who reads which part of a package, on the page and for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click

from agency_client.cli.telling import shown


def audience_json(findings: Any) -> dict[str, Any]:
    """Who reads what, as scripts see it."""
    return {
        "sections": [
            {
                "kind": part.kind,
                "number": part.number,
                "id": part.id,
                "title": part.title,
                "readers": list(part.readers),
                "not_readers": list(part.others),
                "copies": list(part.copies),
            }
            for part in findings.audience.parts
        ],
        "sources": [
            {"id": source.id, "known_to": list(source.known_to), "readers": list(source.readers)}
            for source in findings.audience.sources
        ],
    }


def tell_audience(findings: Any, *, err: bool = True) -> None:
    """The same for a person: to be read before anything is sent, apart from results unless it is one."""
    lines = list(audience_lines(findings.audience))
    if lines:
        click.echo("\nWho reads what:", err=err)
    for line in lines:
        click.echo(shown(line), err=err)


def audience_lines(audience: Any) -> Iterator[str]:
    """One line for each section or question, and one for each protected source."""
    for part in audience.parts:
        yield f"  {part.kind.capitalize()} {part.number} '{part.title}': {_read_by(part)}."
    copies = dict.fromkeys(name for part in audience.parts for name in part.copies)
    if copies:
        yield f"  Copies of what their agency reads or sends: {_named(copies)}."
    for source in audience.sources:
        yield f"  Who the source '{source.id}' is: {_named(source.readers)} will know, and no other recipient."


def _read_by(part: Any) -> str:
    if part.readers and not part.others:
        return "read by everybody it goes to"
    rest = f"; not by {_named(part.others)}" if part.others else ""
    return f"read by {_named(part.readers)}{rest}"


def _named(addresses: Iterable[str]) -> str:
    return ", ".join(addresses) or "nobody"
