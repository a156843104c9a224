"""Answers that are owed, for a person: each as the question that it is, with the command that answers it."""

from __future__ import annotations

from collections.abc import Iterable

from agency_client.cli.telling import shown, tell
from agency_client.record.catalogue import Catalogue
from agency_client.record.owed_words import owed_of


def tell_owed(names: Iterable[str], of: str, catalogue: Catalogue) -> None:
    """What is owed of a package or record that is called ``of``, each with what to type."""
    found = [owed_of(name, catalogue) for name in names]
    if not found:
        return
    count = len(found)
    tell(f"{'1 answer is' if count == 1 else f'{count} answers are'} owed. Give each when you can:")
    for owed in found:
        tell(f"  {shown(owed.question)}")
        tell(f"    {shown(owed.command(of))}")
