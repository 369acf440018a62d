"""Searching, sorting, grouping, marking and pinning jobs."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from store.events import JobSucceeded
from store.queries.history import Filter, history
from tests.tui.conftest import Drive, Driven, StillLab, Story, losses, running
from tests.tui.screens.test_jobs import NEWEST_FIRST
from tui.screens.choose import Choose
from tui.screens.question import Question


async def _search(ui: Driven, text: str) -> None:
    await ui.press("slash", *text)


def _listed(ui: Driven) -> list[str]:
    found = [ui.rows.book.get(job) for job in ui.rows.book.ids]
    return [row.job.name for row in found if row is not None]


async def test_a_search_shows_the_jobs_that_fit_while_it_is_written(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await _search(ui, "loss<1.3")
        await ui.until(lambda: _listed(ui) == ["gsm8k-5", "gsm8k-3", "gsm8k-1"])
        await ui.until_shown("3 of 5")
        await ui.press("enter", "j")
        assert ui.rows.has_focus
        await ui.until_shown("! gsm8k-3  interrupted", "loss<1.3")


async def test_escape_shows_all_jobs_again(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await _search(ui, "rather")
        await ui.until(lambda: _listed(ui) == ["a-name-that-is-rather-long"])
        await ui.press("escape")
        await ui.until(lambda: _listed(ui) == NEWEST_FIRST)
        assert not ui.jobs.query_one("#search").display
        assert ui.selected == "a-name-that-is-rather-long"

        await _search(ui, "rather")
        await ui.press("enter", "escape")
        await ui.until(lambda: _listed(ui) == NEWEST_FIRST)


async def test_what_cannot_be_understood_is_said_and_changes_nothing(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await _search(ui, "lost<1")
        await ui.until_shown("'lost' is nothing that is known of a job")
        assert _listed(ui) == NEWEST_FIRST


async def test_a_search_that_finds_nothing_can_be_mended(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await _search(ui, "nowhere")
        await ui.until_shown("0 of 5")
        await ui.press("down", "j", "c", "enter", "space", "f")
        assert ui.rows.selected is None
        ui.jobs.query_one(Input).value = "gsm8k-2"
        await ui.until(lambda: _listed(ui) == ["gsm8k-2"])


async def test_a_search_is_kept_while_jobs_change(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    async with drive(lab) as ui:
        await _search(ui, "status:running")
        await ui.press("enter")
        await ui.until(lambda: _listed(ui) == ["gsm8k-5"])
        story.at(0).job("7", *running(), name="newcomer")
        await ui.until(lambda: _listed(ui) == ["newcomer", "gsm8k-5"])
        assert ui.selected == "gsm8k-5"
        story.tell("job_5", JobSucceeded(step=60))
        await ui.until(lambda: _listed(ui) == ["newcomer"])
        await ui.until_shown("● newcomer  running")


async def test_the_list_is_sorted_by_what_is_chosen(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    by_loss = ["gsm8k-3", "gsm8k-1", "gsm8k-5", "a-name-that-is-rather-long", "gsm8k-2"]
    async with drive(lab) as ui:
        await ui.press("o")
        assert isinstance(ui.app.screen, Choose)
        await ui.press("G", "k", "k", "k", "enter")
        await ui.until(lambda: _listed(ui) == by_loss)
        await ui.until_shown("LOSS↓")
        await ui.press("O")
        await ui.until(lambda: _listed(ui) == by_loss[::-1])
        story.tell("job_5", *losses(58, 1, evaluated=False))
        await ui.until(lambda: _listed(ui)[-1] == "gsm8k-5")


async def test_in_a_small_terminal_it_is_shown_what_the_list_is_sorted_by(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (80, 24)) as ui:
        assert "EVAL" not in ui.screen_text()
        await ui.press("o", "G", "k", "k", "enter")
        await ui.until_shown("EVAL↓")
        titles, *rows = ui.screen_text().splitlines()[1:7]
        end = titles.index("EVAL↓") + len("EVAL↓")
        ends = [row[:end].split()[-1] for row in rows]
        assert ends == ["0.9747", "1.103", "1.235", "1.452", "-"]


async def test_choosing_may_be_left(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("o", "j", "escape", "b", "q")
        assert _listed(ui) == NEWEST_FIRST
        assert ui.rows.has_focus


async def test_jobs_are_put_together_and_the_cursor_goes_past_the_names(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("b", "end", "enter")
        await ui.until_shown("interrupted  1", "succeeded  1", "running  1")
        assert ui.selected == "gsm8k-5"
        await ui.press("home")
        seen = [ui.selected]
        for _ in range(5):
            await ui.press("j")
            seen.append(ui.selected)
        assert seen == [*_listed(ui), _listed(ui)[-1]]
        await ui.press("k")
        assert ui.selected == _listed(ui)[-2]


async def test_keys_act_on_all_marked_jobs(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("j", "space", "space", "space")
        await ui.until_shown("3 jobs marked", "*gsm8k-3")
        await ui.press("c")
        await ui.until(lambda: bool(ui.told))
        assert "nothing to cancel" in ui.told[0] or "can be resumed" in ui.told[0]
        await ui.press("r")
        assert isinstance(ui.app.screen, Question)
        await ui.until_shown("Resume 3 jobs?", "a-name-that-is-rather-long, gsm8k-3, gsm8k-2")
        await ui.press("y")
        await ui.until(lambda: "3 jobs" in ui.told[-1])
        resumed = history(lab.database.reader, Filter(type="JobResumed"))
        assert sorted(event.stream for event in resumed) == ["job/job_2", "job/job_3", "job/job_4"]
        await ui.press("escape")
        assert not ui.rows.marked


async def test_a_pinned_job_stays_at_the_top(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("G", "f")
        await ui.until(lambda: _listed(ui)[0] == "gsm8k-1")
        assert ui.selected == "gsm8k-1"
        await ui.until_shown("^gsm8k-1")
        await ui.press("f")
        await ui.until(lambda: _listed(ui) == NEWEST_FIRST)


async def test_the_curves_of_marked_jobs_are_overlaid(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (160, 36)) as ui:
        await ui.press("space", "j", "space")
        await ui.until_shown("━ gsm8k-5 loss 1.211", "━ gsm8k-3 loss 0.9447")
        await ui.press("escape")
        await ui.until_shown("━ loss 1.878")


async def test_curves_are_looked_at_on_another_scale_smoother_and_closer(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (160, 36)) as ui:
        await ui.press("G", "1", "y")
        await ui.until_shown("━ loss 0.9592", "log")
        await ui.press("s", "s", "plus")
        await ui.until_shown("log  smoothed 0.9  steps 15-45")
        await ui.press("full_stop")
        await ui.until_shown("steps 23-53")
        await ui.press("0", "y", "s", "s")
        await ui.until(lambda: "smoothed" not in ui.screen_text() and "log" not in ui.screen_text())


async def test_curves_have_a_cursor_whose_values_are_told(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (160, 36)) as ui:
        await ui.press("2", "left_square_bracket")
        await ui.until_shown("at step 30", "━ loss 1.211", "┊")
        await ui.press("left_curly_bracket", "left_curly_bracket")
        await ui.until(lambda: "━ loss 1.211" not in ui.screen_text())
        await ui.press("plus")
        await ui.until_shown("at step ", "steps ")
        await ui.press("0")
        await ui.until(lambda: "at step" not in ui.screen_text())


async def test_curves_are_drawn_over_what_else_is_known(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (160, 36)) as ui:
        await ui.press("2", "x")
        await ui.until_shown("No epochs are recorded of these steps: x draws them over tokens.")
        await ui.press("x", "x")
        await ui.until_shown("x draws them over steps.")
        await ui.press("x")
        await ui.until_shown("━ loss 1.211")


async def test_a_click_into_the_curves_puts_the_cursor_there(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (160, 36)) as ui:
        await ui.press("2")
        await ui.until_shown("━ loss 1.211")
        await ui.pilot.click(ui.panel.curves, offset=(40, 10))
        await ui.until_shown("at step ", "┊")


async def test_a_search_that_finds_nothing_shows_no_job(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (120, 36)) as ui:
        await ui.press("slash", *"no such job")
        await ui.until_shown("0 of 5")
        await ui.until(lambda: ui.panel.job is None)
        assert "gsm8k-5" not in ui.screen_text()


@pytest.mark.parametrize("size", [(80, 24), (200, 60), (50, 20)])
async def test_a_search_that_finds_nothing_says_so_in_the_list(
    lab: StillLab, drive: Drive, size: tuple[int, int]
) -> None:
    async with drive(lab, size) as ui:
        await ui.press("slash", *"status:foo", "enter")
        await ui.until_shown("No job fits status:foo", "There is no status foo", "succeeded")
        await ui.until_shown("esc all jobs")
        assert "enter open" not in ui.screen_text()
        await ui.press("escape")
        await ui.until_shown("gsm8k-5")
        assert "No job fits" not in ui.screen_text()
