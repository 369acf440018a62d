"""Look for ends to tell of again and again until killed, heeding no lease: tell_on.py HOME."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.lab import Lab
from engine.notifying.telling import Telling
from engine.places import Places


def main(home: Path) -> None:
    with Lab(Places(home, home / "ftlab.db"), role="daemon") as lab:
        telling = Telling(lab)
        telling.tell()
        print("ready", flush=True)  # noqa: T201 - for the test that waits
        while True:
            telling.tell()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
