"""Pictures of comparisons."""

from __future__ import annotations

import pytest

from tests.tui.conftest import Driven, StillLab, Story
from tests.tui.screens.compared import six_jobs, two_models
from tests.tui.screens.pictures import NARROW, SIZES, SMALL, Compare, same
from tui.screens.compare import Compare as Comparing


@pytest.mark.parametrize("size", [*SIZES, NARROW])
def test_what_differs_between_six_jobs_of_long_names(
    snap_compare: Compare, lab: StillLab, story: Story, size: tuple[int, int]
) -> None:
    jobs = six_jobs(lab, story)

    async def steps(ui: Driven) -> None:
        ui.app.push_screen(Comparing(lab, jobs))
        await ui.until_shown("▸smollm2", "learning", "the same")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_the_curves_of_six_jobs(
    snap_compare: Compare, lab: StillLab, story: Story, size: tuple[int, int]
) -> None:
    jobs = six_jobs(lab, story)

    async def steps(ui: Driven) -> None:
        ui.app.push_screen(Comparing(lab, jobs))
        await ui.until_shown("▸smollm2")
        await ui.press("2", "l", "l", "l")
        await ui.until_shown("▸4━ a", "no-metrics -")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_the_answers_of_two_models(
    snap_compare: Compare, lab: StillLab, story: Story, size: tuple[int, int]
) -> None:
    two_models(lab, story)

    async def steps(ui: Driven) -> None:
        ui.app.push_screen(Comparing(lab, ["mdl_1", "mdl_3", "job_2"]))
        await ui.until_shown("3 compared")
        await ui.press("4")
        await ui.until_shown("prompt 1 of 3", "≠ 3 other words")

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_the_scores_of_two_models_and_a_job(
    snap_compare: Compare, lab: StillLab, story: Story, size: tuple[int, int]
) -> None:
    two_models(lab, story)

    async def steps(ui: Driven) -> None:
        ui.app.push_screen(Comparing(lab, ["mdl_1", "mdl_3", "job_5"]))
        await ui.until_shown("3 compared")
        await ui.press("3")
        await ui.until_shown("0.7750 ★", "after step")
        screen = ui.app.screen
        assert isinstance(screen, Comparing)
        await ui.until(lambda: screen.sides.answers.asked is not None)

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", [SMALL])
def test_models_without_recordings(
    snap_compare: Compare, lab: StillLab, size: tuple[int, int]
) -> None:
    async def steps(ui: Driven) -> None:
        ui.app.push_screen(Comparing(lab, ["mdl_1", "job_3"]))
        await ui.until_shown("2 compared")
        await ui.press("4")
        await ui.until_shown("No answers are recorded yet.")

    assert same(snap_compare, lab, size, steps)
