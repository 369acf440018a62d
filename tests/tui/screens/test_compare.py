"""Jobs and models beside each other on the screen."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.looking import PastLab
from store.errors import StoreBusyError
from store.events import JobSucceeded, ModelDeleted, ModelGone
from store.queries.history import Filter, history
from tests.tui.conftest import Drive, Driven, StillLab, Story, losses
from tests.tui.screens.compared import answer, register, six_jobs, two_models
from tui.screens.compare import Compare
from tui.screens.jobs import Jobs
from tui.widgets.comparison_panel import SIDES


async def compare(ui: Driven, *ids: str) -> Compare:
    """Open a comparison, and wait until it shows something."""
    screen = Compare(ui.app.sight, ids)
    ui.app.push_screen(screen)
    await ui.until(lambda: bool(screen.compared) and bool(screen.sides.view.lines))
    return screen


def names(screen: Compare) -> Sequence[str]:
    return [each.name for each in screen.compared]


async def test_marked_jobs_are_compared(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("space", "j", "space", "C")
        await ui.until_shown("2 compared", "gsm8k-5", "● running", "eval_loss, best")
        assert "smollm2" not in ui.screen_text().partition("METRICS")[2]
        await ui.press("a")
        await ui.until_shown("PLAN", "base model", "provider")
        await ui.press("escape")
        await ui.until(lambda: ui.app.screen is ui.jobs)


async def test_one_job_alone_is_not_compared(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("C")
        await ui.until(lambda: ui.told == ["mark 2 to 6 jobs with space, then compare them"])
        assert isinstance(ui.app.screen, Jobs)


async def test_a_model_stands_for_itself_and_its_job(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        screen = await compare(ui, "mdl_1", "job_3")
        await ui.until_shown("◆ model, adapter", "! interrupted", "loss, last")
        assert screen.compared[0].job is not None
        assert "All of them were made of smollm2-135m-instruct." in ui.screen_text()


async def test_what_cannot_be_compared_is_told_and_left_out(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        screen = await compare(ui, "job_1", "job_0", "mdl_1", "job_2", "job_1")
        assert names(screen) == ["gsm8k-1", "gsm8k-2"]
        told = "\n".join(ui.told)
        assert "no job and no model is called 'job_0'" in told
        assert told.count("gsm8k-1 is compared already") == 2


async def test_two_are_needed_and_six_have_room(lab: StillLab, drive: Drive, story: Story) -> None:
    jobs = six_jobs(lab, story)
    async with drive(lab) as ui:
        await compare(ui, "job_1", "job_0")
        await ui.until_shown("Two are needed to compare")
        await ui.press("l", "o", "b", "Y", "m", "2", "3", "4", "d", "u")
        assert "there is nothing to copy yet" in ui.told
        await ui.press("escape")
        screen = await compare(ui, *jobs, "job_1")
        assert len(screen.compared) == 6
        assert "6 can be compared at once: the others are left out" in ui.told


async def test_numbers_tabs_and_clicks_show_the_sides(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        screen = await compare(ui, "job_1", "job_3")
        for key, side, shown in [
            ("2", "curves", "━ gsm8k-1"),
            ("3", "scores", "On 40 examples of gsm8k/validation@1"),
            ("4", "answers", "No answers are recorded yet."),
            ("1", "differences", "METRICS"),
            ("tab", "curves", "━ gsm8k-3"),
            ("shift+tab", "differences", "METRICS"),
            ("shift+tab", "answers", "ftlab models record gsm8k-1 --suite NAME"),
        ]:
            await ui.press(key)
            assert screen.sides.side == side
            await ui.until_shown(shown)
            assert screen.sides.view.has_focus
        await ui.pilot.click("#tabs", offset=(5, 0))
        await ui.until(lambda: screen.sides.side == "differences")


async def test_narrow_screens_show_some_columns_and_keys_bring_the_others(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    jobs = six_jobs(lab, story)
    async with drive(lab, (50, 20)) as ui:
        await compare(ui, *jobs)
        await ui.until_shown("1-2 of 6 →", "▸smollm2-135m-")
        await ui.press("l", "right", "l")
        await ui.until_shown("← 3-4 of 6 →", "▸a")
        await ui.press("l", "l", "l")
        await ui.until_shown("← 5-6 of 6", "▸no-metrics")
        await ui.press("h", "left")
        await ui.until_shown("← 4-5 of 6 →", "▸a")
        await ui.pilot.click("#comparison-head", offset=(40, 0))
        await ui.until_shown("← 4-5 of 6 →", "▸with tabs")
        await ui.pilot.click("#comparison-head", offset=(3, 0))
        await ui.pilot.resize_terminal(200, 60)
        await ui.until(lambda: "of 6" not in ui.screen_text())


async def test_columns_are_moved_taken_out_and_put_back(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        screen = await compare(ui, "job_1", "job_2", "job_3")
        for key, order in [
            ("o", ["gsm8k-2", "gsm8k-1", "gsm8k-3"]),
            ("o", ["gsm8k-2", "gsm8k-3", "gsm8k-1"]),
            ("O", ["gsm8k-2", "gsm8k-1", "gsm8k-3"]),
            ("b", ["gsm8k-1", "gsm8k-2", "gsm8k-3"]),
            ("d", ["gsm8k-2", "gsm8k-3"]),
            ("d", ["gsm8k-2", "gsm8k-3"]),
            ("u", ["gsm8k-1", "gsm8k-2", "gsm8k-3"]),
            ("u", ["gsm8k-1", "gsm8k-2", "gsm8k-3"]),
            ("b", ["gsm8k-1", "gsm8k-2", "gsm8k-3"]),
        ]:
            await ui.press(key)
            assert (key, names(screen)) == (key, order)
        assert ui.told == [
            "gsm8k-1 was taken out: u puts it back",
            "two are needed to compare: none can be taken out",
            "nothing was taken out: d takes the selected column out",
            "it is the first already: l selects another",
        ]
        await ui.press("d")
        await ui.until_shown("2 compared · 1 taken out, u puts back")


async def test_keys_of_the_curves_work_from_anywhere(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        screen = await compare(ui, "job_1", "job_3")
        await ui.press("m")
        await ui.until_shown("loss  1 of 4", "━ gsm8k-1 0.959", "━ gsm8k-3")
        await ui.press("n")
        await ui.until_shown("eval_loss  2 of 4")
        await ui.press("p", "p")
        await ui.until_shown("learning_rate  4 of 4")
        curves = screen.sides.curves
        for key in ("plus", "minus", "plus", "less_than_sign", "greater_than_sign"):
            before = curves.how.window
            await ui.press(key)
            await ui.until(lambda before=before: curves.how.window != before)  # type: ignore[misc]
        await ui.press("y", "s")
        await ui.until_shown("log  smoothed 0.6")
        await ui.press("left_square_bracket", "left_curly_bracket")
        await ui.until_shown("at step")
        await ui.press("right_curly_bracket", "right_square_bracket", "0")
        assert (curves.how.window, curves.how.cursor) == (None, None)
        await ui.press("x")
        await ui.until_shown("It is not known over which epoch")
        await ui.press("1", "s")
        assert screen.sides.side == "curves"


async def test_a_curve_keeps_its_ink_and_the_selected_one_is_marked(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    jobs = six_jobs(lab, story)
    async with drive(lab, (80, 24)) as ui:
        screen = await compare(ui, jobs[5], jobs[3], jobs[2])
        await ui.press("2", "l")
        await ui.until_shown("━ no-metrics -", "▸2━ a ", "loss  1 of 4")
        inks = {text: ink for line in screen.sides.view.lines for text, ink in line}
        assert inks["3━ "] == "third"
        await ui.press("b")
        await ui.until_shown("▸1━ a ", "2━ no-metrics -")


async def test_models_of_no_job_have_no_curves(lab: StillLab, drive: Drive, story: Story) -> None:
    register(story, 8, "rescued-8", 0.5)
    register(story, 9, "rescued-9", 0.4)
    async with drive(lab) as ui:
        await compare(ui, "mdl_8", "mdl_9")
        await ui.until_shown("rescued-8", "None yet: they come with the first steps of a job.")
        await ui.press("2")
        await ui.until_shown("No job is known that made any of these")
        await ui.press("3")
        await ui.until_shown("On 40 examples of examples that are not known here", "0.4000 ★")


async def test_scores_have_intervals_where_trials_were_counted(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    two_models(lab, story)
    async with drive(lab) as ui:
        await compare(ui, "mdl_1", "mdl_3", "job_5")
        await ui.press("3")
        await ui.until_shown("On 40 examples of gsm8k/validation@1", "0.7750 ★", "75.0%")
        # The job that runs stands in the same table, with the step at which it was measured.
        await ui.until_shown("after step", "at its end", "30")
        assert ui.screen_text().count("gsm8k/validation@1") == 1
        await ui.until_shown("There are no intervals of loss")
        await ui.press("end")
        await ui.until_shown("Answers to 3 prompts that all were asked", "1 of 2", "9% to 91%")
        await ui.press("a", "l", "b")
        assert "the scores are all here: a works on differences and answers" in ui.told
        await ui.until_shown("▸gsm8k-3")


async def test_a_job_that_runs_is_followed(lab: StillLab, drive: Drive, story: Story) -> None:
    async with drive(lab) as ui:
        await compare(ui, "job_5", "job_3")
        await ui.until_shown("● running", "1.211")
        story.tell("job_5", *losses(31, 30), JobSucceeded(step=60, model="mdl_5"))
        # The other one was cut short: it is no match.
        await ui.until_shown("✓ succeeded", "0.9747", "None is marked ★ as the best")
        await ui.press("3")
        await ui.until_shown("after step")
        register(story, 5, "gsm8k-5", 0.7)
        await ui.until_shown("On 40 examples of gsm8k/validation@1", "0.7000")


async def test_a_model_that_goes_while_it_is_compared_is_told(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    two_models(lab, story)
    async with drive(lab) as ui:
        await compare(ui, "mdl_1", "job_3")
        story.log.append("model/mdl_1", ModelDeleted())
        await ui.until_shown("✗ gone")
        story.log.append("model/mdl_3", ModelGone(reason="the service does not know it"))
        await ui.until(lambda: len(ui.told) == 2)
        assert ui.told[0].startswith("the model gsm8k-1 is gone: ")
        assert ui.told[1] == "the model gsm8k-3 is gone: the service does not know it"
        # What it answered can still be compared.
        await ui.press("4")
        await ui.until_shown("prompt 1 of 3")


async def test_how_datasets_differ_is_told_in_a_line(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    jobs = six_jobs(lab, story)
    async with drive(lab, (120, 36)) as ui:
        await compare(ui, *jobs[:2])
        one, other = (f"a-dataset-of-long-name/train@{number}" for number in (1, 2))
        await ui.until_shown(f"{other} against {one}: 2 examples added, 1 removed, 2 the same")
        await ui.press("l", "b")
        await ui.until_shown(f"{one} against {other}: 1 example added, 2 removed, 2 the same")


@pytest.mark.parametrize(("key", "form"), [("Y", "Markdown"), ("T", "TSV")])
async def test_a_table_is_copied_whole(lab: StillLab, drive: Drive, key: str, form: str) -> None:
    async with drive(lab, (50, 20)) as ui:
        await compare(ui, "job_1", "job_2", "job_3", "job_4")
        await ui.press(key)
        await ui.until(lambda: f"copied differences as {form}" in ui.told)
        first, *rest = ui.app.clipboard.splitlines()
        between = " | " if form == "Markdown" else "\t"
        assert first.strip("| ").split(between)[-1] == "a-name-that-is-rather-long"
        assert any("eval_loss, best" in line for line in rest)


async def test_chart_and_answers_are_copied_as_they_are_shown(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    two_models(lab, story)
    async with drive(lab) as ui:
        await compare(ui, "mdl_1", "mdl_3")
        await ui.press("2")
        await ui.until_shown("━ gsm8k-1 0.9592")
        await ui.press("Y")
        await ui.until(lambda: "━ gsm8k-1 0.9592" in ui.app.clipboard)
        await ui.press("4")
        await ui.until_shown("prompt 1 of 3")
        await ui.press("T")
        await ui.until(lambda: "Natalia sold clips" in ui.app.clipboard)


async def test_every_side_says_what_its_keys_do(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (200, 24)) as ui:
        await compare(ui, "job_1", "job_3")
        shown = {}
        for number, side in enumerate(SIDES, start=1):
            await ui.press(str(number))
            await ui.pilot.pause()
            shown[side] = ui.screen_text().splitlines()[-1]
        assert "y log scale" in shown["curves"]
        assert "/ search" in shown["answers"]
        assert "a all" in shown["differences"]
        assert all("esc back" in line and "l column" in line for line in shown.values())


async def test_answers_that_come_are_shown(lab: StillLab, drive: Drive, story: Story) -> None:
    register(story, 3, "gsm8k-3", 0.88)
    async with drive(lab) as ui:
        screen = await compare(ui, "mdl_1", "mdl_3")
        await ui.press("4")
        await ui.until_shown("No answers are recorded yet.")
        answer(lab, story, "mdl_1")
        await ui.until_shown("No prompt was asked of two of them.", "gsm8k-1: 3 prompts asked")
        answer(lab, story, "mdl_3")
        await ui.until_shown("prompt 1 of 3")
        assert len(screen.sides.answers.found) == 3


async def test_the_help_names_the_keys(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await compare(ui, "job_1", "job_3")
        await ui.press("question_mark")
        await ui.until_shown("Compare the others without the selected column")


async def test_what_cannot_be_read_is_told(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> int:
        raise StoreBusyError("the database is locked by another program")

    async with drive(lab) as ui:
        with monkeypatch.context() as locked:
            locked.setattr(lab.database, "head", busy)
            screen = Compare(lab, ["job_1", "job_3"])
            ui.app.push_screen(screen)
            await ui.until_shown("Could not be read: the database is locked by another program")
            await ui.press("2", "3", "4", "1", "l", "d", "Y")
        await ui.until_shown("METRICS", "eval_loss, best")


async def test_nothing_at_all_is_no_comparison(empty_lab: StillLab, drive: Drive) -> None:
    async with drive(empty_lab) as ui:
        ui.app.push_screen(Compare(empty_lab, []))
        await ui.until_shown("Two are needed to compare")
        await ui.press(*"lhoObduaemnpysxY", "slash", "escape", "T", "0", "tab", "escape")
        await ui.until(lambda: ui.app.screen is ui.jobs)


async def test_the_past_is_compared_as_it_stood(lab: StillLab, drive: Drive) -> None:
    [failed] = history(lab.database.reader, Filter("job/job_2", "JobFailed"))
    async with drive(lab) as ui:
        with PastLab(lab, failed.seq - 1) as past:
            ui.app.push_screen(Compare(past, ["job_1", "job_2"]))
            await ui.until_shown("✓ succeeded", "● running")
            await ui.press("4")
            await ui.until_shown("No answers are recorded yet.")
            await ui.press("escape")
            await ui.until(lambda: ui.app.screen is ui.jobs)
