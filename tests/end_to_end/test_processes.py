"""The helpers themselves: an end that nobody expected is told with everything the program said."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.processes import (
    Machine,
    UnexpectedEndError,
    environment,
    free_port,
    kill,
    program,
    run,
)

PYTHON = (sys.executable, "-c")


def test_another_status_than_the_expected_is_told_with_all_output() -> None:
    code = "import sys; print('said'); print('wrong', file=sys.stderr); sys.exit(3)"
    assert run([*PYTHON, code], env=environment({}), status=3).out == "said\n"
    assert run([*PYTHON, code], env=environment({}), status=None).status == 3
    with pytest.raises(UnexpectedEndError, match=r"(?s)ended with 3.*said.*wrong"):
        run([*PYTHON, code], env=environment({}))


def test_json_is_one_document_and_nothing_else() -> None:
    good = run([*PYTHON, 'print(\'{"error": {"code": "E_X"}}\')'], env=environment({}))
    assert good.error_code == "E_X"
    with pytest.raises(UnexpectedEndError, match="not one JSON document"):
        _ = run([*PYTHON, "print('hello {}')"], env=environment({})).json


def test_what_takes_too_long_is_ended() -> None:
    began = time.monotonic()
    with pytest.raises(UnexpectedEndError, match="took too long"):
        run([*PYTHON, "import time; time.sleep(60)"], env=environment({}), timeout=0.5)
    assert time.monotonic() - began < 10


def test_a_machine_sees_its_own_settings_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHOENIX_HOME", "/elsewhere")
    monkeypatch.setenv("PHOENIX_OTHER", "x")
    machine = Machine(folder=tmp_path / "desk", passphrase="pass", extra={"TZ": "UTC"})
    settings = {name: value for name, value in machine.env.items() if "PHOENIX" in name}
    passphrase = tmp_path / "desk" / "passphrase"
    assert settings == {
        "PHOENIX_HOME": str(tmp_path / "desk" / "home"),
        "PHOENIX_PASSPHRASE_FILE": str(passphrase),
    }
    assert machine.env["TZ"] == "UTC"
    assert passphrase.read_text("utf-8") == "pass\n"
    assert passphrase.stat().st_mode & 0o777 == 0o600


def test_what_a_machine_started_ends_with_it(tmp_path: Path) -> None:
    with Machine(folder=tmp_path) as machine:
        process = machine.start("--help")
        kill(process)
    assert process.poll() is not None
    assert Path(program("phoenix")).exists()


def test_a_free_port_can_be_listened_on() -> None:
    with socket.create_server(("127.0.0.1", free_port())):
        pass
