"""Dataset versions: what they are made of, what they come to in tokens, and their checks."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field, SQLModel


class DatasetVersion(SQLModel, table=True):
    """An immutable dataset version; its content is the blob named `content`.

    `tokens` is its newest count, in whatever tokenizer's tokens.
    """

    __tablename__: ClassVar[str] = "dataset_version"

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    version: int
    content: str
    kind: str
    examples: int
    messages: int
    characters: int
    bytes: int
    tokens: int | None = None
    recipe_json: str
    source: str | None = None
    left_out: int = 0
    recorded_at: str


class DatasetParent(SQLModel, table=True):
    """A dataset version that another one was made of."""

    __tablename__: ClassVar[str] = "dataset_parent"

    child: str = Field(primary_key=True)
    parent: str = Field(primary_key=True, index=True)
    ordinal: int


class DatasetPart(SQLModel, table=True):
    """A part that a split made; `split` is the seq of its event."""

    __tablename__: ClassVar[str] = "dataset_part"

    split: int = Field(primary_key=True)
    part: str = Field(primary_key=True)
    version: str = Field(index=True)


class DatasetCount(SQLModel, table=True):
    """What a dataset version comes to in a tokenizer's tokens."""

    __tablename__: ClassVar[str] = "dataset_count"

    version: str = Field(primary_key=True)
    tokenizer: str = Field(primary_key=True)
    tokens: int
    assistant_tokens: int
    statistics_json: str
    lengths: str | None = None
    counted_at: str


class DatasetCheck(SQLModel, table=True):
    """The newest check of a dataset version for a method and a model; no model is the empty one."""

    __tablename__: ClassVar[str] = "dataset_check"

    version: str = Field(primary_key=True)
    method: str = Field(primary_key=True)
    model: str = Field(primary_key=True)
    errors: int
    warnings: int
    rules_json: str
    report_json: str
    checked_at: str
