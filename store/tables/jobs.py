"""Jobs, and the states of their models that they saved."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field, SQLModel


class Job(SQLModel, table=True):
    """A fine-tuning job as its stream tells it; money is US dollars.

    `report_json` is the last report of a hosted job, whole; `creation_requested_at` stands from the
    moment its creation was sent out until the provider's answer is known; `requested` is what
    somebody asked for (`cancel`, `pause`, `resume`) until the job has heeded it.
    """

    __tablename__: ClassVar[str] = "job"

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    provider: str
    base_model: str
    method: str
    hyperparameters_json: str
    options_json: str = "{}"
    dataset: str | None = None
    validation: str | None = None
    seed: int | None = None
    model: str | None = None
    status: str = Field(index=True)
    reported_status: str | None = None
    remote_id: str | None = Field(default=None, index=True)
    imported: bool = False
    requested: str | None = None
    retry_of: str | None = None
    training_file: str | None = None
    validation_file: str | None = None
    creation_requested_at: str | None = None
    creation_attempts: int = 0
    report_json: str | None = None
    trained_tokens: int | None = None
    estimated_finish: str | None = None
    estimate: float | None = None
    cost: float | None = None
    attempt: int = 1
    step: int = 0
    total_steps: int | None = None
    loss: float | None = None
    eval_loss: float | None = None
    checkpoint: int | None = None
    reason: str | None = None
    details: str | None = None
    progress_offset: int = 0
    planned_at: str = Field(index=True)
    started_at: str | None = None
    ended_at: str | None = None
    updated_at: str
    version: int


class Checkpoint(SQLModel, table=True):
    """A state of a job's model: a folder to go on from, or a hosted model to talk to."""

    __tablename__: ClassVar[str] = "checkpoint"

    job: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    path: str | None = None
    model: str | None = None
    metrics_json: str = "{}"
    saved_at: str
