"""Leaving a screen once, whatever lies above it.

Textual closes the screen on top, whichever asks for it: the second click of two, or work that ends
while something else is open, would close the wrong one.
"""

from __future__ import annotations

from textual._context import active_message_pump
from textual._styles_cache import StylesCache
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.screen import Screen
from textual.widget import Widget


class Leaving(App[int]):
    """An app in which a screen closes itself, and no other in its place."""

    def pop_screen(self) -> AwaitComplete:
        """Close the screen that asks for it, with what lies above it; else the one on top."""
        pump = active_message_pump.get(None)
        if not isinstance(pump, Widget):
            return self.close_topmost()
        asking = next((node for node in pump.ancestors_with_self if isinstance(node, Screen)), None)
        if asking not in self.screen_stack:
            return AwaitComplete()
        while self.screen is not asking:
            self.close_topmost()
        return self.close_topmost()

    def close_topmost(self) -> AwaitComplete:
        """Close the screen on top, whoever asks."""
        closed = super().pop_screen()
        # Textual remembers a pair of colours by the widget too, and with it all that it painted.
        StylesCache.get_inner_outer.cache_clear()
        return closed
