from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from engine.data.errors import DataError
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import Row

ROWS = [{"question": f"What is {number}?", "label": number} for number in range(25)]


def saved(folder: Path, rows: list[dict[str, Any]], files: int = 2) -> Path:
    """Write a folder as `save_to_disk` does."""
    folder.mkdir(parents=True)
    names = [f"data-{number:05d}-of-{files:05d}.arrow" for number in range(files)]
    share = len(rows) // files
    for number, name in enumerate(names):
        last = number == files - 1
        part = rows[number * share : None if last else (number + 1) * share]
        table = pa.Table.from_pylist(part)
        with pa.ipc.new_stream(folder / name, table.schema) as writer:
            writer.write_table(table, max_chunksize=10)
    state = {"_data_files": [{"filename": name} for name in names], "_split": "train"}
    (folder / "state.json").write_text(json.dumps(state))
    (folder / "dataset_info.json").write_text("{}")
    return folder


def splits(folder: Path, *names: str) -> Path:
    for number, name in enumerate(names):
        saved(folder / name, ROWS[number : number + 3], 1)
    (folder / "dataset_dict.json").write_text(json.dumps({"splits": names}))
    return folder


def test_a_saved_dataset_is_read_from_all_its_files(tmp_path: Path) -> None:
    folder = saved(tmp_path / "saved", ROWS)
    with read_rows(folder) as rows:
        assert (rows.file_format, rows.columns) == ("huggingface", ("question", "label"))
        assert list(rows) == [Row(number, row) for number, row in enumerate(ROWS, 1)]
        size = sum(file.stat().st_size for file in folder.glob("*.arrow"))
        assert rows.position == rows.size == size


def test_batches_are_the_very_same_rows(tmp_path: Path) -> None:
    folder = saved(tmp_path / "saved", ROWS)
    batches = read_rows(folder).batches()
    assert [row.value for batch in batches for row in batch.rows()] == ROWS


def test_a_split_is_chosen_by_its_name(tmp_path: Path) -> None:
    folder = splits(tmp_path / "saved", "train", "test")
    with pytest.raises(DataError, match=r"holds 2 splits: train, test.*--member"):
        read_rows(folder)
    rows = read_rows(folder, ReadingOptions(member="test", file_format="huggingface"))
    assert [row.value for row in rows] == ROWS[1:4]
    assert [row.value for row in read_rows(folder / "train")] == ROWS[:3]
    assert len(list(read_rows(splits(tmp_path / "one", "train")))) == 3


@pytest.mark.parametrize(
    "state",
    [
        "",
        "[]",
        "{}",
        '{"_data_files": []}',
        '{"_data_files": [{"filename": "missing.arrow"}]}',
        '{"_data_files": [{"filename": "../secret"}]}',
        '{"_data_files": [{"filename": "/etc/hosts"}]}',
        '{"_data_files": [{"filename": ".."}]}',
        '{"_data_files": [{"filename": "a\\ud800"}]}',
        '{"_data_files": [{"filename": 3}]}',
        '{"_data_files": [5]}',
        '{"_data_files": [{"filename": "a"}], "_indices_data_files": [{"filename": "b"}]}',
    ],
)
def test_a_folder_whose_state_is_wrong_is_refused(tmp_path: Path, state: str) -> None:
    folder = saved(tmp_path / "saved", ROWS)
    (tmp_path / "secret").write_bytes((folder / "data-00000-of-00002.arrow").read_bytes())
    (folder / "state.json").write_text(state)
    with pytest.raises(DataError, match="is a damaged dataset folder"):
        read_rows(folder)


@pytest.mark.parametrize("damage", ["cut", "zeros", "text"])
def test_a_damaged_file_ends_the_reading(tmp_path: Path, damage: str) -> None:
    folder = saved(tmp_path / "saved", ROWS)
    path = folder / "data-00001-of-00002.arrow"
    data = path.read_bytes()
    cut = {"cut": data[:-300], "zeros": b"\0" * len(data), "text": b"hello" * 100}
    path.write_bytes(cut[damage])
    with pytest.raises(DataError, match=r"is a damaged dataset folder|holds no rows"):
        list(read_rows(folder))


def test_files_with_other_columns_are_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path / "saved", ROWS)
    other = saved(tmp_path / "other", [{"x": 1}], 1)
    (folder / "data-00001-of-00002.arrow").write_bytes(
        (other / "data-00000-of-00001.arrow").read_bytes()
    )
    with pytest.raises(DataError, match="its files have different columns"):
        list(read_rows(folder))


def test_other_folders_and_names_that_are_no_ids_are_refused(tmp_path: Path) -> None:
    options = ReadingOptions(file_format="huggingface")
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="is a folder"):
        read_rows(tmp_path, options)
    with pytest.raises(DataError, match=r"nor the id of a dataset .*user/name"):
        read_rows(tmp_path / "file", options)
    with pytest.raises(DataError, match=r"nor the id of a dataset"):
        read_rows(Path("a b/c"), options)
    with pytest.raises(DataError, match="does not exist"):
        read_rows(Path("nobody/nothing"))


def test_a_number_that_is_missing_is_null_and_that_is_told(tmp_path: Path) -> None:
    folder = saved(tmp_path / "saved", [{"score": 1.5}, {"score": float("nan")}])
    with read_rows(folder) as rows:
        assert [row.value for row in rows] == [{"score": 1.5}, {"score": None}]
        assert rows.repairs.told(rows.place) == ["1 row repaired: NaN read as null (row 2)"]


def test_a_split_of_a_folder_without_splits_is_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path / "saved", ROWS)
    with pytest.raises(DataError, match="has no splits: leave --member out"):
        read_rows(folder, ReadingOptions(member="test"))
