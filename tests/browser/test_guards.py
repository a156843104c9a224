"""Whoever else asks the app gets 403 and changes nothing: raw requests, other users, broken ones; and who may, may."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from agency_client.client import Client
from agency_client.unlocking import Unlock
from agency_client.web.guards import HEADERS
from tests.browser import raw
from tests.browser.apps import App
from tests.browser.raw import asked, written
from tests.browser.session import Headers, Session, begun
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import Town

Start = Callable[..., App]

#: A user of this machine who is not the one who runs the tests.
NOBODY = 65534


@pytest.fixture(scope="module")
def session(apps: Start) -> Session:
    return begun(apps("nurse"))


@pytest.fixture(scope="module")
def drafts(town: Town) -> Callable[[], tuple[str, ...]]:
    """What a form of these tests changes when it gets through: a draft more, seen in the vault itself."""

    def listed() -> tuple[str, ...]:
        key = bytes.fromhex(town.keys["nurse"])
        with Client.open(town["nurse"].home, Unlock(environment={}, master_key=key)) as client:
            return tuple(sorted(draft.id for draft in client.drafts("package")))

    return listed


#: What begins a draft.
BEGIN = "/share/new"


# -- the link ----------------------------------------------------------------------------------------------------------


def test_only_a_right_request_spends_the_launch_link_and_only_once(town: Town) -> None:
    with App(machine=town["council"]) as app:
        here, evil = app.authority, f"evil.example:{app.authority.partition(':')[2]}"
        path = "/launch/" + app.link.partition("/launch/")[2]
        hosts: Sequence[Headers] = [
            [("Host", evil)],
            [("Host", here), ("Host", evil)],
            [("Host", here), ("Host", here)],
            [("Host", f"localhost:{here.partition(':')[2]}")],
            [("Host", here.upper().replace("127", "0127"))],
            [],
            [("Host", here), ("Sec-Fetch-Site", "cross-site")],
            [("Host", here), ("Sec-Fetch-Site", "same-site")],
            [("Host", here), ("Origin", "null")],
            [("Host", here), ("Origin", f"http://{evil}")],
            [("Host", here), ("Connection", "Upgrade"), ("Upgrade", "websocket")],
        ]
        for headers in hosts:
            answer = asked(here, written("GET", path, headers))
            # None or two hosts are no HTTP at all (RFC 9112, section 3.2), and do not get as far as the app.
            is_http = [name for name, _ in headers].count("Host") == 1
            assert answer.status == (403 if is_http else 400), headers
            assert not answer.cookies
        for method in ("HEAD", "POST", "OPTIONS"):
            ours = [("Host", here), ("Origin", f"http://{here}")]
            assert not asked(here, written(method, path, ours)).cookies
        for wrong in (path[:-1], path + "0", path.upper(), "/launch/0", "/launch/%00"):
            assert not asked(here, written("GET", wrong, [("Host", here)])).cookies
        right = asked(here, written("GET", path, [("Host", here)]))
        assert (right.status, right.headers["location"]) == (303, "/")
        assert re.fullmatch(
            rf"phoenix-{here.partition(':')[2]}=[0-9a-f]{{64}}; HttpOnly; Path=/; SameSite=Strict",
            right.cookies[0],
        )
        again = asked(here, written("GET", path, [("Host", here)]))
        assert not again.cookies
        cookie = right.cookies[0].partition(";")[0]
        assert asked(here, written("GET", "/", [("Host", here)])).status == 403
        assert asked(here, written("GET", "/", [("Host", here), ("Cookie", cookie)])).status == 200
    told = (town["council"].folder / "started.log").read_text("utf-8")
    assert path.rpartition("/")[2] not in told


# -- forms that others make --------------------------------------------------------------------------------------------


def _hostile(session: Session) -> dict[str, Headers]:
    here = session.authority
    kept = session.without("Origin", "Sec-Fetch-Site")
    return {
        "neither Origin nor Sec-Fetch-Site": kept,
        "Origin null": (*kept, ("Origin", "null")),
        "Origin null of a page of ours": (
            *kept,
            ("Origin", "null"),
            ("Sec-Fetch-Site", "same-origin"),
        ),
        "another origin": (*kept, ("Origin", "http://evil.example")),
        "another port": (*kept, ("Origin", "http://127.0.0.1:1"), ("Sec-Fetch-Site", "same-site")),
        "another scheme": (*kept, ("Origin", f"https://{here}")),
        "two origins": (*kept, ("Origin", f"http://{here}"), ("Origin", "http://evil.example")),
        "another site": (
            *kept,
            ("Origin", f"http://{here}"),
            ("Sec-Fetch-Site", "cross-site"),
        ),
        "an address that was typed": (*kept, ("Sec-Fetch-Site", "none")),
        "another host": (("Host", "evil.example"), *session.without("Host")),
        "two hosts": (("Host", here), *session.ours),
        "an upgrade": (*session.ours, ("Connection", "Upgrade"), ("Upgrade", "websocket")),
        "an upgrade to HTTP/2": (*session.ours, ("Upgrade", "h2c")),
    }


def test_forms_of_others_change_nothing(
    session: Session, drafts: Callable[[], tuple[str, ...]]
) -> None:
    before = drafts()
    for name, headers in _hostile(session).items():
        answer = session.post(BEGIN, headers)
        if name == "two hosts":  # is no HTTP at all: RFC 9112, section 3.2
            assert answer.status == 400
        else:
            assert (answer.status, answer.body) == (403, b"Not from here.\n"), name
    assert drafts() == before
    assert session.post(BEGIN).status == 303
    assert len(drafts()) == len(before) + 1


def test_forms_without_the_session_and_its_token_change_nothing(
    session: Session, apps: Start, drafts: Callable[[], tuple[str, ...]]
) -> None:
    other = begun(apps("social-care"))
    before = drafts()
    for token in ("", "0" * 64, session.token[:-1], session.token + "0", other.token):
        assert session.post(BEGIN, token=token).status == 403
    name, _, value = session.cookie.partition("=")
    _, _, value_there = other.cookie.partition("=")
    for cookie in (
        other.cookie,  # that of another port: browsers send it to all
        f"{name}={value_there}",
        f"{name}={value[:-1]}",
        f"{name}=",
        f"{name}X={value}",
        "",
    ):
        headers = (*session.without("Cookie"), ("Cookie", cookie))
        answer = session.post(BEGIN, headers)
        assert answer.status == 403, cookie
        assert session.token not in answer.text
    assert drafts() == before
    both = (*session.without("Cookie"), ("Cookie", f"{other.cookie}; {session.cookie}"))
    assert session.post(BEGIN, both).status == 303


def test_whoever_has_no_session_is_told_nothing(session: Session) -> None:
    stranger = session.without("Cookie", "Origin")
    for path in ("/", "/nothing", "/static/0/nothing", "/launch/", "/launch/0", "/lock/state"):
        answer = session.get(path, stranger)
        assert answer.status in (303, 403, 404), path
        assert session.token not in answer.text, path
        assert "data-phoenix-lock" not in answer.text
    posted = session.post("/launch/0", session.without("Cookie"))
    assert posted.status == 405
    assert session.token not in posted.text


# -- what every answer carries -----------------------------------------------------------------------------------------


def test_every_answer_carries_every_header(session: Session) -> None:
    page = session.get("/")
    static = re.findall(r'"(/static/[^"]+)"', page.text)
    assert len(static) == 3
    answers = {
        "page": (page, 200),
        **{path: (session.get(path), 200) for path in static},
        "not found": (session.get("/nothing"), 404),
        "wrong method": (session.post("/inbox"), 405),
        "wrong method, GET": (session.get("/lock"), 405),
        "HEAD": (asked(session.authority, written("HEAD", "/", session.ours)), 200),
        "not a request": (asked(session.authority, b"\x16\x03\x01 x\r\n\r\n"), 400),
        "longer than a request": (session.get("/" + "x" * 20_000), 400),
        "refused": (session.get("/", [("Host", "evil.example")]), 403),
        "no session": (session.get("/", session.without("Cookie")), 403),
        "wrong token": (session.post("/lock", token=""), 403),
        "too large": (session.post(BEGIN, body="x=" + "x" * (2 << 20)), 413),
        "launch": (session.get("/launch/0"), 303),
        "done": (session.post("/look"), 303),
        "state": (session.get("/lock/state"), 200),
    }
    for name, (answer, status) in answers.items():
        assert answer.status == status, name
        for header, value in HEADERS.items():
            assert answer.headers[header.lower()] == value, (name, header)
        policy = answer.headers["content-security-policy"]
        for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert part in policy, name
        assert "unsafe" not in policy
        assert not any("access-control" in header for header in answer.headers)
    nonces = {a.headers["content-security-policy"] for a, _ in answers.values()}
    assert len(nonces) == len(answers) - 1  # what is no request has no page, and needs none


# -- requests that are broken ------------------------------------------------------------------------------------------


def test_nothing_outside_is_served_as_a_static_file(session: Session) -> None:
    for name in (
        "../../../etc/passwd",
        "..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%5c..%5capp.py",
        "phoenix.css%00.py",
        "phoenix.css/../../app.py",
        "app.py",
        "",
    ):
        for root in ("/static/", "/static/0/", "/static/../", "/static//"):
            answer = session.get(root + name)
            assert answer.status in (400, 404), root + name
            assert "root:" not in answer.text
            assert "import" not in answer.text
    css = re.search(r'"(/static/[^"]+css)"', session.get("/").text)
    assert css is not None
    assert session.get(css[1]).status == 200


def test_broken_and_endless_requests_change_nothing_and_others_are_answered(
    session: Session, town: Town, drafts: Callable[[], tuple[str, ...]]
) -> None:
    before = drafts()
    here = session.authority
    head = written("POST", BEGIN, session.ours)[:-2]
    form = b"Content-Type: application/x-www-form-urlencoded\r\n"
    token = f"form_token={session.token}&x=".encode()
    broken = {
        "10 MB of a header": (head + b"X: " + b"x" * (10 << 20) + b"\r\n\r\n", 400),
        "10 MB of headers": (head + b"X: x\r\n" * (2 << 20) + b"\r\n", 400),
        "a long path": (written("GET", "/" + "x" * (1 << 20), session.ours), 400),
        "two lengths": (head + form + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
        "both lengths": (
            head + form + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        "a negative length": (head + form + b"Content-Length: -1\r\n\r\n", 400),
        "not HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        "a form of 8 MB": (
            head + form + f"Content-Length: {8 << 20}\r\n\r\n".encode() + token + b"x" * (3 << 20),
            413,
        ),
    }
    for name, (request, status) in broken.items():
        with raw.connected(here) as opened:
            with suppress(OSError):  # it does not listen any more, but may have answered
                opened.sendall(request)
            try:
                answer = raw.answered(opened)
            except OSError:
                continue  # reset: it does not even answer
        assert answer.status == status, name
        assert session.cookie not in answer.text
        assert status == 413 or answer.body == b"This is not a request.\n", name
    assert drafts() == before
    assert session.get("/share").status == 200
    for log in ("x" * 20, session.token, session.cookie, "Traceback"):
        assert log not in (town["nurse"].folder / "started.log").read_text("utf-8")


def test_a_body_that_never_comes_keeps_nobody_waiting(
    session: Session, drafts: Callable[[], tuple[str, ...]]
) -> None:
    before = drafts()
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\nform"
    ours = written("POST", BEGIN, session.ours)[:-2] + form
    hostile = written("POST", BEGIN, _hostile(session)["another origin"])[:-2] + form
    with raw.connected(session.authority) as slow, raw.connected(session.authority) as evil:
        slow.sendall(ours)
        started = time.monotonic()
        evil.sendall(hostile)
        assert raw.answered(evil).status == 403  # by its head: the body is not waited for
        assert session.get("/share").status == 200
        assert time.monotonic() - started < 10
        slow.settimeout(60)
        answer = raw.answered(slow)
        assert answer.status == 408
        assert "This did not arrive whole" in answer.text
    assert drafts() == before


# -- others on this machine --------------------------------------------------------------------------------------------


@contextmanager
def another_user() -> Iterator[None]:
    """Sockets that are opened inside belong to somebody else."""
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")


@needs_root
def test_another_user_gets_nothing_even_with_the_link_and_the_session(
    session: Session, town: Town, drafts: Callable[[], tuple[str, ...]]
) -> None:
    before = drafts()
    request = written("POST", BEGIN, session.ours, f"form_token={session.token}".encode())
    with another_user():
        theirs = [raw.connected(session.authority) for _ in range(2)]
    for opened, what in zip(theirs, (request, written("GET", "/", session.ours)), strict=True):
        with opened:
            opened.sendall(what)
            answer = raw.answered(opened)
            assert (answer.status, answer.body) == (403, b"Not from here.\n")
    assert drafts() == before
    with App(machine=town["health"]) as app:
        path = "/launch/" + app.link.partition("/launch/")[2]
        spend = written("GET", path, [("Host", app.authority)])
        with another_user():
            opened = raw.connected(app.authority)
        with opened:
            opened.sendall(spend)
            assert raw.answered(opened).status == 403
        assert asked(app.authority, spend).cookies  # and it was not spent


def test_it_does_not_start_where_another_user_has_a_login_session(
    town: Town, tmp_path: Path
) -> None:
    (tmp_path / "c1").write_text(f"UID={NOBODY}\nSTATE=active\nCLASS=user\n", "utf-8")
    ended = _ui(town["night-desk"], tmp_path)
    assert ended.returncode == 3
    assert json.loads(ended.stdout)["error"]["code"] == "E_SHARED_MACHINE"
    for line in ("STATE=closing", "CLASS=greeter", f"UID={os.getuid()}"):
        name = line.partition("=")[0]
        kept = [f"UID={NOBODY}", "STATE=active", "CLASS=user"]
        lines = [each for each in kept if not each.startswith(name)]
        (tmp_path / "c1").write_text("\n".join([*lines, line]), "utf-8")
        alone = _ui(town["night-desk"], tmp_path, "--help")
        assert _others(tmp_path) == (), line
        assert alone.returncode == 0


def _others(sessions: Path) -> tuple[str, ...]:
    from agency_client.web.neighbours import others_logged_in

    return others_logged_in(os.getuid(), sessions, sessions / "absent")


def _ui(machine: Machine, sessions: Path, *args: str) -> subprocess.CompletedProcess[bytes]:
    """The real program, which reads the login sessions of another folder."""
    program = f"""
        from pathlib import Path
        from agency_client.cli import main
        from agency_client.web import neighbours, running
        found = neighbours.others_logged_in
        running.others_logged_in = lambda own: found(own, Path({str(sessions)!r}), Path("/absent"))
        main()
    """
    words = [sys.executable, "-c", textwrap.dedent(program), "--json", "ui", "--no-browser"]
    return subprocess.run([*words, *args], env=machine.env, capture_output=True, timeout=60)


def test_a_socket_file_is_for_its_owner_alone(town: Town) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "phoenix.sock"
        with App(machine=town["police"], arguments=("--socket", str(path))) as app:
            mode = path.lstat().st_mode
            assert stat.S_ISSOCK(mode)
            assert stat.S_IMODE(mode) == 0o600
            assert app.authority == "localhost"
            launch = "/launch/" + app.link.partition("/launch/")[2]
            evil = [("Host", "evil.example")]
            assert asked(path, written("GET", launch, evil)).status == 403
            if os.geteuid() == 0:
                Path(folder).chmod(0o755)  # that anybody may look into the folder is the point
                with another_user(), pytest.raises(PermissionError):
                    raw.connected(path)
            begun = asked(path, written("GET", launch, [("Host", "localhost")]))
            cookie = begun.cookies[0].partition(";")[0]
            headers = [("Host", "localhost"), ("Cookie", cookie)]
            assert asked(path, written("GET", "/", headers)).status == 200
            assert app.stop() == 0
        assert not path.exists()
