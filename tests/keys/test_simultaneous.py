"""Two unlockings at once in one process: the library's lanes would wait for each other for ever."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = """
from concurrent.futures import ThreadPoolExecutor
from keys.passphrase import Passphrase
from keys.wrapping import Cost, derive

def unlock(salt):
    cost = Cost(memory_kib=16 * 1024, iterations=1, lanes=4)
    return derive(Passphrase("correct horse battery"), salt, cost)

salts = [bytes([n]) * 32 for n in range(4)] * 4
with ThreadPoolExecutor(4) as pool:
    print(len(set(pool.map(unlock, salts))))
"""


def test_two_passphrases_at_once_unlock_both() -> None:
    repository = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=repository, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "4", done.stderr
