"""Look for news of jobs again and again, in small portions, until killed: poll_on.py HOME."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.lab import Lab
from engine.places import Places
from engine.poller import Poller
from engine.providers import progress_file


def main(home: Path) -> None:
    # Many small transactions, so that a kill falls into one.
    progress_file.READ_BYTES = 20_000
    with Lab(Places(home, home / "ftlab.db"), role="daemon") as lab:
        poller = Poller(lab)
        while True:
            poller.look()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
