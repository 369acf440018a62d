"""The dashboard among wild terminals, locked databases, slow disks and odd text."""

from __future__ import annotations

import sqlite3
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import cast

import pytest
from textual import events
from textual.geometry import Size

from store.database import Database
from tests.tui.conftest import Drive, Driven, StillLab, Story, losses, running
from tests.tui.heartbeat import no_stall
from tui.screens.jobs import Jobs
from tui.widgets.search_line import SearchLine

SIZES = [(1, 1), (300, 100), (2, 50), (20, 5), (120, 36)]


async def resize(ui: Driven, width: int, height: int) -> None:
    """Change the terminal's size without waiting for anything to be painted."""
    size = Size(width, height)
    assert ui.app._driver is not None
    ui.app._driver._size = size
    ui.app.post_message(events.Resize(size, size))


async def settles_at(ui: Driven, width: int, height: int) -> None:
    await resize(ui, width, height)
    await ui.until(lambda: len(ui.screen_text().splitlines()) == height)
    assert max(len(line) for line in ui.screen_text().splitlines()) <= width


@pytest.mark.parametrize(
    "keys",
    [("", "ctrl+p", "ctrl+o", "slash"), ("question_mark", "c", "o", "ctrl+t"), (*"DMHLN",)],
)
async def test_everything_bears_a_terminal_of_any_size(
    lab: StillLab, drive: Drive, keys: tuple[str, ...]
) -> None:
    async with drive(lab) as ui, no_stall():
        for key in keys:
            await ui.press(*filter(None, [key]))
            for width, height in SIZES:
                await resize(ui, width, height)
                await ui.pilot.pause()
            await ui.press("escape", "escape")
        await settles_at(ui, 120, 36)
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))


async def test_sizes_that_change_faster_than_they_are_painted(
    lab: StillLab, drive: Drive, story: Story
) -> None:
    chance = Random(1)  # noqa: S311 - the same sizes each time
    async with drive(lab) as ui, no_stall():
        for each in range(100):
            await resize(ui, chance.randint(1, 300), chance.randint(1, 100))
            if each % 20 == 0:
                story.tell("job_5", *losses(31 + each // 20, 1, evaluated=False))
                await ui.press(chance.choice(["j", "k", "l", "m", "enter", "escape"]))
        await settles_at(ui, 100, 30)
        await ui.press("escape", "home")
        await ui.until_shown("gsm8k-5")


@pytest.mark.parametrize("where", ["list", "search", "palette", "help"])
async def test_a_pasted_megabyte(lab: StillLab, drive: Drive, where: str) -> None:
    text = "status:running \x1b[2J" * (1_000_000 // 18)
    opened = {"list": (), "search": ("slash",), "palette": ("ctrl+p",)}
    keys = opened.get(where, ("question_mark", "slash"))
    async with drive(lab) as ui, no_stall():
        await ui.press(*keys)
        ui.app.post_message(events.Paste(text))
        await ui.press("x")
        await ui.until(lambda: any("characters of what was pasted" in told for told in ui.told))
        assert "\x1b" not in ui.screen_text()
        await ui.press("escape", "escape")
        await ui.until(lambda: isinstance(ui.app.screen, Jobs))
        await ui.until(lambda: ui.jobs.query_one(SearchLine).text in ("", "x"))


async def test_a_long_search_is_searched(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui, no_stall():
        await ui.press("slash")
        ui.app.post_message(events.Paste("k- " * 333))
        line = ui.jobs.query_one(SearchLine)
        await ui.until(lambda: len(line.text) > 900)
        await ui.until(lambda: ui.rows.row_count == 4)
        assert ui.told == []


async def test_a_log_that_would_steer_the_terminal_is_shown_and_not_obeyed(
    lab: StillLab, drive: Drive
) -> None:
    folder = lab.places.run("job_5")
    folder.mkdir(parents=True)
    lines = [
        "\x1b[2J\x1b[Hcleared",
        "\x1b]0;title\x07 named",
        "\x1b]52;c;c3RvbGVu\x07 copied",
        "\x1bPq#0;2;0;0;0\x1b\\ drawn",
        "10%\r50%\r100% done",
        "\x9b31m coloured",
        "a\x00b\x7fc",
        "\u202ereversed",
        "[bold]no markup[/bold]",
        "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace") + " odd",
        "x" * 5000,
    ]
    (folder / "log.txt").write_bytes("\n".join(lines).encode() + b"\n\xff\xfe raw\n")
    async with drive(lab) as ui, no_stall():
        await ui.press("5")
        await ui.until_shown("cleared", "named", "drawn", "[bold]no markup[/bold]", "raw")
        shown = ui.screen_text()
        assert not any(character in shown for character in "\x1b\x07\x9b\x00\x7f\u202e")
        assert "title" not in shown
        assert "c3RvbGVu" not in shown


async def test_a_job_that_goes_while_it_is_shown(lab: StillLab, drive: Drive, story: Story) -> None:
    async with drive(lab) as ui, no_stall():
        await ui.press("j", "j")
        await ui.until(lambda: ui.panel.view.shown == "job_3")
        with closing(sqlite3.connect(lab.database.path)) as other, other:
            other.execute("DELETE FROM job WHERE id = 'job_3'")
        story.tell("job_5", *losses(31, 5))
        for key in ("r", "1", "2", "3", "4", "5", "ctrl+r"):
            await ui.press(key)
        await ui.until(lambda: ui.rows.row_count == 4)
        await ui.press("home", "2")
        await ui.until_shown("━ loss")


@contextmanager
def locked(database: Path, seconds: float) -> Iterator[threading.Event]:
    """Keep a database locked against writing, as another process that records does."""
    holds = threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            holds.set()
            time.sleep(seconds)
            other.execute("ROLLBACK")

    thread = threading.Thread(target=hold)
    thread.start()
    assert holds.wait(10)
    yield holds
    thread.join()


async def test_a_database_that_another_process_keeps_locked(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui, no_stall():
        with locked(lab.database.path, 1.0):
            await ui.press("c", "y")
            for key in ("j", "j", "2", "4", "H", "escape", "k", "k"):
                await ui.press(key)
        await ui.until(lambda: "gsm8k-5 was asked to stop" in ui.told)
        await ui.until_shown("gsm8k-5")


async def test_nothing_is_read_on_the_thread_that_paints(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch, story: Story
) -> None:
    """A disk that takes its time is waited for elsewhere."""
    painting = threading.get_ident()
    usual = cast("property", vars(Database)["reader"])
    wrong: list[str] = []

    def slowly(database: Database) -> sqlite3.Connection:
        if threading.get_ident() == painting:
            wrong.append("".join(traceback.format_stack(limit=4)))
        time.sleep(0.05)
        return cast("sqlite3.Connection", usual.__get__(database))

    async with drive(lab) as ui, no_stall():
        monkeypatch.setattr(Database, "reader", property(slowly))
        for key in ("j", "k", "1", "2", "3", "4", "5", "enter", "escape", "space", "o", "escape"):
            await ui.press(key)
        story.tell("job_5", *losses(31, 5))
        await ui.press("slash", *"gsm", "enter", "escape")
        for key in ("H", "escape", "M", "escape", "D", "escape", "ctrl+p", "g", "escape"):
            await ui.press(key)
        await ui.press("ctrl+r")
        await ui.until_shown("1.093")
    assert not wrong, wrong[0]


async def test_keys_that_come_all_at_once(lab: StillLab, drive: Drive, story: Story) -> None:
    for number in range(300):
        story.job(f"k{number}", *running(), name=f"kept-{number}")
    async with drive(lab) as ui, no_stall():
        for key in ["down"] * 200 + ["l"] * 20 + ["up"] * 50:
            ui.app.post_message(events.Key(key, None))
        await ui.until(lambda: ui.rows.cursor == 150)
        await ui.until(lambda: ui.panel.view.shown == ui.rows.selected_id)
