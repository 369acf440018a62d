"""The metrics of a job as one CSV table: a row a step, a column a metric."""

from __future__ import annotations

import csv
import io
import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter

from store.catalogue import CATALOGUE
from store.events import JobResumed, MetricsRecorded
from store.queries.metrics import series, series_list
from store.queries.streams import events_of
from store.times import from_text, to_text

_ROWS_AT_ONCE = 2000
_Cell = tuple[int, int, int, float]
"""Step, how many times the column had that step before, column, value."""


def metrics_table(connection: sqlite3.Connection, job: str) -> Iterator[bytes]:
    """Yield the table in pieces; the times are empty where they are not known.

    A metric that was logged several times at a step has as many rows there. In memory are the
    points of this one job, at 8 bytes a value.
    """
    names = [summary.name for summary in series_list(connection, job)]
    times = _Times(connection, job)
    rows = _rows(connection, job, names, times)
    yield _as_csv([["step", "time", *names]])
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        yield _as_csv(some)


def _as_csv(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _rows(
    connection: sqlite3.Connection, job: str, names: list[str], times: _Times
) -> Iterator[list[object]]:
    columns = [series(connection, job, name) for name in names]
    cells = merge(*(_cells(at, each.steps, each.values) for at, each in enumerate(columns, 2)))
    for (step, again), same in groupby(cells, key=itemgetter(0, 1)):
        row: list[object] = [step, "" if again else times.at(step), *[""] * len(names)]
        for _, _, column, value in same:
            row[column] = value
        yield row


def _cells(column: int, steps: Sequence[int], values: Sequence[float]) -> Iterator[_Cell]:
    """Yield the points of a metric by step, those of one step in the order of logging."""
    again, before = 0, None
    for place in _by_step(steps):
        step = steps[place]
        again = again + 1 if step == before else 0
        before = step
        yield step, again, column, values[place]


def _by_step(steps: Sequence[int]) -> Sequence[int]:
    places = range(len(steps))
    if isinstance(steps, range) and steps.step > 0:
        return places
    return array("q", sorted(places, key=steps.__getitem__))


class _Times:
    """When the points of a job were logged, by step, as far as their events tell.

    A step's first time counts. Points past the step from which a job was resumed count as little
    as their values do.
    """

    def __init__(self, connection: sqlite3.Connection, job: str) -> None:
        self._steps: array[int] = array("q")
        self._milliseconds: array[int] = array("q")
        for event in events_of(connection, [f"job/{job}"]):
            if event.type not in (MetricsRecorded.type_name, JobResumed.type_name):
                continue
            fact = CATALOGUE.read(event.type, event.schema, event.data)
            if isinstance(fact, JobResumed):
                self._keep(self._places_to(fact.from_step))
            elif isinstance(fact, MetricsRecorded):
                self._take(fact, event.occurred)
        # What is equal stays in the order of logging, and the first of it is found.
        self._keep(_by_step(self._steps))

    def at(self, step: int) -> str:
        """Return the time of a step, empty if it is not known."""
        place = bisect_left(self._steps, step)
        if place == len(self._steps) or self._steps[place] != step:
            return ""
        return to_text(_EPOCH + timedelta(milliseconds=self._milliseconds[place]))

    def _take(self, fact: MetricsRecorded, occurred: str) -> None:
        start = (from_text(occurred) - _EPOCH) // timedelta(milliseconds=1)
        for group in fact.groups:
            if group.after_ms:
                self._steps.extend(group.step_list())
                self._milliseconds.extend(start + after for after in group.after_ms)

    def _places_to(self, last: int) -> Iterator[int]:
        return (place for place, step in enumerate(self._steps) if step <= last)

    def _keep(self, places: Iterable[int]) -> None:
        kept = array("q", places)
        self._steps = array("q", map(self._steps.__getitem__, kept))
        self._milliseconds = array("q", map(self._milliseconds.__getitem__, kept))


_EPOCH = from_text("1970-01-01T00:00:00Z")
