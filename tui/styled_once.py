"""Screens that are styled once when they open.

Textual styles a screen as its widgets come to be, again as it is shown, and where it has
breakpoints once more when it has told the screen how large it is: more than half of the time that a
form takes to open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from textual.css.model import RuleSet
from textual.screen import Screen, ScreenResultType

if TYPE_CHECKING:
    from textual import events
    from textual.app import App

# Rules are looked up by identity, ten thousands of times as a screen opens: without Python's help.
RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]


class StyledOnce(Screen[ScreenResultType], Generic[ScreenResultType]):
    """A screen with `HORIZONTAL_BREAKPOINTS`, whose classes are there before it is styled."""

    _is_new = True

    def _post_register(self, app: App[object]) -> None:
        super()._post_register(app)
        found = self._get_breakpoint_classes(app.size.width, self.HORIZONTAL_BREAKPOINTS or [])
        self.add_class(*found, update=False)

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        """Leave what was just styled as it is; Textual's own part comes after this."""
        if self._is_new:
            event.refresh_styles = False
            # The screen itself was styled before its own style sheet was read, its widgets after.
            self.app.stylesheet.apply(self)
        self._is_new = False
