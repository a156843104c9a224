"""Run a command and write what it used into a file: ``python -I -S launch.py FILE WORD ...``.

A process of its own and a small one, because Linux counts what a parent had resident at the fork as its child's.
"""

import json
import os
import sys
import time

if __name__ == "__main__":
    started = time.monotonic()
    child = os.fork()
    if not child:
        os.execvp(sys.argv[2], sys.argv[2:])
    _, code, usage = os.wait4(child, 0)
    used = {
        "status": os.waitstatus_to_exitcode(code),
        "seconds": time.monotonic() - started,
        "processor": usage.ru_utime + usage.ru_stime,
        "resident": usage.ru_maxrss / 1024,
    }
    with open(sys.argv[1], "w", encoding="ascii") as file:  # noqa: PTH123  # importing pathlib makes the process larger
        json.dump(used, file)
