"""`ftlab demo` with a model of a few kilobytes in the place of the embedded one."""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path

import pytest

from engine import demo
from tests.e2e.conftest import Ftlab
from tests.e2e.terminal import terminal

_STEPS = ("--steps", "8")


@pytest.fixture
def prepared(ftlab: Ftlab, tiny_base: Path) -> Ftlab:
    """The command, with the base model of the demonstration as a first run leaves it: converted."""
    shutil.copytree(tiny_base, ftlab.home / "models" / "base" / demo.BASE_MODEL)
    return ftlab


def test_it_goes_from_the_sample_to_a_comparison_and_shows_it_again_at_once(
    prepared: Ftlab,
) -> None:
    first = prepared("demo", *_STEPS, "--no-ui")
    assert first.status == 0, first.err
    for text in ("160 for train", "demo succeeded", "held-out examples", "The base model answers"):
        assert text in first.out
    _check_result(prepared)
    again = prepared("demo", *_STEPS, "--no-ui")
    assert again.status == 0, again.err
    told = "A held-out question"
    assert again.out.partition(told)[2] == first.out.partition(told)[2]
    _check_result(prepared)


def _check_result(ftlab: Ftlab) -> None:
    """See that there is one of each: nothing was done twice."""
    [job] = ftlab.rows("jobs")
    assert (job["status"], job["step"]) == ("succeeded", 8)
    assert len(ftlab.rows("models")) == 1
    assert {row["name"]: row["version"] for row in ftlab.rows("data", "list")} == dict.fromkeys(
        ("demo", "demo/train", "demo/validation", "demo/test"), 1
    )
    turns = ftlab.lines("history", "--type", "ChatTurnRecorded")
    assert [turn["data"]["finish_reason"] for turn in turns].count("length") == 2
    assert ftlab.document("verify")["whole"]


def test_interrupted_anywhere_it_goes_on_when_run_again(prepared: Ftlab) -> None:
    """Ctrl-C comes later every time, until it comes too late."""
    patience = 0.3
    statuses: list[int] = []
    while not statuses or statuses[-1] != 0:
        with prepared.running("demo", *_STEPS, "--no-ui") as process:
            deadline = time.monotonic() + patience
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            _, complaints = process.communicate(timeout=60)
        statuses.append(process.returncode)
        # Killed by it: the interpreter itself was still starting.
        assert process.returncode in (0, 130, -signal.SIGINT), complaints
        assert "Traceback" not in complaints
        patience = patience * 1.2 + 0.1
    assert len(statuses) > 3
    _check_result(prepared)


def test_interrupted_in_a_terminal_it_tells_how_to_go_on(prepared: Ftlab) -> None:
    steps = ("--steps", "3000")
    with terminal("demo", *steps, environment=prepared.environment) as seen:
        seen.until_shown("demo running", "loss")
        seen.press("\x03")
        assert seen.until_ended() == 130
        assert "demo goes on" in seen.shown()
        assert "ftlab jobs follow demo" in seen.shown()
    assert prepared.document("jobs", "cancel", "demo")["status"] == "cancelled"


def test_at_the_end_it_opens_the_dashboard(prepared: Ftlab) -> None:
    with terminal("demo", *_STEPS, environment=prepared.environment) as seen:
        seen.until_shown("✓ 1 succeeded", "q quit", seconds=120)
        seen.press("q")
        assert seen.until_ended() == 0


def test_its_help_names_its_steps(ftlab: Ftlab) -> None:
    assert f"[default: {demo.STEPS}]" in ftlab("demo", "--help").out
