"""`ftlab demo` with a model of a few kilobytes in the place of the embedded one."""

from __future__ import annotations

import re
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from engine import demo
from tests.e2e.commands import Finished
from tests.e2e.conftest import Ftlab
from tests.e2e.terminal import terminal

_STEPS = ("--steps", "8")
_INTERRUPTIONS = 9
_FEW_STEPS = ("--steps", "3")


@pytest.fixture
def prepared(ftlab: Ftlab, tiny_base: Path) -> Ftlab:
    """The command, with the base model of the demonstration as a first run leaves it: converted."""
    return _with_base(ftlab, tiny_base)


def _with_base(ftlab: Ftlab, base: Path) -> Ftlab:
    shutil.copytree(base, ftlab.home / "models" / "base" / demo.BASE_MODEL)
    return ftlab


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, tiny_base: Path) -> tuple[Ftlab, Finished]:
    """The command where the demonstration has run, and what that gave."""
    ftlab = _with_base(Ftlab(tmp_path_factory.mktemp("demo") / "home"), tiny_base)
    return ftlab, ftlab("demo", *_STEPS, "--no-ui")


def test_it_goes_from_the_sample_to_a_comparison_and_shows_it_again_at_once(
    shown: tuple[Ftlab, Finished],
) -> None:
    ftlab, first = shown
    assert first.status == 0, first.err
    for text in ("160 for train", "demo succeeded", "held-out examples", "The base model answers"):
        assert text in first.out
    _check_result(ftlab)
    again = ftlab("demo", *_STEPS, "--no-ui")
    assert again.status == 0, again.err
    told = "A held-out question"
    assert again.out.partition(told)[2] == first.out.partition(told)[2]
    _check_result(ftlab)


def _check_result(ftlab: Ftlab, steps: int = 8) -> None:
    """See that there is one of each: nothing was done twice."""
    [job] = ftlab.rows("jobs")
    assert (job["status"], job["step"]) == ("succeeded", steps)
    assert len(ftlab.rows("models")) == 1
    assert {row["name"]: row["version"] for row in ftlab.rows("data", "list")} == dict.fromkeys(
        ("demo", "demo/train", "demo/validation", "demo/test"), 1
    )
    turns = ftlab.lines("history", "--type", "ChatTurnRecorded")
    assert [turn["data"]["finish_reason"] for turn in turns].count("length") == 2
    assert ftlab.document("verify")["whole"]


@pytest.mark.slow
def test_interrupted_anywhere_it_goes_on_when_run_again(prepared: Ftlab) -> None:
    """Ctrl-C comes whenever something is recorded, and while nothing is, a few times."""
    patience = 0.3
    statuses: list[int] = []
    while len(statuses) < _INTERRUPTIONS and 0 not in statuses:
        before = _recorded(prepared)
        with prepared.running("demo", *_FEW_STEPS, "--no-ui") as process:
            deadline = time.monotonic() + patience
            while process.poll() is None and time.monotonic() < deadline:
                if _recorded(prepared) > before:
                    break
                time.sleep(0.02)
            else:
                patience *= 2
            process.send_signal(signal.SIGINT)
            _, complaints = process.communicate(timeout=60)
        statuses.append(process.returncode)
        _check_interrupted(process.returncode, complaints)
    assert statuses.count(130) >= 3
    last = prepared("demo", *_FEW_STEPS, "--no-ui")
    if last.status == 1:
        # A process that was about to start is found gone; the next run goes on with the job.
        assert "goes on from" in last.out
        last = prepared("demo", *_FEW_STEPS, "--no-ui")
    assert last.status == 0, last.err
    _check_result(prepared, steps=3)


def _check_interrupted(status: int, complaints: str) -> None:
    if status in (0, 130):
        assert "Traceback" not in complaints
        return
    # The interpreter was still starting, and says so in its own way.
    assert status == -signal.SIGINT or "Fatal Python error" in complaints, complaints
    assert not re.search(r'tui/cli/__init__\.py", line \d+, in main', complaints), complaints


def _recorded(ftlab: Ftlab) -> int:
    """Return how many events there are."""
    if not ftlab.database.exists():
        return 0
    with closing(sqlite3.connect(f"{ftlab.database.as_uri()}?mode=ro", uri=True)) as database:
        if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'event'").fetchone():
            return 0
        (count,) = database.execute("SELECT count(*) FROM event").fetchone()
        assert isinstance(count, int)
        return count


def test_interrupted_in_a_terminal_it_tells_how_to_go_on(prepared: Ftlab) -> None:
    steps = ("--steps", "3000")
    with terminal("demo", *steps, environment=prepared.environment) as seen:
        seen.until_shown("demo running", "loss")
        seen.press("\x03")
        assert seen.until_ended() == 130
        assert "demo goes on" in seen.shown()
        assert "ftlab jobs follow demo" in seen.shown()
    assert prepared.document("jobs", "cancel", "demo")["status"] == "cancelled"


def test_at_the_end_it_opens_the_dashboard(shown: tuple[Ftlab, Finished]) -> None:
    with terminal("demo", *_STEPS, environment=shown[0].environment) as seen:
        seen.until_shown("✓ 1 succeeded", "q quit")
        seen.press("q")
        assert seen.until_ended() == 0


def test_its_help_names_its_steps(ftlab: Ftlab) -> None:
    assert f"[default: {demo.STEPS}]" in ftlab("demo", "--help").out
