"""Words that travel alone in a package, such as a question for advice: what the rules say of it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Findings
from agency_client.record.rules import check_document, copies, protection, recipients, statements
from phoenix_protocol.identifiers import agency_of

#: Inside one agency nothing is shared with another: who, and what is copied from others, is all that is judged.
_WITHIN: Final = (*recipients.RULES, *protection.RULES, *statements.RULES, *copies.RULES)


def check_carried(document: Document, facts: Facts) -> Findings:
    """What the rules say. To somebody of another agency it is sharing: what that needs is owed, as in an emergency.

    Nothing stops it but a recipient or a copy that cannot be.
    """
    own = agency_of(facts.own.address)
    if all(name.partition("@")[2] == own for name in document.to):
        return check_document(document, facts, _WITHIN)
    return check_document(document, replace(facts, urgent=True))
