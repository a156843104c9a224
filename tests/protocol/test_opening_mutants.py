"""Every check of the opening order has an attack that gets through without it (docs/protocol.md §5.12, §5.13)."""

from __future__ import annotations

from types import ModuleType
from typing import Final

import pytest

from phoenix_protocol.errors import TamperError
from phoenix_protocol.sealing import (
    attachments,
    capsules,
    grants,
    open_body,
    open_offer,
    padding,
    segments,
)
from tests.protocol.body_attacks import ACCEPTED, with_files
from tests.protocol.check_removal import Removal, removals
from tests.protocol.offer_attacks import OFFERED
from tests.protocol.workshop import HEALTH, POLICE, Offered, Released, parcel

Attempt = Offered | Released

#: The two orders with all their calls; of the others, which seal too, what raises.
ORDERS: Final[tuple[ModuleType, ...]] = (open_offer, open_body)
PARTS: Final[tuple[ModuleType, ...]] = (capsules, grants, segments, padding, attachments)
REMOVALS: Final = [
    *(removal for module in ORDERS for removal in removals(module)),
    *(removal for module in PARTS for removal in removals(module) if not removal.is_call),
]


@pytest.fixture(scope="module")
def attempts() -> list[tuple[str, Attempt]]:
    """All attacks, made before anything is taken out."""
    honest, filed = parcel(), with_files()
    made: list[tuple[str, Attempt]] = [(code, attack(honest)) for code, attack in OFFERED.values()]
    return made + [(code, attack(filed)) for code, attack in ACCEPTED.values()]


@pytest.fixture(scope="module")
def controls() -> list[Attempt]:
    honest, filed = parcel(), with_files()
    return [
        honest.offered(),
        honest.released(HEALTH),
        filed.offered(HEALTH),
        filed.released(POLICE),
    ]


def is_refused(attempt: Attempt, code: str) -> bool:
    try:
        attempt.run()
    except TamperError as error:
        return error.code == code
    except Exception:  # noqa: BLE001  # without its check the code may do anything
        return False
    return False


def test_the_checks_were_found() -> None:
    assert len(REMOVALS) > 60
    places = {removal.name for removal in REMOVALS}
    assert {
        "open_offer",
        "check_times",
        "_open_cover",
        "_check_set",
        "parse_items",
        "unframe",
        "finish",
    } <= places


def test_with_all_checks_every_attack_is_refused(attempts: list[tuple[str, Attempt]]) -> None:
    assert all(is_refused(attempt, code) for code, attempt in attempts)


@pytest.mark.parametrize("removal", REMOVALS, ids=str)
def test_without_a_check_some_attack_is_not_refused_any_more(
    removal: Removal, attempts: list[tuple[str, Attempt]], controls: list[Attempt]
) -> None:
    with removal.applied():
        for control in controls:
            control.run()
        assert not all(is_refused(attempt, code) for code, attempt in attempts), (
            "a check that no test needs"
        )
