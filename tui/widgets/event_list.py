"""The history of a job, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from store.queries.history import Filter, history
from store.recorded import Recorded
from store.times import from_text
from tui.ink import Line
from tui.sentences import sentence
from tui.widgets.job_view import JobView

NEWEST = 200
"""How many events are shown."""


class EventList(JobView):
    """What happened to a job, one line an event."""

    def read(self, job: str) -> Sequence[Line]:
        """Return the newest events, in words."""
        reader = self.lab.database.reader
        events = history(reader, Filter(f"job/{job}"), limit=NEWEST, newest=True)
        return event_lines(events, self.now())


def event_lines(events: Sequence[Recorded], now: datetime) -> list[Line]:
    """Return a line an event, the newest first: when, and what."""
    moments = [_when(event, now) for event in events]
    width = max(map(len, moments), default=0)
    lines: list[Line] = []
    for event, moment in zip(reversed(events), reversed(moments), strict=True):
        text, ink = sentence(event)
        lines.append([(f"{moment:>{width}}  ", "faint"), (text, ink)])
    if len(events) == NEWEST:
        lines.append([("older ones: ftlab history " + events[0].stream, "faint")])
    return lines


def _when(event: Recorded, now: datetime) -> str:
    """Return the time of day in the machine's zone, with the date if it was another day."""
    zone = now.astimezone().tzinfo
    moment = from_text(event.occurred).astimezone(zone)
    same_day = moment.date() == now.astimezone(zone).date()
    return moment.strftime("%H:%M:%S" if same_day else "%b %d %H:%M:%S")
