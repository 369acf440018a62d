"""Start what waits in the queue and be killed on the way: start_and_die.py HOME before|after.

`before` the process is started: only the decision is recorded; `after`: nobody recorded it.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from engine import turns
from engine.lab import Lab
from engine.places import Places
from engine.poller import Poller
from engine.providers.local import LocalProvider


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(home: Path, when: str) -> None:
    if when == "before":
        LocalProvider.submit = die  # type: ignore[method-assign, assignment]
    else:
        vars(turns)["record_process"] = die
    with Lab(Places(home, home / "ftlab.db"), role="daemon") as lab:
        Poller(lab, slots=2).look()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
