"""The datasets: versions, numbers, findings, rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.screen import Screen

from tui.actions import Place, bindings
from tui.widgets.key_line import KeyLine
from tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from engine.lab import Lab


class Datasets(Screen[None]):
    """The datasets: versions, numbers, findings, rows.

    Args:
        lab: what is shown and acted on.
        now: tells the time.
    """

    BINDINGS = bindings("datasets")
    PLACES: tuple[Place, ...] = ("datasets", "everywhere")

    def __init__(self, lab: Lab, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._lab, self._now = lab, now

    def compose(self) -> ComposeResult:
        """Put the list between the title and the keys."""
        yield TitleLine("datasets")
        yield KeyLine("datasets", "everywhere")
