"""Pictures of comparisons."""

from __future__ import annotations

import pytest

from tests.engine.comparing.evaluations import Evaluations, right, wrong
from tests.tui.conftest import Driven, StillLab, Story
from tests.tui.screens.compared import six_jobs, two_models
from tests.tui.screens.pictures import NARROW, SIZES, SMALL, WIDE, Compare, same
from tui.ink import text_of
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
        await ui.until(lambda: "No suite was answered" in _text(screen))

    assert same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", [SMALL, WIDE])
def test_how_two_models_and_their_base_did_in_a_suite(
    snap_compare: Compare, lab: StillLab, story: Story, size: tuple[int, int]
) -> None:
    two_models(lab, story)
    told = Evaluations(story.log, lab.blobs)
    suite = told.suite("tickets", 8)
    for model, correct in (("local/smol", 1), ("mdl_1", 3), ("mdl_3", 6)):
        gave = [right(cost=0.001)] * correct + [wrong(cost=0.001)] * (8 - correct)
        told.evaluate(suite, model, gave)

    async def steps(ui: Driven) -> None:
        ui.app.push_screen(Comparing(lab, ["mdl_1", "mdl_3", "local/smol"]))
        await ui.until_shown("3 compared")
        await ui.press("3")
        await ui.until_shown("Suite tickets@1, 8 prompts", "exact_match", "difference")
        screen = ui.app.screen
        assert isinstance(screen, Comparing)
        await ui.until(lambda: screen.sides.answers.asked is not None)

    assert same(snap_compare, lab, size, steps)


def _text(screen: Comparing) -> str:
    return " ".join(text_of(line).strip() for line in screen.sides.view.lines)


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
