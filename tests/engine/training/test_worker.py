"""The real process, on a model of a few kilobytes; processes start slowly, so tests share them."""

from __future__ import annotations

import fcntl
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.training import checkpoints
from engine.training.process import is_alive, read_identity

if TYPE_CHECKING:
    import torch

    from tests.engine.training.conftest import Line, MakeRun, Process, Run

_EXACT = ("loss", "grad_norm", "learning_rate", "epoch")
_TOTAL = 40


@dataclass(frozen=True)
class Twins:
    """Two runs of one plan: one uninterrupted, one killed twice and resumed twice.

    The first kill falls into the training, after a checkpoint; the second one between saving the
    model and telling of it.
    """

    whole: Run
    broken: Run
    killed: tuple[int, int]
    resumed_from: tuple[int, int]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(("lora", {"lora_dropout": 0.1}), id="lora"),
        pytest.param(("full", {"gradient_accumulation": 2, "epochs": 4}), id="full-accumulating"),
    ],
)
def twins(request: pytest.FixtureRequest, make_run: MakeRun) -> Twins:
    method, settings = request.param
    whole, broken = (make_run(method, **settings) for _ in range(2))
    uninterrupted, first = whole.start(), broken.start_to_die("metrics", 18)
    status, said = whole.ended(uninterrupted)
    assert status == 0, said
    killed, _ = broken.ended(first)
    resumed_from = _newest(broken)
    again = broken.start_to_die("finished", _TOTAL, "--resume-step", str(resumed_from))
    killed_again, _ = broken.ended(again)
    last = _newest(broken)
    assert broken.ended(broken.start("--resume-step", str(last))) == (0, "")
    return Twins(whole, broken, (killed, killed_again), (resumed_from, last))


def _newest(run: Run) -> int:
    step = checkpoints.latest_complete(run.folder)
    assert step is not None
    return step


def test_a_killed_run_goes_on_to_the_very_same_steps(twins: Twins) -> None:
    assert twins.killed == (-signal.SIGKILL, -signal.SIGKILL)
    # Each pass takes 20 or 10 steps: what is resumed crosses into another one.
    assert twins.resumed_from == (15, _TOTAL)
    assert _figures(twins.broken) == _figures(twins.whole)


def _figures(run: Run) -> dict[int, list[float]]:
    return {
        step: [values[name] for name in _EXACT] for step, values in run.trained_steps().items()
    }


def test_a_killed_run_ends_with_the_very_same_weights(twins: Twins) -> None:
    import torch

    expected, found = (_weights(run.output) for run in (twins.whole, twins.broken))
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def _weights(folder: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return {
        name: tensor
        for file in folder.glob("*.safetensors")
        for name, tensor in load_file(file).items()
    }


def test_a_run_killed_between_saving_the_model_and_saying_so_ends_well(twins: Twins) -> None:
    finished = twins.broken.lines("finished")
    assert [line["step"] for line in finished] == [_TOTAL]
    assert finished[0]["evaluation"] == twins.whole.lines("finished")[0]["evaluation"]
    assert [path.name for path in twins.broken.output.parent.glob(".*")] == []


def test_every_attempt_says_where_it_started(twins: Twins) -> None:
    started = twins.broken.lines("started")
    assert [line["from_step"] for line in started] == [0, 15, _TOTAL]
    assert [line["attempt"] for line in started] == [1, 2, 3]
    assert {line["total_steps"] for line in started} == {_TOTAL}


def test_a_finished_run_has_told_everything_in_order(twins: Twins) -> None:
    kinds = [line["kind"] for line in twins.whole.lines()]
    assert kinds[0] == "started"
    assert kinds[-1] == "finished"
    assert [line["step"] for line in twins.whole.lines("checkpoint")] == [15, 30, _TOTAL]
    assert list(twins.whole.trained_steps()) == list(range(1, _TOTAL + 1))
    assert all(values["tokens_per_second"] > 0 for values in twins.whole.trained_steps().values())
    assert twins.whole.lines("message") == []


def test_a_finished_run_has_evaluated_before_and_after(twins: Twins) -> None:
    evaluation = twins.whole.lines("finished")[0]["evaluation"]
    assert evaluation["after"]["loss"] < evaluation["before"]["loss"]
    assert evaluation["after"]["examples"] == 5
    told = [line for line in twins.whole.lines("metrics") if "eval_loss" in line["values"]]
    assert [line["step"] for line in told] == [0, _TOTAL]
    assert told[1]["values"]["eval_perplexity"] == evaluation["after"]["perplexity"]


def test_the_learning_rate_rises_linearly_and_falls_to_almost_nothing(twins: Twins) -> None:
    rates = [values["learning_rate"] for values in twins.whole.trained_steps().values()]
    assert rates[0] == 0
    assert rates[1] == pytest.approx(max(rates) / 2)
    assert rates[2] == max(rates)
    assert rates[3:] == sorted(rates[3:], reverse=True)
    assert rates[-1] < max(rates) / 20


def test_the_newest_two_checkpoints_are_kept(twins: Twins) -> None:
    kept = sorted(folder.name for folder in (twins.whole.folder / "checkpoints").iterdir())
    assert kept == ["checkpoint-30", "checkpoint-40"]


def test_a_finished_process_is_gone(twins: Twins) -> None:
    assert not is_alive(twins.whole.folder).alive


@pytest.fixture(scope="module")
def stopped(make_run: MakeRun) -> Run:
    """A long run, stopped by SIGTERM, gone on with, and then cancelled."""
    run = make_run("full", epochs=1000, evaluate_every=2)
    _stop(run, run.start(), after=3)
    saved = _newest(run)
    (run.folder / "cancel").touch()
    _stop(run, run.start("--resume-step", str(saved)), after=saved + 3)
    return run


def _stop(run: Run, process: Process, after: int) -> None:
    run.wait_for(lambda: max(run.trained_steps(), default=0) >= after, process)
    process.send_signal(signal.SIGTERM)
    assert run.ended(process) == (0, "")


def test_a_terminated_run_saves_a_checkpoint_of_its_last_step_and_says_so(stopped: Run) -> None:
    line = stopped.lines("stopped")[0]
    before = stopped.lines()[: stopped.lines().index(line)]
    last = max(told["step"] for told in before if told["kind"] == "metrics")
    assert (line["reason"], line["step"], line["checkpoint"]) == ("terminated", last, last)
    assert stopped.lines("started")[1]["from_step"] == last


def test_a_cancelled_run_says_so(stopped: Run) -> None:
    line = stopped.lines()[-1]
    assert (line["kind"], line["reason"]) == ("stopped", "cancelled")
    assert line["checkpoint"] == line["step"] == _newest(stopped)
    assert not stopped.output.exists()


def test_a_run_that_goes_on_repeats_no_step(stopped: Run) -> None:
    steps = [line["step"] for line in stopped.lines("metrics") if "loss" in line["values"]]
    assert steps == list(range(1, len(steps) + 1))


def test_evaluations_come_when_they_are_due(stopped: Run) -> None:
    told = [line["step"] for line in stopped.lines("metrics") if "eval_loss" in line["values"]]
    assert told[:2] == [0, 2]
    assert all(step % 2 == 0 for step in told)


def test_a_run_terminated_while_it_loads_says_so(make_run: MakeRun) -> None:
    run = make_run()
    process = run.start()
    run.wait_for((run.folder / "process.json").exists, process)
    process.send_signal(signal.SIGTERM)
    assert run.ended(process) == (0, "")
    line = run.lines()[-1]
    told = (line["kind"], line["reason"], line["step"], line["checkpoint"])
    assert told == ("stopped", "terminated", 0, None)
    assert run.lines("metrics") == []


def test_a_missing_model_fails_in_one_plain_sentence(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run(base=tmp_path / "nowhere")
    status, _ = run.ended(run.start())
    assert status == 1
    line = run.lines()[-1]
    assert line["kind"] == "failed"
    assert line["error"] == f"there is no model at {tmp_path / 'nowhere'}: it has no config.json"
    assert "Traceback" in line["traceback"]


def test_a_second_process_in_a_folder_gives_way(make_run: MakeRun) -> None:
    run = make_run()
    with (run.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        status, said = run.ended(run.start())
    assert status == 3
    assert "another process trains" in said
    assert run.lines() == []
    assert read_identity(run.folder) is None


def test_a_checkpoint_that_is_not_there_is_not_gone_on_from(make_run: MakeRun) -> None:
    run = make_run()
    status, _ = run.ended(run.start("--resume-step", "7"))
    assert status == 1
    line: Line = run.lines()[-1]
    assert line["error"] == "there is no whole checkpoint of step 7"
