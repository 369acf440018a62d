"""What the first frame loads, seen in a clean interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.conftest import Story, running

HEAVY = (
    "apscheduler",
    "datasets",
    "httpx",
    "openai",
    "peft",
    "plotext",
    "pydantic",
    "sqlalchemy",
    "sqlmodel",
    "torch",
    "transformers",
    "typer",
)

SCRIPT = """
import asyncio, sys, threading
from pathlib import Path
from engine.lab import Lab
from engine.places import Places

home = Path(sys.argv[1])
lab = Lab(Places(home, home / "ftlab.db"), "ui")
before = []
begun = threading.Event()
lab.start_polling = begun.set

from tui.app import FtlabApp
from tui.widgets.job_list import JobRows

painted = JobRows.render_line
def render_line(self, y):
    strip = painted(self, y)
    if not before and "the-first" in strip.text:
        before.extend(sys.modules)
    return strip
JobRows.render_line = render_line

async def main():
    app = FtlabApp(lab)
    async with app.run_test(size=(120, 36)) as pilot:
        while not (before and begun.is_set()):
            await pilot.pause(0.01)
    lab.close()

asyncio.run(main())
print("\\n".join(before))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The modules that are loaded when the first row of the list is painted."""
    home = tmp_path_factory.mktemp("home")
    story = Story(home / "ftlab.db")
    story.job("1", *running(), name="the-first")
    story.log.database.close()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(home)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=Path(__file__).parents[2],
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("package", HEAVY)
def test_the_first_frame_with_jobs_loads_nothing_heavy(loaded: set[str], package: str) -> None:
    assert "tui.widgets.job_list" in loaded
    assert {name for name in loaded if name.partition(".")[0] == package} == set()


def test_the_first_frame_loads_no_other_screen_than_it_shows(loaded: set[str]) -> None:
    others = {f"tui.screens.{name}" for name in ("datasets", "models", "history", "chat")}
    assert not others & loaded
