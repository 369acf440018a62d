"""Ending what runs an event loop when the process is told to end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tui.cli.output import note

_TERMINATED = 128 + signal.SIGTERM


@contextmanager
def ended_whole(last_word: str | None = None) -> Iterator[None]:
    """Have SIGTERM end an event loop as Ctrl-C does: cancelled, nothing in it left half-way.

    Whatever a handler raises comes up in the middle of any task, and the others go on.

    Args:
        last_word: said on standard error if it is ended so, in lines; None for nothing.
    """
    terminated = False

    def interrupt(*_: object) -> None:
        nonlocal terminated
        terminated = True
        if not callable(signal.getsignal(signal.SIGINT)):
            # A shell's background job is deaf to it.
            sys.exit(_TERMINATED)
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        _say(last_word)
        if terminated:
            sys.exit(_TERMINATED)
        raise
    except SystemExit:
        _say(last_word)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def _say(words: str | None) -> None:
    for line in (words or "").splitlines():
        note(line)
