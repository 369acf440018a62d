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
from typing import Any

from store.queries.job_index import GROUPS, SORTS, Order
from store.queries.job_search import search
from store.queries.searching import SearchError
from tui.job_book import EVERYTHING, View

_FILE = "session.json"
_FORMAT = 1
_KEPT = 20
"""Of how many databases it is remembered."""


@dataclass(frozen=True, slots=True)
class Session:
    """Where somebody was.

    Attributes:
        view: which jobs the list showed.
        job: the selected one.
        panel: which panel of it was open.
        metric: whose chart of it was drawn.
        zoomed: whether the job had the whole screen.
    """

    view: View = EVERYTHING
    job: str | None = None
    panel: str | None = None
    metric: str | None = None
    zoomed: bool = False


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
    view = session.view
    return {
        "search": view.search,
        "sort": view.order.by,
        "backwards": view.order.backwards,
        "group": view.order.group,
        "pinned": list(view.pinned),
        "job": session.job,
        "panel": session.panel,
        "metric": session.metric,
        "zoomed": session.zoomed,
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
        _text(found.get("metric")),
        found.get("zoomed") is True,
    )


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
