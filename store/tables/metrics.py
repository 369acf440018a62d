"""Metrics of jobs: a row for each series, and its points packed into chunks."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field, SQLModel


class MetricSeries(SQLModel, table=True):
    """One metric of one job: its extent and extremes over finite values, and its last value."""

    __tablename__: ClassVar[str] = "metric_series"

    job: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    count: int
    chunks: int
    first_step: int
    last_step: int
    last: float | None = None
    low: float | None = None
    low_step: int | None = None
    high: float | None = None
    high_step: int | None = None


class MetricChunk(SQLModel, table=True):
    """Up to `CHUNK_POINTS` consecutive points of a series, packed, with their extremes.

    `steps` is NULL when the steps are `first_step` + i * `stride`; the packing is described in
    `store.columns`.
    """

    __tablename__: ClassVar[str] = "metric_chunk"

    job: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    ordinal: int = Field(primary_key=True)
    count: int
    first_step: int
    last_step: int
    stride: int | None = None
    last: float | None = None
    low: float | None = None
    low_step: int | None = None
    high: float | None = None
    high_step: int | None = None
    steps: bytes | None = None
    points: bytes
