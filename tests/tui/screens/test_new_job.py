from __future__ import annotations

import pytest

from store.events import JobSucceeded
from store.queries.jobs import job_list
from tests.tui.conftest import Drive, StillLab, Story
from tests.tui.screens.new_jobs import checked, command, open_form, write
from tui.screens.choose import Choose
from tui.screens.jobs import Jobs
from tui.screens.new_job import NewJob
from tui.screens.new_job_form import JobForm
from tui.screens.question import Question
from tui.widgets.form_button import FormButton
from tui.widgets.form_list import FormList
from tui.widgets.form_text import FormText


async def test_the_list_of_datasets_is_open_at_first(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await open_form(ui)
        await ui.until_shown("gsm8k/train", "@1 · 190 examples · not checked", "gsm8k/validation")
        await ui.press("down", "down", "enter")
        assert command(ui) == "ftlab train gsm8k/train --model smollm2-135m-instruct"
        await ui.until_shown("@1 · 190 examples", "✓ gsm8k-train-1 can be started")


async def test_the_list_narrows_as_somebody_writes(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await open_form(ui)
        await ui.until_shown("gsm8k/validation")
        await ui.press(*"VAL")
        await ui.until(lambda: "gsm8k/train " not in ui.screen_text())
        await ui.press("down", "enter")
        assert ui.app.screen.query_one(JobForm).draft["dataset"] == "gsm8k/validation"


_GLOBAL = "JDMHNBLq?"


async def test_letters_of_other_keys_are_written_into_the_fields(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (80, 24)) as ui:
        screen = await open_form(ui)
        for name in ("dataset", "suffix", "epochs"):
            await write(ui, name, _GLOBAL)
            assert screen.form.draft[name] == _GLOBAL
        assert ui.app.screen is screen


async def test_letters_never_lead_out_of_the_form(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        screen = await open_form(ui)
        form = screen.form
        form.visit("provider")
        await ui.until(lambda: form.visited is not None and form.visited.name == "provider")
        await ui.press(*"JDMHNBq")
        assert ui.app.screen is screen
        screen.query_one(FormButton).focus()
        await ui.press(*"JDMHNBq")
        assert ui.app.screen is screen
        await ui.until_shown("esc leaves the form first; then q is: quit")


async def test_a_letter_chooses_what_begins_with_it(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        screen = await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        form = screen.form
        form.visit("method")
        await ui.until(lambda: form.visited is not None and form.visited.name == "method")
        await ui.press("f")
        await ui.until(lambda: form.draft.get("method") == "full")
        await ui.press("x", "l")
        await ui.until(lambda: form.draft.get("method") != "full")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_what_is_offered_lies_over_the_form_alone(
    lab: StillLab, drive: Drive, size: tuple[int, int]
) -> None:
    async with drive(lab, size) as ui:
        screen = await open_form(ui)
        for name in ("dataset", "model", "validation"):
            screen.form.visit(name)
            await ui.until(lambda: screen.form.visited is not None)
            control = screen.form.control
            assert isinstance(control, FormText)
            control.open(everything=True)
            await ui.pilot.pause()
            lists = screen.query(FormList)
            assert all(screen.form.region.contains_region(each.region) for each in lists)


async def test_what_is_usual_stands_dimmed_in_the_fields(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await ui.until_shown("learning rate    0.0005", "● lora (usual)", "gsm8k-train-1")
        await write(ui, "model", "tiny-t5")
        await ui.until_shown("learning rate    0.002", "● full (usual)", "its tokenizer is made of")
        await ui.until(lambda: "LoRA rank" not in ui.screen_text())


async def test_faults_stand_beside_their_fields(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await open_form(ui)
        await write(ui, "dataset", "nosuch")
        await write(ui, "epochs", "three")
        await write(ui, "batch_size", "0")
        await write(ui, "suffix", "gsm8k-1")
        await ui.until_shown(
            "✗ no dataset is called 'nosuch'",
            "✗ 'three' is not a valid float",
            "✗ there is a job called gsm8k-1 already",
            "✗ batch_size is 0: it should be",
            "✗ 4 things are missing or wrong",
        )
        await write(ui, "dataset", "gsm8k/train")
        await write(ui, "suffix", "another")
        await ui.until_shown("✗ 2 things are missing or wrong")


async def test_a_job_with_a_fault_is_not_started_and_the_field_is_visited(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await write(ui, "epochs", "three")
        await write(ui, "suffix", "x")
        await ui.until_shown("1 thing is missing or wrong")
        await ui.press("ctrl+g")
        await ui.until(lambda: ui.told == ["'three' is not a valid float."])
        form = ui.app.screen.query_one(JobForm)
        await ui.until(lambda: form.visited is not None and form.visited.name == "epochs")
        assert len(job_list(lab.database.reader)) == 5


async def test_rarer_settings_unfold(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (120, 60)) as ui:
        await open_form(ui)
        assert "warm-up ratio" not in ui.screen_text()
        await ui.press("f3")
        await ui.until_shown("warm-up ratio", "▾ fewer", "scheduler")
        await write(ui, "dataset", "gsm8k/train")
        await write(ui, "warmup_ratio", "0.1")
        form = ui.app.screen.query_one(JobForm)
        form.visit("scheduler")
        await ui.until(lambda: form.visited is not None and form.visited.name == "scheduler")
        await ui.press("right")
        assert command(ui).endswith("--scheduler cosine --warmup-ratio 0.1")
        await ui.press("f3")
        await ui.until_shown("23 settings, 2 of them set")


async def test_only_what_fits_the_place_is_shown(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        form = ui.app.screen.query_one(JobForm)
        await ui.until_shown("○ openai")
        form.visit("provider")
        await ui.until(lambda: form.visited is not None and form.visited.name == "provider")
        await ui.press("right")
        await ui.until_shown("cost at most $", "rate multiplier", "GOES TO", "api.openai.com")
        await ui.until(lambda: "LoRA rank" not in ui.screen_text())
        assert command(ui) == "ftlab train gsm8k/train --provider openai"
        await ui.press("left")
        await ui.until_shown("smollm2-135m-instruct", "LoRA rank")


async def test_an_earlier_model_is_gone_on_from(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await write(ui, "earlier", "gsm8k-1")
        assert command(ui) == "ftlab train gsm8k/train --from gsm8k-1"
        await ui.until_shown("· not used", "the files of gsm8k-1 are not here")


async def test_the_command_is_copied(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await write(ui, "suffix", "it's one")
        await ui.press("ctrl+y")
        copied = ui.app.clipboard
        assert copied.endswith("--suffix 'it'\"'\"'s one'")
        assert ui.told == [f"copied: {copied}"]


async def test_what_was_written_is_there_again(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await write(ui, "suffix", "later")
        await ui.press("escape")
        assert ui.app.screen is ui.jobs
        await open_form(ui, known="later can be started")
        await ui.until(lambda: command(ui).endswith("--suffix later"))


async def test_the_form_is_emptied_after_a_question(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await ui.press("ctrl+l")
        assert isinstance(ui.app.screen, Question)
        await ui.press("n")
        assert command(ui).startswith("ftlab train gsm8k/train")
        await ui.press("ctrl+l", "y")
        await ui.until(lambda: command(ui) == "ftlab train --model smollm2-135m-instruct")
        await ui.press("ctrl+l")
        assert ui.told == ["there is nothing in the form to take away"]


async def test_a_job_like_another_one_is_prefilled(
    lab: StillLab, story: Story, drive: Drive
) -> None:
    del story
    async with drive(lab) as ui:
        ui.app.push_screen(NewJob(lab, like="gsm8k-2"))
        await ui.until_shown("base model")
        await ui.until(
            lambda: command(ui) == (
                "ftlab train gsm8k/train@1 --model smollm2-135m-instruct --method lora --epochs 1 "
                "--seed 42 --validation gsm8k/validation@1"
            )
        )  # fmt: skip


async def test_a_dataset_can_be_given(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        ui.app.push_screen(NewJob(lab, "gsm8k/train"))
        await ui.until_shown("✓ gsm8k-train-1 can be started")


async def test_what_is_known_of_the_data_and_of_the_time_is_shown(
    lab: StillLab, story: Story, drive: Drive
) -> None:
    checked(story, warnings=3)
    async with drive(lab) as ui:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await ui.until_shown(
            "! 3 warnings · checked 2h ago",
            "near duplicate 3",
            "144 · 4 examples a step · 3 epochs of 190",
            "about 7m 12s, by",
            "a-name-that-is-rather-long on the same",
            "no slot is free (gsm8k-5 of 1 slot)",
        )


async def test_where_no_slot_is_free_it_is_asked_what_to_do(
    lab: StillLab, story: Story, drive: Drive
) -> None:
    checked(story)
    async with drive(lab) as ui:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await write(ui, "model", "tiny-t5")
        await ui.until_shown("gsm8k-train-1 can be started")
        await ui.press("ctrl+g")
        await ui.until(lambda: isinstance(ui.app.screen, Choose))
        await ui.until_shown("No slot is free: gsm8k-5", "wait            in the queue")
        await ui.press("ctrl+g", "escape")
        await ui.until_shown("gsm8k-train-1 can be started")
        assert len(job_list(lab.database.reader)) == 5
        await ui.press("ctrl+g")
        await ui.until(lambda: isinstance(ui.app.screen, Choose))
        await ui.press("down", "enter")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))
        await ui.until(lambda: ui.selected == "gsm8k-train-1")
        assert ui.told[-1] == "gsm8k-train-1 is starting"
        await open_form(ui)
        assert "gsm8k/train" not in command(ui)


async def test_data_with_errors_is_asked_about(lab: StillLab, story: Story, drive: Drive) -> None:
    story.tell("job_5", JobSucceeded(model="mdl_5", step=60))
    checked(story, errors=2)
    async with drive(lab) as ui:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await write(ui, "model", "tiny-t5")
        await ui.until_shown("✗ 2 errors · checked 2h ago", "row 7: It says nothing")
        await ui.press("ctrl+g")
        await ui.until_shown("Train on gsm8k/train@1, which has 2 errors?")
        await ui.press("n")
        await ui.until_shown("can be started")
        await ui.press("ctrl+g")
        await ui.until_shown("Train on gsm8k/train@1, which has 2 errors?")
        await ui.press("y")
        await ui.until(lambda: "gsm8k-train-1 is starting" in ui.told)
        assert len(job_list(lab.database.reader)) == 6


async def test_an_error_leaves_the_form_as_it_was(
    lab: StillLab, story: Story, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(story)
    story.tell("job_5", JobSucceeded(model="mdl_5", step=60))
    monkeypatch.setattr(type(lab.local), "submit", _no_room)
    async with drive(lab) as ui:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await write(ui, "model", "tiny-t5")
        await ui.until_shown("can be started")
        await ui.press("ctrl+g")
        await ui.until(lambda: bool(ui.told))
        assert "could not be started: no room" in ui.told[0]
        assert command(ui) == "ftlab train gsm8k/train --model tiny-t5"
        await ui.until(lambda: ui.app.screen.query_one(JobForm).visited is not None)


def _no_room(*_arguments: object) -> str:
    raise OSError("no room")


async def test_in_a_lab_that_is_only_looked_at_nothing_is_started(
    lab: StillLab, drive: Drive
) -> None:
    lab.why_not = "this was opened with --read-only"
    async with drive(lab) as ui:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await ui.until_shown("! this was opened with --read-only", "STEPS")
        await ui.until_shown("! nothing can be started here")
        await ui.press("ctrl+g")
        await ui.until(lambda: ui.told == ["this was opened with --read-only"])


async def test_keys_lead_through_the_fields(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await open_form(ui)
        form = ui.app.screen.query_one(JobForm)
        await write(ui, "dataset", "gsm8k/train")
        await ui.press("enter")
        names = []
        for key in ("tab", "tab", "tab", "down", "down", "up"):
            await ui.press(key)
            assert form.visited is not None
            names.append(form.visited.name)
        assert names == ["model", "earlier", "method", "epochs", "batch_size", "epochs"]
        await ui.until_shown("--epochs", "Passes over the data.")


async def test_a_click_chooses(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        screen = await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await ui.press("tab")
        control = screen.query_one(JobForm)._controls["queued"]
        await ui.pilot.click(control, offset=(8, 0))
        await ui.until_shown("priority", "it waits in the queue")
        assert command(ui).endswith("--queue")
        await ui.pilot.click("#form-fold")
        await ui.until_shown("▾ fewer")


@pytest.mark.parametrize("size", [(50, 20), (80, 24), (200, 60)])
async def test_the_form_fits_every_terminal(
    lab: StillLab, drive: Drive, size: tuple[int, int]
) -> None:
    async with drive(lab, size) as ui:
        await open_form(ui)
        await write(ui, "dataset", "gsm8k/train")
        await ui.until_shown("$ ftlab train gsm8k/train", "Start", "DATA")
