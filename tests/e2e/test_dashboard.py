"""`ftlab` in a real terminal: it opens, acts, and leaves the terminal as it was."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest

from tests.e2e.conftest import Ftlab
from tests.e2e.terminal import terminal

_EXAMPLE = Path(__file__).parents[2] / "ftlab.db.example"
_LEAVE_ALTERNATE_SCREEN = b"\x1b[?1049l"
_SHOW_CURSOR = b"\x1b[?25h"


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 36), (200, 60)])
def test_it_shows_the_jobs_and_leaves_the_terminal_as_it_was(
    ftlab: Ftlab, tmp_path: Path, columns: int, lines: int
) -> None:
    example = shutil.copy(_EXAMPLE, tmp_path)
    size = {"columns": columns, "lines": lines}
    with terminal("--db", example, environment=ftlab.environment, **size) as seen:
        seen.until_shown("first-try", "long-run", "too-hot", "interrupted", "eval_loss")
        seen.press("?")
        seen.until_shown("Return to the list of jobs")
        seen.press("\x1b")
        seen.until_shown("first-try", "q quit")
        seen.press("q")
        assert seen.until_ended() == 0
    assert _LEAVE_ALTERNATE_SCREEN in seen.sent
    assert seen.sent.rindex(_SHOW_CURSOR) > seen.sent.rindex(b"\x1b[?25l")
    assert b"\x1b[?1000h" not in seen.sent.partition(_LEAVE_ALTERNATE_SCREEN)[2]


def test_a_terminal_that_goes_away_ends_it(recorded: Ftlab) -> None:
    with terminal(environment=recorded.environment) as seen:
        seen.until_shown("broken-off")
        seen.process.kill(signal.SIGHUP)
        seen.until_ended(seconds=20)
    assert recorded.document("verify")["whole"]


@pytest.mark.slow
def test_a_job_is_watched_cancelled_and_resumed(with_sums: Ftlab, tiny_base: Path) -> None:
    plan = ("--max-steps", "100000", "--epochs", "9999", "--save-every", "50", "--suffix", "sums")
    job = with_sums.document("train", "sums/train", "--model", tiny_base, *plan)["job"]
    with terminal(environment=with_sums.environment, columns=120, lines=36) as seen:
        seen.until_shown("sums", "running", "loss")
        seen.press_until("c", "Cancel")
        seen.press("y")
        seen.until_shown("cancelled")
        seen.press_until("r", "Resume")
        seen.press("y")
        seen.until_shown("running")
        seen.press("q")
        assert seen.until_ended() == 0
    types = [event["type"] for event in with_sums.lines("history", f"job/{job}")]
    assert "JobCancelRequested" in types
    assert "JobResumed" in types
    # Leaving the dashboard leaves the training as it is.
    assert with_sums.document("jobs", "cancel", "sums")["status"] == "cancelled"
