from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from engine.training import checkpoints, room
from engine.training.layout import checkpoint


def test_a_first_checkpoint_is_estimated_by_the_trained_weights(tmp_path: Path) -> None:
    import torch

    model = torch.nn.Linear(10, 100, bias=False)
    assert room.needed(tmp_path, model) == pytest.approx(1.1 * 3 * 4000, abs=1)
    model.weight.requires_grad = False
    assert room.needed(tmp_path, model) == 0


def test_the_next_one_is_estimated_by_the_last(tmp_path: Path) -> None:
    import torch

    folder = checkpoint(tmp_path, 7)
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(b"w" * 1000)
    checkpoints.seal(tmp_path, 7)
    assert room.needed(tmp_path, torch.nn.Linear(10, 100)) == 1100


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        OSError(errno.EFBIG, os.strerror(errno.EFBIG)),
        RuntimeError("Error while serializing: I/O error: No space left on device (os error 28)"),
        RuntimeError("[enforce fail at inline_container.cc:672] . PytorchStreamWriter failed"),
    ],
)
def test_a_full_disk_is_known_whoever_tells_of_it(error: Exception) -> None:
    assert room.is_lack_of_room(error)


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), ValueError("odd")])
def test_other_errors_are_others(error: Exception) -> None:
    assert not room.is_lack_of_room(error)


@pytest.mark.parametrize(
    ("count", "words"),
    [(999, "999 bytes"), (1500, "1.5 kB"), (2.5e9, "2.5 GB"), (3e15, "3000.0 TB")],
)
def test_bytes_are_told_as_people_write_them(count: float, words: str) -> None:
    assert room.in_words(count) == words
