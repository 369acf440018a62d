"""Errors that nobody foresaw, in every place that can raise one."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from tests.tui.conftest import Drive, Driven, StillLab, Story, losses
from tui.app import FtlabApp, run
from tui.enduring import Trouble
from tui.ink import text_of
from tui.screens.error import ErrorScreen, error_lines
from tui.screens.jobs import Jobs
from tui.widgets.curves import Curves
from tui.widgets.job_list import JobList, JobRows
from tui.widgets.tab_strip import TabStrip

SECRET = "sk-0123456789abcdefghijkl"  # noqa: S105 - no real one


class UnforeseenError(Exception):
    pass


def fail(*_: object, **__: object) -> None:
    raise UnforeseenError(f"no such thing {SECRET}")


def reports(lab: StillLab) -> list[Path]:
    return sorted((lab.places.home / "reports").glob("*.txt"))


async def told(ui: Driven) -> None:
    await ui.until(lambda: isinstance(ui.app.screen, ErrorScreen))
    await ui.until_shown("something went wrong", "UnforeseenError: no such thing [key]")


async def ended(app: FtlabApp) -> None:
    """Wait without the pilot, which waits for all widgets: they are gone by then."""
    while app.ended_by is None:  # noqa: ASYNC110 - nobody tells it
        await asyncio.sleep(0.01)


async def goes_on(ui: Driven) -> None:
    """The app listens to keys and shows what they do."""
    if not isinstance(ui.app.screen, Jobs):
        await ui.press("enter")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))
    await ui.press("home", "j")
    await ui.until(lambda: ui.rows.cursor == 1)


async def test_in_an_action(lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "action_reverse", fail)
    async with drive(lab, endures=True) as ui:
        await ui.press("O")
        await told(ui)
        (report,) = reports(lab)
        assert stat.S_IMODE(report.stat().st_mode) == 0o600
        text = report.read_text()
        assert "actions   list.reverse" in text
        assert SECRET not in text
        await goes_on(ui)


async def test_in_a_handler_of_a_message(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive(lab, endures=True) as ui:
        with monkeypatch.context() as faulty:
            faulty.setattr(JobList, "on_row_list_room_changed", fail)
            ui.rows.post_message(JobRows.RoomChanged())
            await told(ui)
        await goes_on(ui)
        # The widget listens as before.
        heard: list[bool] = []
        monkeypatch.setattr(JobList, "on_row_list_room_changed", lambda _: heard.append(True))
        ui.rows.post_message(JobRows.RoomChanged())
        await ui.until(lambda: bool(heard))


async def test_in_a_watcher_and_a_callback(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive(lab, endures=True) as ui:
        with monkeypatch.context() as faulty:
            faulty.setattr(JobRows, "watch_marked", fail)
            await ui.press("space")
            await told(ui)
        ui.app.call_after_refresh(lambda: 1 / 0)
        await ui.until(lambda: len(reports(lab)) == 2)
        await goes_on(ui)


async def test_in_a_timer(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, endures=True) as ui:
        ui.app.set_interval(0.3, fail)
        await told(ui)
        await ui.press("enter")
        # It goes on failing, and is not told with every tick.
        await ui.pilot.pause(0.7)
        assert isinstance(ui.app.screen, Jobs)
        assert len(reports(lab)) == 1


async def test_in_a_worker_that_reads(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch, story: Story
) -> None:
    async with drive(lab, endures=True) as ui:
        with monkeypatch.context() as faulty:
            faulty.setattr(Curves, "read", fail)
            story.tell("job_5", *losses(31, 5))
            await told(ui)
            await ui.press("enter")
            await ui.until_shown("Could not be read: Something unexpected went wrong")
        await goes_on(ui)
        await ui.press("home")
        await ui.until_shown("━ loss")


async def test_in_painting_a_widget(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive(lab, endures=True) as ui:
        with monkeypatch.context() as faulty:
            faulty.setattr(TabStrip, "render_line", fail)
            ui.app.screen.query_one(TabStrip).refresh()
            await told(ui)
            await ui.press("enter")
            await ui.until(lambda: isinstance(ui.app.screen, Jobs))
            shown = ui.screen_text()
            assert "✗ this could not be painted" in shown
            assert "gsm8k-5" in shown
        await goes_on(ui)
        await ui.press("ctrl+r")
        await ui.until_shown("3 Metrics")


async def test_in_a_screen_that_opens(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.history.History.on_mount", fail)
    async with drive(lab, endures=True) as ui:
        await ui.press("H")
        await told(ui)
        await ui.press("enter", "J")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))


async def test_several_are_told_on_one_screen(lab: StillLab, drive: Drive) -> None:
    def other() -> None:
        raise KeyError("another")

    async with drive(lab, endures=True) as ui:
        ui.app.call_later(fail)
        ui.app.call_later(other)
        await ui.until_shown("UnforeseenError", "KeyError: 'another'")
        assert len(ui.app.screen_stack) == 2


async def test_the_path_is_copied_and_q_leaves(lab: StillLab, drive: Drive) -> None:
    async with drive(lab, endures=True) as ui:
        ui.app.call_later(fail)
        await told(ui)
        await ui.press("c")
        await ui.until(lambda: ui.app.clipboard == str(reports(lab)[0]))
        await ui.press("q")
        assert ui.app._exit
    assert ui.app.return_code == 0


async def test_a_storm_ends_the_app_in_good_order(
    lab: StillLab, drive: Drive, capsys: pytest.CaptureFixture[str]
) -> None:
    async with drive(lab, endures=True) as ui:
        app = ui.app
        app.set_interval(0.01, fail)
        await ended(app)
    assert app.return_code == 1
    assert app.ended_by is not None
    app.ended_by.tell()
    said = capsys.readouterr().err
    assert "ftlab: this should not have happened: UnforeseenError: no such thing [key]" in said
    assert str(reports(lab)[-1]) in said


async def test_an_error_of_the_error_screen_itself_ends_in_good_order(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ErrorScreen, "__init__", fail)
    async with drive(lab, endures=True) as ui:
        ui.app.set_interval(0.01, lambda: 1 / 0)
        await ended(ui.app)
    assert ui.app.return_code == 1


@pytest.mark.parametrize("place", ["__init__", "compose", "on_mount"])
def test_before_the_first_frame_it_is_printed_plainly(
    lab: StillLab,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    place: str,
) -> None:
    monkeypatch.setattr(Jobs, place, fail)
    in_a_terminal = FtlabApp.run

    def headless(app: FtlabApp) -> object:
        return in_a_terminal(app, headless=True)

    monkeypatch.setattr(FtlabApp, "run", headless)
    assert run(lab) == 1
    printed = capsys.readouterr()
    (report,) = reports(lab)
    assert printed.err == (
        "ftlab: this should not have happened: UnforeseenError: no such thing [key]\n"
        f"The details are in {report}: please report them.\n"
    )
    assert SECRET not in printed.out


async def test_without_being_told_to_endure_the_first_error_is_raised(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Jobs, "action_reverse", fail)
    with pytest.raises(UnforeseenError):
        async with drive(lab) as ui:
            await ui.press("O")


async def test_neither_is_one_of_a_worker_swallowed(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drive_into_it() -> None:
        async with drive(lab) as ui:
            monkeypatch.setattr(Curves, "read", fail)
            await ui.press("j")
            await ui.until(lambda: ui.app._exception is not None)

    with pytest.raises(UnforeseenError):
        await drive_into_it()


def test_a_report_that_could_not_be_saved_is_told() -> None:
    lines = [text_of(line) for line in error_lines([Trouble("ValueError: x", None)], 60)]
    assert "No report could be saved: the data directory takes none." in lines
    assert max(len(line) for line in lines) <= 60


def test_a_long_error_leaves_room_for_the_rest() -> None:
    lines = error_lines([Trouble("x " * 5000, Path("/report"))], 40)
    assert len(lines) < 30
