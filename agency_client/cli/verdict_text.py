"""The verdict on a bundle in plain words: what ``phoenix verify`` prints for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from agency_client.cli.telling import moment, spoken, tell
from agency_client.record.catalogue import Catalogue
from agency_client.record.date_words import written_day
from agency_client.record.opened import ReadStatement, read_section
from agency_client.record.plain import plain
from agency_client.record.shipped import shipped_catalogue
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
from agency_client.record.wording import answer_lines, handling_in_words, in_words
from phoenix_protocol.errors import NEXT_STEPS
from phoenix_protocol.evidence.parties import Party
from phoenix_protocol.evidence.parts import VerifiedSection
from phoenix_protocol.evidence.sayings import VerifiedSaying
from phoenix_protocol.evidence.verify import VerifiedBundle
from phoenix_protocol.package.envelope import Why


def tell_verdict(proved: VerifiedBundle, written: Mapping[bytes, Path]) -> None:
    """What it proves; who, to whom, what, when, under which keys; what is left out, and what it does not prove."""
    tell("This bundle verifies. Nothing in it was changed.")
    _tell_list("What this proves", proves(proved))
    _tell_people(proved)
    _tell_times(proved)
    _tell_cover(proved)
    for section in proved.parts.sections:
        _tell_section(section, proved, written)
    _tell_said(proved)
    _tell_keys(proved)
    _tell_left_out(proved)
    _tell_findings(proved)
    _tell_list("What it does not prove", does_not_prove(proved))


def _tell_findings(proved: VerifiedBundle) -> None:
    found = findings(proved)
    if not found:
        return
    tell()
    tell("What you have to know")
    for finding in found:
        since = f", from {_moment(finding.time)}" if finding.time is not None else ""
        tell(f"  - {finding.code}, {plain(finding.about)}{since}. {finding.words}")
        tell(f"    {NEXT_STEPS[finding.code]}")


def _moment(seconds: int) -> str:
    """A time as the verdict writes it on every machine."""
    return spoken(seconds, everywhere=True)


def _whole(party: Party) -> str:
    """Everything that the log says of who this is."""
    name = f"{party.name}, " if party.name else ""
    return plain(f"{name}{named(party)}, of {party.agency_name}")


def _tell_people(proved: VerifiedBundle) -> None:
    tell()
    tell(f"Partnership   {plain(proved.partnership.name)}")
    tell(f"From          {_whole(proved.sender)}")
    for recipient in proved.core.recipients:
        if recipient.why is Why.TO:
            tell(f"To            {plain(recipient.address)}")
    others = [r.address for r in proved.core.recipients if r.why is not Why.TO]
    if others:
        tell(f"Copies        {plain(', '.join(others))}: the sender's own, or an agency's records")
    named_ = {g.endpoint for d in proved.deliveries for g in d.message.endpoints}
    for party in proved.parties.values():
        if party.endpoint in named_:
            tell(f"Sealed to     {_whole(party)}")


def _tell_times(proved: VerifiedBundle) -> None:
    tell()
    tell(f"Package       {proved.core.package.hex()}")
    tell(f"Sent          {_moment(proved.core.created)}, as its sender says")
    for delivery in proved.deliveries:
        number = f", delivery {delivery.message.number}" if len(proved.deliveries) > 1 else ""
        tell(f"Held          {_moment(delivery.held.time)}, as the relay says{number}")
    tell(f"Expires       {_moment(proved.core.expires)}")


def _tell_cover(proved: VerifiedBundle) -> None:
    cover, catalogue = proved.parts.cover, shipped_catalogue()
    if cover is None:
        return
    tell()
    tell(f"Purpose       {plain(cover.purpose)}")
    tell(f"Marking       {plain(cover.classification)}")
    for line in cover.handling:
        tell(f"Handling      {plain(handling_in_words(catalogue, line))}")


# -- what is shown ----------------------------------------------------------------------------------------------------


def _tell_section(
    section: VerifiedSection, proved: VerifiedBundle, written: Mapping[bytes, Path]
) -> None:
    catalogue = shipped_catalogue()
    read = read_section([item for _, item in section.items])
    there = {f.said.segment for f in proved.parts.attachments if f.offset is not None}
    tell()
    tell(f"{plain(read.title)}  [{plain(read.marking)}]")
    tell(f"  For: {plain(', '.join(section.entry.audience))}")
    opened = opened_by(section, proved)
    if opened:
        tell(f"  Opened, by their receipts: {plain(', '.join(sorted(opened)))}")
    for person in read.people:
        tell(f"  {plain(person_in_words(person.said))}")
    for statement in read.statements:
        _tell_statement(statement, people_in(section, read), proved, catalogue)
    for file in read.attachments:
        tell(f"  Attached: {plain(file.said.name)}, {file.said.size} bytes")
        where = written.get(file.said.digest)
        if where is not None:
            tell(f"    {where}")
        elif file.said.segment not in there:
            tell("    Not in this file.")
    for question, answer in answer_lines(read.answers, catalogue):
        tell(f"  {plain(question)}: {plain(written_day(answer))}")
    for line in read.do_not_alert:
        tell(f"  Do not alert: {plain(line)}")
    if section.left_out:
        tell(f"  Left out here: {counted(section.left_out, 'item')}.")


def _tell_statement(
    statement: ReadStatement, names: Mapping[str, str], proved: VerifiedBundle, catalogue: Catalogue
) -> None:
    said = statement.said
    notices = about(statement, proved)
    marks = "".join(f"{mark}: " for mark in dict.fromkeys(MARKS[each.action] for each in notices))
    tell(f"  {statement.class_.value:<8}  {marks}{plain(said.text)}")
    notes = [said.kind.value.replace("_", " ")]
    if statement.about:
        notes.append(f"about {', '.join(names[label] for label in statement.about)}")
    if said.author:
        notes.append(f"by {said.author}")
    if said.source is not None:
        notes.append(f"source: {in_words(catalogue, 'source_type', said.source.type)}")
    if said.as_of:
        notes.append(f"as of {written_day(said.as_of)}")
    if said.chain_depth:
        notes.append(f"first said by {said.origin}")
    tell(f"            {plain(', '.join(notes))}")
    for notice in notices:
        text = replacement(notice)
        if text is not None:
            tell(f"            Corrected, {_moment(notice.time)}: {plain(text)}")
        if notice.words is not None:
            tell(f"            {plain(notice.words)}")


def _tell_said(proved: VerifiedBundle) -> None:
    if not proved.said:
        return
    tell()
    tell("What was said of it since")
    for saying in proved.said:
        tell(f"  {_moment(saying.message.time)}  {_who(saying, proved)}{DID[what(saying)]}.")
        for line in _words(saying):
            tell(f"      {line}")


def _who(saying: VerifiedSaying, proved: VerifiedBundle) -> str:
    party = proved.parties.get(saying.maker) if saying.maker is not None else None
    return plain(named(party)) + " " if party is not None else ""


def _words(saying: VerifiedSaying) -> Iterator[str]:
    for name, value in said_in_words(saying, moment).items():
        yield f"{name.capitalize()}: {plain(str(value))}"
    for row in getattr(saying.message, "answers", ()):
        yield plain(f"{row.address}: {row.answer.value}")
    for row in getattr(saying.message, "states", ()):
        yield plain(f"{row.address}: {row.state}")


# -- keys and what is missing -----------------------------------------------------------------------------------------


def _tell_keys(proved: VerifiedBundle) -> None:
    tell()
    tell("Keys")
    tell(f"  Anchor of the partnership      {proved.anchor.hex()}")
    tell(f"  The relay's, for receipts      {proved.receipt_key.hex()}")
    parties = {party.signer: party for party in (proved.sender, *proved.parties.values())}
    for party in parties.values():
        by = ", ".join(signer.hex()[:16] for signer in party.certified_by)
        tell(f"  {plain(named(party)):<30} {party.signer.hex()}")
        tell(f"      certified in statement {party.certified_in} of the log, signed by {by}")
    log = proved.log
    kind = "all of them" if log.whole else f"{log.shown} of them"
    tell(f"  Log of {log.size} statements, {kind} in this file, as of {_moment(log.time)}")
    tell(f"      root {log.root.hex()}")


def _tell_left_out(proved: VerifiedBundle) -> None:
    lines = list(left_out_lines(proved))
    tell()
    tell("Left out")
    for line in lines or ["Nothing that whoever made this file says that they had."]:
        tell(f"  {line}")
    tell(f"  {hidden_line(proved)}")


def _tell_list(title: str, lines: Sequence[str]) -> None:
    tell()
    tell(title)
    for line in lines:
        tell(f"  - {plain(line)}")
