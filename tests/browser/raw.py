"""HTTP as no browser speaks it: requests byte for byte, over sockets of our own."""

from __future__ import annotations

import http.client
import io
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PATIENCE = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


def connected(where: str | Path) -> socket.socket:
    """A socket to an app: at ``HOST:PORT``, or at a socket file."""
    if isinstance(where, Path):
        opened = socket.socket(socket.AF_UNIX)
        opened.settimeout(_PATIENCE)
        opened.connect(str(where))
        return opened
    host, _, port = where.partition(":")
    return socket.create_connection((host, int(port)), _PATIENCE)


def asked(where: str | Path, request: bytes) -> Answer:
    """What an app answers to exactly these bytes."""
    with connected(where) as opened:
        opened.sendall(request)
        return answered(opened, request.partition(b" ")[0].decode("ascii", "replace"))


def answered(opened: socket.socket, method: str = "GET") -> Answer:
    """What comes at a socket."""
    response = http.client.HTTPResponse(opened, method=method)
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    cookies = tuple(v for n, v in response.getheaders() if n.lower() == "set-cookie")
    return Answer(status=response.status, headers=headers, body=response.read(), cookies=cookies)


def written(method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes = b"") -> bytes:
    """A request with these headers and no others."""
    out = io.BytesIO()
    out.write(f"{method} {path} HTTP/1.1\r\n".encode())
    for name, value in headers:
        out.write(f"{name}: {value}\r\n".encode())
    if body:
        out.write(f"Content-Length: {len(body)}\r\n".encode())
        out.write(b"Content-Type: application/x-www-form-urlencoded\r\n")
    out.write(b"\r\n" + body)
    return out.getvalue()
