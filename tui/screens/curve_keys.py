"""The keys that change how curves are looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from textual.screen import Screen

from tui.widgets.curves import Curves
from tui.widgets.job_panel import JobPanel


class CurveKeys(Screen[None]):
    """A screen with the curves of jobs.

    Attributes:
        panel: what shows them.
    """

    panel: JobPanel

    def _look(self, change: Callable[[Curves], None]) -> None:
        """Look at the curves in another way, if there are any."""
        if self.has_curves():
            self.panel.look_at_curves(change)

    def has_curves(self) -> bool:
        """Tell whether there is something whose curves are drawn; say so if there is not."""
        return True

    def action_log_scale(self) -> None:
        """Draw logarithms, or no longer."""
        self._look(lambda to: to.look_so(replace(to.how, log=not to.how.log)))

    def action_smooth(self) -> None:
        """Smooth the curves more, or no longer."""
        self._look(lambda to: to.look_so(replace(to.how, smoothing=to.how.smoothing + 1)))

    def action_zoom_curves(self, closer: int) -> None:
        """Show half as many steps, or twice as many."""
        self._look(lambda curves: curves.zoom(closer))

    def action_pan(self, by: int) -> None:
        """Show the steps to the right, or to the left."""
        self._look(lambda curves: curves.pan(by))

    def action_all_steps(self) -> None:
        """Show all of the curves, and their last values."""
        self._look(lambda to: to.look_so(replace(to.how, window=None, cursor=None)))

    def action_next_x(self) -> None:
        """Draw the curves over something else."""
        self._look(lambda curves: curves.next_x())

    def action_move_cursor(self, columns: int) -> None:
        """Move the cursor in the curves."""
        self._look(lambda curves: curves.move_cursor(columns))
