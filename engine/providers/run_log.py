"""The end of the log that a run's process writes, whatever it wrote: bars, bytes, endless lines."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

NAME = "log.txt"
_BLOCK = 128 * 1024
_MOST = 64 * 1024 * 1024
"""Bytes that are looked through for the beginnings of lines; an older end of one stands for it."""

_END = 4_000
"""Bytes that are kept of either end of a long line."""


def log_tail(run: Path, lines: int) -> list[str]:
    """Return the last lines of a run's log, of very long ones the two ends; none without a log."""
    try:
        with (run / NAME).open("rb") as file:
            return [_shown(_line(file, *part)) for part in _last_parts(file, lines)]
    except FileNotFoundError:
        return []


def _last_parts(file: BinaryIO, lines: int) -> list[tuple[int, int]]:
    """Return where the last lines begin and end, from the first to the last."""
    size = file.seek(0, os.SEEK_END)
    if not size:
        return []
    end = size - (_read(file, size - 1, size) == b"\n")
    parts: list[tuple[int, int]] = []
    position, least = end, max(0, end - _MOST)
    while position > least:
        first = max(least, position - _BLOCK)
        block = _read(file, first, position)
        at = len(block)
        while (at := block.rfind(b"\n", 0, at)) >= 0:
            parts.append((first + at + 1, end))
            end = first + at
            if len(parts) == lines:
                return parts[::-1]
        position = first
    return [(least, end), *parts[::-1]]


def _line(file: BinaryIO, start: int, end: int) -> bytes:
    if end - start <= 2 * _END:
        return _read(file, start, end)
    left_out = f" … {end - start - 2 * _END:,} bytes … ".encode()
    return _read(file, start, start + _END) + left_out + _read(file, end - _END, end)


def _read(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(end - start)


def _shown(line: bytes) -> str:
    """Return a line as a terminal would have been left by it.

    A progress bar writes over its line again and again: its last state is what a terminal shows.
    """
    return line.decode("utf-8", "replace").rstrip("\r").rpartition("\r")[2]
