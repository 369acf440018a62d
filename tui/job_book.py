"""The job list as the screen knows it: all ids in their order, and the rows that were looked at."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from store.queries.job_index import NEWEST_FIRST, JobIndex, Order
from tui.job_rows import JobRow

KEPT_ROWS = 2_000
"""How many rows are remembered; older ones are read again when they come into sight."""


@dataclass(frozen=True, slots=True)
class View:
    """Which jobs a list shows, and how.

    Attributes:
        search: what they are searched for; see `store.queries.job_search`.
        order: how they are sorted and grouped.
        pinned: ids of jobs that stand first.
    """

    search: str = ""
    order: Order = NEWEST_FIRST
    pinned: tuple[str, ...] = ()

    @property
    def is_steady(self) -> bool:
        """Whether jobs keep their places for as long as none is added."""
        return not self.search and self.order.by in ("planned", "name") and not self.order.group


EVERYTHING = View()
"""All jobs, newest first."""


class JobBook:
    """Which jobs a list has, and what is known of them.

    A list has lines: its jobs', and one before each group that names it.

    Attributes:
        view: what is shown.
        ids: the jobs, in order.
        counts: how many jobs there are of each status, whatever is searched for.
    """

    def __init__(self) -> None:
        self.view = EVERYTHING
        self.ids: Sequence[str] = ()
        self.counts: Mapping[str, int] = {}
        self._groups: Sequence[tuple[int, str]] = ()
        self._headings: list[int] = []
        self._rows: OrderedDict[str, JobRow] = OrderedDict()

    def take(self, view: View, index: JobIndex) -> None:
        """Show other jobs, or in another order."""
        self.view, self.ids, self._groups = view, index.ids, index.groups
        self._headings = [begin + number for number, (begin, _) in enumerate(index.groups)]

    def remember(self, rows: Iterable[JobRow]) -> None:
        """Keep what was read of jobs."""
        for row in rows:
            self._rows[row.job.id] = row
            self._rows.move_to_end(row.job.id)
        while len(self._rows) > KEPT_ROWS:
            self._rows.popitem(last=False)

    def knows(self, jobs: Iterable[str]) -> list[str]:
        """Return those of these jobs of which a row is remembered."""
        return [job for job in jobs if job in self._rows]

    def forget(self) -> None:
        """Read every row anew when it is wanted."""
        self._rows.clear()

    def get(self, job: str | None) -> JobRow | None:
        """Return what is known of a job."""
        return None if job is None else self._rows.get(job)

    @property
    def lines(self) -> int:
        """How many lines the list has."""
        return len(self.ids) + len(self._groups)

    def heading(self, line: int) -> tuple[str, int] | None:
        """Return which group a line names and how many jobs it has; None if it is a job's."""
        number = bisect_right(self._headings, line) - 1
        if number < 0 or self._headings[number] != line:
            return None
        begin, name = self._groups[number]
        last = number + 1 == len(self._groups)
        end = len(self.ids) if last else self._groups[number + 1][0]
        return name, end - begin

    def job_at(self, line: int) -> str | None:
        """Return the job of a line; None for a group's name, and past the end."""
        if self.heading(line) is not None:
            return None
        place = line - bisect_right(self._headings, line)
        return self.ids[place] if 0 <= place < len(self.ids) else None

    def line_of(self, job: str | None) -> int | None:
        """Return where a job stands; None if the list does not have it."""
        try:
            place = self.ids.index(job) if job is not None else -1
        except ValueError:
            return None
        if place < 0:
            return None
        begins = [begin for begin, _ in self._groups]
        return place + bisect_right(begins, place)

    def unknown(self, first: int, last: int) -> list[str]:
        """Return the jobs of the lines from `first` to before `last` that must be read."""
        found = (self.job_at(line) for line in range(max(0, first), min(last, self.lines)))
        return [job for job in found if job is not None and job not in self._rows]
