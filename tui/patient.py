"""Saying why nothing happens: work that waits for a database which another process keeps locked."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from textual.app import App
from textual.worker import Worker

from store.database import is_locked

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE_SECONDS = 1.5
_AGAIN_SECONDS = 5.0
_LOCKED = "Another process keeps the database locked: what you asked for waits for it."


class Patient(App[int]):
    """An app that looks after work which takes long."""

    def __init__(self) -> None:
        self._begun: list[tuple[float, Worker[None]]] = []
        self._look: asyncio.TimerHandle | None = None
        super().__init__()

    @property
    def waits_for(self) -> Path | None:
        """The database that may be locked."""
        return None

    def begun(self, worker: Worker[None]) -> None:
        """Look after work that was begun now."""
        self._begun.append((monotonic(), worker))
        self._look_in(_PATIENCE_SECONDS)

    def _look_in(self, seconds: float) -> None:
        if self._look is None:
            self._look = asyncio.get_running_loop().call_later(seconds, self._look_after)

    def _look_after(self) -> None:
        self._look = None
        self._begun = [each for each in self._begun if not each[1].is_finished]
        if not self._begun or not self.is_running:
            return
        long = any(monotonic() - began >= _PATIENCE_SECONDS for began, _ in self._begun)
        if long and self.waits_for is not None and is_locked(self.waits_for):
            self.notify(_LOCKED, severity="warning", timeout=_AGAIN_SECONDS)
        self._look_in(_AGAIN_SECONDS if long else _PATIENCE_SECONDS)
