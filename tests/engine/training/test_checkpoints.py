from __future__ import annotations

from pathlib import Path

import pytest

from engine.training import checkpoints
from engine.training.checkpoints import CheckpointError
from engine.training.layout import checkpoint


def written(run: Path, step: int) -> Path:
    """A checkpoint's files as a killed process leaves them: without the marker."""
    folder = checkpoint(run, step)
    (folder / "inner").mkdir(parents=True)
    (folder / "weights.safetensors").write_bytes(b"weights" * 100)
    (folder / "inner" / "state.json").write_text(f'{{"step": {step}}}')
    return folder


def whole(run: Path, step: int) -> Path:
    folder = written(run, step)
    checkpoints.seal(run, step)
    return folder


def steps(run: Path) -> list[str]:
    return sorted(folder.name for folder in (run / "checkpoints").iterdir())


def test_without_checkpoints_there_is_no_newest(tmp_path: Path) -> None:
    assert checkpoints.latest_complete(tmp_path) is None


def test_the_newest_is_the_one_of_the_highest_step(tmp_path: Path) -> None:
    for step in (9, 100, 20):
        whole(tmp_path, step)
    assert checkpoints.latest_complete(tmp_path) == 100


def test_a_half_written_one_does_not_count(tmp_path: Path) -> None:
    whole(tmp_path, 10)
    written(tmp_path, 20)
    assert checkpoints.latest_complete(tmp_path) == 10
    with pytest.raises(CheckpointError, match="there is no whole checkpoint of step 20"):
        checkpoints.verify(tmp_path, 20)


def test_one_with_a_file_missing_or_shortened_does_not_count(tmp_path: Path) -> None:
    whole(tmp_path, 10)
    (whole(tmp_path, 20) / "inner" / "state.json").unlink()
    (whole(tmp_path, 30) / "weights.safetensors").write_bytes(b"weights")
    assert checkpoints.latest_complete(tmp_path) == 10
    with pytest.raises(CheckpointError, match=r"state\.json is missing"):
        checkpoints.verify(tmp_path, 20)
    with pytest.raises(CheckpointError, match=r"is damaged: 7 bytes, not 700"):
        checkpoints.verify(tmp_path, 30)


def test_a_whole_one_is_verified(tmp_path: Path) -> None:
    whole(tmp_path, 10)
    checkpoints.verify(tmp_path, 10)


def test_one_changed_byte_is_found_and_named(tmp_path: Path) -> None:
    file = whole(tmp_path, 10) / "weights.safetensors"
    data = bytearray(file.read_bytes())
    data[350] ^= 1
    file.write_bytes(data)
    with pytest.raises(CheckpointError, match=r"weights\.safetensors is damaged: its content"):
        checkpoints.verify(tmp_path, 10)


@pytest.mark.parametrize("marker", ["{", "[]", '{"files": 3}', "{}"])
def test_a_damaged_marker_does_not_count(tmp_path: Path, marker: str) -> None:
    (whole(tmp_path, 10) / checkpoints.MARKER).write_text(marker)
    assert checkpoints.latest_complete(tmp_path) is None


def test_one_set_aside_gives_way_to_the_one_before(tmp_path: Path) -> None:
    whole(tmp_path, 10)
    folder = whole(tmp_path, 20)
    checkpoints.set_aside(tmp_path, 20)
    assert checkpoints.latest_complete(tmp_path) == 10
    assert (folder / "weights.safetensors").exists()


def test_the_newest_whole_ones_are_kept(tmp_path: Path) -> None:
    for step in (10, 20, 30):
        whole(tmp_path, step)
    written(tmp_path, 25)
    checkpoints.keep_newest(tmp_path, 2)
    assert steps(tmp_path) == ["checkpoint-20", "checkpoint-30"]


def test_what_lies_past_a_step_is_forgotten(tmp_path: Path) -> None:
    whole(tmp_path, 10)
    whole(tmp_path, 20)
    written(tmp_path, 30)
    checkpoints.discard_after(tmp_path, 10)
    assert steps(tmp_path) == ["checkpoint-10"]


def test_folders_of_other_names_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "checkpoints" / "checkpoint-best").mkdir(parents=True)
    whole(tmp_path, 10)
    checkpoints.keep_newest(tmp_path, 1)
    checkpoints.discard_after(tmp_path, 0)
    assert steps(tmp_path) == ["checkpoint-best"]
