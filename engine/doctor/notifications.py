"""A look at how somebody outside is told that a job has ended, and at what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial

from engine.config.settings import Settings
from engine.doctor.examination import Probe
from engine.doctor.finding import MACHINE, Finding, Status
from engine.errors import LabError
from engine.notifying.command import is_there
from engine.places import Places
from store import times
from store.errors import StoreError
from store.queries.notifications import Notification, notifications

_NAME = "notifications"
_DAYS = 7
_UNDER_WAY = timedelta(minutes=2)
"""For so long what was claimed may be under way."""


def probe(places: Places) -> Probe:
    """Return the look at it."""
    return Probe(MACHINE, _NAME, partial(_look, places))


def _look(places: Places) -> Iterator[Finding]:
    try:
        settings = Settings.read(places)
        command, url = settings.notify_command.value, settings.notify_url.value
        _ = settings.notify_on
    except LabError as error:
        yield _found("failure", str(error))
        return
    if command is not None and not is_there(command, places):
        what = f"there is no program {command[0]}"
        yield _found("warning", what, "`ftlab config set notify.command …` sets another")
    if command is not None or url is not None:
        yield from _usual(places)
    yield from _outcomes(places)


def _usual(places: Places) -> Iterator[Finding]:
    if places.is_usual_database:
        yield _found("ok", "settled: `ftlab notify test` tries them")
        return
    what = f"nobody is told of what is in {places.database}: it is not the usual database"
    yield _found("ok", what)


def _outcomes(places: Places) -> Iterator[Finding]:
    """Look at what was told lately."""
    for told in _lately(places):
        what = f"{told.name} {told.status}, by {told.way} to {told.to}"
        if told.state == "failed":
            yield _found("warning", f"{what}: {told.outcome}", "`ftlab notify test` tries it")
        elif told.state == "unknown" and _is_old(told):
            what = f"{what}: cut off, it is not known whether it was told (event {told.seq})"
            yield _found("warning", what, "nothing to do: it is not told again")


def _lately(places: Places) -> list[Notification]:
    from engine.lab import open_database
    from store.migrations import read_models_are_current

    if not places.database.exists():
        return []
    try:
        with closing(open_database(places, create=False)) as database:
            if not read_models_are_current(database.reader):
                return []
            since = times.to_text(times.now() - timedelta(days=_DAYS))
            return notifications(database.reader, since=since, limit=100)
    except (LabError, StoreError):
        return []  # That is told by the look at the database.


def _is_old(told: Notification) -> bool:
    return times.now() - times.from_text(told.at) > _UNDER_WAY


def _found(status: Status, what: str, advice: str | None = None) -> Finding:
    return Finding(MACHINE, _NAME, status, what, advice)
