"""Every check of a bundle has a file that gets through without it (docs/protocol.md §6.11)."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any, Final

import pytest

from phoenix_protocol.errors import TamperError
from phoenix_protocol.evidence import (
    envelope,
    histories,
    lines,
    log,
    makers,
    notices,
    parts,
    past,
    records,
    sayings,
    subjects,
    verify,
)
from phoenix_protocol.suite import signatures
from tests.protocol.check_removal import Removal, removals
from tests.protocol.evidence_attacks import (
    ATTACKS,
    BEFORE_THE_PACKAGE,
    ENVELOPE,
    NOTICES,
    PARTS,
    SAID,
    Wrong,
)
from tests.protocol.evidence_values import verified, world

#: With the files that its checks are for.
MODULES: Final[dict[ModuleType, dict[str, Wrong]]] = {
    verify: ATTACKS,
    records: BEFORE_THE_PACKAGE,
    log: BEFORE_THE_PACKAGE,
    lines: BEFORE_THE_PACKAGE,
    past: {**ENVELOPE, **BEFORE_THE_PACKAGE},
    subjects: BEFORE_THE_PACKAGE,
    envelope: ENVELOPE,
    parts: {**PARTS, **ENVELOPE},
    sayings: {**SAID, **NOTICES},
    makers: {**SAID, **NOTICES},
    notices: NOTICES,
    histories: SAID,
}
REMOVALS: Final = [
    removal
    for module in MODULES
    for removal in removals(module)
    # A call that only adds to a list, or reads on in the file, is no check.
    if not removal.is_call or "check_" in removal.what.replace("_check_others", "")
]


@pytest.fixture(scope="module", autouse=True)
def remembered() -> Iterator[None]:
    """What verified once verifies again at once: all these files share most of their signatures."""
    known: set[tuple[Any, ...]] = set()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("mldsa65_verify", "ed25519_verify"):
            patch.setattr(signatures, name, _remembering(getattr(signatures, name), known, name))
        yield


def _remembering(verify_: Any, known: set[tuple[Any, ...]], name: str) -> Any:
    def again(*given: Any, **more: Any) -> None:
        key = (name, *given)
        if key not in known:
            verify_(*given, **more)
            known.add(key)

    return again


@pytest.fixture(scope="module")
def wrong() -> dict[str, bytes]:
    """All wrong files, made before anything is taken out."""
    return {name: make() for name, (_, _, make) in ATTACKS.items()}


@pytest.fixture(scope="module")
def controls() -> list[bytes]:
    return [world().file(), world().file(whole=False)]


def is_refused(file: bytes, code: str, place: str) -> bool:
    try:
        verified(file)
    except TamperError as error:
        return error.code == code and [p.place for p in error.problems] == [place]
    except Exception:  # noqa: BLE001  # without its check the code may do anything
        return False
    return False


def test_the_checks_were_found() -> None:
    assert len(REMOVALS) > 60
    assert {removal.module for removal in REMOVALS} == set(MODULES)


@pytest.mark.parametrize("name", ATTACKS)
def test_with_all_checks_every_wrong_file_is_refused_at_its_place(
    name: str, wrong: dict[str, bytes]
) -> None:
    code, place, _ = ATTACKS[name]
    assert is_refused(wrong[name], code, place)


@pytest.mark.parametrize("removal", REMOVALS, ids=str)
def test_without_a_check_some_wrong_file_is_not_refused_any_more(
    removal: Removal, wrong: dict[str, bytes], controls: list[bytes]
) -> None:
    with removal.applied():
        for control in controls:
            verified(control)
        attacks = MODULES[removal.module].items()
        assert not all(
            is_refused(wrong[name], code, place) for name, (code, place, _) in attacks
        ), "a check that no test needs"
