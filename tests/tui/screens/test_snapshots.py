"""Pictures of the main states of the jobs and the help."""

from __future__ import annotations

import pytest

from tests.tui.conftest import Driven, StillLab
from tests.tui.screens.pictures import NARROW, SIZES, Compare, same


@pytest.mark.parametrize("size", [*SIZES, NARROW])
def test_several_jobs_with_curves(
    snap_compare: Compare, lab: StillLab, size: tuple[int, int]
) -> None:
    async def steps(ui: Driven) -> None:
        await ui.until_shown("gsm8k-5" if size[0] < 60 else "━ loss 1.211")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_a_failed_job(snap_compare: Compare, lab: StillLab, size: tuple[int, int]) -> None:
    async def steps(ui: Driven) -> None:
        await ui.press("j", "j", "j", "1")
        await ui.until_shown("✗ failed: out of memory")
        await ui.until(lambda: ui.panel.view.shown == "job_2")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_the_history_of_an_interrupted_job(
    snap_compare: Compare, lab: StillLab, size: tuple[int, int]
) -> None:
    async def steps(ui: Driven) -> None:
        await ui.press("j", "j", "4")
        await ui.until_shown("! gsm8k-3  interrupted", "checkpoint saved at step 40")
        await ui.until(lambda: ui.panel.view.shown == "job_3")

    assert same(snap_compare, lab, size, steps)


def test_the_table_of_metrics_with_the_whole_screen(snap_compare: Compare, lab: StillLab) -> None:
    async def steps(ui: Driven) -> None:
        await ui.press("enter", "3")
        await ui.until_shown("learning_rate", "HIGHEST")

    assert same(snap_compare, lab, (80, 24), steps)


@pytest.mark.parametrize("size", SIZES)
def test_no_jobs(snap_compare: Compare, empty_lab: StillLab, size: tuple[int, int]) -> None:
    async def steps(ui: Driven) -> None:
        await ui.until_shown("There are no jobs yet.")

    assert same(snap_compare, empty_lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_a_question(snap_compare: Compare, lab: StillLab, size: tuple[int, int]) -> None:
    async def steps(ui: Driven) -> None:
        await ui.until_shown("━ loss 1.211")
        await ui.press("c")
        await ui.until_shown("Cancel gsm8k-5?")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_the_help(snap_compare: Compare, lab: StillLab, size: tuple[int, int]) -> None:
    async def steps(ui: Driven) -> None:
        await ui.press("question_mark")
        await ui.until_shown("Ask the selected job to stop")

    assert same(snap_compare, lab, size, steps)
