"""The keys that change which jobs a list shows, and how."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from store.queries.job_index import GROUPS, SORTS, Group, Sort
from tui.screens.choose import Choice, Choose
from tui.screens.selected_job import SelectedJob
from tui.widgets.job_panel import JobPanel
from tui.widgets.notice import Notice
from tui.widgets.search_line import SearchLine

HINT = "status:running loss<1.2 age<2d -provider:openai, or a word"
"""An example of a search."""

_TITLES = {
    "planned": "age",
    "name": "name",
    "status": "status",
    "provider": "provider",
    "model": "base model",
    "dataset": "dataset",
    "progress": "progress",
    "loss": "loss",
    "eval_loss": "evaluation loss",
    "cost": "cost",
    "updated": "last news",
    "tag": "tags of its model",
}


class ListKeys(SelectedJob):
    """A screen with a list of jobs that is searched, sorted, grouped, marked and pinned.

    Attributes:
        panel: what shows the selected job.
        search: where searches are written.
    """

    panel: JobPanel
    search: SearchLine

    def action_search(self) -> None:
        """Let somebody search."""
        self.search.open()

    def on_search_line_searched(self, message: SearchLine.Searched) -> None:
        """Show what is searched for."""
        self.rows.look(replace(self.rows.view, search=message.text))

    def on_search_line_left(self) -> None:
        """Go back to the list."""
        self.rows.focus()

    def action_sort(self) -> None:
        """Choose what the list is sorted by."""
        order = self.rows.view.order

        def chosen(by: str | None) -> None:
            if by is not None:
                self.rows.look(replace(self.rows.view, order=replace(order, by=cast("Sort", by))))

        choices = [Choice(name, _TITLES[name]) for name in SORTS]
        self.app.push_screen(Choose("Sort by", choices, order.by), chosen)

    def action_reverse(self) -> None:
        """Sort the other way round."""
        if not self.has_job():
            return
        order = self.rows.view.order
        turned = replace(order, backwards=not order.backwards)
        self.rows.look(replace(self.rows.view, order=turned))

    def action_group(self) -> None:
        """Choose what jobs are put together by."""
        order = self.rows.view.order

        def chosen(group: str | None) -> None:
            if group is not None:
                by = cast("Group", group) if group else None
                self.rows.look(replace(self.rows.view, order=replace(order, group=by)))

        choices = [Choice("", "nothing"), *(Choice(name, _TITLES[name]) for name in GROUPS)]
        self.app.push_screen(Choose("Put together by", choices, order.group or ""), chosen)

    def action_mark(self) -> None:
        """Mark the job under the cursor, and go on to the next."""
        if not self.has_job():
            return
        self.rows.toggle_mark()
        self.rows.action_move(1)
        self._say_marked()

    def _say_marked(self) -> None:
        self.query_one(Notice).tell_marked(len(self.rows.marked))
        self.panel.overlay(self.rows.chosen)

    def action_pin(self) -> None:
        """Keep the job under the cursor at the top, or no longer."""
        if not self.has_job():
            return
        job, view = self.rows.selected_id or "", self.rows.view
        pinned = tuple(pin for pin in view.pinned if pin != job)
        if len(pinned) == len(view.pinned):
            pinned = (*pinned, job)
        self.rows.look(replace(view, pinned=pinned))
