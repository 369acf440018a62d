"""Saying what is waited for, where something takes longer than it should."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 1.5


@contextmanager
def told_if_slow(words: str, is_so: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Print what is waited for on the standard error, unless the block ends soon.

    Args:
        words: what is printed.
        is_so: asked whether that is what takes long.
    """

    def tell() -> None:
        from tui.cli.output import note

        if is_so():
            note(words)

    timer = threading.Timer(PATIENCE_SECONDS, tell)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
