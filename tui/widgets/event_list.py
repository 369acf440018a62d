"""The history of a job, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from store.queries.history import Filter, history
from store.recorded import Recorded
from tui.formats import cut
from tui.ink import Line
from tui.moments import moment
from tui.sentences import METRICS, story
from tui.widgets.job_view import JobView

NEWEST = 200
"""How many events are shown."""


class EventList(JobView):
    """What happened to a job, one line an event."""

    def read(self, job: str) -> Sequence[Line]:
        """Return the newest events, in words."""
        reader = self.lab.database.reader
        events = history(reader, Filter(f"job/{job}"), limit=NEWEST, newest=True)
        return event_lines(events, self.now(), self.room)


def event_lines(events: Sequence[Recorded], now: datetime, width: int) -> list[Line]:
    """Return a line an event, the newest first: when, and what.

    Metrics that follow each other are one line, or they would drown everything else.
    """
    told = [(run[-1], story(run)) for run in _runs(events)]
    moments = [moment(newest.occurred, now) for newest, _ in told]
    longest = max(map(len, moments), default=0)
    lines: list[Line] = [
        cut([(f"{moment:>{longest}}  ", "faint"), (text, ink)], width)
        for moment, (_, (text, ink)) in zip(moments, told, strict=True)
    ]
    if len(events) == NEWEST:
        lines.insert(0, [("older ones: ftlab history " + events[0].stream, "faint")])
    return lines[::-1]


def _runs(events: Sequence[Recorded]) -> list[list[Recorded]]:
    """Return the events one by one, those with metrics together with their neighbours."""
    groups = groupby(events, key=lambda event: event.type == METRICS)
    runs: list[list[Recorded]] = []
    for metrics, group in groups:
        runs += [list(group)] if metrics else [[event] for event in group]
    return runs
