"""The progress file: a training process's account of itself, a JSON line for each thing.

Kinds of lines (`kind`), each with the time `at` in seconds since 1970:

    started     attempt, from_step, total_steps, device, environment
    metrics     step, values: name -> number
    checkpoint  step, path (relative to the run folder)
    message     level, text
    finished    step, evaluation: before and after, or null
    stopped     step, reason (cancelled, terminated), checkpoint: step or null
    failed      error, traceback

Not-a-number and infinity are written as Python's json does (NaN, Infinity).
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

PROGRESS = "progress.jsonl"


class ProgressWriter:
    """Appends lines to a run folder's progress file, each with one write: a kill loses no line.

    A line that an earlier process left torn is ended first, so that it spoils only itself.

    Args:
        run: the run folder.
    """

    def __init__(self, run: Path) -> None:
        path = run / PROGRESS
        torn = path.exists() and path.stat().st_size > 0 and _last_byte(path) != b"\n"
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if torn:
            os.write(self._file, b"\n")

    def write(self, kind: str, **fields: Any) -> None:  # noqa: ANN401 - whatever JSON can say
        """Append a line."""
        line = {"kind": kind, "at": time.time(), **fields}
        os.write(self._file, json.dumps(line, separators=(",", ":")).encode() + b"\n")

    def close(self) -> None:
        """Close the file, its lines safe on the disk."""
        os.fsync(self._file)
        os.close(self._file)


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1)
