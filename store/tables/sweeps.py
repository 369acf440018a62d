"""Sweeps and their trials."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field, SQLModel


class Sweep(SQLModel, table=True):
    """One recipe, trained several times with other settings.

    `best` is the job that won; money is US dollars.
    """

    __tablename__: ClassVar[str] = "sweep"

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    mode: str
    provider: str
    base_model: str
    method: str
    dataset: str
    validation: str | None = None
    axes_json: str
    fixed_json: str
    seed: int
    by: str | None = None
    recipe: str = Field(index=True)
    estimate: float | None = None
    max_cost: float | None = None
    best: str | None = None
    planned_at: str
    completed_at: str | None = None
    updated_at: str


class SweepTrial(SQLModel, table=True):
    """A job of a sweep, with the settings by which it differs from the others."""

    __tablename__: ClassVar[str] = "sweep_trial"

    sweep: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    job: str = Field(index=True)
    settings_json: str
    examples: int
