"""Sliding through time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Event

import pytest

from store.queries.history import Filter, event, history
from store.times import from_text
from tests.tui.conftest import Drive, StillLab
from tui.screens.ask import Ask
from tui.screens.history import History
from tui.screens.jobs import Jobs
from tui.screens.jump import Jump
from tui.travelling import Travelling


async def test_the_slider_shows_every_moment_and_leads_back(lab: StillLab, drive: Drive) -> None:
    head = lab.database.head()
    async with drive(lab, (120, 36)) as ui:
        await ui.press("B")
        await ui.until_shown(f"now of {head}")
        await ui.press("left", "left")
        await ui.until_shown(f"event {head - 2} of {head}", "PAST", f"as of event {head - 2}")
        await ui.press("left")
        await ui.until_shown(f"as of event {head - 3}")
        assert len([one for one in ui.app.screen_stack if isinstance(one, Jobs)]) == 2
        await ui.press("end")
        await ui.until(lambda: ui.app.as_of is None)
        assert len(ui.app.screen_stack) == 1


async def test_a_moment_is_written_and_every_screen_shows_it(lab: StillLab, drive: Drive) -> None:
    failed = history(lab.database.reader, Filter("job/job_2"))[-1].seq
    async with drive(lab, (120, 36)) as ui:
        await ui.press("B", "slash")
        assert isinstance(ui.app.screen, Ask)
        await ui.press(*"someday", "enter")
        await ui.until_shown("is no time")
        await ui.press(*["backspace"] * 7, *str(failed - 1), "enter")
        await ui.until_shown(f"as of event {failed - 1}", "● gsm8k-2")
        await ui.press("H")
        await ui.until_shown("PAST", " · history")
        assert isinstance(ui.app.screen, History)
        await ui.press("escape", "B", "enter", "escape")
        await ui.until(lambda: ui.app.as_of is None)
        await ui.until_shown("✗ gsm8k-2")


async def test_the_same_time_of_another_day_is_gone_to(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (120, 36)) as ui:
        await ui.press("B")
        await ui.until_shown("checkpoint saved at step 30")
        await ui.press("down")
        await ui.until_shown("PAST", "✓ gsm8k-1")
        assert "gsm8k-5" not in ui.screen_text()


async def test_the_slider_leaves_without_a_trace(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        before = ui.screen_text()
        await ui.press("B")
        await ui.until_shown("← before")
        await ui.press("escape")
        await ui.until(lambda: ui.screen_text() == before)
        assert ui.rows.has_focus


async def test_a_click_on_the_slider_goes_there(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (120, 36)) as ui:
        await ui.press("B")
        await ui.until_shown("now of")
        await ui.pilot.click("#time-bar", offset=(3, 0))
        await ui.until_shown("PAST", "as of event 1,")


async def test_a_time_before_the_first_event_is_told_as_such(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (120, 36)) as ui:
        await ui.press("B", "slash", *"2020-01-01", "enter")
        await ui.until_shown("that is before the log begins (")
        assert ui.app.as_of is None


async def test_the_day_on_which_the_log_begins_means_its_first_event(
    lab: StillLab, drive: Drive
) -> None:
    begins = from_text(event(lab.database.reader, 1).at).astimezone()
    assert lab.seq_as_of(f"{begins:%Y-%m-%d}") == 1
    assert lab.seq_as_of(f"{begins - timedelta(days=1):%Y-%m-%d}") == 0
    assert lab.seq_as_of(f"{begins - timedelta(minutes=1):%Y-%m-%dT%H:%M}") == 0
    async with drive(lab, (120, 36)) as ui:
        await ui.press("B", "slash", *f"{begins:%Y-%m-%d}", "enter")
        await ui.until_shown("as of event 1,")


async def test_back_in_the_present_the_slider_stands_at_its_end(
    lab: StillLab, drive: Drive
) -> None:
    head = lab.database.head()
    async with drive(lab, (120, 36)) as ui:
        await ui.press("B", "left", "left")
        await ui.until_shown(f"as of event {head - 2}")
        await ui.press("escape", "escape")
        await ui.until(lambda: ui.app.as_of is None)
        await ui.until_shown(f"now of {head}")
        await ui.press("B", "left")
        await ui.until_shown(f"as of event {head - 1}")


async def test_gone_back_from_the_log_the_slider_stands_at_that_event(
    lab: StillLab, drive: Drive
) -> None:
    head = lab.database.head()
    async with drive(lab, (120, 36)) as ui:
        await ui.press("H", "j", "j", "t")
        await ui.until_shown("PAST", f"as of event {head - 2}")
        await ui.press("B")
        await ui.until_shown(f"event {head - 2} of {head}")
        await ui.press("end")
        await ui.until(lambda: ui.app.as_of is None)


async def test_in_the_past_the_keys_say_how_to_leave_it(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await ui.press("B")
        await ui.until_shown("/ a time", "end now", "enter look")
        await ui.press("left")
        await ui.until(lambda: ui.app.as_of is not None and ui.app.shown_jobs.time_bar.has_focus)
        await ui.press("enter")
        await ui.until_shown("esc back to now", "B other time", "enter open")
        assert "new job" not in ui.screen_text()
        await ui.press("escape")
        await ui.until(lambda: ui.app.as_of is None)


async def test_leaving_the_slider_while_a_past_is_coming_looks_at_what_comes(
    lab: StillLab, drive: Drive
) -> None:
    head = lab.database.head()
    async with drive(lab, (120, 36)) as ui:
        await ui.press("B")
        await ui.until_shown(f"now of {head}")
        await ui.press("left", "enter")
        assert ui.rows.has_focus
        assert ui.jobs.time_bar.display
        await ui.until(lambda: ui.app.as_of is not None and ui.app.screen is ui.app.shown_jobs)
        await ui.until(lambda: ui.app.shown_jobs.rows.has_focus)
        await ui.until_shown(f"event {head - 1} of {head}", "esc back to now")


async def test_a_time_before_all_jobs_is_said_to_be_one(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, (80, 24)) as ui:
        await ui.press("B", "home")
        await ui.until_shown("There were no jobs at that time.", "returns to the present")
        await ui.press("enter")
        await ui.until_shown("esc back to now", "B other time")
        await ui.press("M")
        await ui.until_shown("There were no models at that time.")
        assert "new job" not in ui.screen_text()
        assert "starts one" not in ui.screen_text()
        await ui.press("J", "escape")
        await ui.until_shown("gsm8k-5")


async def test_a_dialog_that_is_open_when_the_past_comes_takes_nothing_of_it_away(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (120, 36)) as ui:
        await ui.press("ctrl+o")
        assert isinstance(ui.app.screen, Jump)
        ui.app.go_back_to(5, sliding=True)
        await ui.until_shown("as of event 5,")
        assert [type(screen) for screen in ui.app.screen_stack] == [Jobs, Jobs]
        ui.app.go_back_to(4, sliding=True)
        await ui.until_shown("as of event 4,")
        assert [type(screen) for screen in ui.app.screen_stack] == [Jobs, Jobs]
        ui.app.leave_past()
        await ui.until(lambda: ui.app.sight is lab)
        assert ui.app.as_of is None


async def test_whoever_returns_to_now_before_a_past_has_come_stays_there(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on, ended = Event(), Event(), Event()
    usual = Travelling._fold

    def fold(app: Travelling, seq: int, *, sliding: bool) -> object:
        begun.set()
        goes_on.wait(10)
        found = usual(app, seq, sliding=sliding)
        ended.set()
        return found

    monkeypatch.setattr(Travelling, "_fold", fold)
    async with drive(lab, (80, 24)) as ui:
        head = lab.database.head()
        await ui.press("B")
        await ui.until_shown(f"now of {head}")
        await ui.press("left")
        await ui.until(begun.is_set)
        await ui.press("right")
        await ui.until_shown(f"now of {head}")
        await ui.until(lambda: not any(w.group == "past" for w in ui.app.workers if w.is_running))
        goes_on.set()
        await ui.until(ended.is_set)
        await ui.press("slash")
        assert isinstance(ui.app.screen, Ask)
        assert ui.app.as_of is None


@pytest.fixture
def slow_past(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """The past comes when the event is set."""
    goes_on = Event()
    usual = Travelling._fold

    def fold(app: Travelling, seq: int, *, sliding: bool) -> object:
        goes_on.wait(10)
        return usual(app, seq, sliding=sliding)

    monkeypatch.setattr(Travelling, "_fold", fold)
    yield goes_on
    goes_on.set()


async def test_keys_that_are_meant_for_the_past_do_nothing_in_the_present(
    lab: StillLab, drive: Drive, slow_past: Event
) -> None:
    async with drive(lab, (80, 24)) as ui:
        ui.app.go_back_to(5)
        await ui.press("c", "N", "M")
        assert len(ui.app.screen_stack) == 1
        slow_past.set()
        await ui.until_shown("as of event 5,")
        await ui.press("M")
        await ui.until_shown("PAST", "models")


async def test_escape_stays_in_the_present(lab: StillLab, drive: Drive, slow_past: Event) -> None:
    async with drive(lab, (80, 24)) as ui:
        ui.app.go_back_to(5)
        await ui.press("escape")
        assert "this is the present still" in ui.told
        slow_past.set()
        await ui.press("M")
        assert ui.app.as_of is None
        assert len(ui.app.screen_stack) == 2
