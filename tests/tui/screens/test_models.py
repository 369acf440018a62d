from __future__ import annotations

import pytest
from rich.cells import cell_len

from store.queries.models import model_list
from tests.tui.conftest import NOW, Drive, StillLab
from tui.ink import text_of
from tui.screens.chat import Chat
from tui.screens.jobs import Jobs
from tui.screens.models import heading, row_of


async def test_a_model_can_be_talked_to_from_the_list(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await ui.press("M")
        await ui.until_shown("HELD-OUT LOSS", "gsm8k-1", "1.330 → 0.7750", "adapter")
        await ui.press("enter")
        await ui.until(lambda: isinstance(ui.app.screen, Chat))
        await ui.until_shown("chat with gsm8k-1")


async def test_without_models_it_says_how_one_comes_to_be(
    empty_lab: StillLab, drive: Drive
) -> None:
    async with drive(empty_lab, (80, 24)) as ui:
        await ui.press("M")
        await ui.until_shown("No models yet: a job that succeeds makes one.")
        await ui.press("enter", "t", "escape")
        assert isinstance(ui.app.screen, Jobs)


@pytest.mark.parametrize("width", [20, 38, 44, 58, 78, 118])
def test_rows_and_titles_fill_exactly_their_room(lab: StillLab, width: int) -> None:
    assert cell_len(text_of(heading(width))) == width
    for model in model_list(lab.database.reader):
        assert cell_len(text_of(row_of(model, width, NOW))) == width
