"""Pictures of the main states; after a change on purpose: `pytest --snapshot-update`, then look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from tests.tui.conftest import NOW, Driven, StillLab, settle
from tui.app import FtlabApp

if TYPE_CHECKING:
    from textual.pilot import Pilot

SMALL, WIDE, NARROW = (
    pytest.param(size, id=f"{size[0]}x{size[1]}") for size in ((80, 24), (120, 36), (50, 20))
)
SIZES = [SMALL, WIDE]
Compare = Callable[..., bool]
Steps = Callable[[Driven], Awaitable[None]]


def _same(snap_compare: Compare, lab: StillLab, size: tuple[int, int], steps: Steps) -> bool:
    async def drive(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, FtlabApp)
        driven = Driven(app, pilot)
        await driven.until(lab.polled.is_set)
        await settle(pilot)
        await steps(driven)
        await pilot.pause()

    app = FtlabApp(lab, now=lambda: NOW)
    return snap_compare(app, terminal_size=size, run_before=drive)


@pytest.mark.parametrize("size", [*SIZES, NARROW])
def test_several_jobs_with_curves(
    snap_compare: Compare, lab: StillLab, size: tuple[int, int]
) -> None:
    async def steps(ui: Driven) -> None:
        await ui.until_shown("gsm8k-5" if size[0] < 60 else "━ loss 1.211")

    assert _same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_a_failed_job(snap_compare: Compare, lab: StillLab, size: tuple[int, int]) -> None:
    async def steps(ui: Driven) -> None:
        await ui.press("j", "j", "j", "1")
        await ui.until_shown("✗ failed: out of memory")
        await ui.until(lambda: ui.panel.view.shown == "job_2")

    assert _same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_the_history_of_an_interrupted_job(
    snap_compare: Compare, lab: StillLab, size: tuple[int, int]
) -> None:
    async def steps(ui: Driven) -> None:
        await ui.press("j", "j", "4")
        await ui.until_shown("! gsm8k-3  interrupted", "checkpoint saved at step 40")
        await ui.until(lambda: ui.panel.view.shown == "job_3")

    assert _same(snap_compare, lab, size, steps)


def test_the_table_of_metrics_with_the_whole_screen(snap_compare: Compare, lab: StillLab) -> None:
    async def steps(ui: Driven) -> None:
        await ui.press("enter", "3")
        await ui.until_shown("learning_rate", "HIGHEST")

    assert _same(snap_compare, lab, (80, 24), steps)


@pytest.mark.parametrize("size", SIZES)
def test_no_jobs(snap_compare: Compare, empty_lab: StillLab, size: tuple[int, int]) -> None:
    async def steps(ui: Driven) -> None:
        await ui.until_shown("There are no jobs yet.")

    assert _same(snap_compare, empty_lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_a_question(snap_compare: Compare, lab: StillLab, size: tuple[int, int]) -> None:
    async def steps(ui: Driven) -> None:
        await ui.until_shown("━ loss 1.211")
        await ui.press("c")
        await ui.until_shown("Cancel gsm8k-5?")

    assert _same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_the_help(snap_compare: Compare, lab: StillLab, size: tuple[int, int]) -> None:
    async def steps(ui: Driven) -> None:
        await ui.press("question_mark")
        await ui.until_shown("Ask the selected job to stop")

    assert _same(snap_compare, lab, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_a_chat_in_the_middle_of_an_answer(
    snap_compare: Compare,
    lab: StillLab,
    size: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab.talk.held = Event()
    # Seconds that pass are shown.
    monkeypatch.setattr("tui.screens.chat.monotonic", lambda: 0.0)

    async def steps(ui: Driven) -> None:
        await ui.press("G", "t")
        await ui.until_shown("ready", "── 20h ago")
        await ui.press(*"What is 2 + 2?", "enter")
        await ui.until_shown("loading the model… esc stops it")

    assert _same(snap_compare, lab, size, steps)
