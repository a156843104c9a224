"""Pages of other sites in a real Chromium: rebinding, forms, fetch, sockets, frames, windows. Nothing gets through."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from agency_client.client import Client
from agency_client.unlocking import Unlock
from tests.browser.apps import App
from tests.browser.chromium import FLAGS, MISSING, chromium
from tests.end_to_end.documents import NURSE, package
from tests.end_to_end.quillmere import Town

Start = Callable[..., App]

#: What a hostile page tries, each way for itself. ``app`` is where the app is; it answers with what came of each.
ATTACKS = """
async app => {
  const outcomes = {};
  const wait = (seconds, otherwise) =>
    new Promise(done => setTimeout(() => done(otherwise), seconds * 1000));
  const tried = async (name, attempt) => {
    outcomes[name] = await Promise.race([
      Promise.resolve().then(attempt).catch(error => `threw ${error.name}`),
      wait(4, "nothing"),
    ]);
  };
  const element = (tag, attribute, address) => new Promise(done => {
    const made = document.createElement(tag);
    if (tag === "link") made.rel = "stylesheet";
    made.onload = () => done("loaded");
    made.onerror = () => done("error");
    made[attribute] = address;
    document.body.append(made);
  });
  const form = () => new URLSearchParams({ form_token: "0".repeat(64) });
  const options = { method: "POST", credentials: "include" };
  const xhr = method => new Promise(done => {
    const request = new XMLHttpRequest();
    request.withCredentials = true;
    request.onload = () => done(`read ${request.status}`);
    request.onerror = () => done("error");
    request.open(method, `${app}/share/new`);
    request.send(method === "POST" ? form() : null);
  });
  const socket = () => new Promise(done => {
    const opened = new WebSocket(app.replace("http", "ws") + "/");
    opened.onopen = () => done("opened");
    opened.onerror = () => done("error");
  });
  const events = () => new Promise(done => {
    const source = new EventSource(`${app}/inbox`, { withCredentials: true });
    source.onopen = () => done("opened");
    source.onerror = () => { source.close(); done("error"); };
  });
  await Promise.all([
    tried("get", async () => (await fetch(`${app}/inbox`, { credentials: "include" })).status),
    tried("post", async () => (await fetch(`${app}/share/new`, { ...options, body: form() })).status),
    tried("json", async () => (await fetch(`${app}/share/new`, {
      ...options, body: "{}", headers: { "Content-Type": "application/json" } })).status),
    tried("put", async () => (await fetch(`${app}/share/new`, { ...options, method: "PUT" })).status),
    tried("blind get", async () => (await fetch(`${app}/inbox`, {
      mode: "no-cors", credentials: "include" })).type),
    tried("blind post", async () => (await fetch(`${app}/share/new`, {
      ...options, mode: "no-cors", body: form() })).type),
    tried("beacon", () => String(navigator.sendBeacon(`${app}/share/new`, form()))),
    tried("xhr get", () => xhr("GET")),
    tried("xhr post", () => xhr("POST")),
    tried("socket", socket),
    tried("events", events),
    tried("img", () => element("img", "src", `${app}/static/0/phoenix.svg`)),
    tried("img of a page", () => element("img", "src", `${app}/inbox`)),
    tried("script", () => element("script", "src", `${app}/static/0/phoenix.js`)),
    tried("script of a page", () => element("script", "src", `${app}/work`)),
    tried("style", () => element("link", "href", `${app}/static/0/phoenix.css`)),
    tried("object", () => element("object", "data", `${app}/inbox`)),
    tried("import", () => import(`${app}/static/0/phoenix.js`).then(() => "loaded")),
    tried("worker", () => { new Worker(`${app}/static/0/phoenix.js`); return "started"; }),
    tried("open", async () => {
      const opened = window.open(`${app}/inbox`);
      await wait(1.5);
      return String(opened.document.title);
    }),
  ]);
  return outcomes;
}
"""
#: What may come of them: refused, or an answer that no script can look into.
HARMLESS = {
    "blind get": {"opaque", "threw TypeError"},
    "blind post": {"opaque", "threw TypeError"},
    "beacon": {"true", "false"},
    "object": {"error", "nothing"},
    "open": {"threw SecurityError", "threw TypeError", "nothing"},
}
REFUSED = {"threw TypeError", "threw SecurityError", "error"}


class Elsewhere(BaseHTTPRequestHandler):
    """Somebody else's site: every path is a page, and what comes to it is remembered."""

    def do_GET(self) -> None:
        page = b"<!DOCTYPE html><title>Elsewhere</title><p>Somebody else's page"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def _serving() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """The port of somebody else's site on this machine."""
    with _serving() as port:
        yield port


@pytest.fixture(scope="module")
def rebound() -> Iterator[Browser]:
    """A browser to whom every name under ``evil.example`` is this machine, as to one whose names were rebound."""
    program = chromium()
    if program is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        flags = [*FLAGS, "--host-resolver-rules=MAP *.evil.example 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def victim(rebound: Browser, apps: Start) -> Iterator[tuple[BrowserContext, App]]:
    """A browser in which the app is open, and in which somebody then looks at other pages."""
    app = apps("nurse")
    context = rebound.new_context()
    context.set_default_timeout(15_000)
    context.new_page().goto(app.link)
    yield context, app
    context.close()


@pytest.fixture(scope="module")
def state(town: Town) -> Callable[[], Any]:
    """What stands in the vault, without what the app does by itself: drafts, packages with their states, alarms."""
    key = bytes.fromhex(town.keys["nurse"])

    def read() -> Any:
        with Client.open(town["nurse"].home, Unlock(environment={}, master_key=key)) as client:
            home = client.home
            with home.vault.reading() as view:
                return tuple((d.id, d.changed) for d in view.drafts.listing(None))

    return read


def refused_all(outcomes: dict[str, str]) -> None:
    """Fails for what got through."""
    through = {
        name: outcome
        for name, outcome in outcomes.items()
        if outcome not in HARMLESS.get(name, REFUSED)
    }
    assert through == {}


@pytest.mark.parametrize("site", ["127.0.0.1", "far.evil.example", "localhost"])
def test_no_page_of_another_origin_reads_or_changes_anything(
    site: str,
    victim: tuple[BrowserContext, App],
    elsewhere: int,
    state: Callable[[], Any],
    town: Town,
) -> None:
    # 127.0.0.1 with another port is the hardest: to a browser it is the same site, and gets the cookie.
    context, app = victim
    before = state()
    page = context.new_page()
    page.goto(f"http://{site}:{elsewhere}/")
    refused_all(page.evaluate(ATTACKS, app.url))
    assert state() == before
    own = context.pages[0]
    assert own.evaluate("fetch('/work').then(answer => answer.status)") == 200  # control: ours may
    page.close()


#: Opens a WebSocket to the app, and says what came of it.
SOCKET = """app => new Promise(done => {
  const opened = new WebSocket(app.replace("http", "ws") + "/work");
  opened.onopen = () => done("opened");
  opened.onerror = () => done("error");
})"""


def test_no_socket_opens_from_another_origin_nor_from_a_page_of_ours(
    victim: tuple[BrowserContext, App], elsewhere: int, town: Town
) -> None:
    # A socket is not bound to one origin by browsers, and nothing here speaks it: the app refuses it to everybody.
    context, app = victim
    log = town["nurse"].folder / "started.log"
    page = context.new_page()
    for at in (f"http://127.0.0.1:{elsewhere}/", f"{app.url}/static/0/phoenix.svg"):
        before = log.read_text("utf-8").count("refused a request: upgrade")
        page.goto(at)
        assert page.evaluate(SOCKET, app.url) == "error", at
        assert log.read_text("utf-8").count("refused a request: upgrade") == before + 1, at
    page.close()


@pytest.mark.parametrize("site", ["127.0.0.1", "far.evil.example"])
def test_forms_frames_and_links_of_others_end_at_nothing(
    site: str, victim: tuple[BrowserContext, App], elsewhere: int, state: Callable[[], Any]
) -> None:
    context, app = victim
    before = state()
    page = context.new_page()
    at = f"http://{site}:{elsewhere}"
    token = context.pages[0].locator("[name=form_token]").first.get_attribute("value")
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain"):
        page.goto(at)
        page.evaluate(  # even with the right token, which nobody else has
            """([app, token, kind]) => {
                document.body.innerHTML = `<form method=post enctype="${kind}" action="${app}/share/new">
                  <input name=form_token value="${token}"></form>`;
                document.forms[0].submit();
            }""",
            [app.url, token, kind],
        )
        page.wait_for_url(f"{app.url}/share/new")
        assert page.inner_text("body").strip() == "Not from here."
    page.goto(at)
    page.evaluate("app => { location = app + '/inbox' }", app.url)
    page.wait_for_url(f"{app.url}/inbox")
    assert page.inner_text("body").strip() == "Not from here."
    page.goto(at)
    page.evaluate(
        """([app, here]) => { for (const address of [app + "/", app + "/unlock", here + "/"])
            document.body.append(Object.assign(document.createElement("iframe"), {src: address})) }""",
        [app.url, at],
    )
    page.wait_for_timeout(500)
    texts = [
        frame.evaluate("document.body ? document.body.innerText : ''") for frame in page.frames
    ]
    assert sum("Somebody else" in text for text in texts) == 2  # control: its own page it may frame
    assert not any("Phoenix" in text or "needs you" in text for text in texts)
    assert state() == before
    context.pages[0].evaluate(  # control: the same form from a page of ours
        "() => { const f = document.forms[0]; f.action = '/share/new'; f.submit() }"
    )
    context.pages[0].wait_for_url(f"{app.url}/share/*")
    assert len(state()) == len(before) + 1
    page.close()


def test_a_name_that_was_rebound_to_this_machine_reaches_nothing(
    victim: tuple[BrowserContext, App], state: Callable[[], Any], town: Town
) -> None:
    context, app = victim
    before = state()
    port = app.authority.partition(":")[2]
    page = context.new_page()
    for path in ("/", "/inbox", "/unlock", "/launch/0", "/static/0/phoenix.js"):
        answer = page.goto(f"http://app.evil.example:{port}{path}")
        assert answer is not None
        assert answer.status == 403
        assert page.inner_text("body").strip() == "Not from here."
    same_origin = page.evaluate(
        "fetch('/share/new', {method: 'POST', body: new URLSearchParams({})}).then(a => a.status)"
    )
    assert same_origin == 403
    assert state() == before
    with App(machine=town["council"]) as fresh:
        page.goto(fresh.link.replace("127.0.0.1", "app.evil.example"))
        assert page.inner_text("body").strip() == "Not from here."
        page.goto(fresh.link)  # control: the link was not spent
        assert page.title() == "What needs you now – Phoenix"
    page.close()


def test_nothing_is_asked_of_another_machine_and_windows_have_no_opener(
    rebound: Browser, town: Town
) -> None:
    town.send(package("Looked at", sections={"health": (NURSE,)}))
    town.nurse.phoenix("inbox")
    context = rebound.new_context()
    seen: list[str] = []
    context.on("request", lambda request: seen.append(request.url))
    with App(machine=town["nurse"]) as app:
        page = context.new_page()
        page.goto(app.link)
        for path in ("/", "/inbox", "/share", "/sent", "/register", "/reviews", "/requests"):
            page.goto(app.url + path)
        page.goto(f"{app.url}/inbox")
        page.get_by_role("link", name="Looked at").click()
        with page.expect_popup() as opened:
            page.evaluate("() => { window.open('/inbox', '_blank', 'noopener') }")
        assert opened.value.evaluate("window.opener") is None
        assert len(seen) > 20
        assert [url for url in seen if not url.startswith(app.url + "/")] == []
        assert all(
            _is_refused(page, url) for url in ("https://example.com/", "http://127.0.0.1:9/")
        )
        assert [c["name"] for c in context.cookies()] == [f"phoenix-{app.authority[10:]}"]
        kept = page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
        assert kept == [0, 0, ""]
    context.close()


def _is_refused(page: Page, url: str) -> bool:
    """Whether the page's policy keeps a script that got into it from reaching anybody."""
    script = "url => fetch(url, {mode: 'no-cors'}).then(() => false, () => true)"
    with page.expect_event("console", lambda message: "Content Security Policy" in message.text):
        refused = page.evaluate(script, url)
    return bool(refused)
