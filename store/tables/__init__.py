"""The read models, as SQLModel tables: what the log says, folded into rows to look up.

They are written only by `store.projections`, whose modules have the names of those here, in the
transaction that appends the events, and can be dropped and rebuilt at any time. Anybody may read
them with SQLModel's `select`; the screens and commands do so through `store.queries`, which speaks
plain SQL because importing SQLModel takes longer than painting the first frame.

Times are texts as in `store.times`; `*_json` columns hold JSON text.
"""

from __future__ import annotations

from sqlmodel import SQLModel

from store.tables.chats import Chat, ChatTurn
from store.tables.datasets import (
    DatasetCheck,
    DatasetCount,
    DatasetParent,
    DatasetPart,
    DatasetVersion,
)
from store.tables.evaluations import Evaluation, Likelihood, Score
from store.tables.hosted import RemoteEvent, RemoteFile, ResultFile
from store.tables.jobs import Checkpoint, Job
from store.tables.metrics import MetricChunk, MetricSeries
from store.tables.models import Model, ModelTag
from store.tables.queue import QueueEntry
from store.tables.recordings import Answer, Recording
from store.tables.suites import Suite
from store.tables.sweeps import Sweep, SweepTrial

__all__ = [
    "READ_MODELS",
    "Answer",
    "Chat",
    "ChatTurn",
    "Checkpoint",
    "DatasetCheck",
    "DatasetCount",
    "DatasetParent",
    "DatasetPart",
    "DatasetVersion",
    "Evaluation",
    "Job",
    "Likelihood",
    "MetricChunk",
    "MetricSeries",
    "Model",
    "ModelTag",
    "QueueEntry",
    "Recording",
    "RemoteEvent",
    "RemoteFile",
    "ResultFile",
    "Score",
    "Suite",
    "Sweep",
    "SweepTrial",
]

READ_MODELS: tuple[type[SQLModel], ...] = (
    Job, Checkpoint, QueueEntry, RemoteEvent, RemoteFile, ResultFile, MetricSeries, MetricChunk,
    DatasetVersion, DatasetParent, DatasetPart, DatasetCount, DatasetCheck, Model, ModelTag, Chat,
    ChatTurn, Suite, Recording, Answer, Evaluation, Score, Likelihood, Sweep, SweepTrial,
)  # fmt: skip
"""Every read model, in the order in which they are created."""
