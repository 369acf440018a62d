from __future__ import annotations

import pytest

from engine.data.versions.recording import check_name
from engine.rescue.files import dataset_name


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("train.jsonl", "train-Qx3yTt"),
        ("../../etc/passwd", "passwd-Qx3yTt"),
        ("..", "file-Qx3yTt"),
        (".jsonl", "file-Qx3yTt"),
        ("", "file-Qx3yTt"),
        ("-rf.jsonl", "rf-Qx3yTt"),
        ("ds_train.jsonl", "train-Qx3yTt"),
        ("ds_ds_.jsonl", "file-Qx3yTt"),
        ("\x1b[31mred\x1b[0m.jsonl", "31mred-0m-Qx3yTt"),
        ("C:\\data\\train.jsonl", "C-data-train-Qx3yTt"),
        ("при́вет мир.jsonl", "при-вет-мир-Qx3yTt"),
        ("e\u0301te\u0301.jsonl", "été-Qx3yTt"),
        ("x" * 300 + ".jsonl", "x" * 60 + "-Qx3yTt"),
    ],
)
def test_a_dataset_is_called_like_its_file_whatever_that_is_called(
    filename: str, name: str
) -> None:
    assert dataset_name("file-abcQx3yTt", filename) == name
    check_name(name)


def test_a_strange_id_makes_a_name_all_the_same() -> None:
    assert dataset_name("../../?", "train.jsonl") == "train"
    check_name(dataset_name("../../?", "train.jsonl"))
