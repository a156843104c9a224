"""Logs: JSON lines with listed fields and nothing else."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from phoenix_relay import logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    structlog.reset_defaults()


def logged(lines: io.StringIO, **fields: Any) -> dict[str, Any]:
    structlog.get_logger("phoenix_relay").error("swept", **fields)
    (line,) = lines.getvalue().splitlines()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def test_a_line_is_json_with_its_time_level_and_fields(lines: io.StringIO) -> None:
    line = logged(lines, code="E_RELAY", expired=3, truncated=True)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "swept",
        "level": "error",
        "code": "E_RELAY",
        "expired": 3,
        "truncated": True,
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "mash@ardenfold-police"},
        {"remote": "192.0.2.7"},
        {"size": 12345},
        {"endpoint": "ab" * 32},
        {"core": b"\x00" * 32},
        {"exception": "Traceback: values"},
        {"exc_info": True},
        {"code": b"E_RELAY"},
        {"code": "E" * 300},
        {"expired": "mash@ardenfold-police"},
        {"error": ValueError("mash@ardenfold-police")},
    ],
)
def test_what_is_not_in_the_list_is_dropped(lines: io.StringIO, fields: dict[str, Any]) -> None:
    line = logged(lines, **fields)
    assert line.keys() == {"event", "level", "timestamp"}
    assert "ardenfold" not in lines.getvalue()


class Broken(io.StringIO):
    """A stream on a full disk."""

    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("closed", [True, False])
def test_a_line_that_cannot_be_written_stops_nothing(closed: bool) -> None:
    stream = Broken()
    if closed:
        stream.close()
    logs.configure(stream)
    try:
        structlog.get_logger("phoenix_relay").error("fault", code="E_RELAY")
    finally:
        structlog.reset_defaults()
