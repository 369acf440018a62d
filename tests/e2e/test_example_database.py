"""The database that comes with ftlab, made of real runs, is whole and can be looked around in."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from engine.lab import Lab
from engine.places import Places
from tests.e2e.conftest import Ftlab
from tui.app import FtlabApp

_EXAMPLE = Path(__file__).parents[2] / "ftlab.db.example"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy, so that looking leaves the original as it is."""
    return Path(shutil.copy(_EXAMPLE, tmp_path))


def test_it_verifies(ftlab: Ftlab, example: Path) -> None:
    outcome = ftlab.document("verify", "--db", example)
    assert outcome["whole"]
    assert outcome["events"] > 50


def test_it_holds_jobs_that_finished_were_cancelled_and_were_interrupted(
    ftlab: Ftlab, example: Path
) -> None:
    statuses = {job["name"]: job["status"] for job in ftlab.rows("jobs", "--db", example)}
    assert set(statuses.values()) == {"succeeded", "cancelled", "interrupted"}
    resumed = ftlab.lines("history", "--type", "JobResumed", "--db", example)
    assert len(resumed) == 1
    models = ftlab.rows("models", "--db", example)
    assert all(model["perplexity_after"] < model["perplexity_before"] for model in models)


def test_it_speaks_of_no_machine_of_its_makers(example: Path) -> None:
    content = example.read_bytes()
    assert not re.search(rb"/(root|home|work|Users)/", content)
    assert b"ada@workstation" in content


def test_a_read_only_copy_opens(ftlab: Ftlab, example: Path) -> None:
    example.chmod(0o444)
    example.parent.chmod(0o555)
    try:
        assert ftlab.rows("jobs", "--db", example)
    finally:
        example.parent.chmod(0o755)


async def test_the_dashboard_shows_it(example: Path, tmp_path: Path) -> None:
    with Lab(Places.find(tmp_path / "home", example), role="ui") as lab:
        app = FtlabApp(lab)
        async with app.run_test(size=(120, 36)) as pilot:
            for _ in range(100):
                await pilot.pause(0.05)
                picture = app.export_screenshot()
                if "first-try" in picture:
                    break
    shown = picture.replace("&#160;", " ")
    for name in ("first-try", "too-hot", "long-run", "low-rank"):
        assert name in shown


def test_looking_does_not_change_the_file(ftlab: Ftlab, example: Path) -> None:
    before = example.read_bytes()
    assert ftlab("jobs", "--db", example).status == 0
    assert ftlab("history", "--db", example).status == 0
    assert example.read_bytes() == before
