"""Pictures of the models."""

from __future__ import annotations

import pytest

from tests.tui.conftest import Driven, StillLab, Story
from tests.tui.model_story import tell_models, tell_odd_names, tell_scores
from tests.tui.screens.pictures import NARROW, SIZES, SMALL, Compare, same
from tui.screens.models import Models


@pytest.fixture
def models(lab: StillLab, story: Story) -> StillLab:
    tell_models(story.log)
    for here in ("mdl_l1", "mdl_l2", "mdl_l3"):
        lab.places.model(here).mkdir(parents=True)
    return lab


async def _look_at(ui: Driven, key: str) -> Models:
    await ui.press("M")
    await ui.until(lambda: isinstance(ui.app.screen, Models))
    screen = ui.app.screen
    assert isinstance(screen, Models)
    await ui.until(lambda: screen.rows.row_count > 0)
    screen.rows.go_to(key)
    await ui.until(lambda: screen.panel.shown == key)
    return screen


@pytest.mark.parametrize("size", [*SIZES, NARROW])
def test_a_tree_of_models(snap_compare: Compare, models: StillLab, size: tuple[int, int]) -> None:
    async def steps(ui: Driven) -> None:
        await _look_at(ui, "mdl_l3")

    assert same(snap_compare, models, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_scores_in_a_suite_and_why_a_tag_moved(
    snap_compare: Compare, models: StillLab, story: Story, size: tuple[int, int]
) -> None:
    tell_scores(story.log)

    async def steps(ui: Driven) -> None:
        await _look_at(ui, "mdl_l3")
        await ui.until_shown("SMOKE")

    assert same(snap_compare, models, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_a_dying_model(snap_compare: Compare, models: StillLab, size: tuple[int, int]) -> None:
    async def steps(ui: Driven) -> None:
        await _look_at(ui, "mdl_h2")

    assert same(snap_compare, models, size, steps)


@pytest.mark.parametrize("size", [SMALL])
def test_odd_names(
    snap_compare: Compare, models: StillLab, story: Story, size: tuple[int, int]
) -> None:
    tell_odd_names(story.log)

    async def steps(ui: Driven) -> None:
        await _look_at(ui, "mdl_o0")

    assert same(snap_compare, models, size, steps)


@pytest.mark.parametrize("size", [SMALL])
def test_no_models(snap_compare: Compare, empty_lab: StillLab, size: tuple[int, int]) -> None:
    async def steps(ui: Driven) -> None:
        await ui.press("M")
        await ui.until_shown("There are no models yet.")

    assert same(snap_compare, empty_lab, size, steps)
