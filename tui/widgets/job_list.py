"""The list of jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from store.job_status import ACTIVE
from store.queries.jobs import JobSummary
from tui.announcing import has_ended
from tui.background import Background, Failure
from tui.formats import count
from tui.ink import Line
from tui.job_book import JobBook, View
from tui.job_line import heading, job_line
from tui.job_rows import job_rows
from tui.nothing_found import nothing_found
from tui.watch import JobsListed, LogGrew, RowsRead, list_jobs
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from store.database import Database

_PAGES_AROUND = 2
_SHARE = 0.36
"""The most of the screen that the rows take where the panel is below them: as in `app.tcss`."""

_WORDS = 7
"""The lines for saying that nothing was found."""


class JobRows(RowList, Background):
    """The rows of the list, read when they come into sight; the cursor stays with its job.

    Args:
        database: where to read.
        now: tells the time.
        view: what is shown at first.
        selected: the job to put the cursor on, as soon as the list has it.
    """

    marked: reactive[frozenset[str]] = reactive(frozenset(), repaint=False)

    class Told(Message):
        """The list shows other jobs than before, or other values of theirs."""

    @dataclass
    class Ended(Message):
        """A job has ended since it was last looked at."""

        job: JobSummary

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        view: View,
        selected: str | None = None,
    ) -> None:
        super().__init__(id="job-rows")
        self.book = JobBook()
        self.view = view
        self._database = database
        self._now = now
        self._ages_of = now()
        self._listing = self._stale = False
        self._reading: frozenset[str] = frozenset()
        self._selected = selected

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return self.book.lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the list wants, where its height is its own.

        Textual overlooks a `max-height` that is a share of the screen while it measures what is
        around the list, which would leave no room for the panel.
        """
        lines = super().get_content_height(container, viewport, width) or _WORDS
        return min(lines, int(viewport.height * _SHARE))

    def row(self, place: int, width: int) -> Line:
        """Return what the list says of a job, or of the group that begins."""
        if (group := self.book.heading(place)) is not None:
            name, jobs = group
            return [(name or "none", "strong"), (f"  {count(jobs)}", "dim")]
        job = self.book.job_at(place)
        row = self.book.get(job)
        if row is None or job is None:
            return [("  …", "faint")]
        mark = "*" if job in self.marked else "^" if job in self.view.pinned else " "
        return job_line(row, mark, width, self._ages_of, self.book.view.order.by)

    def render_line(self, y: int) -> Strip:
        """Return a row of cells; where nothing was found, of the words that say so."""
        search = self.book.view.search
        if self.book.lines or not search:
            return super().render_line(y)
        words = nothing_found(search, self.room)
        line: Line = [(" ", "plain"), *words[y]] if y < len(words) else []
        width = self.size.width
        return self.strip(line).crop_extend(0, width, None).apply_style(self.rich_style)

    @property
    def selected_id(self) -> str | None:
        """The id of the job under the cursor."""
        return self.book.job_at(self.cursor)

    @property
    def selected(self) -> JobSummary | None:
        """The job under the cursor, once it is read."""
        row = self.book.get(self.selected_id)
        return None if row is None else row.job

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a job: it goes past the names of groups."""
        place = super().validate_cursor(cursor)
        if self.book.heading(place) is None:
            return place
        upwards = place < self.cursor and place > 0
        return place - 1 if upwards else min(place + 1, self.row_count - 1)

    def watch_cursor(self, before: int, after: int) -> None:
        """Move the mark, and remember on which job it stands."""
        # Textual calls this once at the beginning, when nothing has moved.
        if before != after:
            self._selected = self.selected_id
        super().watch_cursor(before, after)

    def watch_marked(self) -> None:
        """Show which jobs are marked."""
        self.refresh()

    def look(self, view: View) -> None:
        """Show other jobs, or in another order; a search must be one that `search` understands."""
        self.view = view
        self._list()

    def go_to(self, job: str) -> None:
        """Put the cursor on a job, now or as soon as the list has it."""
        line = self.book.line_of(job)
        if line is not None:
            self.cursor = line
            return
        self._selected = job
        self._list()

    def list_anew(self) -> None:
        """Read everything anew."""
        self.book.forget()
        self._list()

    def log_grew(self, growth: LogGrew) -> None:
        """Read what changed of the jobs that are known, and of the list if it may be another."""
        self.book.counts = growth.counts
        if known := self.book.knows(growth.jobs):
            self._read(known)
        more = sum(growth.counts.values()) != len(self.book.ids)
        if (more and not self.view.search) or (growth.jobs and not self.view.is_steady):
            self._list()
        self.post_message(self.Told())

    def _list(self) -> None:
        if self._listing:
            self._stale = True
            return
        self._listing, self._stale = True, False
        view = self.view
        self.in_background("list", lambda: list_jobs(self._database.reader, view))

    def on_jobs_listed(self, message: JobsListed) -> None:
        """Show the jobs; what is looked at stays where it is, unless the top of the list is."""
        message.stop()
        self._listing = False
        if message.view == self.view:
            self.take(message)
        if self._stale or message.view != self.view:
            self._list()

    def take(self, listed: JobsListed) -> None:
        """Show the jobs of a list that was read."""
        before, top = self.in_sight(), self.scroll_offset.y
        held = self._selected if self._selected is not None else self.selected_id
        same_view = listed.view == self.book.view
        self.book.counts = listed.counts
        self.book.take(listed.view, listed.index)
        self.book.remember(listed.rows)
        self._ages_of = self._now()
        line = self.book.line_of(held)
        moved = 0 if line is None else line - self.cursor
        at_top = top == 0 or not same_view
        cursor = line if line is not None else 0
        self.rows_changed(before, cursor, None if at_top else max(0, top + moved))
        if line is not None or listed.is_whole:
            self._selected = self.selected_id
        self._read_sight()
        self.post_message(self.Told())

    def on_rows_read(self, message: RowsRead) -> None:
        """Show what was read of jobs."""
        message.stop()
        self._reading = frozenset()
        before = self.in_sight()
        for row in message.rows:
            known = self.book.get(row.job.id)
            if known is not None and has_ended(known.job, row.job):
                self.post_message(self.Ended(row.job))
        self.book.remember(message.rows)
        self.rows_changed(before)
        self._read_sight()
        self.post_message(self.Told())

    def _read_sight(self) -> None:
        """Read the rows in sight, and some around them, of which nothing is known."""
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if not self.book.unknown(top, top + height):
            return
        around = _PAGES_AROUND * height
        self._read(self.book.unknown(top - around, top + height + around))

    def _read(self, jobs: list[str]) -> None:
        wanted = frozenset(jobs)
        if wanted <= self._reading:
            return
        # Newer work replaces older: what that was reading is read along.
        self._reading |= wanted
        asked = list(self._reading)
        self.in_background("rows", lambda: RowsRead(job_rows(self._database.reader, asked)))

    def on_resize(self, _event: events.Resize) -> None:
        """Read what comes into sight, beside what every list does then."""
        self._read_sight()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read what comes into sight."""
        super().watch_scroll_y(old_value, new_value)
        self._read_sight()

    def work_failed(self, failure: Failure) -> None:
        """Let it be read again."""
        self._listing, self._reading = False, frozenset()
        super().work_failed(failure)

    def grow_older(self) -> None:
        """Bring the ages up to date."""
        before = self.in_sight()
        self._ages_of = self._now()
        self.rows_changed(before)

    def toggle_mark(self) -> None:
        """Mark the job under the cursor, or take its mark away."""
        if (job := self.selected_id) is not None:
            self.marked ^= {job}

    @property
    def chosen(self) -> list[str]:
        """The marked jobs, in the order of the list; the one under the cursor if none is."""
        if self.marked:
            return [job for job in self.book.ids if job in self.marked]
        return [] if self.selected_id is None else [self.selected_id]

    @property
    def active_jobs(self) -> int:
        """How many jobs may still tell something."""
        return sum(number for status, number in self.book.counts.items() if status in ACTIVE)


class JobList(Vertical):
    """The rows under the titles of their columns."""

    def __init__(self, rows: JobRows) -> None:
        super().__init__(id="job-list")
        self.rows = rows

    def compose(self) -> ComposeResult:
        """Put the titles over the rows."""
        yield FixedLines(id="job-titles")
        yield self.rows

    def on_row_list_room_changed(self) -> None:
        """Fit the titles to the columns."""
        self._show_titles()

    def on_job_rows_told(self) -> None:
        """Fit the titles to what the list is sorted by, once it is."""
        self._show_titles()

    def _show_titles(self) -> None:
        """Show what the columns are, and by which of them the list is sorted."""
        titles = self.query_one("#job-titles", FixedLines)
        titles.show([[(" ", "plain"), *heading(self.rows.room, self.rows.book.view.order)]])
