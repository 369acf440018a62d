from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.data.errors import DataError
from engine.data.exporting.export import export
from engine.data.exporting.targets import Target
from engine.data.shapes.example import Record
from tests.engine.data.exporting.conftest import ASSISTANT, USER, chat

RECORDS = [chat(USER, ASSISTANT)]


def test_a_file_that_is_there_already_is_not_touched(tmp_path: Path) -> None:
    target = tmp_path / "a.jsonl"
    target.write_text("precious")
    with pytest.raises(DataError) as caught:
        export(RECORDS, target, Target.OPENAI)
    assert str(caught.value) == (f"{target} exists already. Choose another name, or say --replace.")
    assert target.read_text() == "precious"


def test_a_file_is_replaced_on_request_and_only_when_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.jsonl"
    target.write_text("old")
    with pytest.raises(DataError):
        export([], target, Target.OPENAI, replace=True)
    assert target.read_text() == "old"
    export(RECORDS, target, Target.OPENAI, replace=True)
    assert target.read_text().startswith('{"messages"')


def test_a_datasets_folder_is_replaced_and_no_other_folder_is(tmp_path: Path) -> None:
    target = tmp_path / "a"
    export(RECORDS, target, Target.HF)
    (target / "old").touch()
    export(RECORDS, target, Target.HF, replace=True)
    assert not (target / "old").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    (target / "state.json").unlink()
    with pytest.raises(DataError, match="is not a dataset's folder, so it is not replaced by one"):
        export(RECORDS, target, Target.HF, replace=True)
    with pytest.raises(DataError, match="is a folder; choose the name of a file"):
        export(RECORDS, target, Target.OPENAI, replace=True)
    assert (target / "dataset_info.json").exists()


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    target = tmp_path / "missing" / "a.csv"
    with pytest.raises(DataError, match=f"there is no folder {target.parent}"):
        export(RECORDS, target, Target.CSV)


def test_somebody_elses_file_that_came_in_between_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "a"

    def records() -> Iterator[Record]:
        yield from RECORDS
        target.write_text("theirs")

    with pytest.raises(DataError, match="exists already"):
        export(records(), target, Target.OPENAI)
    assert target.read_text() == "theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_the_disk_refuses_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot be written: File name too long\."):
        export(RECORDS, tmp_path / ("a" * 300), Target.OPENAI)
