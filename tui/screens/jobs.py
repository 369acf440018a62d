"""The main screen: the jobs, and everything about the selected one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.timer import Timer

from store.queries.job_index import GROUPS, SORTS, Group, Sort
from store.queries.job_search import JOBS
from store.queries.jobs import JobSummary
from tui.actions import Place, actions_of, bindings
from tui.job_book import View
from tui.screens.choose import Choice, Choose
from tui.screens.job_deeds import JobDeeds
from tui.session import Session
from tui.watch import JobsListed
from tui.widgets.empty import Empty
from tui.widgets.job_list import JobList, JobRows
from tui.widgets.job_panel import JobPanel
from tui.widgets.key_line import KeyLine
from tui.widgets.notice import Notice
from tui.widgets.search_line import SearchLine
from tui.widgets.title_line import TitleLine, homely

if TYPE_CHECKING:
    from engine.lab import Lab

_REST_SECONDS = 0.08
_OLDER_SECONDS = 20.0
_NOTICE_SECONDS = 1.0
_REMEMBER_SECONDS = 3.0
_OF_JOBS = [action.id for action in actions_of("jobs") if action.topic != "Ftlab"]
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
}
_HINT = "status:running loss<1.2 age<2d -provider:openai, or a word"
_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (120, "-wide")]


class Jobs(Screen[None], JobDeeds):
    """Lists the jobs; shows the selected one beside the list, or below it where it is narrow.

    Args:
        lab: what is shown and acted on.
        now: tells the time.
        session: where somebody was who looked last.
        as_of: which moment of the past is shown, in words; None for the present.
    """

    BINDINGS = bindings("jobs")
    HORIZONTAL_BREAKPOINTS = _BREAKPOINTS
    PLACES: tuple[Place, ...] = ("jobs", "rows", "everywhere")

    def __init__(
        self,
        lab: Lab,
        now: Callable[[], datetime],
        session: Session,
        as_of: str | None = None,
    ) -> None:
        super().__init__()
        self.lab = lab
        self._as_of = as_of
        self._begun = session
        self._rows = JobRows(lab.database, now, session.view, session.job)
        self._panel = JobPanel(lab, now, session.panel, session.chart)
        self._search = SearchLine(JOBS, _HINT)
        self._keys = KeyLine("jobs", "everywhere")
        self._rest: Timer | None = None
        self._shown: JobsListed | None = None

    @property
    def is_past(self) -> bool:
        """Whether the lab is shown as it once stood."""
        return self._as_of is not None

    def compose(self) -> ComposeResult:
        """Put the list and the job between the title and the keys."""
        place = homely(self.lab.database.path)
        yield TitleLine(self._as_of or place, is_past=self.is_past)
        with Container(id="body"):
            yield JobList(self._rows)
            yield self._panel
        yield Empty()
        yield self._search
        yield Notice()
        yield self._keys

    def on_mount(self) -> None:
        """Listen to what is read of the log."""
        # Textual sets it after a first layout, which would be painted for nothing.
        self.add_class([name for least, name in _BREAKPOINTS if self.app.size.width >= least][-1])
        if not self.is_past:
            self._ftlab.jobs_listed.subscribe(self, self._show_first)
            self._ftlab.log_grew.subscribe(self, self._rows.log_grew)
        self.set_interval(_NOTICE_SECONDS, self._show_notice)
        self.set_interval(_OLDER_SECONDS, self._rows.grow_older)
        if not self.is_past:
            self.set_interval(_REMEMBER_SECONDS, self._remember)
        self._search.show(self._begun.view.search)
        self._keys.leave_out("job.back")
        self._rows.focus()
        if self._begun.zoomed:
            self.action_zoom()
        if self.is_past:
            self._rows.list_anew()
            return
        if (page := self._ftlab.first_jobs) is not None:
            self._rows.take(page)
            self._shown = page
        self.call_after_refresh(self._ftlab.start_watching)

    @property
    def session(self) -> Session:
        """Where somebody is."""
        rows, panel = self._rows, self._panel
        job = rows.selected_id or self._begun.job
        return Session(rows.view, job, panel.opened, panel.chart, self.has_class("zoomed"))

    def _remember(self) -> None:
        self._ftlab.remember(self.session)

    def _show_first(self, listed: JobsListed) -> None:
        if self._shown is not None and listed is not self._shown:
            # The log could not be read for a while: nobody told what happened meanwhile.
            self._rows.list_anew()
        else:
            if self._shown is None:
                self._rows.take(listed)
            if not listed.is_whole:
                self._rows.look(self._rows.view)
        self._shown = listed
        self._say_if_empty()
        self.call_after_refresh(self._ftlab.start_polling)

    def read_anew(self) -> None:
        """Read the list and the selected job anew."""
        self._rows.list_anew()
        self._show_selected()

    def on_job_rows_told(self) -> None:
        """Tell the rest of the screen what the list knows by now."""
        book = self._rows.book
        self.query_one(TitleLine).show_counts(book.counts)
        self._search.tell(len(book.ids), sum(book.counts.values()))
        if self.has_class("no-jobs"):
            self._say_if_empty()
        selected, shown = self._rows.selected, self._panel.job
        if selected is not None and shown is None:
            # After the list: the first chart loads the library that draws it.
            self.call_after_refresh(self._show_selected)
        elif selected is not None and shown is not None and selected.id != shown.id:
            self.on_row_list_cursor_moved()
        self._tell_panel()

    def _say_if_empty(self) -> None:
        empty = not self._rows.book.counts
        self.set_class(empty, "no-jobs")
        self._keys.leave_out(*(_OF_JOBS if empty else ("job.back",)))

    def _tell_panel(self) -> None:
        """Show what changed of the job in the panel."""
        shown = self._panel.job
        row = None if shown is None else self._rows.book.get(shown.id)
        if row is not None and row.job != shown:
            self._panel.job_changed(row.job)

    def on_row_list_cursor_moved(self) -> None:
        """Show the selected job as soon as the cursor rests."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._show_selected)

    def _show_selected(self) -> None:
        self._panel.show_job(self._rows.selected)

    def on_job_deeds_told(self, message: JobDeeds.Told) -> None:
        """Say what was done, or why not."""
        self.tell(message)

    def on_job_deeds_model_found(self, message: JobDeeds.ModelFound) -> None:
        """Open a chat."""
        self._ftlab.open_chat(message.model)

    def chosen_jobs(self) -> Sequence[JobSummary]:
        """Return the marked jobs; the one under the cursor if none is."""
        rows = [self._rows.book.get(job) for job in self._rows.chosen]
        return [row.job for row in rows if row is not None]

    def action_search(self) -> None:
        """Let somebody search."""
        self._search.open()

    def on_search_line_searched(self, message: SearchLine.Searched) -> None:
        """Show what is searched for."""
        self._show_view(replace(self._rows.view, search=message.text))

    def on_search_line_left(self) -> None:
        """Go back to the list."""
        self._rows.focus()

    def _show_view(self, view: View) -> None:
        self._rows.look(view)
        self.query_one(JobList).show_titles()

    def action_sort(self) -> None:
        """Choose what the list is sorted by."""
        order = self._rows.view.order

        def chosen(by: str | None) -> None:
            if by is not None:
                self._show_view(replace(self._rows.view, order=replace(order, by=cast("Sort", by))))

        choices = [Choice(name, _TITLES[name]) for name in SORTS]
        self.app.push_screen(Choose("Sort by", choices, order.by), chosen)

    def action_reverse(self) -> None:
        """Sort the other way round."""
        order = self._rows.view.order
        turned = replace(order, backwards=not order.backwards)
        self._show_view(replace(self._rows.view, order=turned))

    def action_group(self) -> None:
        """Choose what jobs are put together by."""
        order = self._rows.view.order

        def chosen(group: str | None) -> None:
            if group is not None:
                by = cast("Group", group) if group else None
                self._show_view(replace(self._rows.view, order=replace(order, group=by)))

        choices = [Choice("", "nothing"), *(Choice(name, _TITLES[name]) for name in GROUPS)]
        self.app.push_screen(Choose("Put together by", choices, order.group or ""), chosen)

    def action_mark(self) -> None:
        """Mark the job under the cursor, and go on to the next."""
        self._rows.toggle_mark()
        self._rows.action_move(1)
        self._say_marked()

    def _say_marked(self) -> None:
        self.query_one(Notice).tell_marked(len(self._rows.marked))
        self._panel.curves.beside = self._rows.chosen if len(self._rows.marked) > 1 else ()
        self._panel.curves.look(self._panel.curves.job)

    def action_pin(self) -> None:
        """Keep the job under the cursor at the top, or no longer."""
        job, view = self._rows.selected_id, self._rows.view
        if job is None:
            return
        pinned = tuple(pin for pin in view.pinned if pin != job)
        if len(pinned) == len(view.pinned):
            pinned = (*pinned, job)
        self._show_view(replace(view, pinned=pinned))

    def action_back(self) -> None:
        """Give the list its place back; there, take marks and then the search away."""
        if self.has_class("zoomed"):
            self.action_unzoom()
        elif self._rows.marked:
            self._rows.marked = frozenset()
            self._say_marked()
        elif self._rows.view.search:
            self._search.action_drop()
        elif self.is_past:
            self._ftlab.leave_past()

    def action_zoom(self) -> None:
        """Give the selected job the whole screen, or give it back."""
        if self.has_class("zoomed"):
            self.action_unzoom()
        else:
            self.add_class("zoomed")
            self._keys.leave_out("job.open")
            self._panel.view.focus()

    def action_unzoom(self) -> None:
        """Return to the list."""
        self.remove_class("zoomed")
        self._keys.leave_out("job.back")
        self._rows.focus()

    def action_panel(self, panel: str) -> None:
        """Show a panel of the job."""
        self._panel.open(panel)

    def action_turn(self, by: int) -> None:
        """Show the next panel of the job, or the one before."""
        self._panel.turn(by)

    def action_log_scale(self) -> None:
        """Draw logarithms, or no longer."""
        self._panel.look_at_curves(lambda to: to.look_so(replace(to.how, log=not to.how.log)))

    def action_smooth(self) -> None:
        """Smooth the curves more, or no longer."""
        self._panel.look_at_curves(
            lambda to: to.look_so(replace(to.how, smoothing=to.how.smoothing + 1))
        )

    def action_zoom_curves(self, closer: int) -> None:
        """Show half as many steps, or twice as many."""
        self._panel.look_at_curves(lambda curves: curves.zoom(closer))

    def action_pan(self, by: int) -> None:
        """Show the steps to the right, or to the left."""
        self._panel.look_at_curves(lambda curves: curves.pan(by))

    def action_all_steps(self) -> None:
        """Show all steps."""
        self._panel.look_at_curves(lambda to: to.look_so(replace(to.how, window=None)))

    def action_next_metric(self, by: int) -> None:
        """Draw another metric."""
        self._panel.next_metric(by)

    def _show_notice(self) -> None:
        self.query_one(Notice).tell(self.lab.database.notice, self.lab.polling_notice)
