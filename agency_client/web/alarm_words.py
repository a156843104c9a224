"""What needs a person's eye, in the words of somebody who sits at a page: what happened, what to do, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from agency_client.web.telling import names_a_command
from phoenix_protocol.errors import NEXT_STEPS


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmWords:
    """One kind of alarm: what it says in a few words, what to do, and where that is done."""

    what: str
    next: str
    link: str | None = None
    link_text: str | None = None


def _sent(what: str, next_: str) -> AlarmWords:
    return AlarmWords(what=what, next=next_, link="/sent", link_text="Go to what you sent")


def _notice(what: str, next_: str) -> AlarmWords:
    return AlarmWords(
        what=what, next=next_, link="/notices", link_text="Go to corrections and withdrawals"
    )


def _request(what: str, next_: str) -> AlarmWords:
    return AlarmWords(what=what, next=next_, link="/requests", link_text="Go to requests")


_MANAGER: Final = "Tell your information manager the code below."
_UNVERIFIED: Final = AlarmWords(
    what="Something came that does not verify",
    next="Nothing of it is shown, and it stays put away. Do not act on what anybody says it held. "
    "Phone whoever you expected something from. " + _MANAGER,
    link="/inbox/put-away",
    link_text="See what was put away",
)

_WORDS: Final[dict[str, AlarmWords]] = {
    # What came
    "N_SEQUENCE_GAP": AlarmWords(
        what="A package from a sender may have been kept from you",
        next="They number what they send you, and a number is missing. Phone them and ask what they sent.",
    ),
    "E_REPLAY": AlarmWords(
        what="Two packages of one sender carry one number",
        next="Both are in the inbox: deal with both. Tell the sender, whose keys may have been restored or copied.",
        link="/inbox",
        link_text="Go to the inbox",
    ),
    "E_DAMAGED": AlarmWords(
        what="A package for you was damaged at the relay and does not open",
        next="Its sender was told. Phone them and ask them to send it again.",
    ),
    "N_STRAY_ANSWER": AlarmWords(
        what="An answer came to something that was not asked from here",
        next="Read the package. If it is not for you, tell its sender.",
        link="/inbox",
        link_text="Go to the inbox",
    ),
    # What was said of it later
    "N_CORRECTED": _notice(
        "Something that you rely on was corrected",
        "Put your own records right, then say what you did. It stays here until somebody has.",
    ),
    "N_WITHDRAWN": _notice(
        "Something that you rely on was withdrawn",
        "Stop relying on it, put your own records right, then say what you did. It stays here until somebody has.",
    ),
    "N_DISPUTED": _notice(
        "Somebody disputes a statement",
        "Look at what they say. If it is yours and it is wrong, correct or withdraw it.",
    ),
    "N_RELEASED": _notice(
        "Handling conditions of a statement have ended",
        "See which. What you may do with it has changed.",
    ),
    "N_NOTICE_UNREAD": AlarmWords(
        what="Something was said of a package that this machine has no key for",
        next="It may be a correction. Look at another machine of your desk, or ask the sender.",
    ),
    "N_REPLACED": AlarmWords(
        what="A newer package takes the place of one that you have",
        next="Read it. What you passed on of the earlier one, pass on anew.",
        link="/inbox",
        link_text="Go to the inbox",
    ),
    "N_NOTICE_ERASED": _notice(
        "Somebody disputes something that is erased here",
        "Ask them what, and look at your own records.",
    ),
    "N_NOTICE_DISAGREED": _notice(
        "Somebody disagrees with your correction or withdrawal", "Read why, and speak with them."
    ),
    "N_NOTICE_UNCONFIRMED": _notice(
        "Somebody has not confirmed your correction or withdrawal",
        "It was handed to them again. Phone them.",
    ),
    "A_NOTICE_NOT_SENT": _notice(
        "The relay refused a correction or withdrawal of yours for good",
        "Say it again. If it is refused again, tell your information manager the code below.",
    ),
    # What was sent
    "A_NOT_DELIVERED": _sent(
        "A package of yours expired before everybody had it",
        "Phone whoever did not get it. Send it again if it is still needed.",
    ),
    "N_UNCONFIRMED": _sent(
        "A package of yours expired and nobody confirmed it",
        "Phone the recipients: it may not have arrived.",
    ),
    "A_NOT_SENT": _sent("The relay refused a package of yours for good", "Send it again."),
    "A_UNREADABLE": _sent(
        "A recipient could not open your package", "Ask them what happened, and send it again."
    ),
    "A_RELAY_LOST": _sent(
        "The relay lost what it held of a package of yours",
        "Send it again, and phone who has not confirmed it.",
    ),
    "A_RELAY_LIED": _sent(
        "The relay said that a package was taken back, and a recipient had it",
        "Take it that they have read it. " + _MANAGER,
    ),
    "A_EQUIVOCATION": _sent(
        "A recipient opened something else than was sealed for them",
        "Ask them what they see. " + _MANAGER,
    ),
    "W_EXPIRES_SOON": _sent(
        "A package of yours expires soon and is not with everybody", "Phone who does not have it."
    ),
    "N_RECIPIENT_LEFT": _sent(
        "A package of yours waits for somebody who has left or whose agency does not take part",
        "Nobody there can open it. Take it back, and send it to whoever has taken over.",
    ),
    # Requests
    "N_ANSWER_DUE": _request(
        "An answer to your request is due soon", "Phone them if it is urgent."
    ),
    "N_ANSWER_OVERDUE": _request(
        "An answer to your request has not come in time",
        "Phone them. Go on with what you know: nothing waits for the answer.",
    ),
    "N_ESCALATED": _request(
        "A request of yours was not answered in time, and the deputy was asked",
        "There is nothing to do. It went by itself to the deputy that you named.",
    ),
    "N_NOT_ESCALATED": _request(
        "A request of yours could not be sent to the deputy", "Phone the deputy."
    ),
    "N_REQUEST_DUE": _request(
        "A request that was put to you is due soon", "Answer it, or say that you hold nothing."
    ),
    "N_REQUEST_OVERDUE": _request(
        "A request that was put to you is overdue",
        "Answer it now, even in part, or phone whoever asked.",
    ),
    # The relay and this machine
    "A_RELAY_ROLLBACK": AlarmWords(
        what="The relay was put back to an earlier state",
        next="Packages and receipts since then may be missing there. Phone those whose receipt you wait for, and those "
        "who send to you. A restored backup does this: ask the relay's operator.",
    ),
    "E_DIR_ROLLBACK": AlarmWords(
        what="The relay shows an older directory than before",
        next="Both versions are kept as proof. " + _MANAGER,
    ),
    "E_DIR_FORK": AlarmWords(
        what="The relay shows different people different directories",
        next="Both versions are kept as proof. " + _MANAGER,
    ),
    "E_CONFLICT": AlarmWords(
        what="Somebody said two different things where only one can be said",
        next="Both are kept as proof. " + _MANAGER,
    ),
    "E_CLOCK": AlarmWords(
        what="This machine's clock is wrong",
        next="Set it to the right time. What is older than what was already seen is not accepted.",
    ),
    "E_RESP_SIG": AlarmWords(
        what="An answer of the relay does not verify",
        next="Do not rely on this relay until your information manager has looked at it.",
    ),
}


def words_of(code: str) -> AlarmWords:
    """An alarm in words, whatever its code."""
    if code in _WORDS:
        return _WORDS[code]
    next_ = NEXT_STEPS.get(code, "")
    if code.startswith("E_"):
        return _UNVERIFIED
    told = next_ if next_ and not names_a_command(next_) else _MANAGER
    return AlarmWords(what="Something needs your eye", next=told)
