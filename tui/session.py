"""What a person last looked at, kept so that the next start begins there.

A file of the data directory, `session.json`, with an entry for each database. It is a convenience:
one that cannot be read or written is as good as none.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from store.queries.job_index import GROUPS, SORTS, Order
from store.queries.job_search import search
from store.queries.searching import SearchError
from tui.curve_look import AS_USUAL, SMOOTHINGS, CurveLook
from tui.job_book import EVERYTHING, View
from tui.x_axis import XS

Screen = Literal["datasets", "models", "history"]
SCREENS: tuple[Screen, ...] = get_args(Screen)

_FILE = "session.json"
_FORMAT = 1
_KEPT = 20
"""Of how many databases it is remembered."""

_FARTHEST = 1e18
"""No x axis is longer."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another screen than the jobs, above which it was open.

    Attributes:
        screen: which one.
        search: what was searched for there.
        selected: the id of what the cursor stood on.
    """

    screen: Screen
    search: str = ""
    selected: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Where somebody was.

    Attributes:
        view: which jobs the list showed.
        job: the selected one.
        panel: which panel of it was open.
        curves: how its curves were looked at; without the cursor.
        zoomed: whether the job had the whole screen.
        listed: whether the list had it.
        elsewhere: the screen that was open above the jobs.
    """

    view: View = EVERYTHING
    job: str | None = None
    panel: str | None = None
    curves: CurveLook = AS_USUAL
    zoomed: bool = False
    listed: bool = False
    elsewhere: Elsewhere | None = None


def read_session(home: Path, database: Path) -> Session:
    """Return where somebody was who last looked at a database; the usual if nobody knows."""
    found = _read(home).get(str(database))
    return _session(found) if isinstance(found, dict) else Session()


def write_session(home: Path, database: Path, session: Session) -> None:
    """Remember where somebody was; whoever writes last is remembered."""
    entries = _read(home)
    entries.pop(str(database), None)
    entries = dict([*entries.items(), (str(database), _plain(session))][-_KEPT:])
    with suppress(OSError):
        written = home / f".{_FILE}.{os.getpid()}"
        written.write_text(json.dumps({"format": _FORMAT, "databases": entries}), "utf-8")
        written.replace(home / _FILE)


def _read(home: Path) -> dict[str, Any]:
    try:
        found = json.loads((home / _FILE).read_bytes())
        entries = found["databases"] if found["format"] == _FORMAT else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return entries if isinstance(entries, dict) else {}


def _plain(session: Session) -> dict[str, Any]:
    view, curves, elsewhere = session.view, session.curves, session.elsewhere
    return {
        "search": view.search,
        "sort": view.order.by,
        "backwards": view.order.backwards,
        "group": view.order.group,
        "pinned": list(view.pinned),
        "job": session.job,
        "panel": session.panel,
        "metric": curves.metric,
        "log": curves.log,
        "smoothing": curves.smoothing,
        "x": curves.x,
        "window": curves.window,
        "zoomed": session.zoomed,
        "listed": session.listed,
        "screen": elsewhere and elsewhere.screen,
        "screen_search": elsewhere and elsewhere.search,
        "screen_selected": elsewhere and elsewhere.selected,
    }


def _session(found: dict[str, Any]) -> Session:
    """Return what an entry says; of what it says wrongly, the usual."""
    pinned = found.get("pinned")
    return Session(
        View(
            _searchable(found.get("search")),
            Order(
                next((sort for sort in SORTS if sort == found.get("sort")), "planned"),
                found.get("backwards") is True,
                next((group for group in GROUPS if group == found.get("group")), None),
            ),
            tuple(filter(_text, pinned)) if isinstance(pinned, list) else (),
        ),
        _text(found.get("job")),
        _text(found.get("panel")),
        _curves(found),
        found.get("zoomed") is True,
        found.get("listed") is True,
        _elsewhere(found),
    )


def _curves(found: dict[str, Any]) -> CurveLook:
    smoothing = found.get("smoothing")
    return CurveLook(
        metric=_text(found.get("metric")),
        log=found.get("log") is True,
        smoothing=smoothing if type(smoothing) is int and 0 < smoothing < len(SMOOTHINGS) else 0,
        x=next((x for x in XS if x == found.get("x")), "step"),
        window=_window(found.get("window")),
    )


def _window(value: object) -> tuple[float, float] | None:
    """Return a part of an x axis; None if it is none."""
    match value:
        case [int() | float() as first, int() | float() as last] if 0 <= first < last < _FARTHEST:
            return float(first), float(last)
    return None


def _elsewhere(found: dict[str, Any]) -> Elsewhere | None:
    screen = next((screen for screen in SCREENS if screen == found.get("screen")), None)
    if screen is None:
        return None
    search = _text(found.get("screen_search")) or ""
    return Elsewhere(screen, search, _text(found.get("screen_selected")))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _searchable(text: object) -> str:
    if not isinstance(text, str):
        return ""
    try:
        search(text)
    except SearchError:
        return ""
    return text
