"""The form of a new job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.screen import Screen

from tui.actions import Place, bindings
from tui.widgets.key_line import KeyLine
from tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from engine.lab import Lab


class NewJob(Screen[None]):
    """The form of a new job.

    Args:
        lab: what is shown and acted on.
    """

    BINDINGS = bindings("new_job")
    PLACES: tuple[Place, ...] = ("new_job", "everywhere")

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab

    def compose(self) -> ComposeResult:
        """Put the list between the title and the keys."""
        yield TitleLine("new job")
        yield KeyLine("new_job", "everywhere")
