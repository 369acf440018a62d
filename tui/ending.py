"""Leaving at once, and waiting for what was begun without leaving anybody in the dark."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from textual.app import App

from tui.cli.patience import told_if_slow

_INTERRUPTED = 128 + 2
_THREADS = 8
_WAITING = (
    "waiting for what was begun, such as a database that another process keeps locked; "
    "Ctrl-C leaves at once"
)


class Threads(ThreadPoolExecutor):
    """The threads that the app's work is done in; the terminal is given back without them."""

    def __init__(self) -> None:
        super().__init__(max_workers=_THREADS, thread_name_prefix="ftlab")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work; what is being done goes on."""
        del wait
        super().shutdown(wait=False, cancel_futures=cancel_futures)

    def wait(self) -> None:
        """Wait for what is being done."""
        super().shutdown(wait=True, cancel_futures=True)


class Ending(App[int]):
    """An app whose terminal is free as soon as somebody leaves.

    Attributes:
        threads: where its work is done; None for those of the event loop.
    """

    threads: Threads | None = None

    def on_load(self) -> None:
        """Work in threads of its own, for which nobody waits while the screen is still taken."""
        if self.threads is not None:
            asyncio.get_running_loop().set_default_executor(self.threads)


def wait(*ends: Callable[[], object]) -> None:
    """Wait for these to end; say so where it takes long. Ctrl-C leaves the process at once."""
    try:
        with told_if_slow(_WAITING):
            for end in ends:
                end()
    except KeyboardInterrupt:
        # Threads that wait for a lock cannot be called back; what they did not do is not recorded.
        os._exit(_INTERRUPTED)
