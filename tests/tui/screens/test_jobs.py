from __future__ import annotations

import sqlite3

import pytest
from textual.widgets import ContentSwitcher

from engine.looking import LookedAtLab
from store.errors import StoreBusyError
from store.events import JobCancelRequested, JobMessageReceived, JobSucceeded
from store.queries.history import Filter, history
from store.queries.jobs import job_detail, job_list
from tests.tui.conftest import Drive, Driven, StillLab, Story, losses, running, settle
from tui.screens.chat import Chat
from tui.screens.help import Help
from tui.screens.jobs import Jobs
from tui.screens.models import Models
from tui.screens.question import Question

NEWEST_FIRST = ["gsm8k-5", "a-name-that-is-rather-long", "gsm8k-3", "gsm8k-2", "gsm8k-1"]


async def test_the_newest_job_is_selected_and_shown(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        assert ui.names == NEWEST_FIRST
        assert ui.selected == "gsm8k-5"
        await ui.until_shown("● gsm8k-5  running", "step 30/60", "━ loss 1.211", "eval_loss")


async def test_keys_move_the_selection(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        steps = [
            ("j", 1),
            ("down", 2),
            ("k", 1),
            ("up", 0),
            ("up", 0),
            ("end", 4),
            ("j", 4),
            ("home", 0),
            ("G", 4),
            ("g", 0),
            ("pagedown", 4),
            ("pageup", 0),
            ("ctrl+d", 4),
            ("ctrl+u", 0),
        ]
        for key, place in steps:
            await ui.press(key)
            assert (key, ui.selected) == (key, NEWEST_FIRST[place])


async def test_the_job_under_the_cursor_is_shown_when_it_rests(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("j", "j", "j")
        await ui.until_shown("✗ gsm8k-2  failed: out of memory while allocating 1.2 GB")


async def test_a_click_selects_a_row(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.pilot.click(ui.rows, offset=(10, 3))
        assert ui.selected == "gsm8k-2"
        await ui.pilot.click(ui.rows, offset=(10, 12))
        assert ui.selected == "gsm8k-2"


@pytest.mark.parametrize(
    ("key", "panel", "text"),
    [
        ("1", "overview", "learning rate"),
        ("2", "curves", "━ loss 1.211"),
        ("3", "metrics", "LOWEST"),
        ("4", "events", "checkpoint saved at step 30"),
        ("5", "log", "No log: the job's folder is gone."),
    ],
)
async def test_numbers_open_panels(
    lab: StillLab, drive: Drive, key: str, panel: str, text: str
) -> None:
    async with drive(lab) as ui:
        await ui.press(key)
        assert ui.jobs.query_one(ContentSwitcher).current == panel
        await ui.until_shown(text)


async def test_a_panel_that_was_hidden_shows_the_job_that_is_selected_by_now(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.until_shown("━ loss 1.211")
        await ui.press("1", "G")
        await ui.until_shown("✓ gsm8k-1  succeeded")
        await ui.press("2")
        await ui.until_shown("━ loss 0.9592")


async def test_arrows_turn_the_panels(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        seen = []
        for key in ("l", "right", "l", "l", "h", "left"):
            await ui.press(key)
            seen.append(ui.panel.view.id)
        assert seen == ["metrics", "events", "log", "overview", "log", "events"]


async def test_a_click_opens_a_tab(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.pilot.click("#tabs", offset=(30, 0))
        await ui.until(lambda: ui.panel.view.id == "metrics")


async def test_the_metric_can_be_changed(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.until_shown("1 of 3")
        await ui.press("m")
        await ui.until_shown("━ grad_norm", "2 of 3")
        await ui.press("p", "p")
        await ui.until_shown("━ learning_rate", "3 of 3")
        await ui.press("1", "m")
        assert ui.panel.view.id == "curves"


async def test_the_end_of_the_log_is_shown_harmless(lab: StillLab, drive: Drive) -> None:
    folder = lab.places.run("job_5")
    folder.mkdir(parents=True)
    lines = [f"step {number}" for number in range(100)]
    (folder / "log.txt").write_text("\n".join([*lines, "\x1b]0;x\x07\x1b[2Jdone\x08"]))
    async with drive(lab) as ui:
        await ui.press("5")
        await ui.until_shown("step 99", " done\ufffd")


async def test_enter_gives_the_job_the_screen_and_escape_gives_it_back(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (80, 24)) as ui:
        await ui.press("enter")
        assert not ui.jobs.query_one("#job-list").display
        assert ui.panel.view.has_focus
        await ui.until_shown("esc back")
        await ui.press("escape")
        assert ui.jobs.query_one("#job-list").display
        assert ui.rows.has_focus
        await ui.press("enter", "enter")
        assert ui.jobs.query_one("#job-list").display


async def test_a_narrow_terminal_shows_one_thing_at_a_time(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (50, 20)) as ui:
        await ui.until_shown("gsm8k-5", "enter open")
        assert not ui.panel.display
        await ui.press("enter")
        await ui.until_shown("step 30/60", "━ loss 1.211")
        assert not ui.jobs.query_one("#job-list").display


async def test_the_layout_follows_the_terminal(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        list_above = ui.jobs.query_one("#job-list").region
        assert list_above.bottom <= ui.panel.region.y
        await ui.pilot.resize_terminal(200, 40)
        await ui.until(lambda: ui.panel.region.y == ui.jobs.query_one("#job-list").region.y)
        await ui.pilot.resize_terminal(12, 3)
        await ui.pilot.resize_terminal(1, 1)
        await ui.pilot.resize_terminal(80, 24)
        await ui.until_shown("gsm8k-5", "━ loss 1.211")


@pytest.mark.parametrize("size", [(80, 24), (110, 30), (200, 60)])
async def test_the_list_can_have_the_whole_screen(
    lab: StillLab, drive: Drive, size: tuple[int, int]
) -> None:
    async with drive(lab, size) as ui:
        await ui.press("z")
        await ui.until(lambda: not ui.panel.display)
        assert ui.rows.size.height > size[1] - 8
        assert ui.rows.size.width > size[0] - 4
        await ui.until_shown("esc back")
        await ui.press("enter")
        await ui.until_shown("━ loss 1.211")
        await ui.press("escape")
        await ui.until(lambda: not ui.panel.display)
        await ui.press("escape")
        await ui.until_shown("gsm8k-1", "━ loss 1.211")


async def test_where_the_list_has_the_whole_screen_anyway_that_is_said(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (50, 20)) as ui:
        await ui.press("z")
        assert ui.told == ["the list has the whole screen already: enter shows a job"]


async def test_with_marked_jobs_the_head_says_whose_curves_are_drawn(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (80, 24)) as ui:
        await ui.press("space", "space", "2")
        both = "2 jobs: ● gsm8k-5, ⊘ a-name-that-is-rather-long"
        await ui.until_shown(both, "● 1 running  ⊘ 1 cancelled", "esc unmark")
        assert ui.selected == "gsm8k-3"
        await ui.press("enter")
        await ui.until(lambda: not ui.jobs.query_one("#job-list").display)
        await ui.until_shown(both)
        await ui.press("1")
        await ui.until_shown("! gsm8k-3  interrupted")
        await ui.press("2")
        await ui.until_shown(both)
        await ui.press("escape", "escape")
        await ui.until_shown("! gsm8k-3  interrupted", "━ loss 0.9447")


async def test_cancelling_asks_and_then_records_the_request(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("c")
        assert isinstance(ui.app.screen, Question)
        await ui.until_shown("Cancel gsm8k-5?", "y cancel it", "n let it run")
        await ui.press("y")
        await ui.until(lambda: ui.told == ["gsm8k-5 was asked to stop"])
        events = history(lab.database.reader, Filter("job/job_5"))
        assert events[-1].type == JobCancelRequested.type_name


@pytest.mark.parametrize("key", ["n", "escape", "q"])
async def test_a_question_can_be_answered_with_no(lab: StillLab, drive: Drive, key: str) -> None:
    async with drive(lab) as ui:
        head = lab.database.head()
        await ui.press("c", key)
        assert isinstance(ui.app.screen, Jobs)
        await settle(ui.pilot)
        assert lab.database.head() == head


async def test_resuming_asks_and_then_goes_on(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("j", "j", "r")
        await ui.until_shown("Resume gsm8k-3?")
        await ui.press("enter")
        await ui.until(lambda: ui.told == ["gsm8k-3 goes on"])
        detail = job_detail(lab.database.reader, "gsm8k-3")
        assert (detail.status, detail.attempt, detail.step) == ("queued", 2, 40)
        await ui.until_shown("○ gsm8k-3  queued")


@pytest.mark.parametrize(
    ("keys", "refusal"),
    [
        ("r", "gsm8k-5 is running: it can be cancelled, not resumed"),
        ("t", "gsm8k-5 is running: its model can be talked to when it is done"),
        ("jjjc", "gsm8k-2 has ended (failed): there is nothing to cancel"),
        ("jjjt", "gsm8k-2 ended without a model (failed)"),
        ("Gr", "gsm8k-1 has succeeded: there is nothing left to resume"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_the_reason(
    lab: StillLab, drive: Drive, keys: str, refusal: str
) -> None:
    async with drive(lab) as ui:
        await ui.press(*keys)
        await ui.until(lambda: ui.told == [refusal])
        assert isinstance(ui.app.screen, Jobs)


@pytest.mark.parametrize(
    ("keys", "offered"),
    [
        ("", {"cancel"}),
        ("j", {"resume"}),
        ("jj", {"resume"}),
        ("jjj", {"resume"}),
        ("G", {"talk"}),
        # Marked: one of them can be cancelled, the other resumed.
        ("  ", {"cancel", "resume"}),
    ],
)
async def test_the_line_of_keys_offers_what_makes_sense_for_the_selected_job(
    lab: StillLab, drive: Drive, keys: str, offered: set[str]
) -> None:
    async with drive(lab) as ui:
        await ui.press(*keys)
        await ui.until(lambda: _offered(ui) == offered)


async def test_what_is_offered_follows_what_becomes_of_the_job(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    async with drive(lab) as ui:
        await ui.until(lambda: _offered(ui) == {"cancel"})
        story.tell("job_5", JobSucceeded(model="mdl_5", step=60))
        await ui.until(lambda: _offered(ui) == {"talk"})


async def test_where_nothing_can_be_done_nothing_is_offered_but_the_key_says_why(
    lab: StillLab, drive: Drive
) -> None:
    lab.why_not = LookedAtLab.why_not
    async with drive(lab) as ui:
        await ui.until(lambda: not _offered(ui))
        await ui.press("c")
        await ui.until(lambda: any("--read-only" in told for told in ui.told))


def _offered(ui: Driven) -> set[str]:
    """Return which of the things that can be done with a job the line of keys names."""
    line = ui.screen_text().splitlines()[-1]
    return {label for label in ("cancel", "resume", "talk") if f" {label} " in line}


async def test_what_the_lab_refuses_is_told_in_its_words(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    async with drive(lab) as ui:
        await ui.press("c")
        # It ends while the question stands.
        story.tell("job_5", JobSucceeded(model="mdl_5", step=60))
        await ui.press("y")
        # That it ended is told as well, before or after.
        await ui.until(lambda: "gsm8k-5 is succeeded: there is nothing to cancel" in ui.told)


async def test_a_finished_job_opens_a_chat_with_its_model(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("G", "t")
        await ui.until(lambda: isinstance(ui.app.screen, Chat))
        await ui.until_shown("chat with gsm8k-1")


async def test_help_models_and_palette_open(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("question_mark")
        await ui.until(lambda: isinstance(ui.app.screen, Help))
        await ui.until_shown("Ask the selected job to stop", "esc close")
        await ui.press("escape", "M")
        await ui.until(lambda: isinstance(ui.app.screen, Models))
        await ui.press("escape", "ctrl+p")
        await ui.until_shown("what to do, or a name")
        await ui.press(*"panel ev", "enter")
        await ui.until(lambda: ui.panel.view.id == "events")


async def test_the_line_of_keys_can_be_clicked(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.pilot.click("#keys", offset=(15, 0))
        assert isinstance(ui.app.screen, Question)


async def test_q_leaves(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("q")
        await ui.until(lambda: ui.app._exit)


async def test_what_is_recorded_elsewhere_appears(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    async with drive(lab) as ui:
        await ui.until_shown("step 30/60")
        story.tell("job_5", *losses(31, 15))
        await ui.until_shown("step 45/60", " 75%")
        story.tell("job_5", JobSucceeded(model="mdl_5", step=60))
        await ui.until_shown("✓ gsm8k-5  succeeded")


async def test_a_new_job_leaves_the_selection_with_its_job(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    async with drive(lab) as ui:
        await ui.press("j")
        story.job("9", *running(), name="newcomer")
        await ui.until_shown("newcomer")
        assert ui.names[0] == "newcomer"
        assert ui.selected == "a-name-that-is-rather-long"


async def test_the_log_of_events_grows_while_it_is_read(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    async with drive(lab) as ui:
        await ui.press("4")
        story.tell("job_5", JobMessageReceived(level="info", text="a word from the trainer"))
        await ui.until_shown("a word from the trainer")


async def test_refreshing_reads_everything_anew(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("ctrl+r")
        await settle(ui.pilot)
        assert ui.names == NEWEST_FIRST
        assert ui.rows.book.counts["running"] == 1


async def test_without_jobs_it_says_what_to_do(
    empty_lab: StillLab, drive: Drive, home: object
) -> None:
    del home
    async with drive(empty_lab, (80, 24)) as ui:
        await ui.until_shown("There are no jobs yet.", "ftlab demo", "ftlab train")
        Story(empty_lab.database.path).job("1", *running(), name="the-first")
        await ui.until_shown("the-first", "● the-first  running")


async def test_a_notice_of_the_poller_is_shown_and_goes_away(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        assert not ui.jobs.query_one("#notice").display
        lab.polling_notice = "the disk is full"
        await ui.until_shown("i the disk is full")
        lab.polling_notice = None
        await ui.until(lambda: not ui.jobs.query_one("#notice").display)


async def test_a_panel_that_cannot_be_read_says_so_and_the_app_goes_on(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(job: str, lines: int = 200) -> list[str]:
        del job, lines
        raise OSError("the disk does not answer")

    monkeypatch.setattr(lab, "log_tail", fault)
    async with drive(lab) as ui:
        await ui.press("5")
        await ui.until_shown("Could not be read:", "the disk does not answer")
        await ui.press("1")
        await ui.until_shown("learning rate")


async def test_a_database_that_cannot_be_read_for_a_while_is_told_once_and_read_again(
    lab: StillLab, drive: Drive, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "another process has kept the database locked"
    async with drive(lab) as ui:
        monkeypatch.setattr("tui.app._START_AGAIN_SECONDS", 0.05)

        def fault() -> int:
            raise StoreBusyError(words)

        with monkeypatch.context() as faulty:
            faulty.setattr(lab.database, "head", fault)
            await ui.until(lambda: ui.told == [words])
        story.tell("job_5", *losses(31, 15))
        await ui.until_shown("step 45/60")
        assert ui.told == [words]


async def test_a_database_that_fails_is_told_and_the_app_goes_on(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(job: str) -> None:
        raise sqlite3.DatabaseError(f"\x1b[2Jno {job}")

    monkeypatch.setattr(lab, "cancel_job", fault)
    async with drive(lab) as ui:
        await ui.press("c", "y")
        await ui.until(lambda: bool(ui.told))
        assert ui.told[0] == "The database fails (no job_5): `ftlab verify` tells what is wrong."
        await ui.press("j")
        assert ui.selected == NEWEST_FIRST[1]


async def test_hostile_names_are_shown_as_text(lab: StillLab, drive: Drive, story: Story) -> None:
    name = "\x1b[31m[bold]x[/] \x07[link=x]y"
    story.job("9", *running(), name=name)
    async with drive(lab) as ui:
        await ui.until_shown("[bold]x[/] \ufffd[link")
        await ui.press("c")
        await ui.until_shown("Cancel [bold]x[/] \ufffd[link=x]y?")
        assert "\x1b" not in ui.screen_text()


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (50, 20)])
async def test_ten_thousand_jobs_scroll(
    empty_lab: StillLab, drive: Drive, size: tuple[int, int]
) -> None:
    _fill(empty_lab, 10_000)
    async with drive(empty_lab, size) as ui:
        await ui.until(lambda: len(ui.rows.book.ids) == 10_000)
        assert ui.selected == "many-9999"
        await ui.press("end")
        await ui.until_shown("many-0 ")
        await ui.press("pageup", "home")
        await ui.until_shown("many-9999")
    assert len(job_list(empty_lab.database.reader)) == 10_000


@pytest.mark.parametrize("size", [(80, 24), (110, 30)])
@pytest.mark.parametrize("count", [40, 10_000])
async def test_many_jobs_leave_the_panel_its_room(
    lab: StillLab, drive: Drive, count: int, size: tuple[int, int]
) -> None:
    _fill(lab, count)
    async with drive(lab, size) as ui:
        await ui.until(lambda: len(ui.rows.book.ids) == count + 5)
        await ui.until_shown("━ loss 1.211", "└┬", "enter open")
        assert ui.rows.size.height == int(size[1] * 0.36)
        assert ui.panel.view.size.height >= size[1] // 2 - 3
        assert ui.panel.region.bottom == size[1] - 1


async def test_rows_that_a_larger_window_brings_into_sight_are_read(
    empty_lab: StillLab, drive: Drive
) -> None:
    _fill(empty_lab, 1_000)
    async with drive(empty_lab, (80, 24)) as ui:
        await ui.until(lambda: len(ui.rows.book.ids) == 1_000)
        await ui.press(*["ctrl+d"] * 12)
        await ui.pilot.resize_terminal(200, 90)
        await ui.until(lambda: ui.rows.size.height > 80)
        await ui.until(lambda: "  …" not in ui.screen_text())


def _fill(lab: StillLab, count: int) -> None:
    """Put rows into the read model alone: ten thousand real histories take a minute to record."""
    moment = "2026-11-20T12:00:00.000000Z"
    with lab.database.transaction() as connection:
        connection.executemany(
            "INSERT INTO job (id, name, planned_at, started_at, updated_at, provider, base_model, "
            "method, hyperparameters_json, dataset, seed, status, attempt, step, total_steps, "
            "loss, progress_offset, version, options_json, imported, creation_attempts) "
            "VALUES (?, ?, ?3, ?3, ?3, 'local', 'tiny', 'lora', '{}', "
            "'ds_1', 0, 'running', 1, 5, 10, 1.5, 0, 1, '{}', 0, 0)",
            [(f"job_{number:06}", f"many-{number}", moment) for number in range(count)],
        )


async def test_own_keys_are_listened_to_shown_and_those_that_cannot_be_told(
    lab: StillLab, drive: Drive
) -> None:
    lab.places.config.write_text('[keys]\n"job.cancel" = "x"\n"job.fly" = "f"\n')
    async with drive(lab) as ui:
        await ui.until_shown("x cancel")
        assert "there is no action job.fly" in ui.told[0]
        await ui.press("c")
        assert isinstance(ui.app.screen, Jobs)
        await ui.press("x")
        assert isinstance(ui.app.screen, Question)


_WANT_A_JOB = (
    *("enter", "c", "r", "R", "t", "m", "p", "y", "s", "plus", "minus", "comma", "full_stop", "0"),
    *("x", "left_square_bracket", "right_curly_bracket", "l", "h", "1", "3", "5", "Y", "O"),
    *("space", "f", "z"),
)


async def test_without_a_job_every_key_that_wants_one_says_so(
    empty_lab: StillLab, drive: Drive
) -> None:
    async with drive(empty_lab, (80, 24)) as ui:
        await ui.until_shown("There are no jobs yet.")
        for place, key in enumerate(_WANT_A_JOB, start=1):
            await ui.press(key)
            said = "there is no job to do that with"
            await ui.until(lambda place=place, said=said: ui.told.count(said) == place)  # type: ignore[misc]


async def test_where_no_job_fits_a_search_keys_say_how_to_see_all_again(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab) as ui:
        await ui.press("slash", *"nothing-is-called-so", "enter")
        await ui.until_shown("No job fits")
        await ui.press("c", "R", "space")
        said = "no job fits the search: esc shows all jobs again"
        await ui.until(lambda: ui.told.count(said) == 3)
