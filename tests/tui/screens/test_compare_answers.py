"""Answers to the same prompts on the screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from tests.tui.conftest import Drive, Driven, StillLab, Story
from tests.tui.screens.compared import two_models
from tui.screens.compare import Compare

Answering = Callable[..., AbstractAsyncContextManager[Driven]]


@pytest.fixture
def answering(lab: StillLab, drive: Drive, story: Story) -> Answering:
    """Start with the answers of two models, and of a job without one, in sight."""
    two_models(lab, story)

    @asynccontextmanager
    async def begin(size: tuple[int, int] = (120, 36), *ids: str) -> AsyncIterator[Driven]:
        async with drive(lab, size) as ui:
            ui.app.push_screen(Compare(lab, ids or ("mdl_1", "job_3")))
            await ui.until_shown("2 compared" if not ids else f"{len(ids)} compared")
            await ui.press("4")
            await ui.until_shown("prompt 1 of 3")
            yield ui

    return begin


async def test_answers_stand_side_by_side_with_their_other_words_marked(
    answering: Answering,
) -> None:
    async with answering() as ui:
        await ui.until_shown(
            "≠ differ · held-out",
            "▸ Natalia sold clips to 48 of her friends",
            "hoped for: Natalia sold 48 / 2 = 24 clips in May",
            "▸gsm8k-1",
            "the base",
            "≠ 3 other words",
            "≠  She sold 48 / 2 = 23 clips in May.",
            "20 tokens · 1.2 s",
        )
        lines = ui.app.screen.query_one("#comparison-answers").lines  # type: ignore[attr-defined]
        assert {text for line in lines for text, ink in line if ink == "warn"} >= {"23", "71"}


async def test_keys_turn_the_prompts_round_and_round(answering: Answering) -> None:
    async with answering() as ui:
        await ui.press("n")
        await ui.until_shown("prompt 2 of 3 · = the same · training", "What is 2 + 2?")
        await ui.press("m")
        await ui.until_shown("prompt 3 of 3 · ≠ differ", "capital of France")
        await ui.press("n")
        await ui.until_shown("prompt 1 of 3")
        await ui.press("p", "p")
        await ui.until_shown("prompt 2 of 3")


async def test_prompts_that_all_answered_the_same_can_be_left_out(answering: Answering) -> None:
    async with answering() as ui:
        await ui.press("n")
        await ui.until_shown("prompt 2 of 3")
        await ui.press("a")
        await ui.until_shown("prompt 1 of 2 found in 3", "a shows all")
        await ui.press("n")
        await ui.until_shown("prompt 2 of 2", "capital of France")
        # The prompt in sight stays when others come back.
        await ui.press("a")
        await ui.until_shown("prompt 3 of 3")


async def test_prompts_are_searched_in_what_was_asked_and_answered(answering: Answering) -> None:
    async with answering() as ui:
        await ui.press("slash", *"large CITY")
        await ui.until_shown("1 of 3", "capital of France", "prompt 1 of 1 found in 3")
        await ui.press("enter", "escape")
        await ui.until_shown("prompt 3 of 3")
        await ui.press("slash", *"zebra")
        await ui.until_shown("None of 3 prompts has all words of the search")
        await ui.press("escape")
        await ui.until_shown("prompt 1 of 3")
        await ui.press("1", "slash", *"paris:", "enter")
        await ui.until_shown("0 of 3")
        await ui.press("1")
        assert "0 of 3" not in ui.screen_text()
        await ui.press("escape", "escape")
        await ui.until(lambda: ui.app.screen is ui.jobs)


async def test_a_long_prompt_is_shown_whole_when_that_is_wanted(answering: Answering) -> None:
    async with answering((50, 16)) as ui:
        await ui.press("e")
        await ui.until_shown("▸ Natalia sold clips to 48", "April and May?")
        whole = ui.screen_text()
        assert "more line" not in whole
        await ui.pilot.resize_terminal(30, 12)
        await ui.press("e")
        await ui.until_shown("more lines: e shows")


async def test_answers_stand_one_below_the_other_where_it_is_narrow(answering: Answering) -> None:
    async with answering((48, 30)) as ui:
        await ui.until_shown(
            "▸ gsm8k-1", "   the base", "   ≠ 3 other words", "≠ She sold 48 / 2 = 23"
        )
        await ui.press("l")
        await ui.until_shown("▸ gsm8k-3")


async def test_the_base_stays_beside_the_selected_one(answering: Answering) -> None:
    async with answering((60, 24), "mdl_1", "job_2", "job_3") as ui:
        await ui.until_shown("columns 1, 2 of 3", "no model to ask")
        await ui.press("l", "l")
        await ui.until_shown("columns 1, 3 of 3", "the base", "≠ 3 other words")
        # What has no answer is no base, wherever it stands.
        await ui.press("h", "b")
        await ui.until_shown("▸gsm8k-2", "columns 1, 2 of 3", "no model to ask", "the base")
        await ui.press("l", "l")
        await ui.until_shown("columns 2, 3 of 3", "▸gsm8k-3", "≠ 3 other words")
