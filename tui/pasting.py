"""Taking what is pasted, but no more of it than anybody can have meant."""

from __future__ import annotations

from textual import events
from textual.app import App

MOST = 100_000
"""Characters: a line of a million takes half a second to paint, with every key."""


class Pasting(App[int]):
    """An app that no slip of the clipboard holds up."""

    async def on_event(self, event: events.Event) -> None:
        """Cut off what is too long before any widget hears of it.

        A widget that can show any length at once says so by `takes_long_pastes`.
        """
        if isinstance(event, events.Paste) and len(event.text) > MOST:
            self._cut(event)
        await super().on_event(event)

    def _cut(self, event: events.Paste) -> None:
        if getattr(self.focused, "takes_long_pastes", False):
            return
        event.text = event.text[:MOST]
        words = f"only the first {MOST:,} characters of what was pasted are taken"
        self.notify(words, severity="warning", markup=False)
