"""Facts about jobs that run at a provider: what was sent there, and what was found there."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from store.events.fact import Fact

FileRole = Literal["training", "validation"]


class FileUploadRequested(Fact):
    """A file is about to be sent to the provider of a job, under a name made of its content."""

    type_name = "FileUploadRequested"
    role: FileRole
    filename: str
    content: str
    bytes: int


class FileUploadBegun(Fact):
    """A large file goes to the provider in parts, under this name of the upload."""

    type_name = "FileUploadBegun"
    role: FileRole
    upload: str


class FilePartUploaded(Fact):
    """The provider has this part of a file, the parts counted from 0."""

    type_name = "FilePartUploaded"
    role: FileRole
    upload: str
    part: str
    number: int


class FileUploaded(Fact):
    """The provider has a file of the job; `reused` if it had one of the same content before.

    `content` is the SHA-256 of the bytes that were sent.
    """

    type_name = "FileUploaded"
    role: FileRole
    file: str
    filename: str
    content: str
    bytes: int
    reused: bool = False


class JobCreationRequested(Fact):
    """The request that creates the hosted job is about to be sent; `attempt` counts from 1."""

    type_name = "JobCreationRequested"
    attempt: int


class JobPauseRequested(Fact):
    """Somebody asked for the job to pause; committed before the provider is told."""

    type_name = "JobPauseRequested"


class JobResumeRequested(Fact):
    """Somebody asked for a paused job to go on; committed before the provider is told."""

    type_name = "JobResumeRequested"


class JobRequestRefused(Fact):
    """The provider would not do what was asked of the job (`cancel`, `pause`, `resume`)."""

    type_name = "JobRequestRefused"
    request: str
    reason: str


class JobImported(Fact):
    """A provider told of a job that was not planned here; `report` is all that it told."""

    type_name = "JobImported"
    name: str
    provider: str
    remote_id: str
    base_model: str
    method: str
    hyperparameters: dict[str, JsonValue]
    seed: int | None = None
    report: dict[str, JsonValue] = {}


class JobDataFound(Fact):
    """What an imported job was trained or validated on is a dataset version here."""

    type_name = "JobDataFound"
    role: FileRole
    dataset: str


class ResultFileSaved(Fact):
    """A result file of a job is in the blobs; `malformed` names its first unreadable rows."""

    type_name = "ResultFileSaved"
    file: str
    content: str
    bytes: int
    rows: int
    malformed: tuple[str, ...] = ()


class ResultFileGone(Fact):
    """A result file of a job is no longer at the provider, or cannot be read."""

    type_name = "ResultFileGone"
    file: str
    reason: str


class CostRecorded(Fact):
    """What a job cost in US dollars: the tokens it was billed for at a price a million."""

    type_name = "CostRecorded"
    dollars: float
    tokens: int
    price: float
    source: str


class RemoteFileSaved(Fact):
    """A file that a provider keeps is in the blobs, as it is there.

    `dataset` is the version that was made of it, if its rows are examples; `problem` says why not.
    """

    type_name = "RemoteFileSaved"
    provider: str
    file: str
    filename: str
    purpose: str
    content: str
    bytes: int
    dataset: str | None = None
    problem: str | None = None


class RemoteFileGone(Fact):
    """A file that a provider once had is not there any more."""

    type_name = "RemoteFileGone"
    provider: str
    file: str
    reason: str


class RemoteFileDeletionRequested(Fact):
    """Somebody asked for a provider's file to be deleted; committed before the provider is told."""

    type_name = "RemoteFileDeletionRequested"
    provider: str
    file: str


class RemoteFileDeleted(Fact):
    """A provider's file was deleted because somebody asked for it."""

    type_name = "RemoteFileDeleted"
    provider: str
    file: str
