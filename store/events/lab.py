"""Facts about the lab itself."""

from __future__ import annotations

from store.events.fact import Fact


class LabCreated(Fact):
    """A database was begun, by this version of ftlab."""

    type_name = "LabCreated"
    ftlab: str


class HistoryImportStarted(Fact):
    """Somebody began to take in what a provider can tell of past jobs."""

    type_name = "HistoryImportStarted"
    provider: str


class HistoryImported(Fact):
    """Everything that a provider could tell of past jobs was taken in, as far as it was new."""

    type_name = "HistoryImported"
    provider: str
    jobs: int
    new_jobs: int
    models: int
    files_kept: int
    files_gone: int
    bytes: int
