"""Refuse private keys in the repository: the pre-commit hook, and what tests/house calls.

With file names, checks those; without, every file that git tracks or would add.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Files whose only use is to hold keys.
KEY_FILES = re.compile(
    r"(\.(pem|key|keystore|jks|p12|pfx|ppk|kdbx|gpg|age)|(^|/)id_(rsa|dsa|ecdsa|ed25519)[^/]*)$"
)

#: How private keys begin. The groups keep these lines from finding themselves.
KEY_TEXTS = (
    re.compile(rb"-{5}BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-{5}"),
    re.compile(rb"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{20}"),
    re.compile(rb"PuTTY-User-Key-File-[0-9]:"),
)


def problem_with(name: str, content: bytes) -> str | None:
    """Why a file may not be in the repository, or None. `name` is relative, with slashes."""
    if name.startswith("keys/") and not name.endswith((".py", "/py.typed")):
        return "keys/ holds code only"
    if KEY_FILES.search(name):
        return "a file of this name holds a private key"
    if any(text.search(content) for text in KEY_TEXTS):
        return "it contains a private key"
    return None


def files_of_repository() -> list[str]:
    """Every file that git tracks, and every new one that it does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    return sorted({name for name in listed.decode().split("\0") if name})


def problems(names: list[str]) -> list[str]:
    """A line for each file that may not be in the repository."""
    found = []
    for name in names:
        path = ROOT / name
        why = problem_with(name, path.read_bytes()) if path.is_file() else None
        if why:
            found.append(f"{name}: {why}. Take it out and treat the key as lost.")
    return found


def main(names: list[str]) -> int:
    """1 when a private key was found."""
    found = problems(names or files_of_repository())
    for line in found:
        print(line, file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
