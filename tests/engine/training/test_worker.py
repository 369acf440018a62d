"""The real process, on a model of a few kilobytes; processes start slowly, so tests share them."""

from __future__ import annotations

import fcntl
import json
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from engine.training import checkpoints
from engine.training.process import is_alive, read_identity, write_identity
from engine.training.worker import main

if TYPE_CHECKING:
    import torch

    from tests.engine.training.conftest import MakeRun, Process, Run

_EXACT = ("loss", "grad_norm", "learning_rate", "epoch")


@dataclass(frozen=True)
class Twins:
    """Two runs of one plan: one uninterrupted, one killed twice and resumed twice.

    The first kill falls into the training, after a checkpoint; the second one between putting the
    model into its place and telling of it.
    """

    whole: Run
    broken: Run
    total: int
    killed: list[int]
    resumed_from: list[int]


@pytest.fixture(
    scope="module",
    params=[
        # A pass takes 11 steps, the last one of a single example; 15 lies in the second pass.
        pytest.param(("lora", 22, {"lora_dropout": 0.1, "gradient_accumulation": 2}), id="lora"),
        # A pass takes 21 steps: 15 lies in the first one, and training is cut off in the second.
        pytest.param(("full", 30, {"max_steps": 30, "scheduler": "cosine"}), id="full"),
    ],
)
def twins(request: pytest.FixtureRequest, make_run: MakeRun) -> Twins:
    method, total, settings = request.param
    whole, broken = (make_run(method, **settings) for _ in range(2))
    uninterrupted, first = whole.start(), broken.start_to_die("metrics", 18)
    assert whole.ended(uninterrupted) == 0, whole.said
    killed = [broken.ended(first)]
    resumed_from = [_newest(broken)]
    again = broken.start_to_die("finished", total, "--resume-step", str(resumed_from[0]))
    killed.append(broken.ended(again))
    resumed_from.append(_newest(broken))
    last = broken.fork("--resume-step", str(resumed_from[1]))
    assert broken.ended(last) == 0, broken.said
    return Twins(whole, broken, total, killed, resumed_from)


def _newest(run: Run) -> int:
    step = checkpoints.latest_complete(run.folder)
    assert step is not None, run.said
    return step


def test_a_killed_run_goes_on_to_the_very_same_steps(twins: Twins) -> None:
    assert twins.killed == [-signal.SIGKILL, -signal.SIGKILL]
    assert twins.resumed_from == [15, twins.total]
    assert list(twins.broken.trained()) == list(range(1, twins.total + 1))
    assert _figures(twins.broken) == _figures(twins.whole)


def _figures(run: Run) -> dict[int, list[float]]:
    return {step: [values[name] for name in _EXACT] for step, values in run.trained().items()}


def test_a_killed_run_ends_with_the_very_same_weights(twins: Twins) -> None:
    import torch

    expected, found = (_weights(run.output) for run in (twins.whole, twins.broken))
    assert expected
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
    assert [line["step"] for line in finished] == [twins.total]
    assert finished[0]["evaluation"] == twins.whole.lines("finished")[0]["evaluation"]
    assert [path.name for path in twins.broken.output.parent.iterdir()] == ["result"]


def test_every_attempt_that_trains_says_where_it_starts(twins: Twins) -> None:
    started = twins.broken.lines("started")
    assert [(line["attempt"], line["from_step"]) for line in started] == [(1, 0), (2, 15)]
    assert {line["total_steps"] for line in started} == {twins.total}
    assert started[0]["environment"]["threads"] == 1


def test_a_finished_run_has_told_everything_in_order(twins: Twins) -> None:
    kinds = [line["kind"] for line in twins.whole.lines()]
    assert kinds[0] == "started"
    assert kinds[-1] == "finished"
    of_epoch = 11 if twins.total == 22 else 21
    saved = sorted({15, of_epoch, twins.total})
    assert [line["step"] for line in twins.whole.lines("checkpoint")] == saved
    assert list(twins.whole.trained()) == list(range(1, twins.total + 1))
    measured = ("tokens_per_second", "step_seconds", "memory_bytes")
    assert all(values[name] > 0 for values in twins.whole.trained().values() for name in measured)
    assert twins.whole.lines("message") == []


def test_a_finished_run_has_evaluated_before_and_after(twins: Twins) -> None:
    evaluation = twins.whole.lines("finished")[0]["evaluation"]
    assert evaluation["after"]["loss"] < evaluation["before"]["loss"]
    assert evaluation["after"]["examples"] == 5
    assert twins.whole.evaluated() == [0, twins.total]
    told = twins.whole.lines("metrics")[-1]["values"]
    assert told["eval_perplexity"] == evaluation["after"]["perplexity"]
    assert told["eval_accuracy"] == evaluation["after"]["accuracy"]


def test_the_learning_rate_rises_linearly_and_falls_again(twins: Twins) -> None:
    rates = [values["learning_rate"] for values in twins.whole.trained().values()]
    assert rates[0] == 0
    assert rates[1] == pytest.approx(max(rates) / 2)
    assert rates[2] == max(rates)
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert rates[-1] < max(rates) / 10


def test_an_epoch_is_one_pass(twins: Twins) -> None:
    steps_a_pass = 11 if twins.total == 22 else 21
    assert twins.whole.trained()[steps_a_pass]["epoch"] == 1.0


def test_nothing_is_written_outside_the_run_folder(twins: Twins) -> None:
    assert list(twins.whole.home.iterdir()) == []


def test_the_result_loads_and_says_what_made_it(twins: Twins) -> None:
    import json

    from transformers import AutoTokenizer

    note = json.loads((twins.whole.output / "training.json").read_text())
    assert note["job"] == "job_0000000001"
    assert note["step"] == twins.total
    assert AutoTokenizer.from_pretrained(twins.whole.output).chat_template
    names = {path.name for path in twins.whole.output.iterdir()}
    assert not {name for name in names if name.endswith((".bin", ".pt", ".pth"))}


def test_a_finished_process_is_not_alive(twins: Twins) -> None:
    identity = read_identity(twins.whole.folder)
    assert identity is not None
    assert is_alive(twins.whole.folder) == (False, f"process {identity.pid} is gone")


@pytest.fixture(scope="module")
def stopped(make_run: MakeRun) -> Run:
    """A long run, stopped by SIGTERM, gone on with, and then cancelled."""
    run = make_run("full", epochs=1000, evaluate_every=2)
    _stop(run, run.fork(), after=3)
    saved = _newest(run)
    _stop(run, run.fork("--resume-step", str(saved)), after=saved + 3, cancel=True)
    return run


def _stop(run: Run, process: Process, after: int, *, cancel: bool = False) -> None:
    run.wait_for(lambda: max(run.trained(), default=0) >= after, process)
    if cancel:
        (run.folder / "cancel-2").touch()
    process.send_signal(signal.SIGTERM)
    assert run.ended(process) == 0, run.said


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


def test_no_evaluation_is_lost_or_repeated_by_a_stop(stopped: Run) -> None:
    told = stopped.evaluated()
    last = stopped.lines()[-1]["step"]
    # The one at the very last step waits for the next attempt.
    assert told in (list(range(0, last + 1, 2)), list(range(0, last, 2)))


def test_the_two_newest_checkpoints_are_kept(stopped: Run) -> None:
    saved = [line["step"] for line in stopped.lines("checkpoint")]
    kept = {path.name for path in (stopped.folder / "checkpoints").iterdir()}
    assert kept == {f"checkpoint-{step}" for step in saved[-2:]}


def test_a_run_terminated_while_it_loads_says_so(make_run: MakeRun) -> None:
    run = make_run()
    process = run.start()
    run.wait_for((run.folder / "process.json").exists, process)
    assert is_alive(run.folder).alive
    process.send_signal(signal.SIGTERM)
    assert run.ended(process) == 0, run.said
    line = run.lines()[-1]
    told = (line["kind"], line["reason"], line["step"], line["checkpoint"])
    assert told == ("stopped", "terminated", 0, None)
    assert run.lines("metrics") == []


def test_a_run_cancelled_before_it_began_ends_at_once(make_run: MakeRun) -> None:
    run = make_run()
    (run.folder / "cancel-1").touch()
    assert run.ended(run.start()) == 0, run.said
    assert [(line["kind"], line.get("reason")) for line in run.lines()] == [
        ("stopped", "cancelled")
    ]


def test_a_run_is_cancelled_by_a_file_where_no_signal_reaches(make_run: MakeRun) -> None:
    run = make_run()
    process = run.start()
    run.wait_for((run.folder / "heartbeat").exists, process)
    (run.folder / "cancel-1").touch()
    assert run.ended(process) == 0, run.said
    line = run.lines()[-1]
    assert (line["kind"], line["reason"]) == ("stopped", "cancelled")
    assert not (run.folder / "heartbeat").exists()


def test_a_process_that_wakes_up_to_find_its_job_resumed_writes_nothing(make_run: MakeRun) -> None:
    run = make_run(epochs=1000, save_every=1)
    process = run.fork()
    run.wait_for(lambda: run.lines("checkpoint"), process)
    process.send_signal(signal.SIGSTOP)
    wait_until_stopped(process)
    identity = run.folder / "process.json"
    elsewhere = {"attempt": 2, "host": "far-away", "boot_id": "another-boot", "pid": 1}
    # As `write_identity` does: whole, in the place of the one before.
    written = json.dumps(json.loads(identity.read_text()) | elsewhere)
    identity.with_name("new").write_text(written)
    identity.with_name("new").replace(identity)
    told = (run.folder / "progress.jsonl").read_bytes()
    saved = checkpoints.latest_complete(run.folder)
    (run.folder / "heartbeat").touch()
    process.send_signal(signal.SIGCONT)
    assert run.ended(process) == 3
    assert "another process goes on in" in run.said
    assert (run.folder / "progress.jsonl").read_bytes() == told
    assert checkpoints.latest_complete(run.folder) == saved
    assert (run.folder / "heartbeat").exists()
    assert identity.read_text() == written


def wait_until_stopped(process: Process) -> None:
    deadline = time.monotonic() + 10
    while psutil.Process(process.pid).status() != psutil.STATUS_STOPPED:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_an_attempt_gives_way_to_a_later_one(make_run: MakeRun) -> None:
    run = make_run()
    write_identity(run.folder, attempt=3)
    assert run.ended(run.start("--attempt", "2")) == 3
    assert "a later attempt than 2 has begun" in run.said


def test_a_missing_model_fails_in_one_plain_sentence(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run(base=tmp_path / "nowhere")
    assert run.ended(run.start()) == 1
    [line] = run.lines()
    assert line["kind"] == "failed"
    assert line["error"] == f"there is no model at {tmp_path / 'nowhere'}: it has no config.json"
    assert "Traceback" in line["traceback"]


def test_a_second_process_in_a_folder_gives_way(make_run: MakeRun) -> None:
    run = make_run()
    with (run.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run.ended(run.start()) == 3
    assert "another process trains" in run.said
    assert run.lines() == []
    assert read_identity(run.folder) is None


def test_a_checkpoint_that_is_not_there_is_not_gone_on_from(make_run: MakeRun) -> None:
    run = make_run()
    assert run.ended(run.start("--resume-step", "7")) == 1
    assert run.lines()[-1]["error"] == "there is no whole checkpoint of step 7"


def test_a_run_folder_that_is_not_there_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path / "nowhere")])
    assert ended.value.code == 2
    assert f"there is no run folder {tmp_path / 'nowhere'}" in capsys.readouterr().err
