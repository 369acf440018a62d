"""Batches that are too large for the memory there is.

Loads torch; imported by the worker thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import torch

log = logging.getLogger(__name__)

Row = TypeVar("Row")

_WORDS = ("out of memory", "can't allocate memory")
"""What torch says of devices and of the processor's memory."""


def in_halves(
    rows: list[Row],
    work: Callable[[list[Row]], None],
    fail: Callable[[list[Row], Exception], None],
) -> None:
    """Do some work for all rows at once, or for half of them at a time where memory lacks.

    Args:
        rows: what it is done for. Where it was begun in vain it is done again.
        work: takes some of the rows.
        fail: told of rows for which it cannot be done, and why: memory that does not suffice for a
            single one, or whatever else.
    """
    try:
        work(rows)
    except Exception as error:
        if len(rows) == 1 or not _is_lack_of_memory(error):
            log.exception("%d requests failed", len(rows))
            fail(rows, error)
            return
    else:
        return
    # Behind the `except`: what has failed must not be held by its traceback any more.
    half = len(rows) // 2
    log.warning("memory does not suffice for %d at once: going on with %d", len(rows), half)
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    in_halves(rows[:half], work, fail)
    in_halves(rows[half:], work, fail)


def _is_lack_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    said = str(error).lower()
    return any(words in said for words in _WORDS)
