"""The verdict on a bundle as one JSON document: what ``phoenix verify --json`` prints."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agency_client.cli.telling import moment
from agency_client.record.opened import read_section, section_json
from agency_client.record.verdict_words import left_out, opened_by, said_in_words, what
from agency_client.record.verdicts import does_not_prove, findings, proves
from phoenix_protocol.evidence.parties import Party
from phoenix_protocol.evidence.parts import VerifiedSection
from phoenix_protocol.evidence.sayings import VerifiedSaying
from phoenix_protocol.evidence.verify import VerifiedBundle
from phoenix_protocol.package.events import Tombstone, Verdict
from phoenix_protocol.package.notices import NoticeAnswer, NoticeDelivery
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
        "left_out": left_out(proved),
        "findings": [
            {"code": f.code, "about": f.about, "time": moment(f.time), "message": f.words}
            for f in findings(proved)
        ],
        "proves": list(proves(proved)),
        "does_not_prove": list(does_not_prove(proved)),
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


# -- what was said ----------------------------------------------------------------------------------------------------


def _saying(saying: VerifiedSaying, proved: VerifiedBundle) -> dict[str, Any]:
    party = proved.parties.get(saying.maker) if saying.maker is not None else None
    shown = {
        "what": what(saying),
        "by": party.address if party is not None else None,
        "endpoint": saying.maker.hex() if saying.maker is not None else None,
        "key": saying.signer.hex(),
        "time": moment(saying.message.time),
        "words": said_in_words(saying, moment),
    }
    return {**shown, **_more(saying)}


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
