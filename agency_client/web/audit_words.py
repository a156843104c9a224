"""What a row of the audit record says, in words. A row whose code has none here shows its code."""

from __future__ import annotations

from typing import Final

_ACTIONS: Final[dict[str, str]] = {
    "agency.admitted": "An agency was admitted",
    "agency.closed": "An agency was closed",
    "agency.requested": "This agency's admission was asked for",
    "agency.resumed": "An agency was resumed",
    "agency.suspended": "An agency was suspended",
    "alarm": "Something did not verify",
    "alert.seen": "An alarm was dealt with",
    "assurances.declared": "Assurances of security were declared",
    "attachment.opened": "A file was taken out",
    "catalogue.adopted": "Another catalogue of words was taken",
    "catalogue.dropped": "A catalogue of words was dropped",
    "chronology.exported": "A chronology was copied",
    "chronology.read": "A chronology was read",
    "directory.alarm": "The directory did not verify",
    "epochs.rolled": "Sealing keys were made or destroyed",
    "epochs.served": "The relay served other keys than ours",
    "evidence.exported": "Evidence was exported",
    "feed.alarm": "Something that came did not verify",
    "hold.lifted": "A hold was lifted",
    "hold.set": "A hold was set",
    "home.restored": "This home was restored from a backup",
    "join.approved": "This machine was approved",
    "join.asked": "This machine asked to join",
    "join.refused": "A request to join did not verify",
    "member.approved": "A member was approved",
    "member.compromised": "A member was ended: keys in other hands",
    "member.left": "A member was ended: left",
    "member.superseded": "A member was ended: machine replaced",
    "originator.told": "A sender was told of passing on",
    "package.erased": "A package or part of it was erased",
    "package.held": "The relay took a package",
    "package.lost": "The relay lost a package",
    "package.offered": "A package was offered",
    "package.opened": "A package was opened",
    "package.recall": "Taking a package back was asked for",
    "package.recalled": "A package was taken back",
    "package.restricted": "A package or part of it was restricted",
    "package.sealed": "A package was sealed",
    "package.stored": "A package was stored here",
    "package.unreadable": "A package could not be opened",
    "package.verdict": "The relay said what became of a package",
    "partnership.amended": "The partnership was changed",
    "partnership.created": "The partnership was founded",
    "protocol.adopted": "The protocol was adopted",
    "protocol.kept": "A copy of the protocol was kept",
    "register.exported": "The register was copied",
    "register.read": "The register was read or searched",
    "request.answered": "A request was answered",
    "request.asked": "A request was put",
    "request.escalated": "A request went on to a deputy",
    "restricted.opened": "Something restricted was read",
    "restriction.lifted": "A restriction was lifted",
    "retention.set": "How long something is kept was changed",
    "sections.erased": "Parts of a package were erased",
    "words.compared": "Words were compared by phone",
}
_BEGINNINGS: Final = {
    "event.": "Said of a package",
    "feed.": "The relay passed on",
    "notice.": "Correction, withdrawal or dispute",
    "record.": "Recorded",
}


def action_of(code: str) -> str:
    """What was done."""
    if code in _ACTIONS:
        return _ACTIONS[code]
    for beginning, words in _BEGINNINGS.items():
        if code.startswith(beginning):
            return f"{words}: {code.removeprefix(beginning).replace('_', ' ')}"
    return code


def outcome_of(code: str) -> str:
    """How it ended: a code only where it is somebody's to look up."""
    return "Done" if code == "done" else code
