"""Rules on the legal basis and retention: one is there, and it does not contradict itself (hard blocks 6, 7 and 11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Finding, owed, problem, warning
from agency_client.record.places import Place
from agency_client.record.rules.codes import chosen
from agency_client.record.rules.people import PART_3
from agency_client.record.unanswerable import settled


def basis(document: Document, facts: Facts) -> Iterator[Finding]:
    """There is an Article 6 basis, or a Part 3 one for law enforcement."""
    legal = document.legal
    if legal.regime == PART_3 and not settled(legal.part3_lawful):
        at: Place = (*legal.at, "part3_lawful")
        yield _wanted(
            facts, "E_DOC_LEGAL", at, "The Part 3 basis of the sharing is missing.", "OB1"
        )
    elif legal.regime != PART_3 and not settled((*legal.article_6, legal.part3_lawful or "")):
        at = (*legal.at, "article_6")
        yield _wanted(
            facts, "E_DOC_LEGAL", at, "The lawful basis of the sharing is missing.", "OB1"
        )


def special_category(document: Document, facts: Facts) -> Iterator[Finding]:
    """Special category data has a condition: Article 9, Schedule 1 or Schedule 8."""
    legal = document.legal
    conditions = (*legal.article_9, *legal.schedule_1, *legal.schedule_8)
    special = [n for n, (_, said) in document.statements.items() if said.special_category]
    if settled(conditions) or not special:
        return
    name = "schedule_8" if legal.regime == PART_3 else "article_9"
    what = f"{_called(special)} special category data"
    message = f"{what}, and the condition for sharing that is missing."
    yield _wanted(facts, "E_DOC_LEGAL", (*legal.at, name), message, "OB1")


#: So many statements are named by their numbers; the rest is counted.
_NAMED = 12


def _called(numbers: Sequence[int]) -> str:
    """Statements by the numbers that people count: ``Statements 2 and 5 are``."""
    if len(numbers) == 1:
        return f"Statement {numbers[0]} is"
    named = [str(number) for number in numbers[:_NAMED]]
    rest = len(numbers) - len(named)
    last = f"{rest} more" if rest else named.pop()
    return f"Statements {', '.join(named)} and {last} are"


def retention(document: Document, facts: Facts) -> Iterator[Finding]:
    """There is a rule for how long it is kept."""
    if not settled(document.legal.retention):
        at = (*document.legal.at, "retention")
        message = "The rule for how long this is kept is missing."
        yield _wanted(facts, "E_DOC_RETENTION", at, message, "RT1")


def _wanted(facts: Facts, code: str, at: Place, message: str, clause: str) -> Finding:
    if facts.urgent:
        return owed(clause, at, message, in_words=False)
    return problem(code, at, message, clause=clause)


def not_for_this_agency(document: Document, facts: Facts) -> Iterator[Finding]:
    """Nobody chooses a basis or power that the law keeps from their kind of agency."""
    for choice in chosen(document):
        if choice.at[:1] != ("legal",):
            continue
        code = facts.catalogue.find(choice.enumeration, choice.code)
        if code and facts.own.kind in code.not_for:
            message = f"{code.label} is not open to your kind of agency."
            yield problem(
                "E_DOC_LEGAL",
                choice.at,
                message,
                remedy="Choose another under [legal].",
                clause="Q4",
            )


def other_conditions(document: Document, facts: Facts) -> Iterator[Finding]:
    """What a chosen basis calls for in its turn is owed."""
    legal = document.legal
    wanted = (
        (
            "ea_recognised_legitimate_interest" in legal.article_6
            and not legal.article_6_condition,
            "article_6_condition",
            "Say which condition for a recognised legitimate interest applies.",
        ),
        (
            "f_legitimate_interests" in legal.article_6
            and legal.legitimate_interests_assessment is None,
            "legitimate_interests_assessment",
            "Say where the assessment of the legitimate interests is.",
        ),
        (
            "g_substantial_public_interest" in legal.article_9 and not legal.schedule_1,
            "schedule_1",
            "Say which Schedule 1 condition makes the public interest substantial.",
        ),
        (
            "p18_safeguarding" in legal.schedule_1 and not legal.safeguarding_reason,
            "safeguarding_reason",
            "Say for which of the three reasons this is shared without consent.",
        ),
        (
            legal.regime == PART_3 and legal.other_use_authority is None,
            "other_use_authority",
            "Say what law lets this be used for something other than law enforcement.",
        ),
    )
    for is_missing, name, message in wanted:
        if is_missing:
            yield owed("OB1", (*legal.at, name), message)


def offences(document: Document, facts: Facts) -> Iterator[Finding]:
    """Data about criminal offences has its condition, outside law enforcement."""
    legal = document.legal
    about = [n for n, (_, said) in document.statements.items() if "criminal_offence" in said.flags]
    if about and not legal.article_10 and legal.regime != PART_3:
        message = (
            f"{_called(about)} about a criminal offence. Say which condition lets you share that."
        )
        yield owed("OB1", (*legal.at, "article_10"), message)


def orders(document: Document, facts: Facts) -> Iterator[Finding]:
    """A court order has its reference; a commissioned charity says for whom it acts."""
    legal = document.legal
    is_ordered = "court_order" in (*legal.gateway, *legal.confidence_basis)
    if is_ordered and legal.court_order is None:
        yield owed("CO12", (*legal.at, "court_order"), "Give the reference of the court order.")
    if facts.own.kind == "voluntary" and legal.acting_for is None:
        at = (*legal.at, "acting_for")
        yield owed("PR3", at, "Say which public body commissioned this work, or that none did.")


def public_interest(document: Document, facts: Facts) -> Iterator[Finding]:
    """Where the public interest overrides confidence, its ground and the reasons are owed."""
    legal = document.legal
    if "overriding_public_interest" not in legal.confidence_basis:
        return
    if not legal.public_interest_ground:
        at: Place = (*legal.at, "public_interest_ground")
        yield owed("CF4", at, "Say where the public interest lies.")
    if document.decision.public_interest_reasons is None:
        at = (*document.decision.at, "public_interest_reasons")
        yield owed("CF3", at, "Say why the public interest overrides confidence in this case.")


def notice(document: Document, facts: Facts) -> Iterator[Finding]:
    """People should have been told at the start of a service how their information is used."""
    if document.legal.privacy_notice is None:
        at = (*document.legal.at, "privacy_notice")
        message = "The document does not say which privacy notice people were given."
        yield warning("W_DOC_NOTICE", at, message, clause="CO2")


def review(document: Document, facts: Facts) -> Iterator[Finding]:
    """An overdue review of the protocol is said, and never stops anything."""
    if facts.review_due is not None and facts.review_due < facts.now:
        message = "The yearly review of your partnership's protocol is overdue."
        yield warning("W_DOC_REVIEW", (), message, clause="RV1")


RULES = (
    basis,
    special_category,
    retention,
    not_for_this_agency,
    other_conditions,
    offences,
    orders,
    public_interest,
    notice,
    review,
)
