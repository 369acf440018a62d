"""What is at providers: events of hosted jobs, files, and the results of jobs."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field, SQLModel


class RemoteEvent(SQLModel, table=True):
    """An event of a hosted job that was taken in, by the provider's id for it."""

    __tablename__: ClassVar[str] = "remote_event"

    job: str = Field(primary_key=True)
    event: str = Field(primary_key=True)


class RemoteFile(SQLModel, table=True):
    """A file at a provider; `content` names its blob where it is kept here too.

    `state` is `uploaded` (from here), `kept` (taken from there), `gone`, `deleting` (that was asked
    for, and is not known to be done) or `deleted`.
    """

    __tablename__: ClassVar[str] = "remote_file"

    provider: str = Field(primary_key=True)
    file: str = Field(primary_key=True)
    filename: str | None = None
    purpose: str | None = None
    content: str | None = Field(default=None, index=True)
    bytes: int | None = None
    state: str
    reason: str | None = None
    dataset: str | None = None
    recorded_at: str


class ResultFile(SQLModel, table=True):
    """A result file of a hosted job; without a content it is gone, for the reason given."""

    __tablename__: ClassVar[str] = "result_file"

    job: str = Field(primary_key=True)
    file: str = Field(primary_key=True)
    content: str | None = None
    bytes: int | None = None
    rows: int | None = None
    malformed: int = 0
    reason: str | None = None
