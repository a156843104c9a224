"""What was last said in a thread about whether there is consent: sent, received or decided here (docs/document.md)."""

from __future__ import annotations

from typing import Final

from agency_client.ports.vault import Wanted
from agency_client.record.document import Document
from agency_client.record.register_table import RECEIVED, SENT
from agency_client.record.registering import DECISION
from agency_client.record.rules.consent import TELLING, relied_on
from agency_client.record.subjects import reference
from agency_client.use_cases.home import Home

_KINDS: Final = frozenset({SENT, RECEIVED, DECISION})


def thread_consent(home: Home, document: Document) -> str | None:
    """The newest status of consent in the thread of a document that relies on consent; None where there is none."""
    thread = reference(document.thread or "")
    if not thread or not relied_on(document):
        return None
    with home.vault.reading() as view:
        lines = view.register.find(Wanted(kinds=_KINDS, reference=thread))
    same = [line for line in lines if thread in map(reference, line.facts.get("thread", ()))]
    said = [status for line in same for status in line.facts.get("consent", ())]
    return next((status for status in reversed(said) if status in TELLING), None)
