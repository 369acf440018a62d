from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from pathlib import Path
from engine.data.errors import DataError
from engine.data.reading.files import read_rows
from engine.data.reading.hub import HubDataset
from engine.data.reading.options import ReadingOptions

folder = sys.argv[1]
print([row.value for row in HubDataset(folder, ReadingOptions(member="test"))])
for wish in (None, "tset"):
    try:
        HubDataset(folder, ReadingOptions(member=wish))
    except DataError as error:
        print(error)
try:
    read_rows(Path("nobody/nothing"), ReadingOptions(file_format="huggingface"))
except DataError as error:
    print(error)
"""


def test_the_hub_is_streamed_from_and_told_of_if_it_cannot_be_reached(tmp_path: Path) -> None:
    # What stands on the hub is read by the same call as what stands in a folder of data files.
    folder = tmp_path / "moods"
    folder.mkdir()
    for split in ("train", "test"):
        (folder / f"{split}.jsonl").write_text(f'{{"split": "{split}"}}\n')
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        # By a path from here: the library takes any folder called `dev` on the way for a split.
        [sys.executable, "-c", PROGRAM, folder.name],
        cwd=tmp_path,
        env=os.environ | offline,
        check=True,
        capture_output=True,
        text=True,
    )
    read, several, misspelt, unreachable = done.stdout.splitlines()
    assert read == "[{'split': 'test'}]"
    assert "holds 2 splits: train, test" in several or "holds 2 splits: test, train" in several
    assert "did you mean 'test'?" in misspelt
    assert unreachable.startswith("The dataset 'nobody/nothing' could not be read from the Hugging")
    assert "--member CONFIG/SPLIT" in unreachable


UNREACHABLE = """
import time
time.sleep = lambda seconds: None  # between its attempts the library waits, longer each time
from pathlib import Path
from engine.data.errors import DataError
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
try:
    read_rows(Path("nobody/nothing"), ReadingOptions(file_format="huggingface"))
except DataError as error:
    print(error)
"""


def test_a_hub_that_does_not_answer_is_told_of_once_and_by_us_alone(tmp_path: Path) -> None:
    nobody = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", UNREACHABLE],
        env=os.environ | nobody,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.stdout.startswith("The dataset 'nobody/nothing' could not be read")
