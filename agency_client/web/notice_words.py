"""What was said of a statement later, and what holders did about it, in words for a page."""

from __future__ import annotations

from typing import Final

from agency_client.use_cases.notice_views import Holder
from phoenix_protocol.package.notices import AnswerKind
from phoenix_protocol.sealing.contents import Done
from phoenix_protocol.sealing.notices import NoticeAction

SAID: Final[dict[NoticeAction, str]] = {
    NoticeAction.CORRECT: "Corrected",
    NoticeAction.DISPUTE: "Disputed",
    NoticeAction.WITHDRAW: "Withdrawn",
    NoticeAction.RELEASE: "Released",
}

_MEND: Final = (
    "Put your own records right, and tell whoever you told in another way. Then say what you did."
)
WHAT_TO_DO: Final[dict[NoticeAction, str]] = {
    NoticeAction.CORRECT: _MEND,
    NoticeAction.WITHDRAW: f"Do not rely on it any more. {_MEND}",
    NoticeAction.DISPUTE: "Weigh it beside the statement. Nothing else is asked of you.",
    NoticeAction.RELEASE: "The conditions below do not hold any more. Nothing else is asked of you.",
}

#: What can be done about a correction or withdrawal: its word, what people choose, and what that means.
DONE: Final = (
    ("rectified", "Put our records right", "They say now what is right."),
    ("restricted", "Restricted it", "We keep it, as evidence for example, and do not use it."),
    ("erased", "Erased it", "It is in our own records no more."),
    ("disagreed", "We disagree", "We keep it as it was. Say why."),
)

_DID: Final[dict[Done, str]] = {
    Done.RECTIFIED: "has put their records right",
    Done.RESTRICTED: "has restricted it: they keep it and do not use it",
    Done.ERASED: "has erased it",
}


def did(holder: Holder) -> str:
    """What one address did about it, to stand after the address."""
    if holder.answer is None:
        return "has not confirmed it yet"
    if holder.answer is AnswerKind.RECEIVED:
        return "has it and has not said what was done"
    if holder.answer is AnswerKind.DISAGREED:
        return "disagrees"
    return _DID[holder.done] if holder.done is not None else "has dealt with it"
