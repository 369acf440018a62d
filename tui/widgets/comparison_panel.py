"""The four sides of a comparison: differences, curves, scores and answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import ContentSwitcher

from store import times
from tui.widgets.comparison_answers import ComparisonAnswers
from tui.widgets.comparison_curves import ComparisonCurves
from tui.widgets.comparison_head import ComparisonHead
from tui.widgets.curves import Curves
from tui.widgets.line_view import LineView
from tui.widgets.tab_strip import TabStrip

if TYPE_CHECKING:
    from engine.lab import Lab

DIFFERENCES, CURVES, SCORES, ANSWERS = "differences", "curves", "scores", "answers"
SIDES = {
    DIFFERENCES: "Differences",
    CURVES: "Curves",
    SCORES: "Scores",
    ANSWERS: "Answers",
}
"""The sides in the order of their tabs."""

TABLES = (DIFFERENCES, SCORES)
"""Those with a column for each thing, whose names stand above them."""


class ComparisonPanel(Vertical):
    """Shows one side of a comparison at a time.

    Args:
        lab: where curves are read.

    Attributes:
        curves: the side of the curves.
        answers: the side of the answers.
        head: the names over the columns of a table.
    """

    def __init__(self, lab: Lab) -> None:
        super().__init__(id="comparison")
        self._tabs = TabStrip(SIDES, DIFFERENCES)
        self.head = ComparisonHead()
        self.curves = ComparisonCurves(lab, times.now)
        self.answers = ComparisonAnswers()
        self._views: dict[str, LineView] = {
            DIFFERENCES: LineView(id="comparison-differences"),
            CURVES: self.curves,
            SCORES: LineView(id="comparison-scores"),
            ANSWERS: self.answers,
        }

    def compose(self) -> ComposeResult:
        """Put the tabs and the names of the columns over the sides."""
        yield self._tabs
        yield self.head
        with ContentSwitcher(initial=self.view.id):
            yield from self._views.values()

    @property
    def side(self) -> str:
        """Which side is in sight."""
        return self._tabs.active

    @property
    def view(self) -> LineView:
        """The side in sight."""
        return self._views[self.side]

    def open(self, side: str) -> None:
        """Show a side."""
        self._tabs.active = side
        self.head.display = side in TABLES
        self.query_one(ContentSwitcher).current = self.view.id
        self.view.focus(scroll_visible=False)

    def look_at_curves(self, change: Callable[[Curves], None]) -> None:
        """Look at the curves in another way, showing them if they are not in sight."""
        if self.side != CURVES:
            self.open(CURVES)
        change(self.curves)
