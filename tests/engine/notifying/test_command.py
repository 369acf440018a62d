"""The user's command: what it is told, what it is not, and when its time is over."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import psutil
import pytest

from engine.notifying import message
from engine.notifying.command import is_there, run
from engine.notifying.message import Message
from engine.places import Places
from store.queries.jobs import JobDetail
from store.queries.notifications import End

_AS_JSON = (
    "import json, os, sys; json.dump(dict(os.environ), open('env.json', 'w')); "
    "open('stdin.json', 'w').write(sys.stdin.read())"
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path, tmp_path / "ftlab.db")


def _detail(name: str, **known: object) -> JobDetail:
    nothing = dict.fromkeys(JobDetail.__slots__)
    return JobDetail(**(nothing | {"id": "job_1", "name": name} | known))  # type: ignore[arg-type]


def _message(name: str = "run", reason: str | None = None, **known: object) -> Message:
    end = End(9, "job/job_1", 3, "failed", "2026-11-21T12:00:00.000000Z", reason)
    return message.of_end(_detail(name, **known), end)


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_it_gets_the_facts_as_variables_and_as_json(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("FTLAB_NOTIFY_URL", "https://hooks.example.com/secret")
    told = _message("gsm8k", "out of memory", loss=0.5, provider="local", step=7, total_steps=9)
    assert run(_python(_AS_JSON), told, places) == (True, "exit status 0", "")
    around = json.loads((places.home / "env.json").read_text())
    expected = {
        "FTLAB_TEXT": "gsm8k failed: out of memory",
        "FTLAB_JOB_ID": "job_1",
        "FTLAB_JOB_NAME": "gsm8k",
        "FTLAB_JOB_STATUS": "failed",
        "FTLAB_JOB_REASON": "out of memory",
        "FTLAB_JOB_PROVIDER": "local",
        "FTLAB_JOB_STEP": "7",
        "FTLAB_JOB_TOTAL_STEPS": "9",
        "FTLAB_LOSS": "0.5",
        "FTLAB_EVAL_LOSS": "",
        "FTLAB_HOME": str(places.home),
        "FTLAB_DB": str(places.database),
    }
    assert expected.items() <= around.items()
    assert "secret" not in json.dumps(around)
    said = json.loads((places.home / "stdin.json").read_text())
    assert (said["text"], said["job"]["loss"]) == ("gsm8k failed: out of memory", 0.5)


@pytest.mark.parametrize("name", ["$(touch injected)", "`touch injected`", ";touch injected", "\0"])
def test_no_shell_sees_what_it_is_told(places: Places, name: str) -> None:
    outcome = run(["echo", "; touch injected"], _message(name, name), places)
    assert outcome == (True, "exit status 0", "; touch injected")
    assert not (places.home / "injected").exists()


@pytest.mark.parametrize(
    ("code", "what"),
    [("raise SystemExit(3)", "exit status 3"), ("import os; os.kill(os.getpid(), 9)", "signal 9")],
)
def test_a_command_that_fails_is_told(places: Places, code: str, what: str) -> None:
    assert run(_python(code), _message(), places)[:2] == (False, what)


def test_a_command_that_is_not_there_is_told(places: Places) -> None:
    assert run(["no-such-thing"], _message(), places) == (
        False,
        "no-such-thing cannot be run: No such file or directory",
        "",
    )
    assert not is_there(["no-such-thing"], places)


def test_a_command_beside_the_settings_is_found(places: Places) -> None:
    script = places.home / "tell.sh"
    script.write_text("#!/bin/sh\npwd\n")
    assert not is_there(["./tell.sh"], places)
    script.chmod(0o755)
    assert is_there(["./tell.sh"], places)
    assert run(["./tell.sh"], _message(), places).said == str(places.home)


def test_its_time_is_limited_for_what_it_started_too(places: Places) -> None:
    code = (
        "import os, subprocess, sys, time; print('begun', flush=True); "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
        "open('pid', 'w').write(str(child.pid)); time.sleep(600)"
    )
    outcome = run(_python(code), _message(), places, seconds=1.5)
    assert outcome == (False, "it was killed: it did not end within 1.5 s", "begun")
    child = int((places.home / "pid").read_text())
    deadline = time.monotonic() + 30
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_only_the_end_of_what_it_prints_is_kept(places: Places) -> None:
    outcome = run(_python("print('x' * 5_000_000); print('the end')"), _message(), places)
    assert outcome.ok
    assert outcome.said.endswith("xxx\nthe end")
    assert len(outcome.said) == 300


def test_what_it_leaves_running_keeps_nobody_waiting(places: Places) -> None:
    outcome = run(["sh", "-c", "sleep 20 & echo done"], _message(), places)
    assert outcome == (True, "exit status 0", "done")


def test_odd_numbers_and_texts_are_told_as_json() -> None:
    told = _message("lone \ud800", "r" * 9000, loss=float("nan"), eval_loss=float("inf"))
    said = json.loads(told.as_json())
    assert (said["job"]["loss"], said["job"]["eval_loss"]) == (None, None)
    assert len(said["text"]) <= 2000
    assert all("\0" not in value for value in told.environment().values())
