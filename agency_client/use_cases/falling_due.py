"""What has to be looked at now or soon. Quick, however much is here: nothing is loaded that a list does not need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from agency_client.ports.vault import Due
from agency_client.record.dues import is_overdue, start_of_day
from agency_client.use_cases.home import Home
from phoenix_protocol.identifiers import ObjectHash, PackageId, Seconds

#: What `phoenix review` lists of this home's own keys.
EPOCH_KEYS: Final = "epoch_keys"
#: What it lists for those who manage an agency or govern: read out of the directory, kept nowhere.
PROTOCOL_REVIEW_DUE: Final = "protocol_review"
PROTOCOL_ADOPTION: Final = "protocol_adoption"
ASSURANCE_END: Final = "assurance_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReview:
    """Something to look at: what kind, by when, and of which package, record, hold or place."""

    kind: str
    at: Seconds
    overdue: bool
    package: PackageId | None = None
    record: int | None = None
    place: str = ""
    core: ObjectHash | None = None


def review(home: Home, until: Seconds, most: int) -> tuple[tuple[ToReview, ...], int]:
    """What is due by ``until``, soonest first, at most ``most``, and how much more there is. Talks to nobody."""
    now = home.clock.now()
    with home.vault.reading() as view:
        dues = view.dues.open(until=until, limit=most)
        left = view.dues.count(until) - len(dues) if len(dues) == most else 0
        named = view.retention.packages({due.core for due in dues if due.core is not None})
    found = [_to_review(due, named, now) for due in dues]
    ends = max((secret.valid_until for secret in home.content.epochs), default=None)
    if ends is not None and ends <= until:
        found.append(ToReview(kind=EPOCH_KEYS, at=ends, overdue=is_overdue(ends, now)))
    found += [item for item in of_office(home, now) if item.at <= until]
    return tuple(sorted(found, key=lambda item: item.at)), left


def of_office(home: Home, now: Seconds) -> Iterator[ToReview]:
    """What whoever governs, or manages an agency, has to look at by what the directory says.

    The place of a protocol to adopt names its version; it is empty for an agency that has adopted none.
    """
    content = home.content
    if content.governance is None and content.root is None:
        return
    # Most homes are those of desks, and for them a list must not wait for what knows the directory.
    from agency_client.record.assurances import has_ended
    from agency_client.use_cases.knowing import recall_directory
    from agency_client.use_cases.protocols import has_adopted, versions_of

    known = recall_directory(home)
    if known is None:
        return
    if content.governance is not None:
        due = known.directory.partnership.review_due
        yield ToReview(kind=PROTOCOL_REVIEW_DUE, at=due, overdue=is_overdue(due, now))
    agency = known.directory.agency(content.root.agency) if content.root is not None else None
    if agency is None or agency.keys is None:
        return
    version = versions_of(known)[-1]
    if not has_adopted(agency.keys, version):
        late = is_overdue(start_of_day(version.since), now)  # nobody adopts it at once
        place = f"version {version.number}" if agency.keys.adopted is not None else ""
        yield ToReview(kind=PROTOCOL_ADOPTION, at=version.since, overdue=late, place=place)
    for said in agency.keys.assurances:
        if said.valid_to is not None:
            ended = has_ended(said, now)
            yield ToReview(kind=ASSURANCE_END, at=said.valid_to, overdue=ended, place=said.scheme)


def _to_review(due: Due, named: Mapping[ObjectHash, PackageId], now: Seconds) -> ToReview:
    return ToReview(
        kind=due.kind,
        at=due.at,
        overdue=is_overdue(due.at, now),
        package=named.get(due.core) if due.core is not None else None,
        record=due.record,
        place=due.place,
        core=due.core,
    )
