"""Ctrl+c, by which people leave terminal programs: it says how, and leaves when it is meant."""

from __future__ import annotations

from time import monotonic

from textual.app import App

from tui.actions import NONE, actions_of

_AGAIN_SECONDS = 2.0


class Interrupting(App[int]):
    """An app that a second ctrl+c leaves; where text is selected, ctrl+c copies that."""

    _interrupted: float | None = None

    def action_help_quit(self) -> None:
        """Say how to leave, or leave."""
        now, before = monotonic(), self._interrupted
        self._interrupted = now
        if before is not None and now - before < _AGAIN_SECONDS:
            self.call_later(self.action_quit)
            return
        own = getattr(self, "own_keys", NONE)
        leave = next(each for each in actions_of("everywhere", own=own) if each.id == "ftlab.quit")
        words = f"{leave.first_key} leaves ftlab, and so does ctrl+c once more; jobs go on"
        self.notify(words, timeout=_AGAIN_SECONDS, markup=False)
