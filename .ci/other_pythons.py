"""Run the quick tests on every supported Python found here other than the one in .venv.

Says for each version whether it passed, failed or was not run; fails when one failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUPPORTED = ("3.11", "3.12", "3.13")
ROOMS = ("tests/protocol", "tests/keys")


def candidates(version: str) -> list[str]:
    """Where a Python of this version may be: on the path, or among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    kept = sorted(pyenv.glob(f"{version}.*/bin/python{version}"))
    return [f"python{version}", *(str(path) for path in kept)]


def works(python: str) -> bool:
    """Whether a Python starts (a shim for a version that is not installed does not)."""
    try:
        return subprocess.run([python, "-c", ""], capture_output=True).returncode == 0
    except OSError:
        return False


def find(version: str) -> str | None:
    """The first Python of this version that starts."""
    return next((python for python in candidates(version) if works(python)), None)


def run_tests(python: str, version: str) -> bool:
    """Set up .venv-VERSION and run the quick rooms in it. True when everything passed."""
    environment = f".venv-{version}"
    make = ["make", "--no-print-directory", "setup", f"PYTHON={python}", f"VENV={environment}"]
    if subprocess.run(make, cwd=ROOT).returncode != 0:
        return False
    rooms = [room for room in ROOMS if (ROOT / room).is_dir()]
    command = [f"{environment}/bin/python", "-m", "pytest", "-q", "-n", "2"]
    code = subprocess.run([*command, *rooms], cwd=ROOT).returncode
    return code == 0


def main() -> int:
    """Go through the supported versions. 0 when none failed."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    results = []
    for version in SUPPORTED:
        if version == own:
            continue
        python = find(version)
        if python is None:
            results.append((version, "not run: it is not on this machine"))
            continue
        results.append((version, "passed" if run_tests(python, version) else "failed"))
    for version, result in results:
        print(f"Python {version}: {result}", flush=True)
    return int(any(result == "failed" for _, result in results))


if __name__ == "__main__":
    sys.exit(main())
