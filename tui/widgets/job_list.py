"""The list of jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from textual.app import ComposeResult
from textual.containers import Vertical

from store.queries.jobs import JobSummary
from tui.formats import age, bar, fit, fit_right, number, percent, short_model
from tui.ink import Line, Span, look
from tui.job_book import JobBook
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.row_list import RowList

_BAR, _PERCENT, _LOSS, _AGE = 10, 4, 8, 4


@dataclass(frozen=True, slots=True)
class Columns:
    """How many cells each column has; 0 leaves it out."""

    name: int
    model: int
    bar: int
    loss: int


@lru_cache(maxsize=32)
def columns(width: int) -> Columns:
    """Share a row's cells out: what tells most stays longest when they become few."""
    rest = width - 2 - (1 + _PERCENT) - (1 + _AGE)
    loss = _LOSS if rest >= 22 else 0
    rest -= loss + 1 if loss else 0
    progress = _BAR if rest >= 46 else 0
    rest -= progress + 1 if progress else 0
    model = min(26, rest * 9 // 20) if rest >= 28 else 0
    return Columns(rest - model - 1 if model else rest, model, progress, loss)


def heading(width: int) -> Line:
    """Return the titles of the columns."""
    cells = columns(width)
    titles = ["  ", fit("NAME", cells.name)]
    if cells.model:
        titles.append(" " + fit("BASE MODEL", cells.model))
    progress = cells.bar + 1 + _PERCENT if cells.bar else _PERCENT
    titles.append(" " + (fit("PROGRESS", progress) if cells.bar else fit("DONE", progress)))
    if cells.loss:
        titles.append(" " + fit_right("LOSS", cells.loss))
    titles.append(" " + fit_right("AGE", _AGE))
    return [("".join(titles), "faint")]


def row_of(job: JobSummary, width: int, now: datetime) -> Line:
    """Return what the list says of a job."""
    cells, shown = columns(width), look(job.status)
    line: list[Span] = [(f"{shown.glyph} ", shown.ink), (fit(job.name, cells.name), "plain")]
    if cells.model:
        line.append((" " + fit(short_model(job.base_model), cells.model), "dim"))
    line.append((" ", "plain"))
    if cells.bar:
        line += [*bar(job.progress, cells.bar, shown.ink), (" ", "plain")]
    line.append((percent(job.progress), "plain"))
    if cells.loss:
        line.append((" " + fit_right(number(job.loss), cells.loss), "plain"))
    line.append((" " + fit_right(age(job.planned_at, now), _AGE), "dim"))
    return line


class JobRows(RowList):
    """The rows of the list; the selection stays with its job, wherever it moves.

    Args:
        book: the jobs.
        now: tells the time.
    """

    def __init__(self, book: JobBook, now: Callable[[], datetime]) -> None:
        super().__init__(id="job-rows")
        self.book = book
        self._now = now
        self._ages_of = now()

    @property
    def row_count(self) -> int:
        """How many jobs there are."""
        return len(self.book.rows)

    def row(self, place: int, width: int) -> Line:
        """Return what the list says of a job."""
        return row_of(self.book.rows[place], width, self._ages_of)

    @property
    def selected(self) -> JobSummary | None:
        """The job under the cursor."""
        return self.book.rows[self.cursor] if self.book.rows else None

    def merge(self, jobs: Iterable[JobSummary]) -> None:
        """Take in changed and new jobs."""
        before, selected, top = self.in_sight(), self.selected, self.scroll_offset.y
        if not self.book.merge(jobs):
            self.rows_changed(before)
            return
        self._ages_of = self._now()
        cursor = self.book.place(selected.id) if selected is not None else None
        moved = (cursor or 0) - self.cursor if selected is not None else 0
        # What is looked at stays where it is, unless the top of the list is.
        self.rows_changed(before, cursor or 0, top + moved if top else None)

    def grow_older(self) -> None:
        """Bring the ages up to date."""
        before = self.in_sight()
        self._ages_of = self._now()
        self.rows_changed(before)


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
        titles = self.query_one("#job-titles", FixedLines)
        titles.show([[(" ", "plain"), *heading(self.rows.room)]])
