"""What may be in the repository: no keys, code only under keys/, a lock that names no mirror."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import pytest

MARK = "-" * 5


@pytest.fixture(scope="module")
def private_keys(repository: Path) -> ModuleType:
    """The check that the pre-commit hook runs."""
    path = repository / ".ci" / "private_keys.py"
    spec = importlib.util.spec_from_file_location("private_keys", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tracked(private_keys: ModuleType) -> list[str]:
    """Every file of the repository, where git is there to list them."""
    try:
        names: list[str] = private_keys.files_of_repository()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("Not run: this is not a git work tree.")
    return names


def test_no_private_key_is_in_the_repository(private_keys: ModuleType, tracked: list[str]) -> None:
    assert private_keys.problems(tracked) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("keys/epochs.bin", b""),
        ("keys/README.md", b"# Keys"),
        ("tests/relay.pem", b""),
        ("deploy/id_ed25519", b""),
        ("config/agency.keystore", b""),
        ("docs/keys.md", f"{MARK}BEGIN PRIVATE KEY{MARK}\nMC4C".encode()),
        ("docs/keys.md", f"{MARK}BEGIN OPENSSH PRIVATE KEY{MARK}".encode()),
        ("docs/keys.md", f"{MARK}BEGIN PGP PRIVATE KEY BLOCK{MARK}".encode()),
        ("tests/a.txt", b"AGE-SECRET-KEY-" + b"1" + b"Q" * 58),
    ],
)
def test_the_check_finds_private_keys(private_keys: ModuleType, name: str, content: bytes) -> None:
    assert private_keys.problem_with(name, content) is not None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("keys/epochs.py", b"KEY = 1"),
        ("keys/py.typed", b""),
        ("docs/keys.md", b"# Keys\n\nA private key never leaves its home."),
        ("tests/a.pub.txt", f"{MARK}BEGIN PUBLIC KEY{MARK}".encode()),
    ],
)
def test_the_check_lets_the_rest_pass(private_keys: ModuleType, name: str, content: bytes) -> None:
    assert private_keys.problem_with(name, content) is None


def test_the_lock_names_the_public_index_only(repository: Path) -> None:
    lock = tomllib.loads((repository / "uv.lock").read_text(encoding="utf-8"))
    sources = {package["source"].get("registry", "here") for package in lock["package"]}
    assert sources == {"https://pypi.org/simple", "here"}
    addresses = re.findall(r'url = "([^"]+)"', (repository / "uv.lock").read_text("utf-8"))
    assert {urlsplit(address).hostname for address in addresses} == {"files.pythonhosted.org"}


def test_every_locked_file_has_a_digest(repository: Path) -> None:
    lock = tomllib.loads((repository / "uv.lock").read_text(encoding="utf-8"))
    bought = [package for package in lock["package"] if "registry" in package["source"]]
    files = [file for package in bought for file in package.get("wheels", [])]
    assert len(files) > len(bought) / 2
    assert all(file["hash"].startswith("sha256:") for file in files)


def test_the_licence_is_the_whole_text_of_the_one_declared(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    text = (repository / "LICENCE").read_text(encoding="utf-8")
    assert project["license"] == "EUPL-1.2"
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    for article in range(1, 16):
        assert re.search(rf"^{article}\.\s*[A-Z]", text, re.MULTILINE), article
    assert "Compatible Licences" in text
