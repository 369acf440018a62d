"""Every event type: one frozen class a fact, named in the past tense.

A fact's `type_name` is what the log keeps for ever: renaming or moving the class changes nothing
that is recorded. Any change of a fact's fields raises its `schema_number`, and an upcast in
`store.catalogue` then brings old records up to it on reading.

Names of people's things (`base_model`, `hyperparameters`, `step`) are the field's own. Times inside
facts are left to the envelope (`at`, `occurred`); streams and ids are described in
docs/architecture.md.
"""

from __future__ import annotations

from store.events.archives import ArchiveImported, EventsImported, Origin
from store.events.chats import ChatOpened, ChatTurnRated, ChatTurnRecorded
from store.events.datasets import (
    DatasetChecked,
    DatasetCounted,
    DatasetImported,
    DatasetSplit,
    DatasetVersionRecorded,
    LeftOut,
)
from store.events.evaluations import (
    AnswersScored,
    EvaluationCompleted,
    EvaluationPlanned,
    EvaluationStopped,
    ReferenceRead,
)
from store.events.fact import Fact
from store.events.hosted import (
    CostRecorded,
    FilePartUploaded,
    FileUploadBegun,
    FileUploaded,
    FileUploadRequested,
    JobCreationRequested,
    JobDataFound,
    JobImported,
    JobPauseRequested,
    JobRequestRefused,
    JobResumeRequested,
    RemoteFileDeleted,
    RemoteFileDeletionRequested,
    RemoteFileGone,
    RemoteFileSaved,
    ResultFileGone,
    ResultFileSaved,
)
from store.events.jobs import (
    CheckpointSaved,
    Evaluation,
    JobCancelled,
    JobCancelRequested,
    JobFailed,
    JobInterrupted,
    JobMessageReceived,
    JobPlanned,
    JobResumed,
    JobStatusChanged,
    JobSubmitted,
    JobSucceeded,
)
from store.events.lab import HistoryImported, HistoryImportStarted, LabCreated
from store.events.metrics import MetricGroup, MetricsRecorded, StepRange
from store.events.models import (
    ModelDeleted,
    ModelDeletionRequested,
    ModelGone,
    ModelRegistered,
    ModelRetirementAnnounced,
    ModelTagged,
    ModelUntagged,
    TagComparison,
    TagFigure,
)
from store.events.notifications import (
    NotificationClaimed,
    NotificationFailed,
    NotificationSent,
    NotifyingBegan,
    NotifyingEnded,
)
from store.events.queue import JobMovedInQueue, JobPriorityChanged, JobQueued, JobTakenFromQueue
from store.events.recordings import (
    AnswerRecorded,
    AnswerRefused,
    RecordingCompleted,
    RecordingPlanned,
    RecordingStopped,
)
from store.events.suites import SuiteDefined
from store.events.sweeps import RankedTrial, SweepCompleted, SweepPlanned, SweepTrial

__all__ = [
    "AnswerRecorded",
    "AnswerRefused",
    "AnswersScored",
    "ArchiveImported",
    "ChatOpened",
    "ChatTurnRated",
    "ChatTurnRecorded",
    "CheckpointSaved",
    "CostRecorded",
    "DatasetChecked",
    "DatasetCounted",
    "DatasetImported",
    "DatasetSplit",
    "DatasetVersionRecorded",
    "Evaluation",
    "EvaluationCompleted",
    "EvaluationPlanned",
    "EvaluationStopped",
    "EventsImported",
    "Fact",
    "FilePartUploaded",
    "FileUploadBegun",
    "FileUploadRequested",
    "FileUploaded",
    "HistoryImportStarted",
    "HistoryImported",
    "JobCancelRequested",
    "JobCancelled",
    "JobCreationRequested",
    "JobDataFound",
    "JobFailed",
    "JobImported",
    "JobInterrupted",
    "JobMessageReceived",
    "JobMovedInQueue",
    "JobPauseRequested",
    "JobPlanned",
    "JobPriorityChanged",
    "JobQueued",
    "JobRequestRefused",
    "JobResumeRequested",
    "JobResumed",
    "JobStatusChanged",
    "JobSubmitted",
    "JobSucceeded",
    "JobTakenFromQueue",
    "LabCreated",
    "LeftOut",
    "MetricGroup",
    "MetricsRecorded",
    "ModelDeleted",
    "ModelDeletionRequested",
    "ModelGone",
    "ModelRegistered",
    "ModelRetirementAnnounced",
    "ModelTagged",
    "ModelUntagged",
    "NotificationClaimed",
    "NotificationFailed",
    "NotificationSent",
    "NotifyingBegan",
    "NotifyingEnded",
    "Origin",
    "RankedTrial",
    "RecordingCompleted",
    "RecordingPlanned",
    "RecordingStopped",
    "ReferenceRead",
    "RemoteFileDeleted",
    "RemoteFileDeletionRequested",
    "RemoteFileGone",
    "RemoteFileSaved",
    "ResultFileGone",
    "ResultFileSaved",
    "StepRange",
    "SuiteDefined",
    "SweepCompleted",
    "SweepPlanned",
    "SweepTrial",
    "TagComparison",
    "TagFigure",
]
