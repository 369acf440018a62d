"""The job list as the screen knows it: newest first, brought up to date by changed rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from store.queries.jobs import JobSummary


@dataclass(slots=True)
class JobBook:
    """All jobs that were read so far, by id and in order.

    Attributes:
        rows: the jobs, newest first, as the store sorts them (by id).
        counts: how many there are of each status.
    """

    rows: list[JobSummary] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _places: dict[str, int] = field(default_factory=dict)

    def merge(self, jobs: Iterable[JobSummary]) -> int:
        """Take in rows: known ones take their new values, others find their place.

        Returns:
            How many jobs came that were not known.
        """
        fresh: list[JobSummary] = []
        for job in jobs:
            place = self._places.get(job.id)
            if place is None:
                fresh.append(job)
            else:
                self._replace(place, job)
        if fresh:
            self._add(fresh)
        return len(fresh)

    def _replace(self, place: int, job: JobSummary) -> None:
        self.counts[self.rows[place].status] -= 1
        self.counts[job.status] += 1
        self.rows[place] = job

    def _add(self, fresh: list[JobSummary]) -> None:
        by_id = attrgetter("id")
        self.rows = sorted([*self.rows, *fresh], key=by_id, reverse=True)
        self.counts.update(job.status for job in fresh)
        self._places = {job.id: place for place, job in enumerate(self.rows)}

    def place(self, job: str | None) -> int | None:
        """Return where a job stands in the list, None if it is not in it."""
        return None if job is None else self._places.get(job)

    def get(self, job: str | None) -> JobSummary | None:
        """Return the row of a job, None if it is not in the list."""
        place = self.place(job)
        return None if place is None else self.rows[place]
