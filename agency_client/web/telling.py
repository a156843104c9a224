"""What went wrong, in the words of somebody who sits at a page: what happened, what next, and a link there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeVar

from agency_client.web.gone import DraftGoneError
from phoenix_protocol.errors import (
    LockedError,
    PhoenixError,
    RefusedError,
    TamperError,
    UnavailableError,
    UsageError,
)

V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An error for a person: a heading, what to do next, and where."""

    heading: str
    next: str
    link: str | None = None
    link_text: str | None = None
    #: More places to go to: path and words.
    also: tuple[tuple[str, str], ...] = ()
    #: Whether its code helps anybody: not where nothing went wrong.
    shows_code: bool = True


_HEADINGS: Final[dict[type[PhoenixError], str]] = {
    UsageError: "This cannot be read",
    RefusedError: "This cannot be done",
    UnavailableError: "This cannot be done now",
    TamperError: "Something does not verify",
    LockedError: "This needs a key",
}
_STATUS: Final[dict[type[PhoenixError], HTTPStatus]] = {
    UsageError: HTTPStatus.BAD_REQUEST,
    RefusedError: HTTPStatus.CONFLICT,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    TamperError: HTTPStatus.CONFLICT,
    LockedError: HTTPStatus.FORBIDDEN,
}

#: What to do next, by code, where the words for the command line would name a command.
_NEXT: Final[dict[str, tuple[str, str | None, str | None]]] = {
    "E_NOT_FOUND": ("Look for it in the lists.", "/", "Go to the home page"),
    "E_RELAY": (
        "Nothing is lost. Check the network and try again. If it lasts, phone who you need to reach.",
        None,
        None,
    ),
    "E_DIR_STALE": (
        "Try again when the relay answers. Until then you can read, and nothing can be sent.",
        None,
        None,
    ),
    "E_STORE_BUSY": ("Wait a moment, then try again.", None, None),
    "E_NOT_APPROVED": (
        "Read your code or words out to your information manager. This page works once they have approved you.",
        "/members/joining",
        "See your code and words",
    ),
    "E_HOLD": (
        "Nothing was changed. Only an information manager can lift a hold.",
        "/reviews/holds",
        "See the holds",
    ),
    "E_ROLE": ("Nothing was changed. Ask your information manager to do this.", None, None),
    "E_RECEIPT_STATE": ("Look at how far the package is, then try again.", None, None),
    "E_DOCUMENT": ("Mend what is listed, then try again.", None, None),
    "E_NOT_ACCEPTED": ("Say first that it is yours.", "/inbox", "Go to the inbox"),
    "E_PROTOCOL_TEXT": (
        "Keep the text of the protocol on this machine first.",
        "/members/partnership/protocol",
        "Go to the protocol",
    ),
    "E_WORDS_CHANGED": (
        "Show the words again, phone on a number that you know, and compare all of them.",
        None,
        None,
    ),
    "E_NOTICE_OPEN": (
        "Put your records right, then say what you did.",
        "/notices",
        "See what waits for an outcome",
    ),
}
_ASK: Final = "Ask your information manager, and give them the code below."
#: What somebody mends by themselves, where the error has no words of its own for it.
_OWN_SLIP: Final = {
    "E_ANSWER": "Nothing was recorded. Look at what is owed, and answer one of those.",
    "E_EXISTS": "Choose another name. Nothing was changed.",
    "E_NO_REQUEST": "Look for it among what you were asked.",
    "E_NOTICE_STATE": "Look at what was said of it before, or go back.",
    "E_PASSPHRASE_DIFFERS": "Enter it again. Nothing was changed.",
    "E_REC_PACKAGE": "Choose the package in the lists.",
    "E_RESTORED": "Let this machine catch up with the relay first: look again in the inbox.",
    "E_RESTRICTED": "If it has to be used after all, lift the restriction first, and say why.",
    "E_USAGE": "Change what you entered, or go back.",
}
#: Words that only help at a command line.
_COMMAND: Final = re.compile(r"\bphoenix(-relay)? [a-z]|--[a-z]|\bcommand\b", re.IGNORECASE)


def telling(error: PhoenixError) -> Told:
    """How an error is told on a page."""
    if isinstance(error, DraftGoneError):
        return Told(heading=error.heading, next="", also=error.links, shows_code=False)
    heading = _of(error, _HEADINGS, "This did not work")
    if error.code in _NEXT:
        words, link, text = _NEXT[error.code]
        return Told(heading=heading, next=words, link=link, link_text=text)
    if names_a_command(error.next):
        return Told(heading=heading, next=_OWN_SLIP.get(error.code, _ASK))
    return Told(heading=heading, next=error.next)


def names_a_command(words: str) -> bool:
    """Whether words only help somebody at a command line."""
    return _COMMAND.search(words) is not None


def status_of(error: PhoenixError) -> HTTPStatus:
    """The status of the page that tells an error."""
    return _of(error, _STATUS, HTTPStatus.INTERNAL_SERVER_ERROR)


def _of(error: PhoenixError, table: dict[type[PhoenixError], V], otherwise: V) -> V:
    return next((value for kind, value in table.items() if isinstance(error, kind)), otherwise)
