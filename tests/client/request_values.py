"""The requests and responses of config/demo, and the facts that they are checked against."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from agency_client.record.facts import Facts, Own, Reach
from agency_client.record.findings import Findings
from agency_client.record.requests import read_request_document
from agency_client.record.responses import read_response_document
from agency_client.record.rules.requests import RequestFacts, check_request
from agency_client.record.rules.responses import PutHere, ResponseFacts, check_response
from agency_client.record.shipped import shipped_calendar
from phoenix_protocol.identifiers import Address, ItemId
from tests.client.record_values import facts

DEMO = Path(__file__).parents[2] / "config" / "demo"

FRONT = "front.door@quillmere-council"
NURSE = "school.nurse@quillmere-health"
HOUSING = "officer@larkstone-homes"
CHARITY = "lead@lantern-youth"
DEPUTY = "trustees@lantern-youth"
POLICE = "mash@ardenfold-police"

KINDS = {
    FRONT: "council",
    NURSE: "health",
    HOUSING: "housing",
    CHARITY: "voluntary",
    POLICE: "police",
}
DEPUTIES = (DEPUTY, "named.nurse@quillmere-health", "safeguarding@larkstone-homes")
ADDRESSES = dict.fromkeys((*KINDS, *DEPUTIES), Reach.IN_FORCE) | {
    "left@lantern-youth": Reach.ENDED,
    "office@paused-charity": Reach.SUSPENDED,
}

#: Everything that the council asks, by who is asked.
ASKED_OF = {NURSE: "appointments", HOUSING: "tenancy", CHARITY: "engagement"}
PACKAGE = "5eedfeed" * 4


def example(name: str) -> str:
    """A file of config/demo."""
    return (DEMO / name).read_text("utf-8")


def whose(address: str, **changes: Any) -> Own:
    own = facts().own
    plain = dataclasses.replace(own, address=Address(address), kind=KINDS[address])
    return dataclasses.replace(plain, **changes)


def request_facts(address: str = FRONT, **changes: Any) -> RequestFacts:
    """The facts of whoever asks."""
    given = {"own": whose(address), "addresses": ADDRESSES, **changes}
    return RequestFacts(**{"calendar": shipped_calendar(), **_plain(facts()), **given})


def response_facts(address: str, **changes: Any) -> ResponseFacts:
    """The facts of whoever answers the council's request."""
    given = {
        "own": whose(address),
        "addresses": ADDRESSES,
        "request": frozenset({PACKAGE}),
        "asker": FRONT,
        "questions": {ASKED_OF[address]: PutHere(id=ItemId(bytes(16)))},
        **changes,
    }
    return ResponseFacts(**{**_plain(facts()), **given})


def _plain(given: Facts) -> dict[str, Any]:
    return {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}


def of_request(text: str, given: RequestFacts | None = None) -> Findings:
    """What the rules find in a request."""
    return check_request(read_request_document(text.encode()), given or request_facts())


def of_response(text: str, given: ResponseFacts) -> Findings:
    """What the rules find in a response, completed as it is before it is sent."""
    document = read_response_document(text.encode())
    if not document.to:
        document = dataclasses.replace(document, to=(FRONT,))
    if document.purpose is None:
        document = dataclasses.replace(document, purpose="An answer")
    if document.urgency is None:
        document = dataclasses.replace(document, urgency="red")
    return check_response(document, given)
