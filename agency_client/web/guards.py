"""Who may ask the app at all: judged by the head of a request alone, before anything else of it is looked at.

The app listens on this machine, and so does every program on it, and every site that its browser shows can send
requests here. Values in, a reason to refuse out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

READING: Final = frozenset({"GET", "HEAD"})
#: What a browser says of a request that its own address bar, or a page of ours, began.
_OURS: Final = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a request says of itself. Every value of a field that was sent, in order; none when it was not."""

    method: str
    host: tuple[str, ...]
    target: str = "/"
    origin: tuple[str, ...] = ()
    fetch_site: tuple[str, ...] = ()
    upgrade: bool = False


def reason_to_refuse(head: Head, authority: str) -> str | None:
    """Why a request is not answered, or None. ``authority`` is the only host and port that the app goes by.

    A page of somebody else's that reaches this port by a name of its own (DNS rebinding) has another Host; one that
    sends forms, frames or scripts here says so in Origin or Sec-Fetch-Site.
    """
    # A whole address as the target names a host of its own, which counts before the header (RFC 9112, section 3.2.2).
    if head.host != (authority,) or not head.target.startswith("/"):
        return "host"
    if head.upgrade:
        return "upgrade"
    if any(origin != f"http://{authority}" for origin in head.origin):
        return "origin"
    if any(site not in _OURS for site in head.fetch_site):
        return "fetch-site"
    if head.method in READING:
        return None
    # Whatever changes something must say that a page of ours sent it.
    if head.origin or head.fetch_site == ("same-origin",):
        return None
    return "origin"


#: On every answer. ``{nonce}`` is new for each page.
POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# A stricter Referrer-Policy would make browsers send "Origin: null" with our own forms.
HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "Server": "phoenix",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def headers(nonce: str) -> Mapping[str, str]:
    """What an answer carries; ``nonce`` marks the scripts and styles of its page as ours."""
    return {**HEADERS, "Content-Security-Policy": POLICY.format(nonce=nonce)}
