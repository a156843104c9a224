"""Every way a Phoenix program can fail, split by what the person or program in front of it should do.

::

    PhoenixError
    ├── UsageError         exit 2   the command or the file could not be read; nothing was tried
    ├── RefusedError       exit 3   a rule of the protocol or the record says no; nothing changed
    ├── UnavailableError   exit 4   relay or network not available; safe to repeat
    ├── TamperError        exit 5   verification failed: an alarm, recorded in the audit chain
    └── LockedError        exit 6   a passphrase or a key is needed

Each error carries a stable code (``E_…``), what happened, and what to do next. The same codes travel in the relay's
problem documents (RFC 9457) and in ``--json`` output, so that a person who phones for help and the engineer who
answers use one word. Texts never hold a secret, a name or anything out of a package.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with what somebody wrote, with its place and the way out.

    ``place`` is a dotted path such as ``section[2].statement[1].author``; ``line`` the line in the file where its
    format gives one; ``clause`` the clause of the protocol (``config/clauses.toml``) the rule comes from.
    """

    code: str
    message: str
    next: str
    place: str = ""
    line: int | None = None
    clause: str | None = None


class PhoenixError(Exception):
    """The root. ``code`` is stable, ``what`` says what happened, ``next`` what to do about it."""

    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        code: str,
        what: str,
        *,
        next: str | None = None,  # noqa: A002  # the word of the error's JSON, on which scripts rely
        problems: Iterable[Problem] = (),
    ) -> None:
        super().__init__(f"{code}: {what}")
        self.code: Final = code
        self.what: Final = what
        self.next: Final = next if next is not None else NEXT_STEPS.get(code, DEFAULT_NEXT)
        self.problems: Final = tuple(problems)


class UsageError(PhoenixError):
    """The input could not be read as what it should be. The writer of the input can mend it."""

    exit_code = 2


class RefusedError(PhoenixError):
    """A rule of the protocol or of the record says no, or the thing asked for is not in a state that allows it."""

    exit_code = 3


class UnavailableError(PhoenixError):
    """The relay, the network or a local resource is not available now. Repeating is safe and finishes the job once."""

    exit_code = 4


class TamperError(PhoenixError):
    """Something did not verify. Nothing of the object is shown; the finding is recorded."""

    exit_code = 5


class LockedError(PhoenixError):
    """A passphrase or key is needed before this can be done."""

    exit_code = 6


DEFAULT_NEXT: Final = (
    "Nothing was changed. If this happens again, tell your information manager the code."
)

_ALARM: Final = (
    "Do not act on this package. Tell your information manager the code. "
    "The finding is in the audit record."
)
_KEEP: Final = "Tell your information manager. Both versions are kept as proof."

NEXT_STEPS: Final[dict[str, str]] = {
    # Reading bytes and values
    "E_PARSE": "The bytes are not a valid message. Nothing was kept of them.",
    "E_LIMIT": "Make it smaller, or split it into several packages.",
    "E_SUITE": "Update this program, or ask the other side to update theirs.",
    "E_CRITICAL": "Update this program: the message needs a feature that it does not have.",
    "E_ANCHOR": "This belongs to another partnership. Check the anchor with whoever gave it to you.",
    # Signatures, keys, directory
    "E_SIG_TYPE": _ALARM,
    "E_SIG": _ALARM,
    "E_SIG_DELIVERY": _ALARM,
    "E_KEY_WEAK": "Make a new key with this program and ask to join again.",
    "E_KEY_UNCERTIFIED": _ALARM,
    "E_KEY_SUPERSEDED": "Ask the sender to send it again to your newest key.",
    "E_KEY_REVOKED": _ALARM,
    "E_AGENCY_CLOSED": "This agency has left the partnership or is suspended. Ask the partnership's governance.",
    "E_THRESHOLD": "More of the people named for this decision must sign it.",
    "E_ROOT_CHAIN": "A version is missing between the last one and this one. Fetch the directory again.",
    "E_DIR_CHAIN": "Fetch the directory again and repeat: somebody else changed the same thing first.",
    "E_DIR_STALE": "The relay shows an old directory. Reading goes on; sending waits until the relay is current.",
    "E_DIR_ROLLBACK": _KEEP,
    "E_DIR_FORK": _KEEP,
    "E_ID_LOOKALIKE": "Choose an id that cannot be mistaken for an existing one.",
    "E_ID_TAKEN": "Choose another id, or ask your information manager who holds this one.",
    "E_NAME": "Use letters, digits, dots and hyphens, such as mash@northshire-police.",
    # Packages
    "E_NOT_ADDRESSED": "This was not sealed for you. Do not pass it on; tell your information manager.",
    "E_TIME": "Check this machine's clock. If it is right, the sender's was wrong: ask them to send it again.",
    "E_EXPIRED": "Ask the sender to send it again.",
    "E_DAMAGED": "Ask the sender to send it again. They are told that it cannot be opened.",
    "E_REPLAY": "If it is in the inbox already, there is nothing to do. Otherwise phone the sender.",
    "E_CONFLICT": _KEEP,
    "E_CAPSULE_DIGEST": _ALARM,
    "E_CAPSULE": _ALARM,
    "E_BODY_DIGEST": _ALARM,
    "E_MANIFEST_SET": _ALARM,
    "E_KEY_COMMIT": _ALARM,
    "E_CHUNK": _ALARM,
    "E_TRUNCATED": _ALARM,
    "E_PADDING": _ALARM,
    "E_COMMITMENT": _ALARM,
    "E_AUDIENCE": _ALARM,
    "E_ATTACHMENT": "Close the program that writes to the file, then send again.",
    # Receipts and life cycle
    "E_RECEIPT_BINDING": _ALARM,
    "E_RECEIPT_STATE": "Look at the package's state first; this step is not possible now.",
    # Requests
    "E_REQ_SIG": "Check this machine's clock and that it is still a member.",
    "E_RESP_SIG": "Do not rely on this relay until your information manager has looked at it.",
    "E_NOT_FOUND": "Check the name: 'phoenix inbox', 'phoenix sent' and 'phoenix directory' list what there is. "
    "You may also not be entitled to it.",
    "E_QUOTA": "Wait, then repeat. Nothing was lost.",
    "E_RELAY": "The relay or the network is not available. Repeat the same command; it finishes the job once.",
    # What this machine knows of packages and members
    "E_AMBIGUOUS": "Give more of the id.",
    "E_NOT_ACCEPTED": "Accept the package first. Accepting again goes on where it stopped.",
    "E_RETURNED": "Ask the sender to send it again if it was for you after all.",
    "E_RECALLED": "Ask the sender what takes its place.",
    "E_UNREADABLE": "Ask the sender to send it again. They know that it did not open.",
    "E_HOLD": "It has to be kept: see phoenix hold list. Only an information manager can lift a hold.",
    "E_ROLE": "Ask your agency's information manager. Nothing was changed.",
    "E_RESTRICTED": "If it has to be used after all, lift the restriction first: phoenix restrict ID --lift.",
    "E_ERASED": "Ask the sender to send it again if you still need it.",
    "E_WORDS_CHANGED": "Show the words, phone on a number that you know and compare them, then add --compared.",
    "E_NO_REQUEST": "Check the id: 'phoenix requests' lists what you were asked.",
    "E_NOT_ASKED": "Leave it to those who were asked. Nothing was sent.",
    "E_NOT_APPROVED": "Read your code or words out to your information manager, then repeat.",
    "E_RESTORED": "Let this home catch up with the relay first: phoenix inbox.",
    "E_CLAIM": "Copy the whole claim from the relay's operator, and check the relay's address with them.",
    "E_CLAIMED": "Use the relay that was set up for you, or ask its operator for a new claim.",
    "E_NOTICE_OPEN": "Say first what you did about it: phoenix settle.",
    "E_NOTICE_ORIGIN": "Dispute the statement, or ask the desk that first sent it to correct or withdraw it.",
    "E_NOTICE_STATE": "Look at what was said of it before: phoenix notices.",
    "E_DOCUMENT": "Correct each problem that is listed, then repeat the command.",
    # Alarms, findings and warnings that wait for a person
    "A_NOT_SENT": "The relay refused it for good. See 'phoenix sent'; send it again.",
    "A_NOTICE_NOT_SENT": "The relay refused it for good. Repeat the command; tell your information manager the code.",
    "A_NOT_DELIVERED": "Send the package again if it is still needed, and phone who did not get it.",
    "A_UNREADABLE": "Ask the recipient what happened, and send the package again.",
    "A_RELAY_ROLLBACK": "Phone those whose receipt you wait for and who send to you. Ask the relay's operator why.",
    "A_RELAY_LOST": "Send it again, and phone who has not confirmed it.",
    "A_RELAY_LIED": "Take it that the recipient has the package. Tell your information manager.",
    "A_EQUIVOCATION": "Ask the recipient what they see. Tell your information manager.",
    "N_NOTICE_ERASED": "Somebody disputes something that is erased here. Ask them what, and look at your own records. "
    "Then mark it as seen.",
    "N_REPLACED": "A newer package takes the place of one that you have. Read it. "
    "What you passed on of the earlier one, pass on anew.",
    "N_CORRECTED": "Put your own records right, then say so: phoenix settle. See 'phoenix notices'.",
    "N_DISPUTED": "Look at what is disputed: phoenix notices. If it is wrong, correct or withdraw it.",
    "N_NOTICE_DISAGREED": "Read why: phoenix notices. Speak with them.",
    "N_NOTICE_UNCONFIRMED": "Phone who has not confirmed it: phoenix notices. It was handed to them again.",
    "N_NOTICE_UNREAD": "Ask who sent the package what they said of it, and open it at another machine of your desk.",
    "N_RELEASED": "Conditions of a statement have ended: phoenix notices shows which.",
    "N_WITHDRAWN": "Stop relying on it, put your own records right, then say so: phoenix settle.",
    "N_ANSWER_DUE": "An answer to your request is due soon: phoenix requests. Phone them if it is urgent.",
    "N_ANSWER_OVERDUE": "Phone them. Go on with what you know: nothing waits for the answer. See: phoenix requests.",
    "N_ESCALATED": "Nothing to do: the deputy you named was asked. See: phoenix requests.",
    "N_NOT_ESCALATED": "Phone the deputy: the request could not be sent to them. See: phoenix requests.",
    "N_REQUEST_DUE": "Answer it, or say that you hold nothing: phoenix respond. See: phoenix requests.",
    "N_REQUEST_OVERDUE": "Answer it now, even in part, or phone whoever asked. See: phoenix requests.",
    "N_STRAY_ANSWER": "Read the package. It answers something that its sender was not asked from here.",
    "N_RECIPIENT_LEFT": "Take it back with 'phoenix recall', ask who has taken over, and send it there.",
    "N_SEQUENCE_GAP": "Ask the sender what they sent: a package may have been withheld from you.",
    "N_PROOF_ENDED": "Ask the agency since when its keys may have been in other hands.",
    "N_PROOF_STANDING": "Ask the partnership what the agency was suspended or closed for.",
    "N_PROOF_GAP": "Ask for the receipts that are missing, or for a bundle of somebody else who has them.",
    "N_PROOF_BRIEF": "Ask for a bundle with the whole log: phoenix export without --brief.",
    "N_UNCONFIRMED": "Phone the recipients: the package may not have arrived.",
    "W_FINISHED": "Nothing more to do: there is one package of it.",
    "W_EXPIRES_SOON": "Phone who does not have the package yet.",
    "W_NO_KEY": "Ask them to run 'phoenix inbox' on those machines. Their desk has the package.",
    "W_SENT_BEFORE": "Recall the new package if you did not mean to send it twice.",
    # This machine
    "E_USAGE": "See --help.",
    "E_FILE": "Check the name, the rights and the size of the file.",
    "E_EXISTS": "Choose another name, or another home (--home). Nothing was changed.",
    "E_URL": "Write the address like https://relay.example.org.",
    "E_RELAY_ADDRESS": "Give the relay's address as https://host or https://host:port.",
    "E_SETTINGS": "Mend what is listed. config/relay.toml explains every setting.",
    "E_CATALOGUE": "Put back the catalogue that came with the program, or correct the line.",
    "E_CALENDAR": "Put back the calendar that came with the program, or correct the line.",
    "E_PROTOCOL_TEXT": "Ask your information manager for the file that was signed, and give it with --text.",
    "E_ANSWER": "See what is owed: phoenix status ID, or phoenix record r1. Nothing was recorded.",
    "E_REC_PACKAGE": "Use the whole id of a package, from 'phoenix sent --json' or 'phoenix inbox --json'.",
    "E_CLAUSES": "Put back the list of clauses that came with the program.",
    "E_LOCKED": "Give the passphrase at the prompt or in PHOENIX_PASSPHRASE_FILE.",
    "E_PASSPHRASE": "Try again. Nothing was changed.",
    "E_PASSPHRASE_SHORT": "Choose a longer one: three or four words that do not belong together.",
    "E_PASSPHRASE_DIFFERS": "Repeat the command. Nothing was changed.",
    "E_KEY_MISSING": "Use the home that holds these keys (--home), or make them first.",
    "E_KEY_LOST": "Put the keys back, or mount their folder; a backup has none. If they are lost for good, start with "
    "phoenix-relay serve --accept-lost-keys: what is held under them is deleted, and its senders are told.",
    "E_KEY_EXISTS": "Use another home (--home) for other keys. Nothing was changed.",
    "E_KEY_EXPOSED": "Take the rights of other users away (chmod 600), and think about replacing the key.",
    "E_MEMORY": "Close other programs and repeat. Nothing was changed.",
    "E_AGENT": "Choose a home on a local disk that belongs to you.",
    "E_AGENT_RUNNING": "Look at the agent of this home: phoenix agent status.",
    "E_PORT": "Leave --port out to take any that is free, or stop what uses it.",
    "E_SHARED_MACHINE": "Ask the other user to log out, or use --socket PATH.",
    "E_RESTORE": "Use phoenix keys restore for a backup, and phoenix keys backup to make one.",
    "E_CLOCK": "Set this machine's clock. Times earlier than the newest one seen are not accepted.",
    "E_STORE_INTEGRITY": "Stop using this store and restore a backup. Tell your information manager.",
    "E_STORE_READ_ONLY": "This home's disk cannot be written: what is here can be read, and nothing new is kept. "
    "Make the disk writable to go on.",
    "E_STORE_ROLLBACK": "This store is older than what was already done. Reading only; tell your information manager.",
    "E_STORE_VERSION": "Take a backup, then use the program of the store's version, or upgrade the store.",
    "E_STORE_BUSY": "Wait for the other program or stop it, then repeat.",
    "E_STORE_EXISTS": "Use another home (--home). Nothing was changed.",
    "E_STORE_FULL": "Make room on the disk, then repeat. Nothing was lost.",
    "E_STORE_WRITE": "Make room on the disk or correct its rights, then repeat. Nothing was lost.",
    "E_AUDIT_BROKEN": "The audit record was altered. Reading only; tell your information manager.",
}
