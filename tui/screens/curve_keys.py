"""The keys that change how curves are looked at."""

from __future__ import annotations

from dataclasses import replace

from textual.screen import Screen

from tui.widgets.job_panel import JobPanel


class CurveKeys(Screen[None]):
    """A screen with the curves of jobs.

    Attributes:
        panel: what shows them.
    """

    panel: JobPanel

    def action_log_scale(self) -> None:
        """Draw logarithms, or no longer."""
        self.panel.look_at_curves(lambda to: to.look_so(replace(to.how, log=not to.how.log)))

    def action_smooth(self) -> None:
        """Smooth the curves more, or no longer."""
        self.panel.look_at_curves(
            lambda to: to.look_so(replace(to.how, smoothing=to.how.smoothing + 1))
        )

    def action_zoom_curves(self, closer: int) -> None:
        """Show half as many steps, or twice as many."""
        self.panel.look_at_curves(lambda curves: curves.zoom(closer))

    def action_pan(self, by: int) -> None:
        """Show the steps to the right, or to the left."""
        self.panel.look_at_curves(lambda curves: curves.pan(by))

    def action_all_steps(self) -> None:
        """Show all steps."""
        self.panel.look_at_curves(lambda to: to.look_so(replace(to.how, window=None)))
