"""Jobs beside each other on the screen."""

from __future__ import annotations

from rich.cells import cell_len

from engine.comparing.jobs import compare_jobs
from tests.tui.conftest import Drive, StillLab
from tui.ink import text_of
from tui.screens.compare import Compare, comparison_lines
from tui.screens.jobs import Jobs


async def test_marked_jobs_are_compared(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("space", "j", "space", "C")
        assert isinstance(ui.app.screen, Compare)
        await ui.until_shown(
            "gsm8k-5", "gsm8k-3", "status", "running", "interrupted", "eval_loss, best"
        )
        assert "smollm2" not in ui.screen_text()
        await ui.press("a")
        await ui.until_shown("base model", "smollm2-135m-instruct")
        await ui.press("escape")
        await ui.until(lambda: ui.app.screen is ui.jobs)


async def test_one_job_alone_is_not_compared(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("C")
        await ui.until(lambda: ui.told == ["mark two to 6 jobs with space, then compare them"])
        assert isinstance(ui.app.screen, Jobs)


def test_a_table_is_as_wide_as_its_columns_and_marks_the_best(lab: StillLab) -> None:
    found = compare_jobs(lab.database.reader, ["gsm8k-1", "gsm8k-2", "gsm8k-3"])
    for width in (60, 80, 120, 200):
        lines = [text_of(line) for line in comparison_lines(found, width, everything=True)]
        assert max(map(cell_len, lines)) <= max(width, 46)
    best = next(line for line in lines if line.startswith("loss, last"))
    assert best.count("*") == 1
