"""Giving the list or the selected job the whole screen."""

from __future__ import annotations

from abc import abstractmethod

from tui.screens.selected_job import SelectedJob
from tui.widgets.job_panel import JobPanel
from tui.widgets.job_view import JobView
from tui.widgets.row_list import RowList


class WholeScreen(SelectedJob):
    """A screen of jobs whose parts can have all of it, which its classes tell.

    With `zoomed` the panel has it, else with `listed` the list; from a job one returns to the list
    as it was.

    Attributes:
        panel: what shows the selected job.
    """

    panel: JobPanel

    @abstractmethod
    def offer_keys(self) -> None:
        """Offer the keys that make sense now."""

    @property
    def looked_at(self) -> RowList | JobView:
        """What has the focus: the list, or the panel that has the whole screen."""
        return self.panel.view if self.has_class("zoomed") else self.rows

    def action_zoom(self) -> None:
        """Give the selected job the whole screen, or give it back."""
        if self.has_class("zoomed"):
            self.action_unzoom()
        elif self.has_job():
            self.add_class("zoomed")
            self.offer_keys()
            self.panel.view.focus()

    def action_unzoom(self) -> None:
        """Return to the list."""
        self.remove_class("zoomed")
        self.offer_keys()
        self.rows.focus()

    def action_whole_list(self) -> None:
        """Give the list the whole screen, or give it back."""
        if not self.rows.book.counts and not self.has_job():
            return
        if self.has_class("-narrow") and not self.has_class("zoomed"):
            self.notify("the list has the whole screen already: enter shows a job")
            return
        if self.has_class("zoomed"):
            self.remove_class("zoomed")
            self.add_class("listed")
        else:
            self.toggle_class("listed")
        self.offer_keys()
        self.rows.focus()
