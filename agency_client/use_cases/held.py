"""What a hold reaches, and that it beats erasure (hard block 12). A hold that may reach something does."""

from __future__ import annotations

from agency_client.ports.vault import Families, StoredHold, Wanted
from agency_client.record.subjects import is_named, reference, words
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import ObjectHash


def holds_on(view: Families, core: ObjectHash) -> tuple[StoredHold, ...]:
    """The holds that reach a package, oldest first."""
    return tuple(hold for hold in view.holds.open() if core in reached(view, hold))


def all_reached(view: Families) -> dict[ObjectHash, tuple[ObjectHash, ...]]:
    """Every package that has to be kept, with the holds that say so."""
    found: dict[ObjectHash, tuple[ObjectHash, ...]] = {}
    for hold in view.holds.open():
        for core in reached(view, hold):
            found[core] = (*found.get(core, ()), hold.hash)
    return found


def require_not_held(view: Families, core: ObjectHash) -> None:
    """Raise RefusedError ``E_HOLD`` for a package that has to be kept."""
    found = holds_on(view, core)
    if found:
        first = found[0]
        raise RefusedError(
            "E_HOLD",
            f"This has to be kept: hold {hold_name(first.hash)}, {first.said.authority.value}.",
            next="Nothing was changed. See 'phoenix hold list'; only an information manager can lift a hold.",
        )


def hold_name(hold: ObjectHash) -> str:
    """How people name a hold: the same in every home."""
    return hold.hex()[:12]


def reached(view: Families, hold: StoredHold) -> set[ObjectHash]:
    """The packages here that a hold reaches: one by its id, those of a thread, or those about somebody."""
    said = hold.said
    if said.package is not None:
        sent = view.sent.by_package(said.package)
        own = {sent.core} if sent is not None else set()
        return own | {package.core for package in view.received.by_package(said.package)}
    if said.thread is not None:
        return _by_reference(view, said.thread)
    return _about(view, said.subject or "")


def _by_reference(view: Families, text: str) -> set[ObjectHash]:
    """By a whole name, label, number or thread, however it is written."""
    wanted = reference(text)
    found = view.register.find(Wanted(reference=wanted)) if wanted else ()
    return {line.core for line in found if line.core is not None}


def _about(view: Families, subject: str) -> set[ObjectHash]:
    """By somebody's name, or part of it, label or number, as the register finds them."""
    found, wanted = _by_reference(view, subject), words(subject)
    for line in view.register.find(Wanted(words=wanted)) if wanted else ():
        named = any(is_named(name, wanted) for name in line.facts.get("people", ()))
        if line.core is not None and named:
            found.add(line.core)
    return found
