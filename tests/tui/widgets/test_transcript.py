from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tui.exchange import Exchange
from tui.themes import FTLAB
from tui.widgets.transcript import Transcript

LONG = "".join(f"{number}. line {number}\n" for number in range(1, 200))


class Alone(App[None]):
    """A transcript and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(FTLAB)
        self.theme = FTLAB.name
        self.transcript = Transcript()

    def compose(self) -> ComposeResult:
        yield self.transcript


@asynccontextmanager
async def alone(size: tuple[int, int] = (40, 12)) -> AsyncIterator[tuple[Transcript, Pilot[None]]]:
    app = Alone()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app.transcript, pilot


def shown(transcript: Transcript) -> list[str]:
    return [transcript.render_line(y).text.rstrip() for y in range(transcript.size.height)]


async def test_an_answer_grows_and_is_followed() -> None:
    async with alone() as (transcript, pilot):
        transcript.asked("Count.")
        for end in range(0, len(LONG), 97):
            transcript.answered(LONG[:end])
        transcript.ended(Exchange("Count.", LONG, took="0.4 s"))
        await pilot.pause()
        await pilot.pause()
        assert [line for line in shown(transcript) if line][-2:] == ["   199. line 199", "   0.4 s"]


async def test_whoever_scrolls_up_stays_there_while_the_answer_grows() -> None:
    async with alone() as (transcript, pilot):
        text = "".join(f"line {number}\n\n" for number in range(200))
        transcript.asked("Count.")
        transcript.answered(text[:1000])
        await pilot.pause()
        transcript.scroll_to(y=3, animate=False)
        await pilot.pause()
        before = shown(transcript)
        transcript.answered(text)
        await pilot.pause()
        assert shown(transcript) == before


async def test_what_is_set_in_a_thread_comes_when_it_is_ready() -> None:
    async with alone() as (transcript, pilot):
        transcript.show_all([Exchange(f"q{n}", "word " * 2_000) for n in range(10)])
        assert "   …" in shown(transcript)
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert shown(transcript)[:2] == [" ▸ q0", "   word word word word word word word"]


async def test_the_cursor_goes_over_the_answers_and_is_marked() -> None:
    async with alone() as (transcript, pilot):
        for name in ("one", "two", "three"):
            transcript.add(Exchange(name, "a\n\nb"))
        transcript.focus()
        await pilot.pause()
        assert transcript.current == Exchange("three", "a\n\nb")
        transcript.select(-1)
        assert transcript.current == Exchange("three", "a\n\nb")
        transcript.select(-1)
        await pilot.pause()
        marked = [line for line in shown(transcript) if line.startswith("▌")]
        assert marked == ["▌▸ two", "▌  a", "▌", "▌  b"]
        transcript.select(-5)
        assert transcript.current == Exchange("one", "a\n\nb")
        transcript.select(9)
        assert transcript.current == Exchange("three", "a\n\nb")


async def test_another_width_breaks_the_lines_anew_while_an_answer_grows() -> None:
    async with alone() as (transcript, pilot):
        transcript.asked("Say it.")
        transcript.answered("one two three four five six seven")
        await pilot.resize_terminal(20, 12)
        await pilot.pause()
        transcript.answered("one two three four five six seven eight")
        await pilot.pause()
        assert [line for line in shown(transcript) if line] == [
            " ▸ Say it.",
            "   one two three",
            "   four five six",
            "   seven eight",
        ]
