"""The lists and choices in the form of a new job."""

from __future__ import annotations

from tests.tui.conftest import Drive, StillLab, settle
from tests.tui.screens.new_jobs import command, open_form, write
from tui.screens.new_job import NewJob
from tui.widgets.form_text import FormText


async def test_enter_takes_the_marked_row(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        screen = await open_form(ui)
        await ui.until_shown("▌gsm8k/")
        await ui.press("enter")
        assert screen.form.draft["dataset"] == "gsm8k/validation"
        assert screen.form.visited is not None
        assert screen.form.visited.name == "dataset"


async def test_what_is_chosen_stays_chosen_when_the_list_is_read_anew(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (80, 24)) as ui:
        screen = await open_form(ui)
        await ui.until_shown("▌gsm8k/validation")
        await ui.press("down")
        await ui.until_shown("▌gsm8k/train")
        screen.look_for_offers("")
        await settle(ui.pilot)
        await ui.press("enter")
        assert screen.form.draft["dataset"] == "gsm8k/train"


async def test_no_row_is_marked_where_a_field_may_stay_empty(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        screen = await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        screen.form.visit("validation")
        await ui.until_shown("gsm8k/validation")
        assert "▌gsm8k/" not in ui.screen_text()
        await ui.press("enter")
        assert "validation" not in screen.form.draft
        screen.form.visit("validation")
        await ui.press("down", "enter")
        assert screen.form.draft["validation"] == "gsm8k/validation"


async def test_escape_closes_the_list_and_then_leaves_and_the_keys_say_so(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (80, 24)) as ui:
        screen = await open_form(ui)
        await ui.until_shown("esc close list")
        await ui.press("escape")
        await ui.until_shown("esc leave")
        screen.look_for_offers("")
        await settle(ui.pilot)
        control = screen.form.control
        assert isinstance(control, FormText)
        assert not control.is_open
        await ui.press("escape")
        assert ui.app.screen is ui.jobs


async def test_unfolding_leads_to_what_was_unfolded(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await open_form(ui)
        await ui.press("f3")
        await ui.until_shown("▾ fewer", "steps at most", "accumulation")
        await ui.press("down")
        await ui.until_shown("--max-steps")
        await ui.press("f3")
        await ui.until_shown("▸ more")
        assert "steps at most" not in ui.screen_text()


async def test_a_copied_choice_is_shown_once(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (120, 36)) as ui:
        ui.app.push_screen(NewJob(lab, like="gsm8k-2"))
        await ui.until_shown("● lora (usual)  ○ full", "can be started")
        assert ui.screen_text().count("lora (usual)") == 1
        assert "--method lora" in command(ui)


async def test_what_is_chosen_is_not_called_the_usual(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (120, 36)) as ui:
        screen = await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await ui.until_shown("● lora (usual)  ○ full")
        screen.form.visit("method")
        await ui.press("right")
        await ui.until_shown("○ lora (usual)  ● full", "can be started")
        await settle(ui.pilot)
        assert "○ lora (usual)  ● full" in ui.screen_text()
        assert "full (usual)" not in ui.screen_text()
