"""The verdict on a bundle as one JSON document: what ``phoenix verify --json`` prints."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agency_client.cli.telling import moment
from agency_client.record.opened import ReadStatement, read_section, section_json
from agency_client.record.verdicts import does_not_prove, findings, most_parts, proves
from phoenix_protocol import limits, schema
from phoenix_protocol.evidence.parties import Party
from phoenix_protocol.evidence.parts import VerifiedSection
from phoenix_protocol.evidence.sayings import VerifiedSaying
from phoenix_protocol.evidence.verify import VerifiedBundle
from phoenix_protocol.package.events import Event, Recall, Tombstone, Verdict, Void
from phoenix_protocol.package.notices import NoticeAnswer, NoticeDelivery
from phoenix_protocol.record import Statement
from phoenix_protocol.sealing.notices import Notice


def verdict_json(proved: VerifiedBundle, written: Mapping[bytes, Path]) -> dict[str, Any]:
    """Who, to whom, what, when, under which keys, what is left out, what that proves."""
    core, cover = proved.core, proved.parts.cover
    return {
        "verdict": "verified",
        "partnership": {"name": proved.partnership.name, "anchor": proved.anchor.hex()},
        "package": core.package.hex(),
        "core": proved.core_hash.hex(),
        "from": party_json(proved.sender),
        "to": [
            {"address": r.address, "why": r.why.value, "machines": _machines(proved, r.address)}
            for r in core.recipients
        ],
        "created": moment(core.created),
        "expires": moment(core.expires),
        "held": [
            {"delivery": d.message.number, "time": moment(d.held.time)} for d in proved.deliveries
        ],
        "receipt_key": proved.receipt_key.hex(),
        "cover": None
        if cover is None
        else {
            "purpose": cover.purpose,
            "classification": cover.classification,
            "handling": list(cover.handling),
            "urgency": cover.urgency,
            "contact": dict(cover.contact),
            "reference": cover.reference,
        },
        "thread": proved.parts.manifest.thread if proved.parts.manifest is not None else None,
        "sections": [_section(section, proved, written) for section in proved.parts.sections],
        "said": [_saying(saying, proved) for saying in proved.said],
        "log": {
            "statements": proved.log.size,
            "shown": proved.log.shown,
            "whole": proved.log.whole,
            "root": proved.log.root.hex(),
            "time": moment(proved.log.time),
            "witnesses": [c.witness.name for c in proved.log.cosignatures],
        },
        "left_out": left_out_json(proved),
        "findings": [
            {"code": f.code, "about": f.about, "time": moment(f.time), "message": f.words}
            for f in findings(proved)
        ],
        "proves": list(proves(proved)),
        "does_not_prove": list(does_not_prove(proved)),
    }


def left_out_json(proved: VerifiedBundle) -> dict[str, Any]:
    """What a reader can tell of what is not there."""
    return {
        "parts": proved.parts.withheld,
        "items": sum(section.left_out for section in proved.parts.sections),
        "files": sum(file.offset is None for file in proved.parts.attachments),
        "cover": proved.parts.cover is None,
        "words": sum(s.has_words and s.detail is None for s in proved.said),
        "at_most": most_parts(proved),
    }


def party_json(party: Party) -> dict[str, Any]:
    """An endpoint with the key that it signed or reads with, and who certified that in which statement of the log."""
    return {
        "address": party.address,
        "name": party.name,
        "agency": party.agency,
        "agency_name": party.agency_name,
        "endpoint": party.endpoint.hex(),
        "role": party.role.value,
        "key": party.signer.hex(),
        "certified_in": party.certified_in,
        "certified_by": [signer.hex() for signer in party.certified_by],
        "valid_from": moment(party.valid_from),
        "valid_until": moment(party.valid_until),
        "ended": None
        if party.end is None
        else {"reason": party.end.reason.value, "from": moment(party.end.effective)},
    }


def _machines(proved: VerifiedBundle, address: str) -> list[dict[str, Any]]:
    named = (g.endpoint for d in proved.deliveries for g in d.message.endpoints)
    parties = (proved.parties.get(endpoint) for endpoint in named)
    return [party_json(p) for p in parties if p is not None and p.address == address]


def _section(
    section: VerifiedSection, proved: VerifiedBundle, written: Mapping[bytes, Path]
) -> dict[str, Any]:
    shown = section_json(read_section([item for _, item in section.items]))
    there = {file.said.segment: file.offset is not None for file in proved.parts.attachments}
    included = {
        file.said.digest.hex(): there.get(file.said.segment, False)
        for file in proved.parts.attachments
    }
    for file in shown["attachments"]:
        file["included"] = included.get(file["digest"], False)
        path = written.get(bytes.fromhex(file["digest"]))
        if path is not None:
            file["path"] = str(path)
    return {
        **shown,
        "readers": list(section.entry.audience),
        "opened_by": sorted(opened_by(section, proved)),
        "left_out": section.left_out,
    }


def opened_by(section: VerifiedSection, proved: VerifiedBundle) -> set[str]:
    """The addresses whose receipts say that they opened a section."""
    return {
        proved.parties[saying.message.endpoint].address or saying.message.endpoint.hex()
        for saying in proved.said
        if isinstance(saying.message, Event)
        and saying.message.endpoint in proved.parties
        and saying.detail is not None
        and section.commitment in saying.detail.opened
    }


# -- what was said ----------------------------------------------------------------------------------------------------


def _saying(saying: VerifiedSaying, proved: VerifiedBundle) -> dict[str, Any]:
    party = proved.parties.get(saying.maker) if saying.maker is not None else None
    shown = {
        "what": what(saying),
        "by": party.address if party is not None else None,
        "endpoint": saying.maker.hex() if saying.maker is not None else None,
        "key": saying.signer.hex(),
        "time": moment(saying.message.time),
        "words": words(saying),
    }
    return {**shown, **_more(saying)}


def what(saying: VerifiedSaying) -> str:
    """The kind of an event, the action of a notice, or what else it is."""
    match saying.message:
        case Event():
            return saying.message.kind.value
        case Recall():
            return "recall"
        case Verdict():
            return "verdict"
        case Void():
            return "void"
        case Tombstone():
            return "tombstone"
        case Notice():
            return saying.message.action.value
        case NoticeDelivery():
            return "handed_on"
        case NoticeAnswer():
            return f"answer_{saying.message.answer.value}"


def words(saying: VerifiedSaying) -> dict[str, Any]:
    """What its maker said in words, as far as it is shown."""
    message, detail = saying.message, saying.detail
    found: dict[str, Any] = {}
    if isinstance(message, Notice):
        found = {"words": message.words, "text": replacement(message)}
    elif detail is not None:
        found = {
            name: getattr(detail, name) for name in ("owner", "use", "reason", "words", "record")
        }
        found["due"] = moment(detail.due)
    return {name: value for name, value in found.items() if value is not None}


def replacement(notice: Notice) -> str | None:
    """What a correction puts in the place of a statement's text."""
    if notice.replacement is None:
        return None
    return schema.decode(Statement, notice.replacement, limit=limits.STATEMENT_BYTES).text


def _more(saying: VerifiedSaying) -> dict[str, Any]:
    match saying.message:
        case Verdict(answers=answers):
            return {"answers": [{"address": a.address, "answer": a.answer.value} for a in answers]}
        case Tombstone(states=states):
            return {"states": [{"address": s.address, "state": s.state} for s in states]}
        case Notice(item=item):
            return {"statement": item.hex(), "notice": saying.hash.hex()}
        case NoticeAnswer(notice=notice):
            return {"notice": notice.hex()}
        case NoticeDelivery(audience=audience):
            return {"to": list(audience)}
        case _:
            return {}


def about(statement: ReadStatement, proved: VerifiedBundle) -> tuple[Notice, ...]:
    """The notices about a statement, in the order of their times."""
    found = (s.message for s in proved.said if isinstance(s.message, Notice))
    return tuple(sorted((n for n in found if n.item == statement.id), key=lambda n: n.time))
