"""Two real processes that train one tiny model together on the processor."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from engine.training import checkpoints
from engine.training.devices import Device, check_count
from engine.training.group import Group
from engine.training.launch import Ranks, leave_words, meeting_prefix
from engine.training.plan import PlanError
from engine.training.progress import ProgressWriter
from engine.training.run import Attempt
from engine.training.stopping import StopSignal
from tests.engine.training.conftest import Run

if TYPE_CHECKING:
    import torch

    from tests.engine.training.conftest import MakeRun

pytestmark = pytest.mark.slow

_EXACT = ("loss", "grad_norm", "learning_rate", "epoch")
_PLAN: dict[str, Any] = {"learning_rate": 1e-4, "keep_best": True, "evaluate_every": 10}
Three = tuple["Run", "Run", "Run"]


@pytest.fixture(scope="module")
def three(make_run: MakeRun) -> Three:
    """One process, two, and two of which rank 0 was killed at step 33 and resumed from 30.

    A pass takes 21 steps, the last one of a single example, which leaves nothing for rank 1.
    """
    alone = make_run("full", batch_size=2, **_PLAN)
    whole, broken = (make_run("full", devices=2, batch_size=1, **_PLAN) for _ in range(2))
    started = [alone.fork(), whole.fork(), broken.start_to_die("metrics", 33)]
    assert alone.ended(started[0]) == 0, alone.said
    assert whole.ended(started[1]) == 0, whole.said
    assert broken.ended(started[2]) == -signal.SIGKILL, broken.said
    _wait_for_no_ranks(broken)
    assert checkpoints.latest_complete(broken.folder) == 30
    assert _meetings(broken)
    assert broken.ended(broken.fork("--resume-step", "30")) == 0, broken.said
    return alone, whole, broken


def _wait_for_no_ranks(run: Run) -> None:
    _, alive = psutil.wait_procs(_ranks(run), timeout=5)
    assert not alive


def _ranks(run: Run) -> list[psutil.Process]:
    """Return the processes beside rank 0 that train in a run's folder."""
    found = psutil.process_iter(["cmdline"])
    wanted = {"engine.training.rank", str(run.folder)}
    return [process for process in found if wanted <= set(process.info["cmdline"] or ())]


def _steps(run: Run) -> list[int]:
    """Return the training steps that were told, in the order in which they were."""
    return [line["step"] for line in run.lines("metrics") if "loss" in line["values"]]


def _meetings(run: Run) -> list[Path]:
    """Return where a run's processes met, or still do."""
    return list(Path(tempfile.gettempdir()).glob(f"{meeting_prefix(run.folder)}*"))


def test_two_processes_learn_what_one_does_from_the_same_examples(three: Three) -> None:
    one, two = three[0].trained(), three[1].trained()
    assert list(two) == list(one) == list(range(1, 43))
    for step, values in one.items():
        assert [two[step][name] for name in _EXACT] == pytest.approx(
            [values[name] for name in _EXACT], rel=1e-3
        )
    assert three[1].evaluated() == three[0].evaluated() == [0, 10, 20, 30, 40, 42]


def test_a_killed_pair_goes_on_to_the_very_same_steps_and_weights(three: Three) -> None:
    import torch

    whole, broken = (
        {step: [values[name] for name in _EXACT] for step, values in run.trained().items()}
        for run in three[1:]
    )
    assert broken == whole
    expected, found = map(_weights, three[1:])
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_no_folder_of_a_killed_pair_is_left_once_it_went_on(three: Three) -> None:
    assert not _meetings(three[2])


def _weights(run: Run) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    (file,) = run.output.glob("*.safetensors")
    return load_file(file)


def test_a_pair_says_that_it_is_one_and_counts_for_both(three: Three) -> None:
    alone, whole, _ = three
    environments = [run.lines("started")[0]["environment"] for run in (alone, whole)]
    assert [found["devices"] for found in environments] == [1, 2]
    assert [found.get("backend") for found in environments] == [None, "gloo"]
    used = [run.trained()[42]["memory_bytes"] for run in (alone, whole)]
    assert used[1] > 1.5 * used[0]


def test_a_checkpoint_has_the_random_numbers_of_every_rank(three: Three) -> None:
    marked = {path.name for path in (three[1].folder / "checkpoints/checkpoint-42").iterdir()}
    assert {"rng_state_0.pth", "rng_state_1.pth"} <= marked
    assert checkpoints.is_whole(three[1].folder, 42)


@pytest.fixture(scope="module")
def ended(make_run: MakeRun) -> Run:
    """A long run of two processes that train an adapter, in which both draw random numbers.

    It was stopped by SIGTERM, and resumed from a checkpoint before that until rank 1 was killed.
    """
    draws: dict[str, Any] = {"lora_dropout": 0.2, "save_every": 2, "keep_checkpoints": 100}
    run = make_run("lora", epochs=1000, devices=2, batch_size=1, validation_examples=2, **draws)
    process = run.fork()
    run.wait_for(lambda: len(run.trained()) >= 5, process)
    process.send_signal(signal.SIGTERM)
    assert run.ended(process) == 0, run.said
    process = run.start("--resume-step", "2")
    # Each step is told twice from there on.
    told = len(_steps(run))
    run.wait_for(lambda: len(_steps(run)) >= 2 * told, process)
    (rank,) = _ranks(run)
    os.kill(rank.pid, signal.SIGKILL)
    assert run.ended(process) == 1, run.said
    return run


def test_a_stop_ends_all_ranks_after_the_same_step_with_a_checkpoint(ended: Run) -> None:
    line = ended.lines("stopped")[0]
    assert (line["reason"], line["checkpoint"]) == ("terminated", line["step"])
    steps = _steps(ended)
    resumed = steps.index(3, 3)
    assert steps[:resumed] == list(range(1, line["step"] + 1))
    assert steps[resumed:] == list(range(3, steps[-1] + 1))


def test_a_resumed_pair_trains_its_adapter_by_the_very_same_steps(ended: Run) -> None:
    told: dict[int, list[list[float]]] = {}
    for line in ended.lines("metrics"):
        if "loss" in line["values"]:
            exact = [line["values"][name] for name in _EXACT]
            told.setdefault(line["step"], []).append(exact)
    last = ended.lines("stopped")[0]["step"]
    assert last >= 5
    assert all(told[step][0] == told[step][1] for step in range(3, last + 1))


def test_a_rank_that_is_killed_ends_the_job_and_is_named(ended: Run) -> None:
    line = ended.lines()[-1]
    assert (line["kind"], line["reason"]) == ("stopped", "terminated")
    assert line["by"].startswith("rank 1 of 2 (process ")
    assert "was ended by SIGKILL" in line["by"]
    assert line["checkpoint"] == checkpoints.latest_complete(ended.folder)
    _wait_for_no_ranks(ended)


def test_what_a_rank_failed_of_is_told_as_the_jobs_failure(tmp_path: Path) -> None:
    writer = ProgressWriter(tmp_path / "progress.jsonl")
    ranks = Ranks(Attempt(tmp_path, 1, 0, writer, StopSignal()), 1, tmp_path)
    leave_words(tmp_path, 1, "there is not enough memory: take less", "Traceback of it")
    ranks.tell(1, 4711, 1)
    ranks.tell(2, 4712, 3)
    told = [line["error"] for line in Run(tmp_path).lines("failed")]
    assert told == [
        "rank 1 of 1 (process 4711) failed: there is not enough memory: take less",
        "rank 2 of 1 (process 4712) ended with status 3; the log may tell why",
    ]


def test_a_checkpoint_of_fewer_devices_is_not_gone_on_from(three: Three) -> None:
    checkpoints.check_ranks(three[1].folder, 42, 2)
    checkpoints.check_ranks(three[0].folder, 42, 1)
    with pytest.raises(
        checkpoints.CheckpointError, match="by training on 2 devices; it cannot go on with 3"
    ):
        checkpoints.check_ranks(three[1].folder, 42, 3)


def test_more_devices_than_there_are_cannot_be_had() -> None:
    processor = Device("cpu", bf16=False)
    check_count(processor, 1)
    with pytest.raises(PlanError, match=r"devices is 4096, but this machine has .* or fewer"):
        check_count(processor, 4096)
    with pytest.raises(PlanError, match="of Apple's GPUs training takes one"):
        check_count(Device("mps", bf16=False), 2)


def test_a_process_by_itself_is_a_group_that_agrees_with_itself() -> None:
    assert Group().sums({"tokens": 3}) == {"tokens": 3}
    assert Group().as_first_says("on") == "on"
