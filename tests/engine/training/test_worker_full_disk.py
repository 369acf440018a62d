"""The real process on a disk that has no room for checkpoints, nor for the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.training import checkpoints

if TYPE_CHECKING:
    from tests.engine.training.conftest import MakeRun, Run


@pytest.fixture(scope="module")
def full(make_run: MakeRun) -> Run:
    """A run of 8 steps: no room for the checkpoints of step 4 and 6, nor for the result."""
    run = make_run("full", max_steps=8, save_every=2, keep_checkpoints=3)
    assert run.ended(run.start_on_full_disk(4, little=3)) == 1, run.said
    return run


def test_a_checkpoint_that_finds_no_room_costs_itself_alone(full: Run) -> None:
    assert [line["step"] for line in full.lines("checkpoint")] == [2, 8]
    assert list(full.trained()) == list(range(1, 9))


def test_it_is_told_in_plain_words(full: Run) -> None:
    ended, refused = full.lines("message")
    assert {ended["level"], refused["level"]} == {"warning"}
    advice = f"Training goes on; make room in {full.folder}"
    assert ended["text"] == (f"the checkpoint of step 4 was not saved: the disk is full. {advice}")
    assert refused["text"].startswith(
        "the checkpoint of step 6 was not saved: the disk has 1.5 kB left, of which it needs "
    )
    assert refused["text"].endswith(advice)


def test_what_was_written_of_it_is_gone(full: Run) -> None:
    names = {path.name for path in (full.folder / "checkpoints").iterdir()}
    assert names == {"checkpoint-2", "checkpoint-8"}
    assert checkpoints.latest_complete(full.folder) == 8


def test_a_result_that_finds_no_room_fails_the_job_and_says_what_to_do(full: Run) -> None:
    line = full.lines()[-1]
    assert line["kind"] == "failed"
    assert line["error"] == (
        "the disk is full: make room on it, then resume the job, which goes on from its last "
        "checkpoint"
    )
    assert not full.output.exists()


def test_with_room_again_the_result_is_made_from_the_checkpoint(full: Run) -> None:
    assert full.ended(full.fork("--resume-step", "8")) == 0, full.said
    assert list(full.trained()) == list(range(1, 9))
    assert full.lines()[-1]["kind"] == "finished"
    assert {path.name for path in full.output.parent.iterdir()} == {full.output.name}
    assert (full.output / "model.safetensors").stat().st_size > 20_000
