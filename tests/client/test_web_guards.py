"""Who may ask the app: by the head of a request alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.web.guards import READING, Head, reason_to_refuse
from agency_client.web.session import Sessions
from phoenix_protocol.randomness import SystemRandomness

HERE = "127.0.0.1:8471"


def head(method: str = "GET", host: tuple[str, ...] = (HERE,), **said: object) -> Head:
    return Head(method=method, host=host, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fine",
    [
        head(),
        head("HEAD"),
        head(fetch_site=("none",)),
        head(fetch_site=("same-origin",)),
        head(origin=(f"http://{HERE}",)),
        head("POST", origin=(f"http://{HERE}",)),
        head("POST", fetch_site=("same-origin",)),
        head("POST", origin=(f"http://{HERE}",), fetch_site=("same-origin",)),
    ],
)
def test_our_own_pages_may(fine: Head) -> None:
    assert reason_to_refuse(fine, HERE) is None


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (head(host=()), "host"),
        (head(host=(HERE, HERE)), "host"),
        (head(host=("localhost:8471",)), "host"),
        (head(host=("127.0.0.1",)), "host"),
        (head(host=("127.0.0.1:8471.evil.example",)), "host"),
        (head(host=("evil.example:8471",)), "host"),
        (head(target="http://evil.example/"), "host"),
        (head(target=f"http://{HERE}/"), "host"),
        (head(upgrade=True), "upgrade"),
        (head(origin=("http://evil.example",)), "origin"),
        (head(origin=("null",)), "origin"),
        (head(origin=(f"https://{HERE}",)), "origin"),
        (head(origin=("http://127.0.0.1:9",)), "origin"),
        (head(fetch_site=("cross-site",)), "fetch-site"),
        (head(fetch_site=("same-site",)), "fetch-site"),
        (head("POST"), "origin"),
        (head("POST", fetch_site=("none",)), "origin"),
        (head("POST", origin=("null",), fetch_site=("same-origin",)), "origin"),
        (head("DELETE"), "origin"),
    ],
)
def test_nobody_else_may(asked: Head, reason: str) -> None:
    assert reason_to_refuse(asked, HERE) == reason


_WORDS = st.sampled_from(
    [HERE, f"http://{HERE}", "null", "none", "same-origin", "same-site", "cross-site", "", "evil"]
)


@given(
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]),
    st.lists(_WORDS, max_size=2),
    st.lists(_WORDS, max_size=2),
    st.lists(_WORDS, max_size=2),
)
def test_whatever_is_let_in_says_that_it_is_ours(
    method: str, host: list[str], origin: list[str], site: list[str]
) -> None:
    asked = head(method, tuple(host), origin=tuple(origin), fetch_site=tuple(site))
    if reason_to_refuse(asked, HERE) is not None:
        return
    assert host == [HERE]
    assert set(origin) <= {f"http://{HERE}"}
    assert set(site) <= {"same-origin", "none"}
    assert method in READING or origin or site == ["same-origin"]


def test_a_launch_token_works_once() -> None:
    sessions = Sessions(SystemRandomness())
    token = sessions.new_launch()
    assert sessions.begin("") is None
    assert sessions.begin(token[:-1]) is None
    cookie = sessions.begin(token)
    assert cookie is not None
    assert sessions.begin(token) is None
    assert sessions.knows(cookie)
    assert not sessions.knows(token)
    assert not sessions.knows(None)
    assert sessions.is_form_token(sessions.form_token)
    assert not sessions.is_form_token("")
    sessions.end()
    assert not sessions.knows(cookie)
    assert not sessions.is_form_token("")
