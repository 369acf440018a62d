"""Collecting garbage while nobody presses a key.

Python looks through all objects whenever many were made, a fifth of a second at a time after a
few dozen screens. Here that is done when the hands rest, and what is alive then is left out of the
collections in between. Where hands do not rest for long, Python's own collections look only at what
was made since the one before.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Mapping
from time import monotonic

from textual import events
from textual.app import App

_REST_SECONDS = 0.6
_WHOLE = 2
"""The generation of which a collection looks at all objects that are not left out."""

_ENOUGH = 1
"""Collections of the middle generation after which it is worth to look through all objects."""

_THRESHOLDS = 10_000, 5, 2
"""When Python collects by itself: wholly after 150,000 new objects without a rest."""

_WITHOUT_REST = 1000
"""Whole collections after which what was left out is looked at all the same, so that none of it can
stay for ever: an hour of keys without a rest."""


class Resting(App[int]):
    """An app that tidies up when it is at rest.

    Attributes:
        rests: whether it does; only where the process is the app's own.
    """

    def __init__(self) -> None:
        self.rests = False
        self._stirred_at = 0.0
        self._wakes: asyncio.TimerHandle | None = None
        self._left_out = 0
        super().__init__()

    def on_ready(self) -> None:
        """Begin when the first frame is there; what was loaded for it stays for good."""
        if self.rests:
            gc.freeze()
            gc.set_threshold(*_THRESHOLDS)
            gc.callbacks.append(self._collected)
            gc.enable()
            self.stirred()

    def on_unmount(self) -> None:
        """Leave collecting to Python again."""
        if self._collected in gc.callbacks:
            gc.callbacks.remove(self._collected)

    def _collected(self, phase: str, found: Mapping[str, int]) -> None:
        """Leave out of the next whole collection what has outlived this one."""
        if phase != "stop" or found["generation"] != _WHOLE:
            return
        self._left_out += 1
        if self._left_out < _WITHOUT_REST:
            gc.freeze()
        else:
            gc.unfreeze()
            self._left_out = 0

    async def on_event(self, event: events.Event) -> None:
        """Notice that somebody is at it."""
        if isinstance(event, events.InputEvent):
            self.stirred()
        await super().on_event(event)

    def stirred(self) -> None:
        """Tell that something was done for which objects were made."""
        self._stirred_at = monotonic()
        if self.rests and self._wakes is None:
            self._wait(_REST_SECONDS)

    def _wait(self, seconds: float) -> None:
        self._wakes = asyncio.get_running_loop().call_later(seconds, self._wake)

    def _wake(self) -> None:
        self._wakes = None
        left = self._stirred_at + _REST_SECONDS - monotonic()
        if left > 0:
            self._wait(left)
        elif gc.get_count()[2] >= _ENOUGH or self._left_out:
            tidy_up()
            self._left_out = 0


def tidy_up() -> None:
    """Free what hangs together and is not needed, and look no more at what is left until then."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
