"""Collecting garbage while nobody presses a key.

A closed screen is thousands of objects that hold each other, and freeing those of twenty screens
takes a fifth of a second. So they are freed a few at a time, and mostly while the hands rest. Where
hands do not rest for long, Python's own collections look only at what was made since the one
before; what died among the rest is freed when nobody has pressed a key for a while, sooner where
that may be much.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Mapping
from time import monotonic

from textual import events
from textual.app import App

_REST_SECONDS = 0.6
_LONG_REST_SECONDS = 5.0
_WHOLE = 2
"""The generation of which a collection looks at all objects that are not left out."""

_ENOUGH = 1
"""Collections of the middle generation after which it is worth to look through all objects."""

_THRESHOLDS = 2_000, 5, 5
"""When Python collects by itself: little often, and wholly after 72,000 new objects."""

_MANY = 8
"""Whole collections after which a short rest is enough: each leaves out megabytes of screens that
are closed later."""

_WITHOUT_REST = 2000
"""Whole collections after which what was left out is looked at all the same, so that none of it can
stay for ever: tens of thousands of keys without a rest."""


class Resting(App[int]):
    """An app that tidies up when it is at rest.

    Attributes:
        rests: whether it does; only where the process is the app's own.
    """

    def __init__(self) -> None:
        self.rests = False
        self._stirred_at = 0.0
        self._touched_at = 0.0
        self._wakes: asyncio.TimerHandle | None = None
        self._left_out = 0
        self._tidying = False
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
        if phase != "stop" or found["generation"] != _WHOLE or self._tidying:
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
            self._touched_at = monotonic()
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
        rested = monotonic() - self._stirred_at
        if rested < _REST_SECONDS:
            self._wait(_REST_SECONDS - rested)
            return
        if gc.get_count()[_WHOLE] >= _ENOUGH:
            self._tidying = True
            gc.collect()
            self._tidying = False
        if not self._left_out:
            return
        untouched = monotonic() - self._touched_at
        if untouched < _LONG_REST_SECONDS and self._left_out < _MANY:
            self._wait(_LONG_REST_SECONDS - untouched)
            return
        tidy_up()
        self._left_out = 0


def tidy_up() -> None:
    """Free what hangs together and is not needed, and look no more at what is left until then."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
