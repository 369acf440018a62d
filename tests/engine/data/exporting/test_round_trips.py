"""What goes out in a shape comes back in as the same example, to the byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.data.exporting.export import export
from engine.data.exporting.targets import PLANS, Target
from engine.data.shapes.canonical import canonical_line
from engine.data.shapes.conversion import Conversion
from engine.data.shapes.example import Record
from tests.engine.data.shapes.strategies import (
    COLUMNS,
    TEXT_COLUMNS,
    exchanges,
    fits,
    plain_records,
    records,
)

_NONE: st.SearchStrategy[dict[str, Any]] = st.just({})


def _read(path: Path, to: Target) -> Iterator[dict[str, Any]]:
    """Read a file with what its format's own library makes of it."""
    if to is Target.CSV:
        import csv

        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    elif to is Target.PARQUET:
        from pyarrow import parquet

        yield from parquet.read_table(path).to_pylist()
    elif to is Target.HF:
        import pyarrow as pa

        with pa.OSFile(str(path / "data-00000-of-00001.arrow"), "rb") as source:
            yield from pa.ipc.open_stream(source).read_all().to_pylist()
    else:
        with path.open(encoding="utf-8", newline="\n") as file:
            yield from map(json.loads, file)


def _there_and_back(record: Record, to: Target) -> Record:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "out"
        exported = export([record], path, to, keep_columns=True)
        assert (exported.written, exported.unfit_count) == (1, 0)
        [row] = _read(path, to)
    [back] = Conversion().examples(row)
    return back


@pytest.mark.parametrize("to", [Target.OPENAI, Target.SHAREGPT])
@given(record=records(COLUMNS) | plain_records(COLUMNS))
@settings(max_examples=100)
def test_json_shapes_give_back_the_same_bytes_of_whatever_they_can_say(
    to: Target, record: Record
) -> None:
    assume(fits(record, PLANS[to].shaped))
    assert canonical_line(_there_and_back(record, to)) == canonical_line(record)


@given(record=plain_records(COLUMNS))
@settings(max_examples=100)
def test_alpaca_gives_back_the_same_bytes_of_texts(record: Record) -> None:
    assume(fits(record, PLANS[Target.ALPACA].shaped))
    assert canonical_line(_there_and_back(record, Target.ALPACA)) == canonical_line(record)


@given(record=exchanges(COLUMNS))
@settings(max_examples=100)
def test_prompt_and_completion_give_back_the_same_bytes_of_one_exchange(record: Record) -> None:
    back = _there_and_back(record, Target.PROMPT_COMPLETION)
    assert canonical_line(back) == canonical_line(record)


@given(record=plain_records(TEXT_COLUMNS))
@settings(max_examples=100)
def test_csv_gives_back_the_same_bytes_of_texts(record: Record) -> None:
    assume(fits(record, PLANS[Target.CSV].shaped))
    assert canonical_line(_there_and_back(record, Target.CSV)) == canonical_line(record)


@pytest.mark.parametrize("to", [Target.PARQUET, Target.HF])
@given(record=records(TEXT_COLUMNS) | plain_records(TEXT_COLUMNS))
@settings(max_examples=50)
def test_arrow_tables_give_back_the_same_bytes_of_messages_of_texts(
    to: Target, record: Record
) -> None:
    assume(fits(record, PLANS[to].shaped))
    assert canonical_line(_there_and_back(record, to)) == canonical_line(record)
