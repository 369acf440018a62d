"""What a rescue brought in, and what is here then."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.errors import LabError
from store.errors import StoreError
from store.projections.hosted import GONE, KEPT
from store.queries.hosted import jobs_at, remote_files, result_files

UNANNOUNCED = "not announced"
"""Stands for the day of those models of which nobody said when they shut down."""


class Stock(NamedTuple):
    """Files of a service: training, validation and result files of its jobs.

    Attributes:
        kept: how many of them are in the blobs.
        gone: how many their owner, or the service, had deleted before they could be kept.
        bytes: of those that are kept.
    """

    kept: int = 0
    gone: int = 0
    bytes: int = 0

    def since(self, before: Stock) -> Stock:
        """Return what has been added to an earlier stock."""
        return Stock(*(max(0, now - then) for now, then in zip(self, before, strict=True)))


def stock_of(connection: sqlite3.Connection, provider: str) -> Stock:
    """Return what is recorded of a service's files."""
    kept, gone, size = 0, 0, 0
    for file in remote_files(connection, provider):
        kept += file.state == KEPT
        gone += file.state == GONE
        size += (file.bytes or 0) if file.state == KEPT else 0
    for job in jobs_at(connection, provider).values():
        for result in result_files(connection, job):
            kept += result.content is not None
            gone += result.content is None
            size += result.bytes or 0
    return Stock(kept, gone, size)


@dataclass(slots=True)
class Harvest:
    """What a service had, and what of it is new here.

    Attributes:
        jobs: how many jobs the service listed.
        new_jobs: those that were not known here.
        events: facts recorded in all.
        files: all of its files that are here or gone, those of earlier runs too.
        new_files: those that this run added.
        models: fine-tuned models that the service still has.
        models_gone: those that it had once.
        retiring: how many of `models` shut down on which day (YYYY-MM-DD, or `UNANNOUNCED`).
        troubles: what could not be taken in this time, by job or file; the next run tries again.
    """

    jobs: int = 0
    new_jobs: int = 0
    events: int = 0
    files: Stock = field(default_factory=Stock)
    new_files: Stock = field(default_factory=Stock)
    models: int = 0
    models_gone: int = 0
    retiring: Counter[str] = field(default_factory=Counter)
    troubles: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def noting(self, thing: str, part: str | None = None) -> Iterator[None]:
        """Note what goes wrong inside as the trouble of one thing, for the others to go on.

        Args:
            thing: a job, a model, or what else is taken by itself.
            part: which part of it is being taken.
        """
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever one is made of, the others are rescued
            said = _words(error)
            self.note(thing, f"{part}: {said}" if part else said)

    def note(self, thing: str, trouble: str) -> None:
        """Note a trouble of a thing, which may have others."""
        known = self.troubles.get(thing)
        self.troubles[thing] = trouble if known is None else f"{known}; {trouble}"

    def to_json(self) -> dict[str, Any]:
        """Return the same as plain JSON."""
        return {
            "jobs": self.jobs,
            "new_jobs": self.new_jobs,
            "events": self.events,
            "files_kept": self.files.kept,
            "new_files_kept": self.new_files.kept,
            "files_gone": self.files.gone,
            "new_files_gone": self.new_files.gone,
            "bytes": self.files.bytes,
            "new_bytes": self.new_files.bytes,
            "models": self.models,
            "models_gone": self.models_gone,
            "retiring": dict(sorted(self.retiring.items())),
            "troubles": self.troubles,
        }


def _words(error: Exception) -> str:
    if isinstance(error, LabError | StoreError | OSError):
        return str(error)
    return f"{type(error).__name__}: {error}"
