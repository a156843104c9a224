"""Rules on what a consent covers that is relied on: purposes, kinds of information, recipients, its end (hard block 7).

Words of the catalogue, addresses and agencies are compared, because programs can be right about them. What is said in
other words only a person can compare, so there it is asked. Where consent is not relied on, nothing is said at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from agency_client.record.answers import Scope
from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Finding, problem, prompt
from agency_client.record.rules.consent import relied_on
from agency_client.record.when import span
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.identifiers import address, agency_of

_REMEDY: Final = (
    "Ask again and record what the consent covers, or choose another lawful basis: "
    "sharing does not need consent."
)
_ANY_PERSONAL: Final = "personal"
_NOT_PERSONAL: Final = "not_personal"
_SPECIAL: Final = "special_category"


def in_time(document: Document, facts: Facts) -> Iterator[Finding]:
    """Consent that is relied on has not ended."""
    scope = document.consent.scope
    if scope is None or not relied_on(document):
        return
    end = span(scope.expires) if scope.expires else None
    if end and end.last < facts.now:
        message = "You rely on consent, and this consent has ended."
        at = (*scope.at, "expires")
        yield problem("E_DOC_CONSENT", at, message, remedy=_REMEDY, clause="CO4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """One thing that must be covered: how people read it, and the words any of which covers it.

    ``known`` is false for what an author said in a sentence, which nothing but the same sentence matches.
    """

    shown: str
    by: frozenset[str]
    known: bool = True


def purposes(document: Document, facts: Facts) -> Iterator[Finding]:
    """Consent that is relied on covers the purposes of the package."""
    words = facts.catalogue.enumerations["purpose"]
    needed = [Needed(shown=code, by=frozenset({code})) for code in document.purpose_code if code]
    if not needed and document.purpose is not None:
        sentence = frozenset({document.purpose.strip().casefold()})
        needed = [Needed(shown="the purpose of this package", by=sentence, known=False)]
    yield from _covered(document, "purposes", "purposes", needed, lambda said: said in words)


def kinds_of_information(document: Document, facts: Facts) -> Iterator[Finding]:
    """Consent that is relied on covers the kinds of information in the package."""
    special = frozenset(facts.catalogue.enumerations["special_category"])
    words = special | facts.catalogue.enumerations["sensitivity"].keys()
    needed = [
        Needed(shown=kind, by=_covering(kind, special, words))
        for kind in sorted(_kinds(document))
        if kind != _NOT_PERSONAL
    ]
    label = "kinds of information"
    yield from _covered(document, "data_types", label, needed, lambda said: said in words)


def _kinds(document: Document) -> set[str]:
    """What sections and statements say of themselves, in words of the catalogue."""
    found = {kind for section in document.section for kind in section.sensitivity if kind}
    for _, statement in document.statements.values():
        found |= {kind for kind in statement.special_category if kind}
        found |= {flag for flag in statement.flags if flag in _FLAGGED}
    return found


#: Flags of a statement that are kinds of information too.
_FLAGGED: Final = frozenset({"third_party", "criminal_offence"})


def _covering(kind: str, special: frozenset[str], words: frozenset[str]) -> frozenset[str]:
    if kind == _ANY_PERSONAL:  # whoever agreed to anything agreed to personal information
        return words - {_NOT_PERSONAL}
    if kind == _SPECIAL:  # which ones, the statements say
        return special | {_SPECIAL}
    return frozenset({kind, _SPECIAL}) if kind in special else frozenset({kind})


def recipients(document: Document, facts: Facts) -> Iterator[Finding]:
    """Consent that is relied on covers the recipients: by address, by agency, or by kind of agency."""
    needed = [Needed(shown=name, by=_names_of(name, facts)) for name in document.to if name]
    kinds = facts.catalogue.enumerations["agency_kind"]

    def is_known(said: str) -> bool:
        return "@" in said or said in facts.kinds or said in kinds

    yield from _covered(document, "recipients", "recipients", needed, is_known)


def _names_of(name: str, facts: Facts) -> frozenset[str]:
    try:
        agency = agency_of(address(name))
    except PhoenixError:
        return frozenset({name})
    return frozenset({name, agency, facts.kinds.get(agency, name)})


def _covered(
    document: Document,
    field: str,
    label: str,
    needed: list[Needed],
    is_known: Callable[[str], bool],
) -> Iterator[Finding]:
    """Refused where words that can be compared do not cover something; asked where only a person can tell."""
    if not relied_on(document) or not needed:
        return
    scope = document.consent.scope or Scope(at=(*document.consent.at, "scope"))
    said = [entry.strip() for entry in getattr(scope, field) if entry.strip()]
    at = (*scope.at, field)
    if not said:
        yield prompt("CO4", at, f"You rely on consent. Which {label} does it cover?")
        return
    covers = {*said, *(entry.casefold() for entry in said)}
    missing = [each for each in needed if not each.by & covers]
    shown = ", ".join(each.shown for each in missing)
    if missing and all(each.known for each in missing) and all(map(is_known, said)):
        message = f"You rely on consent, and it does not cover all {label}: {shown}."
        yield problem("E_DOC_CONSENT", at, message, remedy=_REMEDY, clause="CO4")
    elif missing:
        yield prompt("CO4", at, f"You rely on consent. Does it cover this too: {shown}?")


RULES = (in_time, purposes, kinds_of_information, recipients)
