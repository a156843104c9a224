"""Packages that take the place of earlier ones (clause KM4).

That a package replaces another counts only where both are of one address: nobody replaces what others said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from agency_client.ports.vault import Families
from agency_client.use_cases.expiring import raise_alert
from agency_client.use_cases.home import Home
from phoenix_protocol.identifiers import Address, ObjectHash, PackageId, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What a package replaces here, and what replaces it, oldest first."""

    replaces: PackageId | None = None
    replaced_by: tuple[PackageId, ...] = ()


#: Of most packages.
NOTHING: Final = Replaced()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    package: PackageId
    sent_from: Address
    created: Seconds


def replacements(
    home: Home, view: Families, cores: Collection[ObjectHash]
) -> dict[ObjectHash, Replaced]:
    """What is replaced and replaces among these packages; those of which there is nothing to say are left out."""
    found: dict[ObjectHash, Replaced] = {}
    for core, pairs in _pairs(home, view, cores).items():
        later = sorted(
            (new for new, old in pairs if old[0] == core), key=lambda new: new[1].created
        )
        earlier = [old for new, old in pairs if new[0] == core]
        found[core] = Replaced(
            replaces=earlier[0][1].package if earlier else None,
            replaced_by=tuple(known.package for _, known in later),
        )
    return found


_One = tuple[ObjectHash, _Known]


def _pairs(
    home: Home, view: Families, cores: Collection[ObjectHash]
) -> dict[ObjectHash, list[tuple[_One, _One]]]:
    """The pairs that count, by each of ``cores`` that is in one."""
    said = view.replacements.among(cores)
    known = _known(home, view, {core for pair in said for core in pair})
    found: dict[ObjectHash, list[tuple[_One, _One]]] = {}
    for new, old in said:
        if new in known and old in known and known[new].sent_from == known[old].sent_from:
            for core in {new, old} & set(cores):
                found.setdefault(core, []).append(((new, known[new]), (old, known[old])))
    return found


def _known(
    home: Home, view: Families, cores: Collection[ObjectHash]
) -> Mapping[ObjectHash, _Known]:
    endpoint = home.content.endpoint
    own = endpoint.address if endpoint is not None else Address("")
    found = {
        p.core: _Known(package=p.package, sent_from=p.sent_from, created=p.created)
        for p in view.received.of(cores)
    }
    return found | {
        s.package.core: _Known(package=s.package.package, sent_from=own, created=s.package.created)
        for s in view.sent.summaries(cores)
    }


def keep_replacement(tx: Families, core: ObjectHash, supersedes: ObjectHash | None) -> None:
    """Keep what a package that is being stored says that it replaces."""
    if supersedes is not None:
        tx.replacements.add(core, supersedes)


def notice_replacement(home: Home, tx: Families, core: ObjectHash, now: Seconds) -> None:
    """Somebody has to look when a package here was replaced by one that has just been stored."""
    for (new, _), (_, earlier) in _pairs(home, tx, [core]).get(core, []):
        if new == core:
            raise_alert(tx, "N_REPLACED", core, earlier.package.hex(), now)


def chain(home: Home, view: Families, core: ObjectHash) -> tuple[ObjectHash, ...]:
    """A package, what it replaced, what that replaced. It ends, whatever senders wrote."""
    found = [core]
    while True:
        pairs = _pairs(home, view, [found[-1]]).get(found[-1], [])
        earlier = [old for (new, _), (old, _) in pairs if new == found[-1] and old not in found]
        if not earlier:
            return tuple(found)
        found.append(earlier[0])
