"""Where a relay is: an origin that was checked before anything is sent to it (docs/protocol.md §9)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from phoenix_protocol.errors import UsageError

_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_NEXT: Final = "Give the relay's address as https://host or https://host:port."


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayAddress:
    """A relay's scheme, and its host and port as requests sign them: without the default port."""

    scheme: str
    authority: str

    @property
    def origin(self) -> str:
        """The address as a URL without a path."""
        return f"{self.scheme}://{self.authority}"


def relay_address(text: str, *, plain_http: bool = False) -> RelayAddress:
    """The address that ``text`` writes.

    http is only for this machine, unless ``plain_http`` says that something else protects the way.
    Raises UsageError ``E_RELAY_ADDRESS``.
    """
    parts = _split(text)
    host = parts.hostname or ""
    if parts.scheme not in _DEFAULT_PORTS or not _is_host(host):
        raise _refused("This is not the address of a relay.")
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise _refused("A relay's address has a host and a port and nothing else.")
    if parts.scheme == "http" and not plain_http and not _is_this_machine(host):
        raise _refused("A relay on another machine is reached over https only.")
    return RelayAddress(scheme=parts.scheme, authority=_authority(parts, host))


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise _refused("This is not the address of a relay.") from None
    # urlsplit drops tabs and newlines; an address that holds one is not what it looks like.
    if not text.isascii() or not text.isprintable() or " " in text:
        raise _refused("This is not the address of a relay.")
    return parts


def _authority(parts: SplitResult, host: str) -> str:
    named = f"[{host}]" if ":" in host else host
    if parts.port is None or parts.port == _DEFAULT_PORTS[parts.scheme]:
        return named
    return f"{named}:{parts.port}"


def _is_host(host: str) -> bool:
    return _HOST.fullmatch(host) is not None or _ip(host) is not None


def _is_this_machine(host: str) -> bool:
    ip = _ip(host)
    return host == "localhost" if ip is None else ip.is_loopback


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _refused(why: str) -> UsageError:
    return UsageError("E_RELAY_ADDRESS", why, next=_NEXT)
