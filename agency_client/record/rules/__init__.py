"""The rules of the record: what stops a package, what is owed, what is worth a second look (docs/document.md).

:func:`check_document` is pure. It never stops for a missing consent, a child's age, an overdue review, missing advice,
a missing identifier or an unfinished text, and never says whether to share: no rule scores or recommends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from agency_client.record.copying import with_copies
from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Finding, Findings, gather
from agency_client.record.rules import (
    answers,
    attachments,
    codes,
    consent,
    copies,
    decision,
    legal,
    local,
    people,
    prompts,
    protection,
    recipients,
    scope,
    sections,
    security,
    statements,
    times,
)

Rule = Callable[[Document, Facts], Iterator[Finding]]

#: Every rule, by family. A rule looks at one thing and knows nothing of the others.
RULES: Final[tuple[Rule, ...]] = (
    *recipients.RULES,
    *sections.RULES,
    *people.RULES,
    *protection.RULES,
    *statements.RULES,
    *copies.RULES,
    *decision.RULES,
    *legal.RULES,
    *consent.RULES,
    *scope.RULES,
    *times.RULES,
    *security.RULES,
    *attachments.RULES,
    *codes.RULES,
    *answers.RULES,
    *local.RULES,
    *prompts.RULES,
)


def check_document(document: Document, facts: Facts, rules: Iterable[Rule] = RULES) -> Findings:
    """Everything there is to say about ``document``, all at once.

    With ``facts.urgent`` a missing decision, legal basis or retention rule is owed and does not stop.
    """
    document = with_copies(document, facts.copies)
    return gather(document, (finding for rule in rules for finding in rule(document, facts)))
