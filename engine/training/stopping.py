"""Being asked to end: SIGTERM or SIGINT, heeded at once where that is safe and else soon."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopRequested(BaseException):
    """Raised where work may be broken off; no `except Exception` on the way swallows it.

    Attributes:
        step: the step after which training ends, None if it had not begun.
    """

    def __init__(self, step: int | None = None) -> None:
        super().__init__("asked to end")
        self.step = step


class StopSignal:
    """Remembers that the process was asked to end.

    Attributes:
        requested: whether it was.
    """

    def __init__(self) -> None:
        self.requested = False
        self._interrupting = False

    def install(self) -> None:
        """Take the signals from now on."""
        signal.signal(signal.SIGTERM, self._heed)
        signal.signal(signal.SIGINT, self._heed)

    def check(self) -> None:
        """Break off if the process was asked to end.

        Raises:
            StopRequested: if so.
        """
        if self.requested:
            raise StopRequested

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Break off wherever the work within is when the signal comes.

        Raises:
            StopRequested: then, or at the beginning or the end if it came before.
        """
        self.check()
        self._interrupting = True
        try:
            yield
        finally:
            self._interrupting = False
        self.check()

    def _heed(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True
        if self._interrupting:
            self._interrupting = False
            raise StopRequested
