"""What a verified bundle comes to: what its reader has to know, what it proves, and what it does not (§6.11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from phoenix_protocol.directory.agencies import TakesPart
from phoenix_protocol.directory.statements import EndReason
from phoenix_protocol.evidence.parties import Party
from phoenix_protocol.evidence.verify import VerifiedBundle
from phoenix_protocol.identifiers import EndpointId, Seconds
from phoenix_protocol.package.events import Event, EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that a reader of a bundle has to know: a code, whom it is about, since when, and words for people."""

    code: str
    about: str
    time: Seconds | None
    words: str


def named(party: Party) -> str:
    """Whom a person calls by this: the address, or else the agency and the beginning of the id."""
    return party.address or f"{party.agency} ({party.endpoint.hex()[:8]})"


def findings(proved: VerifiedBundle) -> tuple[Found, ...]:
    """What does not make a bundle fail and has to be known all the same."""
    found = [*_ends(proved), *_standings(proved), *_gaps(proved), *_disagreements(proved)]
    if not proved.log.whole:
        found.append(_brief(proved))
    return tuple(found)


def _everybody(proved: VerifiedBundle) -> dict[EndpointId, Party]:
    return {proved.sender.endpoint: proved.sender, **proved.parties}


def _ends(proved: VerifiedBundle) -> Iterator[Found]:
    for party in _everybody(proved).values():
        if party.end is None:
            continue
        stolen = party.end.reason is EndReason.COMPROMISED
        before = party.end.effective <= proved.core.created
        words = (
            "its keys were called stolen, from a time before the package was made"
            if stolen and before
            else "its keys were called stolen"
            if stolen
            else "it was ended"
        )
        yield Found(
            code="N_PROOF_ENDED",
            about=named(party),
            time=party.end.effective,
            words=f"The log says of this machine, later: {words}.",
        )


def _standings(proved: VerifiedBundle) -> Iterator[Found]:
    agencies = {party.agency: party for party in _everybody(proved).values()}
    for agency, party in agencies.items():
        if party.standing is not TakesPart.ACTIVE:
            yield Found(
                code="N_PROOF_STANDING",
                about=agency,
                time=party.standing_since,
                words=f"The log says of this agency, later: it is {party.standing.value}.",
            )


def _gaps(proved: VerifiedBundle) -> Iterator[Found]:
    for gap in proved.gaps:
        party = proved.parties.get(gap.endpoint)
        numbers = str(gap.first) if gap.first == gap.last else f"{gap.first} to {gap.last}"
        yield Found(
            code="N_PROOF_GAP",
            about=named(party) if party is not None else gap.endpoint.hex(),
            time=None,
            words=f"It said more of this package than is here: number {numbers} is missing.",
        )


def _disagreements(proved: VerifiedBundle) -> Iterator[Found]:
    """A recipient that says it opened something else than the sender signed."""
    manifest = proved.parts.manifest
    for saying in proved.said:
        message, detail = saying.message, saying.detail
        if manifest is None or detail is None or not isinstance(message, Event):
            continue
        opened = set(detail.opened)
        if message.kind is EventKind.COMMITTED and not opened <= set(manifest.entries):
            party = proved.parties.get(message.endpoint)
            yield Found(
                code="A_EQUIVOCATION",
                about=named(party) if party is not None else message.endpoint.hex(),
                time=message.time,
                words="It says that it opened something else than the sender signed here.",
            )


def _brief(proved: VerifiedBundle) -> Found:
    return Found(
        code="N_PROOF_BRIEF",
        about="log",
        time=None,
        words=(
            f"{proved.log.shown} of the log's {proved.log.size} statements are shown. That nobody named here had been "
            "ended or replaced when they signed is not proved by this file."
        ),
    )


# -- in words ---------------------------------------------------------------------------------------------------------


def proves(proved: VerifiedBundle) -> tuple[str, ...]:
    """What nobody who accepts the anchor can deny."""
    shown = [
        "The keys that are named signed exactly what is shown here. Not one letter of it was changed.",
        "Information managers of the agencies had certified these keys in the partnership's public log.",
        "The relay signed that it held the package at the time that is given.",
    ]
    if proved.log.whole:
        shown.append(
            "The whole log is in this file, up to its checkpoint: nobody who is named was ended, replaced or suspended "
            "in it, but as it says here."
        )
    if proved.log.cosignatures:
        witnesses = ", ".join(c.witness.name for c in proved.log.cosignatures)
        shown.append(f"This log was also seen by: {witnesses}.")
    return tuple(shown)


def does_not_prove(proved: VerifiedBundle) -> tuple[str, ...]:
    """What a reader must not take from it."""
    shown = [
        "That what is said is true: only who said it.",
        "That nothing else was said. What was left out of the file, and what was said after it was made, is not in it.",
        "Which person sat at a machine: only that its keys were used.",
    ]
    if not proved.log.whole:
        shown.append(
            "That these keys were still in force. The relay looks at that before it holds a package: its word stands "
            "here in the place of a proof."
        )
    return tuple(shown)


def most_parts(proved: VerifiedBundle) -> int:
    """How many sections and files more there can be than are shown: what is not one is a decoy."""
    if proved.parts.manifest is None:
        return 0
    shown = len(proved.parts.sections) + len(proved.parts.attachments)
    return len(proved.parts.manifest.entries) - shown
