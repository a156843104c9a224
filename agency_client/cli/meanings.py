"""What alerts and states mean, and what to do about them, in plain words."""

from __future__ import annotations

from typing import Final

from phoenix_protocol.errors import NEXT_STEPS

MEANING: Final[dict[str, str]] = {
    **NEXT_STEPS,
    "A_NOT_DELIVERED": "A package expired before everybody had it. "
    "See 'phoenix sent'; send it again if it is still needed.",
    "A_NOT_SENT": "The relay refused a package of yours, and it was given up. See 'phoenix sent'; send it again.",
    "N_UNCONFIRMED": "A package expired and nobody confirmed it. Phone them; it may not have arrived.",
    "E_DAMAGED": "The relay's disk has damaged a package for you, and it does not open. "
    "Ask the sender to send it again: they are told.",
    "A_EQUIVOCATION": "A recipient opened something else than you sealed for them. "
    "Tell your information manager.",
    "A_UNREADABLE": "A recipient could not open your package. Ask them, and send it again.",
    "A_RELAY_LIED": "The relay said that a package was recalled, and a recipient had it. "
    "Tell your information manager.",
    "A_RELAY_ROLLBACK": "The relay was put back to an earlier state. Packages and receipts since then may be "
    "missing there: phone those whose receipt you wait for, and those who send to you. "
    "A restored backup does this, and the relay's operator knows of it: ask.",
    "A_RELAY_LOST": "The relay lost what it held of a package of yours. "
    "Send it again, and phone who has not confirmed it.",
    "E_REPLAY": "Two packages of one sender carry one number. Both are in the inbox: deal with both. "
    "Tell the sender; their keys may have been restored or copied.",
    "N_RECIPIENT_LEFT": "Somebody has left, or their agency was suspended or closed, while a package of yours "
    "waits for them: nobody there can open it. Take it back with 'phoenix recall', "
    "and send it to whoever has taken over.",
    "N_SEQUENCE_GAP": "A package from a sender may have been withheld from you. Ask them what they sent.",
    "W_EXPIRES_SOON": "A package of yours expires soon and is not with everybody. Phone them.",
}

#: Of what did not verify, what is late and no tampering.
_LATE: Final = frozenset({"E_DIR_STALE"})
#: What somebody did who must have known better.
_CAUGHT: Final = frozenset({"A_EQUIVOCATION", "A_RELAY_LIED"})


def is_alarm(code: str, about: str) -> bool:
    """Whether an alert says that something did not verify, and not only that something needs an eye.

    A receipt that has not come (``about`` names its number) may be on its way.
    """
    if about.startswith("missing:"):
        return False
    return code in _CAUGHT or (code.startswith("E_") and code not in _LATE)


#: What a state of a package says at one recipient, seen by its sender.
STATES: Final[dict[str, str]] = {
    "sent": "not at the relay yet: repeat the send",
    "held": "at the relay; they have not asked for it yet",
    "offered": "they can see its cover and have not accepted it",
    "accepted": "they said that it is theirs; it is not stored there yet",
    "committed": "stored by them; nobody has taken responsibility yet",
    "acknowledged": "a named person has taken responsibility",
    "outcome": "they told you what came of it",
    "erased": "they had it and have erased it; who did, and when, is signed",
    "unreadable": "it did not open there: phone them and send it again",
    "returned": "not theirs; nothing of it was released to them",
    "recalled": "you took it back before it was accepted",
    "expired": "its time ran out before they had it",
}

#: What the list of everything that was sent has beside them.
SENT_STATES: Final[dict[str, str]] = {
    **STATES,
    "given up": "the relay refused it and nobody got it: see 'phoenix alarms', and send it again",
}

#: What a state of a package says to whoever received it.
HERE: Final[dict[str, str]] = {
    "offered": "it waits for you: accept it, or return it if it is not yours",
    "accepted": "you said that it is yours and it is not all here: accept it again",
    "committed": "it is here; nobody has taken responsibility: acknowledge it",
    "acknowledged": "somebody here has taken responsibility",
    "outcome": "the sender knows what came of it",
    "erased": "it was here and was erased",
    "unreadable": "it did not open; the sender knows",
    "returned": "you said that it is not yours",
    "recalled": "the sender took it back before it was accepted",
    "expired": "its time ran out before it was accepted and fetched",
}

#: The same of a package that ended before its time: only the relay's own report says so.
LOST: Final = "the relay lost it before they had it: send it again"

#: What falls due, by its kind, to somebody who looks at what is to be done.
DUES: Final[dict[str, str]] = {
    "retention_review": "look whether it still has to be kept",
    "hold_review": "look whether the hold is still needed",
    "package_review": "look at it again, and tell everybody who was told what changed",
    "decision_review": "look at the decision again",
    "inform_review": "look whether the person can be told now",
    "access_answer": "answer whoever asked what is held about them: one month from their asking",
    "owed_answer": "give the answer that is owed",
    "breach_report": "report the breach to the regulator",
    "breach_step": "do the next step about the breach",
    "advice_answer": "the advice that was asked for",
    "originator_told": "tell the agency what was passed on without its release: it goes by itself",
    "disagreement_open": "settle your disagreement with them, and close it: phoenix disagreement",
    "disagreement_owed": "answer their disagreement: phoenix disagreement answer",
    "request_answer": "answer the request",
    "request_owed": "their answer to your request",
    "training_end": "training ends: renew it, then phoenix training --valid-until",
    "assurance_end": "an assurance of security ends: phoenix agency declare",
    "protocol_adoption": "adopt the protocol's newest version: phoenix agency adopt",
    "protocol_review": "review the protocol: phoenix partnership review",
    "epoch_keys": "make new keys: phoenix keys rotate",
}
