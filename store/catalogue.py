"""The registry of event types: recorded name and schema number to class, with the upcasts.

An upcast is a small function on plain data that turns schema n into n + 1; they are applied in turn
when an old record is read. What is recorded is never rewritten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from store import events
from store.events import Fact

Upcast = Callable[[dict[str, Any]], dict[str, Any]]


class Catalogue:
    """Which facts exist, and how to read what older versions of ftlab recorded.

    Args:
        facts: the event classes; two with one name are refused.
        upcasts: (type name, schema number it reads) to the function to the next number.

    Raises:
        ValueError: if a name is taken twice or an upcast is missing.
    """

    def __init__(
        self,
        facts: Iterable[type[Fact]],
        upcasts: Mapping[tuple[str, int], Upcast] | None = None,
    ) -> None:
        self._facts: dict[str, type[Fact]] = {}
        self._upcasts = dict(upcasts or {})
        for fact in facts:
            self._register(fact)

    def _register(self, fact: type[Fact]) -> None:
        name = fact.type_name
        if name in self._facts:
            raise ValueError(f"two event types are called {name}")
        for number in range(1, fact.schema_number):
            if (name, number) not in self._upcasts:
                raise ValueError(f"{name} has no upcast from schema {number}")
        self._facts[name] = fact

    def names(self) -> list[str]:
        """Return every known type name, sorted."""
        return sorted(self._facts)

    def knows(self, fact: Fact) -> bool:
        """Tell whether this fact's class is the registered one."""
        return self._facts.get(fact.type_name) is type(fact)

    def read(self, type_name: str, schema: int, data: str | bytes) -> Fact | None:
        """Turn recorded text back into a fact, upcasting old schemas.

        Returns:
            The fact, or None for a type or schema that a newer ftlab recorded: it stays in the log
            and is folded by those who know it.

        Raises:
            pydantic.ValidationError: if the text does not fit its type.
        """
        fact = self._facts.get(type_name)
        if fact is None or schema > fact.schema_number:
            return None
        if schema == fact.schema_number:
            return fact.model_validate_json(data)
        return fact.model_validate_json(json.dumps(self._upcast(type_name, schema, data)))

    def _upcast(self, type_name: str, schema: int, data: str | bytes) -> dict[str, Any]:
        plain: dict[str, Any] = json.loads(data)
        for number in range(schema, self._facts[type_name].schema_number):
            plain = self._upcasts[type_name, number](plain)
        return plain


def _several_parents(data: dict[str, Any]) -> dict[str, Any]:
    """A dataset version had one parent at most, and a place for tokens that was never used."""
    parent = data.pop("parent", None)
    data.pop("tokens", None)
    return data | {"parents": [] if parent is None else [parent]}


def _only_more_fields(data: dict[str, Any]) -> dict[str, Any]:
    """New fields, all of them with defaults, are no reason to change what was recorded."""
    return data


_GREW = (
    "JobPlanned",
    "JobResumed",
    "JobMessageReceived",
    "JobFailed",
    "JobSucceeded",
    "CheckpointSaved",
    "MetricsRecorded",
    "ModelRegistered",
    "ModelTagged",
    "ModelUntagged",
    "ChatOpened",
    "ChatTurnRecorded",
    "SuiteDefined",
)

CATALOGUE = Catalogue(
    [
        events.LabCreated,
        events.HistoryImportStarted,
        events.HistoryImported,
        events.EventsImported,
        events.ArchiveImported,
        events.DatasetImported,
        events.DatasetVersionRecorded,
        events.DatasetCounted,
        events.DatasetChecked,
        events.DatasetSplit,
        events.JobPlanned,
        events.JobSubmitted,
        events.JobQueued,
        events.JobMovedInQueue,
        events.JobPriorityChanged,
        events.JobTakenFromQueue,
        events.JobStatusChanged,
        events.JobMessageReceived,
        events.CheckpointSaved,
        events.JobCancelRequested,
        events.JobInterrupted,
        events.JobResumed,
        events.JobCancelled,
        events.JobFailed,
        events.JobSucceeded,
        events.MetricsRecorded,
        events.FileUploadRequested,
        events.FileUploadBegun,
        events.FilePartUploaded,
        events.FileUploaded,
        events.JobCreationRequested,
        events.JobPauseRequested,
        events.JobResumeRequested,
        events.JobRequestRefused,
        events.JobImported,
        events.JobDataFound,
        events.ResultFileSaved,
        events.ResultFileGone,
        events.CostRecorded,
        events.RemoteFileSaved,
        events.RemoteFileGone,
        events.RemoteFileDeletionRequested,
        events.RemoteFileDeleted,
        events.ModelRegistered,
        events.ModelRetirementAnnounced,
        events.ModelTagged,
        events.ModelUntagged,
        events.ModelGone,
        events.ModelDeletionRequested,
        events.ModelDeleted,
        events.ChatOpened,
        events.ChatTurnRecorded,
        events.ChatTurnRated,
        events.NotifyingBegan,
        events.NotifyingEnded,
        events.NotificationClaimed,
        events.NotificationSent,
        events.NotificationFailed,
        events.SuiteDefined,
        events.RecordingPlanned,
        events.RecordingStopped,
        events.RecordingCompleted,
        events.AnswerRecorded,
        events.AnswerRefused,
        events.EvaluationPlanned,
        events.EvaluationStopped,
        events.EvaluationCompleted,
        events.AnswersScored,
        events.ReferenceRead,
        events.SweepPlanned,
        events.SweepCompleted,
    ],
    {
        ("DatasetVersionRecorded", 1): _several_parents,
        **{(name, 1): _only_more_fields for name in _GREW},
        ("ModelRegistered", 2): _only_more_fields,
    },
)
"""The facts that ftlab records."""
