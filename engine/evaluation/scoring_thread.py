"""A thread beside the event loop that scores answers while others are waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread

_Task = Callable[[], None]

_PATIENCE = 0.5
"""Seconds for what is still to be scored when an evaluation is broken off."""


class ScoringThread:
    """Does what it is handed, one after the other.

    Scorers that users wrote may take their time, or never end. The loop goes on meanwhile, and
    whoever ends the evaluation waits for none of them: neither does the process when it ends.
    """

    def __init__(self) -> None:
        self._waiting: SimpleQueue[tuple[_Task, Future[None]] | None] = SimpleQueue()
        self._failure: BaseException | None = None
        self._left = False
        self._thread = Thread(target=self._work, name="scoring", daemon=True)

    def hand_over(self, task: _Task) -> None:
        """Have something done, without waiting for it.

        Raises:
            BaseException: what something before it failed with.
        """
        if self._failure is not None:
            raise self._failure
        self._put(task, Future())

    async def finish(self, task: _Task) -> None:
        """Have something done after all that was handed over before, and wait for it.

        Raises:
            BaseException: what it, or something before it, failed with.
        """
        done: Future[None] = Future()
        self._put(task, done)
        await asyncio.wrap_future(done)

    def leave(self) -> None:
        """Have the thread end after what it was handed, and wait for that, but not for long.

        What it has not begun by then is never done.
        """
        self._waiting.put(None)
        if self._thread.ident is not None:
            self._thread.join(_PATIENCE)
        self._left = True

    def _put(self, task: _Task, done: Future[None]) -> None:
        self._waiting.put((task, done))
        if self._thread.ident is None:
            self._thread.start()

    def _work(self) -> None:
        while (handed := self._waiting.get()) is not None and not self._left:
            task, done = handed
            if not done.set_running_or_notify_cancel():
                continue
            try:
                if self._failure is None:
                    task()
            except BaseException as error:  # noqa: BLE001 - raised where somebody waits
                self._failure = error
            if self._failure is None:
                done.set_result(None)
            else:
                done.set_exception(self._failure)
