"""Be killed right after an end was claimed, or right before: claim_and_die.py HOME [before]."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from engine.lab import Lab
from engine.notifying.telling import Telling
from engine.notifying.ways import Command
from engine.places import Places


def _die(*_arguments: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(home: Path, *, before: bool) -> None:
    if before:
        Telling._claim = _die  # type: ignore[assignment,method-assign]
    Command.tell = _die  # type: ignore[assignment,method-assign]
    with Lab(Places(home, home / "ftlab.db"), role="daemon") as lab:
        Telling(lab).tell()


if __name__ == "__main__":
    main(Path(sys.argv[1]), before="before" in sys.argv)
