"""Giving an owed answer later: recorded and dated beside the package or record, which itself is never changed.

A package that was sealed stays as it was sealed, and nobody is sent the answer: who must know it is sent a package that
supersedes the first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from agency_client.record import listed
from agency_client.record.amending import (
    LateAnswer,
    check_answer,
    field_at,
    new_problems,
    owed_at,
    place_of,
    still_owed,
)
from agency_client.record.as_written import written_from
from agency_client.record.breaches import BreachDocument
from agency_client.record.decisions import DecisionDocument
from agency_client.record.document import Document
from agency_client.record.facts import RecordFacts
from agency_client.record.findings import Findings
from agency_client.record.looks import OWED_ANSWER, Look, looks
from agency_client.record.reading import document_from
from agency_client.record.requests import RequestDocument
from agency_client.record.responses import ResponseDocument
from agency_client.record.rules.breaching import check_breach
from agency_client.record.rules.deciding import check_decision
from agency_client.record.syntax import Parsed
from agency_client.use_cases.answered import follow_package, follow_record
from agency_client.use_cases.catalogues import catalogue_of
from agency_client.use_cases.document_drafting import OWED_WITHIN
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.documents import PACKAGE, check_written
from agency_client.use_cases.home import Home
from agency_client.use_cases.recording import (
    ToRecord,
    find_record,
    keep,
    put_looks,
    record_facts,
)
from agency_client.use_cases.said_by_now import (
    ANSWER,
    by_now,
    owed_of,
    values_by_now,
    with_answer,
)
from phoenix_protocol.errors import Problem, RefusedError, UnavailableError
from phoenix_protocol.identifiers import ObjectHash, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer that was recorded: its number, where, and what is owed now."""

    record: int
    place: str
    owed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What is answered for: a package or a record, the document with all that was said later, and what is owed."""

    core: ObjectHash | None
    record: int | None
    kinds: tuple[type[Any], ...]
    parsed: Parsed = field(repr=False)
    owed: tuple[str, ...]


#: Kinds of package, in the order in which a place is looked for.
_PACKAGES: Final = (Document, RequestDocument, ResponseDocument)
#: Kinds of record of which something can be owed: their documents, and what is said of these.
_RECORDS: Final[dict[str, tuple[type[Any], Callable[[Any, RecordFacts], Findings]]]] = {
    "decision": (DecisionDocument, check_decision),
    "breach": (BreachDocument, check_breach),
}


def answer_package(
    home: Home, core: ObjectHash, place: str, said: Sequence[str], by: str | None = None
) -> Answered:
    """Answer what is owed of a package that was sent from here. Raises RefusedError ``E_ANSWER``, ``E_NOT_FOUND``."""
    with home.vault.reading() as view:
        record = view.sent.record(core)
        if record is None:
            raise RefusedError(
                "E_NOT_FOUND", "This home did not send that package.", next=listed.SENT
            )
        subject = _Subject(
            core=core,
            record=None,
            kinds=_PACKAGES,
            parsed=by_now(view, record.document, view.records.of(core, {ANSWER}), _PACKAGES),
            owed=owed_of(view, core, None),
        )
    return _answer(home, subject, place, said, by)


def answer_record(
    home: Home, number: int, place: str, said: Sequence[str], by: str | None = None
) -> Answered:
    """Answer what is owed of a record. Raises RefusedError ``E_ANSWER``, ``E_NOT_FOUND``."""
    with home.vault.reading() as view:
        record = find_record(view, number)
        if record.kind not in _RECORDS:
            raise RefusedError("E_ANSWER", "Nothing is owed of this record.")
        kinds = (_RECORDS[record.kind][0],)
        subject = _Subject(
            core=None,
            record=number,
            kinds=kinds,
            parsed=values_by_now(view, number, kinds),
            owed=owed_of(view, None, number),
        )
    return _answer(home, subject, place, said, by)


def _answer(
    home: Home, subject: _Subject, text: str, said: Sequence[str], by: str | None
) -> Answered:
    place = place_of(text.rpartition(":")[2].strip())
    name = owed_at(subject.owed, place)
    if name is None:
        raise RefusedError("E_ANSWER", "Nothing is owed at this place, or it was answered before.")
    wanted = field_at(subject.kinds, place)
    wrong = check_answer(wanted, place, said, catalogue_of(home))
    if wrong is not None:
        raise _refused([wrong])
    answer = LateAnswer(
        place=text.rpartition(":")[2].strip(),
        clause=name.partition(":")[0],
        said=tuple(said),
        by=by,
    )
    before, after = subject.parsed, with_answer(subject.parsed, answer, subject.kinds)
    was, now = _findings(home, subject, before), _findings(home, subject, after)
    if problems := new_problems(was, now):
        raise _refused(problems)
    owed = still_owed(subject.owed, place, was, now)
    fresh = _fresh(subject, before, after)
    return _keep(home, subject, answer, owed, fresh, after)


def _refused(problems: Sequence[Problem]) -> RefusedError:
    return RefusedError(
        "E_ANSWER",
        "This does not answer what is owed. Nothing was recorded.",
        next="See the problem that is listed, then repeat.",
        problems=problems,
    )


def _findings(home: Home, subject: _Subject, parsed: Parsed) -> Findings:
    """What the rules say now: everything that was put off is owed, so that nothing of it counts as a problem."""
    if subject.record is not None:
        kind, check = next(found for found in _RECORDS.values() if found[0] in subject.kinds)
        document = written_from(kind, parsed)
        return check(document, record_facts(home, document.packages))
    return check_written(home, document_from(parsed), Options(urgent=True), PACKAGE)


def _fresh(subject: _Subject, before: Parsed, after: Parsed) -> tuple[Look, ...]:
    """The days to look again that the answer names."""
    kind = subject.kinds[0]
    known = set(looks(written_from(kind, before)))
    return tuple(look for look in looks(written_from(kind, after)) if look not in known)


def _keep(
    home: Home,
    subject: _Subject,
    answer: LateAnswer,
    owed: tuple[str, ...],
    fresh: tuple[Look, ...],
    after: Parsed,
) -> Answered:
    now = home.now()
    said = "; ".join(answer.said)
    new = ToRecord(
        kind=ANSWER,
        document=answer.encoded(),
        summary=f"{answer.place}: {said}" + (f" ({answer.by})" if answer.by else ""),
        about=subject.record,
        cores=() if subject.core is None else (subject.core,),
    )
    owner: dict[str, Any] = {"core": subject.core, "record": subject.record}
    with home.vault.transaction() as tx:
        if owed_of(tx, subject.core, subject.record) != subject.owed:
            raise UnavailableError("E_STORE_BUSY", "Somebody else answered something meanwhile.")
        number = keep(home, tx, new, now)
        for name in set(subject.owed) - set(owed):
            due = tx.dues.find(OWED_ANSWER, **owner, place=name)
            if due is not None:
                tx.dues.close(due.number, now, number)
        later = Seconds(now + OWED_WITHIN)
        added = [Look(kind=OWED_ANSWER, at=later, place=n) for n in owed if n not in subject.owed]
        put_looks(tx, (*added, *fresh), now, **owner)
        if subject.core is not None:
            tx.sent.set_owed(subject.core, owed)
            follow_package(tx, subject.core, answer)
        if subject.record is not None:
            follow_record(tx, subject.record, answer, after, now, number)
    return Answered(record=number, place=answer.place, owed=owed)
