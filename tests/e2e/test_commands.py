"""How the tests run commands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.e2e.commands import SECONDS, SOURCES

_KILLED = """
import os, signal
from tests.e2e.commands import _Nursery
print(_Nursery()._address, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_commands_are_forked_off_ends_with_the_tests_even_if_they_are_killed() -> None:
    # Both have the other end of the pipe for standard error, which closes when the last one ends.
    tests = subprocess.run(
        [sys.executable, "-c", _KILLED],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(SOURCES)},
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (tests.returncode, tests.stderr) == (-signal.SIGKILL, "")
    assert not Path(tests.stdout.strip()).parent.exists()
