from __future__ import annotations

import pytest
from sqlmodel import SQLModel

from store.projections.shapes import plain, shape_of, table_of
from store.tables import READ_MODELS, Checkpoint, Job, MetricChunk


@pytest.mark.parametrize("table", READ_MODELS)
def test_the_columns_of_a_table_are_the_fields_of_its_class(table: type[SQLModel]) -> None:
    assert list(shape_of(table).columns) == list(table.model_fields)


def test_a_key_is_taken_out_of_the_values_of_a_row() -> None:
    chunk = plain(MetricChunk)(
        job="job_1", name="loss", ordinal=3, count=1, first_step=1, last_step=1, points=b""
    )
    shape = shape_of(MetricChunk)

    assert shape.key_of(shape.values_of(chunk)) == ("job_1", "loss", 3)


def test_a_plain_row_has_the_defaults_of_its_table() -> None:
    made, own = (
        kind(job="job_1", step=2, saved_at="noon") for kind in (plain(Checkpoint), Checkpoint)
    )

    assert vars(made) == own.model_dump()


def test_a_plain_row_needs_what_has_no_default() -> None:
    with pytest.raises(TypeError, match="saved_at"):
        plain(Checkpoint)(job="job_1", step=2)  # type: ignore[call-arg]


def test_the_table_of_a_row_is_known_whatever_its_class() -> None:
    row = plain(Checkpoint)(job="job_1", step=2, saved_at="noon")

    assert table_of(row) is table_of(Checkpoint(**vars(row))) is Checkpoint
    assert plain(Job) is plain(Job)
