"""What falls due, in words, and the page where it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from phoenix_protocol.identifiers import ObjectHash


@dataclass(frozen=True, slots=True, kw_only=True)
class DueOf:
    """What is due of what: at most one of a package and a record, and a place in it or the name of a hold."""

    kind: str
    core: ObjectHash | None = None
    record: int | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    words: str
    href: Callable[[DueOf], str]


def _thing(due: DueOf) -> str:
    if due.record is not None:
        return f"record/{due.record}"
    return f"package/{due.core.hex()}" if due.core is not None else ""


def _look(due: DueOf) -> str:
    query = urlencode({"kind": due.kind, "place": due.place})
    return f"/reviews/look/{_thing(due)}?{query}"


def _hold(due: DueOf) -> str:
    return f"/reviews/holds/{due.place}"


def _owed(due: DueOf) -> str:
    return f"/reviews/owed/{_thing(due)}"


def _record(due: DueOf) -> str:
    return f"/register/{_thing(due)}" if _thing(due) else "/reviews"


def _advice(due: DueOf) -> str:
    return f"/register/record/{due.record}/advice"


def _requests(_due: DueOf) -> str:
    return "/requests"


def _disagreements(_due: DueOf) -> str:
    return "/disagreements"


def _keys(_due: DueOf) -> str:
    return "/members/keys"


def _partnership(_due: DueOf) -> str:
    return "/members/partnership"


def _protocol(_due: DueOf) -> str:
    return "/members/partnership/protocol"


def _assurances(_due: DueOf) -> str:
    return "/members/partnership/assurances"


_KINDS: Final[dict[str, _Kind]] = {
    "retention_review": _Kind("Look whether it still has to be kept", _look),
    "hold_review": _Kind("Look whether the hold is still needed", _hold),
    "decision_review": _Kind("Look at the decision again", _look),
    "inform_review": _Kind("Look whether the person can be told now", _look),
    "package_review": _Kind("Look whether something in it has changed", _look),
    "training_end": _Kind("Look at the training that ends", _look),
    "access_answer": _Kind("Answer whoever asked what is held about them", _look),
    "owed_answer": _Kind("Give an answer that is owed", _owed),
    "breach_report": _Kind("Tell the regulator about the breach", _record),
    "breach_step": _Kind("Do the next step about the breach", _record),
    "advice_answer": _Kind("File the advice that was asked for", _advice),
    "originator_told": _Kind(
        "Its agency is told what was passed on without a release: it goes by itself", _record
    ),
    "request_answer": _Kind("Answer the request", _requests),
    "request_owed": _Kind("Their answer to your request", _requests),
    "disagreement_open": _Kind("Look whether the disagreement can be closed", _disagreements),
    "disagreement_owed": _Kind("Answer the disagreement", _disagreements),
    "epoch_keys": _Kind("New keys for this machine: they are made by themselves", _keys),
    "protocol_review": _Kind("Review the partnership's protocol", _partnership),
    "protocol_adoption": _Kind("Adopt the partnership's protocol for your agency", _protocol),
    "assurance_end": _Kind("Assure again how information is kept secure", _assurances),
}
#: What somebody looks at and is done with.
LOOKED_AT: Final = frozenset(
    {
        "retention_review",
        "decision_review",
        "inform_review",
        "package_review",
        "training_end",
        "access_answer",
    }
)


#: What nobody set a day for: it stands since then.
SINCE: Final = frozenset({"protocol_adoption"})


def due_words(kind: str, place: str = "") -> str:
    """What there is to do. ``place`` tells a later version of the protocol from the first that an agency adopts."""
    if kind == "protocol_adoption" and place:
        return f"Adopt {place} of the protocol for your agency"
    found = _KINDS.get(kind)
    return found.words if found is not None else kind.replace("_", " ").capitalize()


def due_href(due: DueOf) -> str:
    """Where it is done."""
    found = _KINDS.get(due.kind)
    return found.href(due) if found is not None else _record(due)
