"""Letters over the places of a screen: one of them takes a person there."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import ModalScreen

from tui.actions import bindings
from tui.jumping import LETTERS, Spot
from tui.widgets.fixed_lines import FixedLines


class Jump(ModalScreen[Spot | None]):
    """Lays a letter over each spot; gives the spot whose letter was pressed, or nothing.

    Args:
        spots: where the letters go, in the order in which they are given away.
    """

    CSS_PATH = "../styles/jump.tcss"
    BINDINGS = bindings("jump")

    def __init__(self, spots: Sequence[Spot]) -> None:
        super().__init__()
        self._spots = dict(zip(LETTERS, spots, strict=False))
        self._laid_out_for: Size | None = None

    def compose(self) -> ComposeResult:
        """Make the letters."""
        for spot in self._spots.values():
            letter = FixedLines(classes="letter")
            letter.styles.offset = spot.at
            yield letter

    def on_mount(self) -> None:
        """Show the letters."""
        for name, letter in zip(self._spots, self.query(FixedLines), strict=True):
            letter.show([[(f" {name} ", "past")]])

    def on_key(self, event: events.Key) -> None:
        """Go where a letter leads; any other key but one that is bound is no way out."""
        spot = self._spots.get(event.character or "")
        if spot is not None:
            event.stop()
            self.dismiss(spot)

    def on_click(self) -> None:
        """Stay where one is."""
        self.dismiss(None)

    def on_resize(self, event: events.Resize) -> None:
        """Leave when the places move."""
        if self._laid_out_for not in (None, event.size):
            self.dismiss(None)
        self._laid_out_for = event.size

    def action_leave(self) -> None:
        """Stay where one is."""
        self.dismiss(None)
