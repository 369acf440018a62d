"""Versions of suites."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field, SQLModel


class Suite(SQLModel, table=True):
    """A version of a suite; its prompts are the blob named `content`."""

    __tablename__: ClassVar[str] = "suite"

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    version: int
    content: str
    bytes: int
    prompts: int
    answered: int = 0
    source: str | None = None
    dataset: str | None = None
    system: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    stop_json: str = "[]"
    scorers_json: str = "[]"
    defined_at: str
