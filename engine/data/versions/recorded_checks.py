"""Checks of versions that were recorded, and whether they still hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from store.queries import datasets as queries
from store.times import from_text, now

if TYPE_CHECKING:
    from pathlib import Path

    from engine.lab import Lab
    from store.queries.datasets import CheckRow

EACH_ROWS_OWN = "each row's own"
"""The method of a check in which each row tells what it is for."""


def check_that_holds(
    lab: Lab, version: str, model: str | None, method: str | None, day: date | None = None
) -> CheckRow | None:
    """Return the check of a version for a model and a method, if it would find the same today.

    A version never changes. What speaks against a hosted model goes by the day, and by the user's
    own figures; such a check names its method.

    Args:
        lab: where it is recorded.
        version: the version's id.
        model: the model that it was checked for; None for none.
        method: the method; None if each row told.
        day: the day on which it should hold; today if left out.
    """
    found = recorded_check(lab, version, model, method)
    if found is None:
        return None
    checked = from_text(found.checked_at)
    if method is None:
        return found
    if checked.date() != (day or now().date()):
        return None
    changed = _changed(lab.places.prices)
    return None if changed is not None and changed > checked else found


def recorded_check(
    lab: Lab, version: str, model: str | None, method: str | None
) -> CheckRow | None:
    """Return the newest check of a version for a model and a method, however old it is."""
    key = (method or EACH_ROWS_OWN, model or "")
    checks = queries.checks_of(lab.database.reader, version)
    return next((row for row in checks if (row.method, row.model) == key), None)


def _changed(file: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return None
