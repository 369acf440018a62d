from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from engine.data.errors import DataError
from engine.data.reading.arrow import as_json, rows_of
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import BadRow, Row
from tests.engine.data.reading.conftest import fault_of
from tests.engine.data.reading.test_jsonlines import TEXT

ANSWERS: list[dict[str, Any]] = [
    {"question": "Who?", "answer": "Ada", "votes": 3, "tags": ["a", "b"], "meta": {"id": 1}},
    {"question": "When?", "answer": None, "votes": 2**60, "tags": [], "meta": {"id": None}},
]


def written(folder: Path, table: pa.Table, **options: Any) -> Path:  # noqa: ANN401 - pyarrow's
    path = folder / "rows.parquet"
    parquet.write_table(table, path, **options)
    return path


def values_of(folder: Path, column: pa.Array) -> list[Any]:
    path = written(folder, pa.table({"a": column}))
    return [row.value["a"] if isinstance(row.value, dict) else row.value for row in read_rows(path)]


def test_rows_come_with_their_types_and_numbers(tmp_path: Path) -> None:
    path = written(tmp_path, pa.Table.from_pylist(ANSWERS))
    with read_rows(path) as rows:
        assert (rows.columns, rows.place) == (tuple(ANSWERS[0]), "row")
        assert rows.encoding is None
        assert list(rows) == [Row(1, ANSWERS[0]), Row(2, ANSWERS[1])]
        assert rows.position == rows.size == path.stat().st_size


@given(
    st.lists(st.fixed_dictionaries({"a": TEXT, "b": st.none() | st.integers(-9, 9)}), min_size=1)
)
def test_any_rows_come_back_equal(content: list[dict[str, Any]]) -> None:
    batch = pa.RecordBatch.from_pylist(content, pa.schema({"a": pa.string(), "b": pa.int64()}))
    assert [row.value for row in rows_of([batch, batch], ("a", "b"))] == content * 2


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (pa.array([dt.date(2024, 2, 29)]), "2024-02-29"),
        (pa.array([dt.datetime(2024, 2, 29, 12, 30)]), "2024-02-29T12:30:00"),  # noqa: DTZ001
        (
            pa.array([1709209800123456789], pa.timestamp("ns", "UTC")),
            "2024-02-29T12:30:00.123456+00:00",
        ),
        (pa.array([dt.time(1, 2, 3)]), "01:02:03"),
        (pa.array([dt.timedelta(seconds=90)]), 90.0),
        (pa.array([Decimal("12.00")]), 12),
        (pa.array([Decimal("0.1")]), 0.1),
        (pa.array([Decimal("0.1000000000000000000000001")]), "0.1000000000000000000000001"),
        (pa.array(["é".encode()]), "é"),
        (pa.array([b"\xff\xfe"]), "//4="),
        (pa.array(["a"]).dictionary_encode(), "a"),
        (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())), [["k", 1]]),
        (pa.array([{"when": [dt.date(2024, 1, 1)]}]), {"when": ["2024-01-01"]}),
        (pa.array([1.5], pa.float32()), 1.5),
        (pa.nulls(1), None),
    ],
)
def test_values_that_json_does_not_know_become_texts_or_numbers(
    tmp_path: Path, column: pa.Array, value: object
) -> None:
    assert values_of(tmp_path, column) == [value]


def test_a_value_that_is_no_text_spoils_its_row_only(tmp_path: Path) -> None:
    raw = pa.array([b"caf\xc3\xa9", b"caf\xe9", b"x"])
    texts = pa.Array.from_buffers(pa.string(), 3, raw.buffers())
    first, bad, last = read_rows(written(tmp_path, pa.table({"a": texts})))
    assert (first.value, last.value) == ({"a": "café"}, {"a": "x"})
    assert fault_of(bad) == "has something that cannot be read in 'a'"


def test_a_date_that_no_calendar_has_spoils_its_row_only(tmp_path: Path) -> None:
    column = pa.array([2**40, 0], pa.timestamp("s"))
    bad, last = values_of(tmp_path, column)
    assert isinstance(bad, BadRow)
    assert last == "1970-01-01T00:00:00"


@pytest.mark.parametrize("packing", ["NONE", "snappy", "zstd", "gzip"])
def test_row_groups_and_packings_make_no_difference(tmp_path: Path, packing: str) -> None:
    table = pa.Table.from_pylist(ANSWERS * 1500)
    path = written(tmp_path, table, compression=packing, row_group_size=700)
    rows = list(read_rows(path))
    assert [row.line for row in rows] == list(range(1, 3001))
    assert rows[2999].value == ANSWERS[1]


@pytest.mark.parametrize("damage", ["cut", "head", "middle"])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: str) -> None:
    path = written(tmp_path, pa.Table.from_pylist(ANSWERS * 100), compression="NONE")
    data = path.read_bytes()
    cut = {"cut": data[:-9], "head": data[:40], "middle": data[:-200] + b"\xff" * 80 + data[-120:]}
    path.write_bytes(cut[damage])
    with pytest.raises(DataError, match=r"is no Parquet file or damaged .*Fetch it anew"):
        list(read_rows(path))


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, pa.table({"a": pa.array([], pa.string())}))
    with pytest.raises(DataError, match="holds no rows"):
        list(read_rows(path))


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    with pytest.raises(DataError, match="two columns called 'a'"):
        read_rows(written(tmp_path, table))


def test_whatever_a_column_holds_becomes_json() -> None:
    assert as_json({1: (object, Decimal("NaN"))}) == {"1": [str(object), "NaN"]}


NAN = float("nan")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (pa.array([NAN]), None),
        (pa.array([NAN], pa.float32()), None),
        (pa.array([[1.0, NAN]]), [1.0, None]),
        (pa.array([{"score": NAN, "id": 1}]), {"score": None, "id": 1}),
        (pa.array([[("k", NAN)]], pa.map_(pa.string(), pa.float64())), [["k", None]]),
        (pa.array([NAN]).dictionary_encode(), None),
    ],
)
def test_a_number_that_is_missing_is_null_and_that_is_told(
    tmp_path: Path, column: pa.Array, value: object
) -> None:
    path = written(tmp_path, pa.table({"a": column}))
    with read_rows(path) as rows:
        assert [row.value for row in rows] == [{"a": value}]
        assert rows.repairs.told(rows.place) == ["1 row repaired: NaN read as null (row 1)"]


def test_rows_in_which_several_numbers_are_missing_are_counted_once(tmp_path: Path) -> None:
    table = pa.table({"a": [1.0, NAN] * 1500, "b": [NAN, NAN] * 1500, "c": [float("inf")] * 3000})
    path = written(tmp_path, table)
    counts = [
        (batch.count_hint, sum(kind.count for kind in batch.repairs.kinds.values()))
        for batch in read_rows(path).batches()
    ]
    assert counts == [(2000, 2000), (1000, 1000)]


def test_nan_stays_where_a_file_is_to_be_seen_as_it_stands(tmp_path: Path) -> None:
    path = written(tmp_path, pa.table({"a": [NAN]}))
    with read_rows(path, ReadingOptions(repair="none")) as rows:
        assert repr([row.value for row in rows]) == "[{'a': nan}]"
        assert not rows.repairs
