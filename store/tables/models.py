"""Model versions and their tags."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field, SQLModel


class Model(SQLModel, table=True):
    """A model version; `remote_id` is what its provider calls it, if it is a hosted one.

    `retires_on` is the date (YYYY-MM-DD) on which the provider shuts it down, `gone_at` when it was
    found gone or was deleted.
    """

    __tablename__: ClassVar[str] = "model"

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    kind: str
    base_model: str
    job: str | None = None
    dataset: str | None = None
    hyperparameters_json: str
    path: str | None = None
    provider: str = "local"
    remote_id: str | None = Field(default=None, index=True)
    retires_on: str | None = None
    gone_at: str | None = None
    gone_reason: str | None = None
    loss_before: float | None = None
    loss_after: float | None = None
    perplexity_before: float | None = None
    perplexity_after: float | None = None
    accuracy_before: float | None = None
    accuracy_after: float | None = None
    evaluated_examples: int | None = None
    registered_at: str


class ModelTag(SQLModel, table=True):
    """A tag that a model version has."""

    __tablename__: ClassVar[str] = "model_tag"

    model: str = Field(primary_key=True)
    tag: str = Field(primary_key=True, index=True)
    tagged_at: str
