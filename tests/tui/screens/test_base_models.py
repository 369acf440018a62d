"""What keys do on the line of a base model, in the list of models."""

from __future__ import annotations

import pytest

from tests.tui.conftest import Drive, Driven, StillLab, Story
from tests.tui.model_story import SMOL, tell_models, tell_scores
from tui.screens.compare import Compare
from tui.screens.models import Models


@pytest.fixture
def models(lab: StillLab, story: Story) -> StillLab:
    tell_models(story.log)
    tell_scores(story.log)
    return lab


async def _go_to_base(ui: Driven, below: str) -> Models:
    """Put the cursor on the base model over a model version."""
    await ui.press("M")
    await ui.until_shown("MODEL")
    screen = ui.app.screen
    assert isinstance(screen, Models)
    await ui.until(lambda: screen.rows.row_count > 1)
    screen.rows.go_to(below)
    await ui.press("k")
    await ui.until_shown("MADE OF IT")
    return screen


async def test_a_base_model_that_was_evaluated_is_compared_with_what_was_made_of_it(
    models: StillLab, drive: Drive
) -> None:
    async with drive(models, (120, 36)) as ui:
        screen = await _go_to_base(ui, "mdl_1")
        await ui.press("space")
        assert screen.rows.go_to("mdl_l1")
        await ui.press("space", "C")
        await ui.until(lambda: isinstance(ui.app.screen, Compare))
        await ui.until_shown("2 compared", f"▸local/{SMOL}", "◆ base model", "support-here")
        await ui.press("3")
        await ui.until_shown("smoke@1")


async def test_a_base_model_that_was_asked_nothing_says_how_it_can_be_compared(
    models: StillLab, drive: Drive
) -> None:
    async with drive(models) as ui:
        screen = await _go_to_base(ui, "mdl_l2")
        await ui.press("space", "space", "C")
        words = "tiny-t5 was asked nothing yet: E asks it a suite, then C compares it"
        await ui.until(lambda: words in ui.told)
        assert ui.app.screen is screen


async def test_a_base_model_is_asked_a_suite_and_has_no_data_of_its_own(
    models: StillLab, drive: Drive
) -> None:
    async with drive(models) as ui:
        await _go_to_base(ui, "mdl_1")
        await ui.press("E")
        await ui.until_shown(f"Evaluate {SMOL} by", "smoke@1")
        assert "own data" not in ui.screen_text()


async def test_where_there_is_no_suite_a_base_model_says_how_one_comes_to_be(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await _go_to_base(ui, "mdl_1")
        await ui.press("E")
        await ui.until(lambda: any("`ftlab suite add`" in told for told in ui.told))


async def test_keys_for_model_versions_say_that_it_is_none(models: StillLab, drive: Drive) -> None:
    async with drive(models) as ui:
        await _go_to_base(ui, "mdl_1")
        for place, key in enumerate(("T", "x", "R", "m"), start=1):
            await ui.press(key)
            told = f"{SMOL} is a base model: that key is for what was made of it, j goes there"
            await ui.until(lambda told=told, place=place: ui.told.count(told) == place)  # type: ignore[misc]
        await ui.press("Y")
        await ui.until(lambda: f"copied {SMOL}" in ui.told)
        assert ui.app.clipboard == SMOL
