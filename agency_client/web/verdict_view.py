"""The verdict on a bundle of evidence as values for a page: the same as ``phoenix verify`` says. Texts are literal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from agency_client.record.catalogue import Catalogue
from agency_client.record.opened import ReadSection, ReadStatement, read_section
from agency_client.record.verdict_words import (
    DID,
    MARKS,
    about,
    counted,
    hidden_line,
    left_out_lines,
    opened_by,
    people_in,
    person_in_words,
    replacement,
    said_in_words,
    what,
)
from agency_client.record.verdicts import does_not_prove, findings, named, proves
from agency_client.record.wording import answer_lines, in_words
from agency_client.web.statement_words import Said, dated, statement_facts
from agency_client.web.when import to_the_second
from phoenix_protocol.errors import NEXT_STEPS
from phoenix_protocol.evidence.parties import Party
from phoenix_protocol.evidence.parts import VerifiedSection
from phoenix_protocol.evidence.sayings import VerifiedSaying
from phoenix_protocol.evidence.verify import VerifiedBundle
from phoenix_protocol.package.envelope import Why

_NOTHING: Final = "Nothing that whoever made this file says that they had."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStatement:
    """A statement with what became of it."""

    class_: str
    text: str = field(repr=False)
    marks: tuple[str, ...]
    facts: tuple[Said, ...] = field(repr=False)
    since: tuple[Said, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSection:
    """A section as far as it is shown."""

    title: str = field(repr=False)
    facts: tuple[Said, ...] = field(repr=False)
    statements: tuple[ShownStatement, ...]
    files: tuple[Said, ...] = field(repr=False)
    answers: tuple[Said, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVerdict:
    """Who, to whom, what, when, under which keys, what is left out, and what all that proves."""

    people: tuple[Said, ...] = field(repr=False)
    times: tuple[Said, ...]
    cover: tuple[Said, ...] = field(repr=False)
    sections: tuple[ShownSection, ...]
    said: tuple[tuple[str, tuple[Said, ...]], ...] = field(repr=False)
    keys: tuple[Said, ...]
    left_out: tuple[str, ...]
    findings: tuple[tuple[str, str, str], ...] = field(repr=False)
    proves: tuple[str, ...]
    does_not_prove: tuple[str, ...]


def verdict(proved: VerifiedBundle, catalogue: Catalogue) -> ShownVerdict:
    """See :class:`ShownVerdict`."""
    left = tuple(left_out_lines(proved))
    return ShownVerdict(
        people=tuple(_people(proved)),
        times=tuple(_times(proved)),
        cover=tuple(_cover(proved, catalogue)),
        sections=tuple(_section(each, proved, catalogue) for each in proved.parts.sections),
        said=tuple(_said(each, proved) for each in proved.said),
        keys=tuple(_keys(proved)),
        left_out=(*(left or (_NOTHING,)), hidden_line(proved)),
        findings=tuple(
            (each.about, _since(each.words, each.time), NEXT_STEPS[each.code])
            for each in findings(proved)
        ),
        proves=proves(proved),
        does_not_prove=does_not_prove(proved),
    )


def _since(words: str, at: int | None) -> str:
    return f"{words} From {to_the_second(at)}." if at is not None else words


def _whole(party: Party) -> str:
    name = f"{party.name}, " if party.name else ""
    return f"{name}{named(party)}, of {party.agency_name}"


def _people(proved: VerifiedBundle) -> Iterator[Said]:
    yield Said("Partnership", proved.partnership.name)
    yield Said("From", _whole(proved.sender))
    to = [r.address for r in proved.core.recipients if r.why is Why.TO]
    yield Said("To", "\n".join(to))
    others = [r.address for r in proved.core.recipients if r.why is not Why.TO]
    if others:
        yield Said("Copies", f"{', '.join(others)}: the sender's own, or an agency's records")
    named_ = {g.endpoint for d in proved.deliveries for g in d.message.endpoints}
    sealed = [_whole(p) for p in proved.parties.values() if p.endpoint in named_]
    yield Said("Sealed to", "\n".join(sealed))


def _times(proved: VerifiedBundle) -> Iterator[Said]:
    yield Said("Package", proved.core.package.hex())
    yield Said("Sent", f"{to_the_second(proved.core.created)}, as its sender says")
    for delivery in proved.deliveries:
        number = f", delivery {delivery.message.number}" if len(proved.deliveries) > 1 else ""
        yield Said("Held", f"{to_the_second(delivery.held.time)}, as the relay says{number}")
    yield Said("Expires", str(to_the_second(proved.core.expires)))


def _cover(proved: VerifiedBundle, catalogue: Catalogue) -> Iterator[Said]:
    cover = proved.parts.cover
    if cover is None:
        return
    yield Said("Purpose", cover.purpose)
    yield Said("Marking", in_words(catalogue, "classification", cover.classification))
    for line in cover.handling:
        yield Said("Handling", in_words(catalogue, "handling", line))


# -- what is shown ----------------------------------------------------------------------------------------------------


def _section(
    section: VerifiedSection, proved: VerifiedBundle, catalogue: Catalogue
) -> ShownSection:
    read = read_section([item for _, item in section.items])
    there = {f.said.segment for f in proved.parts.attachments if f.offset is not None}
    names = people_in(section, read)
    return ShownSection(
        title=read.title,
        facts=tuple(_section_facts(section, read, proved, catalogue)),
        statements=tuple(_statement(each, names, proved, catalogue) for each in read.statements),
        files=tuple(
            Said(
                each.said.name,
                f"{each.said.size} bytes"
                + ("" if each.said.segment in there else ". Not in this file."),
            )
            for each in read.attachments
        ),
        answers=tuple(
            Said(name, said) for name, said in answer_lines(read.answers, catalogue, dated)
        ),
    )


def _section_facts(
    section: VerifiedSection, read: ReadSection, proved: VerifiedBundle, catalogue: Catalogue
) -> Iterator[Said]:
    yield Said("Marking", in_words(catalogue, "classification", read.marking))
    yield Said("For", ", ".join(section.entry.audience))
    opened = sorted(opened_by(section, proved))
    if opened:
        yield Said("Opened, by their receipts", ", ".join(opened))
    people = [person_in_words(person.said) for person in read.people]
    if people:
        yield Said("People", "\n".join(people))
    for line in read.do_not_alert:
        yield Said("Do not alert", line)
    if section.left_out:
        yield Said("Left out here", counted(section.left_out, "item"))


def _statement(
    statement: ReadStatement, names: dict[str, str], proved: VerifiedBundle, catalogue: Catalogue
) -> ShownStatement:
    notices = about(statement, proved)
    since: list[Said] = []
    for notice in notices:
        text = replacement(notice)
        if text is not None:
            since.append(Said(f"Corrected, {to_the_second(notice.time)}", text))
        if notice.words is not None:
            since.append(Said("Why", notice.words))
    return ShownStatement(
        class_=statement.class_.value,
        text=statement.said.text,
        marks=tuple(MARKS[notice.action].capitalize() for notice in notices),
        facts=statement_facts(statement, names, catalogue),
        since=tuple(since),
    )


def _said(saying: VerifiedSaying, proved: VerifiedBundle) -> tuple[str, tuple[Said, ...]]:
    party = proved.parties.get(saying.maker) if saying.maker is not None else None
    who = f"{named(party)} " if party is not None else ""
    words = [
        Said(name.capitalize(), str(value))
        for name, value in said_in_words(saying, to_the_second).items()
    ]
    words += [
        Said(row.address, row.answer.value.replace("_", " ").lower())
        for row in getattr(saying.message, "answers", ())
    ]
    words += [Said(row.address, row.state) for row in getattr(saying.message, "states", ())]
    return f"{to_the_second(saying.message.time)}: {who}{DID[what(saying)]}", tuple(words)


# -- keys -------------------------------------------------------------------------------------------------------------


def _keys(proved: VerifiedBundle) -> Iterator[Said]:
    yield Said("Anchor of the partnership", proved.anchor.hex())
    yield Said("The relay's, for receipts", proved.receipt_key.hex())
    parties = {party.signer: party for party in (proved.sender, *proved.parties.values())}
    for party in parties.values():
        by = ", ".join(signer.hex()[:16] for signer in party.certified_by)
        certified = f"certified in statement {party.certified_in} of the log, signed by {by}"
        yield Said(named(party), f"{party.signer.hex()}\n{certified}")
    log = proved.log
    kind = "all of them" if log.whole else f"{log.shown} of them"
    shown = f"{log.size} statements, {kind} in this file, as of {to_the_second(log.time)}"
    yield Said("The log", f"{shown}\nroot {log.root.hex()}")
