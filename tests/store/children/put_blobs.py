"""Store the same contents as others do at the same time; started by the tests."""

from __future__ import annotations

import sys
from pathlib import Path

from store.blobs import BlobStore


def main(root: str, contents: int) -> None:
    """Wait for a line, then store so many contents."""
    print("ready", flush=True)  # noqa: T201 - it speaks to the test that started it
    sys.stdin.readline()
    blobs = BlobStore(Path(root))
    for number in range(contents):
        blobs.put(str(number).encode() * 1000)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
