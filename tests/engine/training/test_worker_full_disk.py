"""The real process on a disk that has no room for a checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.training import checkpoints

if TYPE_CHECKING:
    from tests.engine.training.conftest import MakeRun, Run


@pytest.fixture(scope="module")
def full(make_run: MakeRun) -> Run:
    """A run of 8 steps, for whose checkpoint of step 4 there is no room."""
    run = make_run("full", max_steps=8, save_every=2, keep_checkpoints=3)
    assert run.ended(run.start_on_full_disk(4)) == 0, run.said
    return run


def test_a_checkpoint_that_finds_no_room_costs_itself_alone(full: Run) -> None:
    assert [line["step"] for line in full.lines("checkpoint")] == [2, 6, 8]
    assert list(full.trained()) == list(range(1, 9))
    assert full.lines()[-1]["kind"] == "finished"


def test_it_is_told_in_plain_words(full: Run) -> None:
    [line] = full.lines("message")
    assert line["level"] == "warning"
    assert line["text"] == (
        "the checkpoint of step 4 was not saved: the disk is full. Training goes on; make room in "
        f"{full.folder}"
    )


def test_what_was_written_of_it_is_gone(full: Run) -> None:
    names = {path.name for path in (full.folder / "checkpoints").iterdir()}
    assert names == {"checkpoint-2", "checkpoint-6", "checkpoint-8"}
    assert checkpoints.latest_complete(full.folder) == 8
