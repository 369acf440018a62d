from __future__ import annotations

from pathlib import Path

import pytest

from engine.training.durable import write_whole


def test_a_file_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    write_whole(file, "one")
    write_whole(file, "café")
    assert file.read_text("utf-8") == "café"
    assert list(tmp_path.iterdir()) == [file]


def test_a_write_that_fails_leaves_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    write_whole(file, "one")
    with pytest.raises(UnicodeEncodeError):
        write_whole(file, "half of a pair: \ud800")
    assert file.read_text("utf-8") == "one"
