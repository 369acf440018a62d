from __future__ import annotations

import ast
import copy
import json
import math
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

import ftlab
from engine.places import Places
from engine.training import layout
from engine.training.process import write_identity
from engine.training.progress import ProgressWriter
from store import ids
from tests.user_folder import UserFolder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FTLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Iterator[ftlab.Run]:
    ftlab._complained.clear()
    begun = ftlab.start("mine", {"learning_rate": 0.1})
    assert begun.folder is not None
    assert begun.folder.parent == home / "runs"
    yield begun
    begun.finish()


@pytest.fixture
def user(tmp_path: Path) -> UserFolder:
    return UserFolder.make(tmp_path / "user", tmp_path / "home")


def told(folder: Path | None) -> list[dict[str, Any]]:
    """Return what a progress file tells."""
    assert folder is not None
    return [json.loads(line) for line in (folder / layout.PROGRESS).read_text().splitlines()]


def points(folder: Path | None) -> list[tuple[int, dict[str, float]]]:
    return [(each["step"], each["values"]) for each in told(folder) if each["kind"] == "metrics"]


# What it needs, and that it does as the other parts do.


def test_it_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(Path(ftlab.__file__).read_text())
    named = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [n.name for n in node.names]
        )
    }
    assert named - set(sys.stdlib_module_names) == {"transformers"}


def test_importing_it_loads_no_more_than_it_needs() -> None:
    tell = "import sys; sys.path.insert(0, sys.argv[1]); import ftlab; print(*sys.modules)"
    folder = str(Path(ftlab.__file__).parent)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", tell, folder], capture_output=True, check=True, text=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "ftlab" in loaded
    assert not loaded & {
        "asyncio",
        "ctypes",
        "engine",
        "socket",
        "store",
        "subprocess",
        "tui",
        "typing",
    }
    assert loaded - {"ftlab"} <= set(sys.stdlib_module_names) | {"__main__"}


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"FTLAB_HOME": "/data/ftlab"},
        {"FTLAB_HOME": "~/ftlab"},
        {"FTLAB_HOME": "here"},
        {"FTLAB_HOME": ""},
        {"XDG_DATA_HOME": "/data/shared"},
        {"XDG_DATA_HOME": "relative"},
        {"HOME": "relative"},
    ],
)
def test_the_data_directory_is_where_the_other_parts_look_for_it(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FTLAB_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ftlab._home() == Places.find().home


def test_an_id_sorts_among_those_of_the_other_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    # A process's ids never go back, not even behind those of a test with a clock of its own.
    monkeypatch.setattr(ids, "_NUMBERS", ids._Numbers())
    made = []
    for _ in range(5):
        for make in (ftlab._new_id, lambda: ids.new_id("job")):
            made.append(make())
            time.sleep(0.002)
    assert made == sorted(made)
    assert {len(job) for job in made} == {15}


def test_a_process_names_itself_as_the_other_parts_would(tmp_path: Path) -> None:
    told, named = ftlab._identity(), asdict(write_identity(tmp_path))
    # The boot's own time is known to the second.
    for key, apart in (("create_time", 2.0), ("since_boot", 0.1)):
        assert told.pop(key) == pytest.approx(named.pop(key), abs=apart)
    assert told == named


def test_it_writes_the_lines_that_training_started_from_here_writes(
    run: ftlab.Run, tmp_path: Path
) -> None:
    run.log({"loss": 1.5}, 1)
    run.checkpoint("out")
    run._stopped("terminated")
    failing = ftlab.start("failing")
    failing.fail("because")
    finishing = ftlab.start("finishing")
    finishing.finish()
    lines = [*told(run.folder), *told(failing.folder), *told(finishing.folder)]

    writer = ProgressWriter(tmp_path / "progress")
    writer.started(attempt=1, from_step=0, total_steps=1, device="cpu", environment={})
    writer.metrics(1, {"loss": 1.5})
    writer.checkpoint(1, "out")
    writer.stopped(1, "terminated", 1)
    writer.failed("because", "")
    writer.finished(1)
    writer.close()
    for line in map(json.loads, (tmp_path / "progress").read_text().splitlines()):
        mine = next(each for each in lines if each["kind"] == line["kind"])
        assert mine.keys() - {"by"} == line.keys()
        assert type(mine["at"]) is float


# Metrics.


def test_what_was_logged_is_in_the_file_when_the_call_returns(run: ftlab.Run) -> None:
    for step in range(1, 4):
        run.log({"loss": step / 7, "learning rate": 1e-05}, step=step)
        assert points(run.folder)[-1] == (step, {"loss": step / 7, "learning rate": 1e-05})


def test_steps_left_out_are_counted(run: ftlab.Run) -> None:
    run.log({"loss": 1.0})
    run.log({"loss": 1.0})
    run.log({"loss": 1.0}, step=10)
    run.log({"loss": 1.0})
    run.log({"loss": 1.0}, step=10)
    run.log({"eval_loss": 1.0}, step=3)
    run.log({"loss": 1.0})
    assert [step for step, _ in points(run.folder)] == [1, 2, 10, 11, 10, 3, 4]


def test_numbers_of_all_kinds_are_logged(
    run: ftlab.Run, capsys: pytest.CaptureFixture[str]
) -> None:
    import numpy as np
    import torch

    values = {
        "whole": 3,
        "nan": float("nan"),
        "infinite": float("inf"),
        "less": -float("inf"),
        "float32": np.float32(0.1),
        "int64": np.int64(7),
        "array": np.array([2.5]),
        "tensor": torch.tensor(0.25, requires_grad=True),
        "yes": True,
        "ünï \ud800": 1.0,
    }
    run.log(values, step=np.int64(4))  # type: ignore[arg-type]
    [(step, found)] = points(run.folder)
    assert step == 4
    assert math.isnan(found.pop("nan"))
    assert found == {
        "whole": 3.0,
        "infinite": math.inf,
        "less": -math.inf,
        "float32": float(np.float32(0.1)),
        "int64": 7.0,
        "array": 2.5,
        "tensor": 0.25,
        "yes": 1.0,
        "ünï \\ud800": 1.0,
    }
    assert capsys.readouterr().err == ""


def test_what_is_no_number_is_left_out_and_told_once(
    run: ftlab.Run, capsys: pytest.CaptureFixture[str]
) -> None:
    import numpy as np

    odd = {"word": "1.5", "none": None, "many": np.zeros(3), "huge": 10**400, "self": run}
    for _ in range(3):
        run.log({"loss": 1.0, **odd}, step=1)
        run.log(odd, step=2)
    assert points(run.folder) == [(1, {"loss": 1.0})] * 3
    said = capsys.readouterr().err.splitlines()
    assert len(said) == len(odd)
    assert said[0] == "ftlab: word is not logged: TypeError: a str is no number"


@pytest.mark.parametrize("step", ["x", float("nan"), 2**60, [1], object()])
def test_a_step_that_is_none_costs_no_metrics(run: ftlab.Run, step: Any) -> None:  # noqa: ANN401
    run.log({"loss": 1.0}, step=5)
    run.log({"loss": 2.0}, step=step)
    assert points(run.folder) == [(5, {"loss": 1.0}), (6, {"loss": 2.0})]


@pytest.mark.parametrize("metrics", [None, 1, ["loss"], {"loss"}])
def test_what_are_no_metrics_never_raises(run: ftlab.Run, metrics: Any) -> None:  # noqa: ANN401
    run.log(metrics)
    assert points(run.folder) == []


# What is recorded of the run.


@pytest.mark.usefixtures("home")
def test_a_configuration_may_be_of_any_kind() -> None:
    @dataclass
    class Config:
        lr: float = 0.1
        layers: tuple[int, ...] = (1, 2)

    for config in (Config(), Namespace(lr=0.1, layers=[1, 2]), {"lr": 0.1, "layers": [1, 2]}):
        run = ftlab.start("mine", config)
        assert run.folder is not None
        described = json.loads((run.folder / "script.json").read_text())
        assert described["config"] == {"lr": 0.1, "layers": [1, 2]}
        run.finish()


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("config", ["words", ["a", "b"], 7])
def test_a_configuration_of_no_kind_is_kept_as_it_is(config: object) -> None:
    run = ftlab.start("mine", config)
    assert run.folder is not None
    described = json.loads((run.folder / "script.json").read_text())
    assert described["config"] == {"config": config}
    run.finish()


@pytest.mark.usefixtures("home")
def test_values_that_json_does_not_know_become_text() -> None:
    import numpy as np

    config = {
        "a": {1: Path("/x")},
        "b": float("nan"),
        "c": np.float32(0.5),
        "d": "\ud800",
        5: {2},
    }
    run = ftlab.start("odd", config)
    assert run.folder is not None
    described = json.loads((run.folder / "script.json").read_text())
    assert described["config"] == {"a": {"1": "/x"}, "b": "nan", "c": 0.5, "d": "\\ud800", "5": [2]}
    run.finish()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["--lr", "0.1", "--eos-token", "<end>"], ["--lr", "0.1", "--eos-token", "<end>"]),
        (["--api-key", "abc", "x"], ["--api-key", "(hidden)", "x"]),
        (["--key", "abc"], ["--key", "(hidden)"]),
        (["--hf_token=abc"], ["--hf_token=(hidden)"]),
        (["--password", "--lr"], ["--password", "--lr"]),
        (["WANDB_API_KEY=abc"], ["WANDB_API_KEY=(hidden)"]),
        (["model.apiKey=abc"], ["model.apiKey=(hidden)"]),
        (["sk-proj-abcdefghijklmnop"], ["(hidden)"]),
        (["hf_abcdefghijklmnopqrst"], ["(hidden)"]),
        (["https://me:secret@host/x"], ["https://(hidden)@host/x"]),
        (['{"api_key": "abcdefgh"}'], ['{"api_key": "(hidden)"}']),
        (["--max-new-tokens", "5"], ["--max-new-tokens", "5"]),
    ],
)
def test_a_command_line_is_recorded_without_its_secrets(words: list[str], shown: list[str]) -> None:
    assert ftlab._command(words) == shown


def test_the_environment_is_recorded_with_the_commit_of_the_scripts_folder(
    user: UserFolder,
) -> None:
    git = ["git", "-C", str(user.folder), "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "steps.py"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *words], check=True)
    assert user.run("steps.py", 3, 0.5, "--token", "abc").returncode == 0
    [run] = user.runs
    environment = [each for each in told(run) if each["kind"] == "started"][-1]["environment"]
    commit = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert environment["git_commit"] == commit.stdout.strip()
    assert environment["git_dirty"] is True
    assert environment["command"][1:] == ["steps.py", "3", "0.5", "--token", "(hidden)"]
    assert environment["seeds"] == {"seed": 7}
    assert environment["python"] == sys.version.split()[0]


@pytest.mark.parametrize("variable", ["RANK", "SLURM_PROCID"])
def test_only_the_first_of_several_processes_logs(
    home: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "1")
    with ftlab.start("silent") as silent:
        silent.log({"loss": 1.0})
        silent.checkpoint("out")
        assert not silent.stop_requested
    assert not home.exists()
    with ftlab.start("loud", all_ranks=True) as loud:
        loud.log({"loss": 1.0})
    assert loud.name == "loud-rank1"
    assert points(loud.folder) == [(1, {"loss": 1.0})]


# How it ends.


def test_a_run_ends_once(run: ftlab.Run, capsys: pytest.CaptureFixture[str]) -> None:
    run.finish()
    run.finish()
    run.fail("too late")
    run.log({"loss": 1.0})
    run.log({"loss": 1.0})
    assert [each["kind"] for each in told(run.folder)][-1] == "finished"
    assert capsys.readouterr().err == "ftlab: mine has ended: what comes is not logged\n"


@pytest.mark.parametrize(
    ("way", "status", "kind", "words"),
    [
        ("finish", 0, "finished", None),
        ("plain-finish", 0, "finished", None),
        ("error", 1, "failed", "ValueError: no gradient, with (hidden) in it"),
        ("plain-error", 1, "failed", "ValueError: no gradient, with (hidden) in it"),
        ("interrupt", -signal.SIGINT, "stopped", "stopped by Ctrl-C"),
        ("plain-interrupt", -signal.SIGINT, "stopped", "stopped by Ctrl-C"),
        ("exit-0", 0, "finished", None),
        ("exit-3", 3, "failed", "the script ended with status 3"),
        ("exit-143", 143, "stopped", "asked to end (SIGTERM)"),
        ("plain-forget", 0, "stopped", "its script ended without run.finish()"),
        ("plain-exit-3", 3, "stopped", "its script ended without run.finish()"),
    ],
)
def test_how_a_script_ends_is_told(
    user: UserFolder, way: str, status: int, kind: str, words: str | None
) -> None:
    assert user.run("ending.py", way).returncode == status
    [run] = user.runs
    last = told(run)[-1]
    assert (last["kind"], last.get("error") or last.get("by")) == (kind, words)
    if kind == "failed" and "error" in way:
        assert "in end" in last["traceback"]


def test_a_signal_ends_a_busy_process_at_once_and_leaves_a_note(user: UserFolder) -> None:
    with user.running("ending.py", "busy") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "busy\n"
        process.terminate()
        assert process.wait(10) == -signal.SIGTERM
    [run] = user.runs
    assert 'ending.py", line' in (run / "sigterm").read_text()


@pytest.mark.parametrize("steps", [1, 1000])
def test_nothing_is_lost_when_the_process_is_killed_after_a_call(
    user: UserFolder, steps: int
) -> None:
    assert user.run("killed.py", steps).returncode == -signal.SIGKILL
    [run] = user.runs
    assert [step for step, _ in points(run)] == list(range(1, steps + 1))


def test_a_users_modules_of_the_same_names_are_left_alone(user: UserFolder) -> None:
    done = user.run("steps.py", 2, 0)
    assert (done.returncode, done.stderr) == (0, "")


def test_threads_and_forked_children_log_whole_lines(user: UserFolder) -> None:
    done = user.run("forking.py")
    assert (done.returncode, done.stderr) == (0, "")
    [run] = user.runs
    lines = told(run)
    counted: dict[str, int] = {}
    for _, values in points(run):
        for name in values:
            counted[name] = counted.get(name, 0) + 1
    assert counted == dict.fromkeys(("child", *(f"thread_{n}" for n in range(4))), 500)
    assert [each["kind"] for each in lines].count("finished") == 1
    assert lines[-1]["kind"] == "finished"


# Trouble.


def test_a_home_that_cannot_be_made_is_told_once_and_the_training_goes_on(
    user: UserFolder,
) -> None:
    user.home.write_text("a file")
    done = user.run("steps.py", 3, 0)
    assert (done.returncode, done.stdout) == (0, "1\n2\n3\n")
    [said] = done.stderr.splitlines()
    assert said.startswith("ftlab: this run is not logged: ")


def test_a_run_that_cannot_begin_leaves_nothing_behind(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_run: ftlab.Run) -> None:
        raise OSError("no room")

    monkeypatch.setattr(ftlab.Run, "_started", refuse)
    ftlab._complained.clear()
    run = ftlab.start("mine")
    run.log({"loss": 1.0})
    run.finish()
    assert (run.folder, run.id) == (None, "")
    assert list((home / "runs").iterdir()) == []
    assert capsys.readouterr().err == "ftlab: this run is not logged: no room\n"


def test_a_full_disk_is_told_once_and_logging_goes_on_when_there_is_room(user: UserFolder) -> None:
    done = user.run("full_disk.py")
    assert (done.returncode, done.stdout) == (0, "trained\n")
    assert len(done.stderr.splitlines()) <= 2
    [run] = user.runs
    found = []
    for line in (run / layout.PROGRESS).read_text().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            found.append({"kind": "torn"})
    kinds = [each["kind"] for each in found]
    assert kinds.count("torn") == 1
    assert kinds[-1] == "finished"
    steps = [each["step"] for each in found if each["kind"] == "metrics"]
    assert steps == [*range(1, 50), *range(60, 101)]


@pytest.mark.usefixtures("run")
def test_a_folder_that_is_gone_is_told_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ftlab, "_BEAT_SECONDS", 0.01)
    other = ftlab.start("other")
    assert other.folder is not None
    shutil.rmtree(other.folder)
    said: list[str] = []
    while not said:
        time.sleep(0.05)
        said += capsys.readouterr().err.splitlines()
    time.sleep(0.1)
    other.log({"loss": 1.0})
    other.checkpoint("out")
    other.finish()
    said += capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert f"its folder {other.folder} cannot be written" in said[0]


def test_a_closed_standard_error_changes_nothing(
    run: ftlab.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    run.log({"loss": "word"})
    run.log({"loss": 1.0})
    assert points(run.folder) == [(2, {"loss": 1.0})]


def test_a_run_can_be_copied_and_sent_to_another_process(run: ftlab.Run) -> None:
    assert copy.deepcopy({"run": run})["run"] is run
    sent: ftlab.Run = pickle.loads(pickle.dumps(run))  # noqa: S301 - made here
    sent.log({"loss": 1.0}, 3)
    sent.finish()
    assert told(run.folder)[-1]["kind"] == "metrics"
    os.close(sent._file)


@pytest.mark.usefixtures("home")
def test_a_run_hears_that_it_shall_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ftlab, "_BEAT_SECONDS", 0.01)
    with ftlab.start("mine") as run:
        assert run.folder is not None
        asked = run.stop_requested
        assert not asked
        layout.cancel(run.folder, 1).touch()
        deadline = time.monotonic() + 30
        while not asked:
            assert time.monotonic() < deadline
            time.sleep(0.01)
            asked = run.stop_requested
    assert told(run.folder)[-1]["reason"] == "cancelled"


# transformers' Trainer.


@pytest.mark.parametrize("own", [False, True])
def test_a_trainer_is_logged(user: UserFolder, tiny_base: Path, own: bool) -> None:
    done = user.run("trainer.py", tiny_base, user.folder / "out", 4, *(["own"] if own else []))
    assert done.returncode == 0, done.stderr
    [run] = user.runs
    lines = told(run)
    described = json.loads((run / "script.json").read_text())
    logged = dict.fromkeys(name for _, values in points(run) for name in values)
    assert {"loss", "grad_norm", "learning_rate", "eval_loss", "eval_perplexity"} <= set(logged)
    losses = [step for step, values in points(run) if "loss" in values]
    assert losses == [1, 2, 3, 4]
    saved = [Path(each["path"]).name for each in lines if each["kind"] == "checkpoint"]
    assert saved == ["checkpoint-2", "checkpoint-4"]
    started = [each for each in lines if each["kind"] == "started"]
    assert started[-1]["total_steps"] == 4
    assert started[-1]["device"] == "cpu"
    assert lines[-1]["kind"] == "finished"
    # After the training it was evaluated once more.
    assert [step for step, values in points(run) if "eval_loss" in values] == [2, 4, 4]
    if own:
        assert described["config"] == {"notes": "mine"}
        assert started[-1]["environment"]["trainer"]["seed"] == 11
    else:
        assert described["name"] == "out"
        assert described["config"]["learning_rate"] == 0.001
        assert described["config"]["base_model"] == str(tiny_base)


def test_there_is_nothing_else_to_import() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        ftlab.nothing  # noqa: B018
