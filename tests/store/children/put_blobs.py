"""Store the same contents as others do at the same time; started by the tests."""

from __future__ import annotations

import sys
from pathlib import Path

from store.blobs import BlobStore


def main(root: str, contents: int) -> None:
    """Wait for a line, then store so many contents."""
    _say("ready")
    sys.stdin.readline()
    blobs = BlobStore(Path(root))
    for number in range(contents):
        blobs.put(str(number).encode() * 1000)


def _say(text: str) -> None:
    """Tell the test that started this."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
