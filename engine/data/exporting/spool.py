"""Rows that wait on the disk until all have been seen."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.closing import Closing
from engine.data.shapes.canonical import json_line

_BATCH_BYTES = 8 * 1024 * 1024


class Spool(Closing):
    """A file without a name, which goes when it is closed.

    Args:
        folder: on whose disk it lies; that of the export has room for it, the temporary folder may
            be in memory.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by close()
        self._digest = hashlib.sha256()

    def write(self, row: dict[str, Any]) -> None:
        """Add a row.

        Raises:
            RowError: if it holds what JSON or UTF-8 cannot.
        """
        line = json_line(row)
        self._file.write(line)
        self._digest.update(line)

    def fingerprint(self) -> str:
        """Return a hash of all rows, in hexadecimal."""
        return self._digest.hexdigest()

    def batches(self) -> Iterator[list[dict[str, Any]]]:
        """Yield the rows, some MiB at a time."""
        self._file.seek(0)
        while lines := self._file.readlines(_BATCH_BYTES):
            yield [json.loads(line) for line in lines]

    def close(self) -> None:
        """Remove the file; doing it twice is no fault."""
        self._file.close()
