"""The main screen: the jobs, and everything about the selected one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer

from store.queries.job_search import JOBS
from store.queries.jobs import JobSummary
from tui.actions import Place, bindings
from tui.announcing import announce
from tui.ink import text_of
from tui.permissions import out_of_place
from tui.screens.curve_keys import CurveKeys
from tui.screens.job_deeds import JobDeeds
from tui.screens.job_offers import Standing
from tui.screens.list_keys import HINT, ListKeys
from tui.screens.time_keys import TimeKeys
from tui.screens.whole_screen import WholeScreen
from tui.session import Session
from tui.styled_once import StyledOnce
from tui.watch import JobsListed
from tui.widgets.empty import Empty
from tui.widgets.job_list import JobList, JobRows
from tui.widgets.job_panel import JobPanel
from tui.widgets.key_line import KeyLine
from tui.widgets.notice import Notice
from tui.widgets.search_line import SearchLine
from tui.widgets.time_bar import TimeBar
from tui.widgets.title_line import TitleLine, homely
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.lab import Lab

_REST_SECONDS = 0.08
_OLDER_SECONDS = 20.0
_NOTICE_SECONDS = 1.0
_REMEMBER_SECONDS = 3.0
_DEEDS = out_of_place(())
_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (180, "-wide")]


class Jobs(StyledOnce[None], JobDeeds, ListKeys, CurveKeys, TimeKeys, WholeScreen):
    """Lists the jobs; shows the selected one beside the list, or below it where it is narrow.

    Args:
        lab: what is shown and acted on.
        now: tells the time.
        session: where somebody was who looked last.
        as_of: which moment of the past is shown, in words; None for the present.
        present: the lab as it is now, if the past is shown.
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
        present: Lab | None = None,
    ) -> None:
        super().__init__()
        self.lab = lab
        self._as_of = as_of
        self._begun = session
        self.rows = JobRows(lab.database, now, session.view, session.job)
        self.panel = JobPanel(lab, now, session.panel, session.curves)
        self.search = SearchLine(JOBS, HINT)
        self.present = present or lab
        shown = lab.database.head() if as_of else None
        self.time_bar = TimeBar(self.present.database, now, shown)
        self._keys = KeyLine("jobs", "everywhere")
        self._rest: Timer | None = None
        self._shown: JobsListed | None = None
        self._refused = _DEEDS

    @property
    def is_past(self) -> bool:
        """Whether the lab is shown as it once stood."""
        return self._as_of is not None

    def compose(self) -> ComposeResult:
        """Put the list and the job between the title and the keys."""
        place = homely(self.lab.database.path)
        yield TitleLine(self._as_of or place, is_past=self.is_past)
        with Container(id="body"):
            yield JobList(self.rows)
            yield self.panel
        yield Empty(is_past=self.is_past)
        yield self.search
        yield self.time_bar
        yield Notice()
        yield self._keys

    def on_mount(self) -> None:
        """Listen to what is read of the log."""
        # Textual sets it after a first layout, which would be painted for nothing.
        self.add_class([name for least, name in _BREAKPOINTS if self.app.size.width >= least][-1])
        if not self.is_past:
            self._ftlab.jobs_listed.subscribe(self, self._show_first)
            self._ftlab.log_grew.subscribe(self, self.rows.log_grew)
        self.set_interval(_NOTICE_SECONDS, self._show_notice)
        self.set_interval(_OLDER_SECONDS, self.rows.grow_older)
        if not self.is_past:
            self.set_interval(_REMEMBER_SECONDS, self._remember)
        self.search.show(self._begun.view.search)
        self.set_class(self._begun.listed, "listed")
        self.set_class(self._begun.zoomed, "zoomed")
        self.offer_keys()
        (self.time_bar if self.time_bar.listens else self.looked_at).focus()
        if self.is_past:
            self.rows.list_anew()
            return
        if (page := self._ftlab.first_jobs) is not None:
            self.rows.take(page)
            self._shown = page
        self.call_after_refresh(self._ftlab.start_watching)

    @property
    def session(self) -> Session:
        """Where somebody is."""
        rows, panel = self.rows, self.panel
        return Session(
            rows.view,
            rows.selected_id or self._begun.job,
            panel.opened,
            replace(panel.curves.how, cursor=None),
            self.has_class("zoomed"),
            self.has_class("listed"),
            self._ftlab.elsewhere,
        )

    def _remember(self) -> None:
        self._ftlab.remember(self.session)

    def _show_first(self, listed: JobsListed) -> None:
        if self._shown is not None and listed is not self._shown:
            # The log could not be read for a while: nobody told what happened meanwhile.
            self.rows.list_anew()
        else:
            if self._shown is None:
                self.rows.take(listed)
            if not listed.is_whole:
                self.rows.look(self.rows.view)
        self._shown = listed
        self._say_if_empty()
        self.call_after_refresh(self._ftlab.start_polling)

    def read_anew(self) -> None:
        """Read the list and the selected job anew."""
        self.rows.list_anew()
        self._show_selected()

    def on_job_rows_ended(self, message: JobRows.Ended) -> None:
        """Tell somebody who looks elsewhere."""
        announce(self._ftlab, message.job)

    def on_job_rows_told(self) -> None:
        """Tell the rest of the screen what the list knows by now."""
        book = self.rows.book
        self.query_one(TitleLine).show_counts(book.counts)
        self.search.tell(len(book.ids), sum(book.counts.values()))
        if self.has_class("no-jobs") or self.is_past:
            self._say_if_empty()
        selected, shown = self.rows.selected, self.panel.job
        if shown is not None and not book.lines:
            self._show_selected()
        if selected is not None and shown is None:
            # After the list: the first chart loads the library that draws it.
            self.call_after_refresh(self._show_selected)
        elif selected is not None and shown is not None and selected.id != shown.id:
            self.on_row_list_cursor_moved()
        else:
            self.offer_keys()
        self._tell_panel()

    def _say_if_empty(self) -> None:
        empty = not self.rows.book.counts
        self.set_class(empty, "no-jobs")
        self.offer_keys()

    def offer_keys(self) -> None:
        """Offer the keys that make sense now; the others answer in words why they do not."""
        rows, jobs = self.rows, self.chosen_jobs()
        if self.lab.why_not is not None:
            self._refused = _DEEDS
        elif jobs or rows.selected_id is None:
            # Else its row is about to be read.
            self._refused = out_of_place(jobs)
        stands = Standing(
            self._refused,
            has_jobs=not self.has_class("no-jobs"),
            has_rows=bool(rows.book.lines) or not rows.view.search,
            zoomed=self.has_class("zoomed"),
            listed=self.has_class("listed"),
            marked=bool(rows.marked),
            searched=bool(rows.view.search),
            is_past=self.is_past,
        )
        self._keys.call(stands.labels)
        self._keys.leave_out(*stands.left_out)

    def _say_marked(self) -> None:
        super()._say_marked()
        self.offer_keys()

    def _tell_panel(self) -> None:
        """Show what changed of the job in the panel."""
        shown = self.panel.job
        row = None if shown is None else self.rows.book.get(shown.id)
        if row is not None and row.job != shown:
            self.panel.job_changed(row.job)

    def on_row_list_cursor_moved(self) -> None:
        """Show the selected job as soon as the cursor rests."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._show_selected)

    def _show_selected(self) -> None:
        self.offer_keys()
        self.panel.show_job(self.rows.selected)

    def show_job(self, job: str) -> None:
        """Put the cursor on a job, which the list is perhaps about to have."""
        if self.rows.view.search and job not in self.rows.book.ids:
            self.search.action_drop()
        self.rows.go_to(job)

    def on_job_deeds_told(self, message: JobDeeds.Told) -> None:
        """Say what was done, or why not."""
        self.tell(message)

    def on_job_deeds_model_found(self, message: JobDeeds.ModelFound) -> None:
        """Open a chat."""
        self._ftlab.open_chat(message.model)

    def chosen_jobs(self) -> Sequence[JobSummary]:
        """Return the marked jobs; the one under the cursor if none is."""
        rows = [self.rows.book.get(job) for job in self.rows.chosen]
        return [row.job for row in rows if row is not None]

    def action_copy(self) -> None:
        """Copy what the panel in sight says, through the terminal."""
        if not self.has_job():
            return
        lines = [text_of(line).rstrip() for line in self.panel.view.lines]
        if lines and self.panel.job is not None:
            self.app.copy_to_clipboard("\n".join(lines))
            told = f"copied {number_of(len(lines), 'line')} of {self.panel.job.name}"
            self.notify(told, markup=False)

    def action_back(self) -> None:
        """Give the list its place back; there, take marks and then the search away."""
        if self.has_class("zoomed"):
            self.action_unzoom()
        elif self.rows.marked:
            self.rows.marked = frozenset()
            self._say_marked()
        elif self.rows.view.search:
            self.search.action_drop()
        elif self.has_class("listed"):
            self.action_whole_list()
        elif self.time_bar.display and not self.is_past:
            self.time_bar.close()
        elif self.is_past:
            self._ftlab.leave_past()

    def has_curves(self) -> bool:
        """Tell whether a job is selected; say why there are no curves if none is."""
        return self.has_job()

    def action_panel(self, panel: str) -> None:
        """Show a panel of the job."""
        if self.has_job():
            self.panel.open(panel)

    def action_turn(self, by: int) -> None:
        """Show the next panel of the job, or the one before."""
        if self.has_job():
            self.panel.turn(by)

    def action_next_metric(self, by: int) -> None:
        """Draw another metric."""
        if self.has_job():
            self.panel.next_metric(by)

    def _show_notice(self) -> None:
        self.query_one(Notice).tell(self.lab.database.notice, self.lab.polling_notice)
