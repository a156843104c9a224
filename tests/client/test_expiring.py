"""One alarm for one end: what this home finds by itself, and the relay's report of it, in either order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agency_client.use_cases.expiring import expire_by_report
from agency_client.use_cases.home import Home
from agency_client.use_cases.viewing import see_non_delivery, tidy
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.package.envelope import read_core
from tests.client.record_homes import opened_home
from tests.client.request_packages import a_request, sent_from_here
from tests.client.request_values import example
from tests.client.steady import SteadyClock

TEXT = example("p2-request.toml")
SENT = a_request(TEXT, 4 * 3600)
CORE = SENT.core
END = read_core(SENT.sealed.core)[0].expires


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """Something was sent from here, and its end is an hour away."""
    with opened_home(tmp_path / "home") as home:
        with home.vault.transaction() as tx:
            sent_from_here(tx, SENT, TEXT)
        at(home, END - 3600)
        tidy(home)
        yield home


def at(home: Home, time: int) -> None:
    assert isinstance(home.clock, SteadyClock)
    home.clock.time = time


def reported(home: Home, core: ObjectHash = CORE, ended: int = END) -> None:
    """The relay's tombstone comes."""
    with home.vault.transaction() as tx:
        expire_by_report(tx, core, Seconds(ended), home.clock.now())


def unseen(home: Home) -> list[str]:
    with home.vault.reading() as view:
        return [alert.code for alert in view.alerts.unseen()]


def test_the_warning_before_the_end_goes_with_the_end(home: Home) -> None:
    assert set(unseen(home)) == {"W_EXPIRES_SOON"}
    at(home, END + 1)
    tidy(home)
    assert unseen(home) == ["N_UNCONFIRMED"]


def test_the_relays_report_takes_the_place_of_our_own_finding(home: Home) -> None:
    at(home, END + 1)
    tidy(home)
    reported(home)
    assert unseen(home) == ["A_NOT_DELIVERED"]
    tidy(home)
    reported(home)
    assert unseen(home) == ["A_NOT_DELIVERED"]


def test_our_own_finding_says_nothing_beside_the_relays_report(home: Home) -> None:
    at(home, END + 1)
    reported(home)
    tidy(home)
    assert unseen(home) == ["A_NOT_DELIVERED"]


def test_whoever_has_seen_the_end_is_not_told_again(home: Home) -> None:
    at(home, END + 1)
    tidy(home)
    assert see_non_delivery(home, CORE)
    reported(home)
    assert unseen(home) == []
    with home.vault.reading() as view:
        assert "A_NOT_DELIVERED" in {alert.code for alert in view.alerts.of(CORE)}, "kept as known"


def test_that_the_relay_lost_it_is_news_to_everybody(home: Home) -> None:
    at(home, END + 1)
    tidy(home)
    assert see_non_delivery(home, CORE)
    reported(home, ended=END - 60)
    assert unseen(home) == ["A_RELAY_LOST"]
