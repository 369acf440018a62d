"""Models at a service, driven from the screen: recorded, deleted, rebuilt here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from engine.evaluation.plan import EvaluationWish
from engine.evaluation.planning import plan
from engine.evaluation.run import evaluate
from engine.places import Places
from engine.providers.hosted.pace import Pace
from engine.rescue.history import rescue
from engine.scoring.judged import Judge
from engine.scoring.numbers import NumberMatch
from engine.suites.defining import define
from store.queries.evaluations import evaluation_list
from store.queries.models import ModelRow, model, model_list
from store.queries.recordings import recording_list
from tests.engine.providers.hosted.conftest import LIVES_ON, QUICK
from tests.standin import faults
from tests.standin.fixtures import standin
from tests.tui.conftest import Drive, Driven, StillLab
from tui.screens.model_confirm import Confirm
from tui.screens.model_evaluation import evaluation_deed
from tui.screens.models import Models

if TYPE_CHECKING:
    from engine.planning import Plan
    from tests.standin.standin import Standin

__all__ = ["standin"]

CHAT = "/chat/completions"


class _Lab(StillLab):
    """A lab in which a training does not begin: the base model would be made ready for it."""

    trained: Plan | None = None

    def train(
        self,
        plan: Plan,
        progress: Callable[[str, float], None] | None = None,
        *,
        priority: int | None = None,
    ) -> str:
        del priority
        if progress is not None:
            progress("Preparing it", 0.5)
        self.trained = plan
        return "job_9"


@pytest.fixture
def rescued(home: Path, standin: Standin, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Lab]:
    """A lab that has taken in a hosted model with its data."""
    monkeypatch.setenv("OPENAI_API_KEY", standin.key)
    monkeypatch.setenv("OPENAI_BASE_URL", standin.base_url)
    (home / "pricing.toml").write_text(LIVES_ON)
    standin.past_job(validated=True)
    with _Lab(Places(home, home / "ftlab.db")) as lab:
        lab._paces["openai"] = Pace(QUICK)
        rescue(lab, lab.hosted("openai"))
        yield lab


def _row(lab: StillLab) -> ModelRow:
    [row] = model_list(lab.database.reader)
    return row


async def _open(ui: Driven) -> Models:
    await ui.press("M")
    await ui.until(lambda: isinstance(ui.app.screen, Models))
    screen = ui.app.screen
    assert isinstance(screen, Models)
    await ui.until(lambda: screen.panel.shown is not None)
    return screen


async def _ask_for_recording(ui: Driven) -> None:
    await ui.press("E")
    await ui.until_shown("own data")
    await ui.press("enter")
    await ui.until_shown("answers to ask for", "in all about $", "temperature 0, and 3 times")
    await ui.press("y")


async def test_answers_are_recorded_and_escape_ends_that_for_a_while(
    rescued: _Lab, standin: Standin, drive: Drive
) -> None:
    standin.inject(faults.slow(0.5), "POST", CHAT, times=16)
    reader, model_id = rescued.database.reader, _row(rescued).id
    async with drive(rescued) as ui:
        screen = await _open(ui)
        await _ask_for_recording(ui)
        await ui.until_shown("answers", "esc stops")
        await ui.until(lambda: len(standin.asked("POST", CHAT)) > 2)
        await ui.press("E")
        await ui.until(lambda: "a recording is under way: esc stops it" in ui.told)
        await ui.press("escape")
        await ui.until(lambda: any("the answers that came are kept" in told for told in ui.told))
        assert not screen.is_recording
        [broken] = recording_list(reader, model_id)
        assert broken.status == "stopped"
        await ui.until_shown("RECORDINGS OF ITS ANSWERS", "stopped")

        await _ask_for_recording(ui)
        await ui.until(lambda: any("answers recorded, $" in told for told in ui.told))
        await ui.until_shown("agrees with itself")
        [whole] = recording_list(reader, model_id)
        assert (whole.id, whole.status) == (broken.id, "completed")

        await ui.press("E")
        await ui.until_shown("own data")
        await ui.press("enter")
        await ui.until(lambda: any("recorded already" in told for told in ui.told))


async def test_a_model_is_evaluated_by_a_suite_stopped_and_gone_on_with(
    rescued: _Lab, standin: Standin, drive: Drive, home: Path
) -> None:
    file = home / "sums.csv"
    file.write_text("question,answer\n" + "".join(f"{n} + 1 = ?,{n + 1}\n" for n in range(12)))
    define(rescued, str(file), "sums", scorers=[NumberMatch()])
    standin.behaviour.answerer = lambda _: "1"
    standin.inject(faults.slow(0.3), "POST", CHAT, times=12)
    reader = rescued.database.reader
    async with drive(rescued) as ui:
        screen = await _open(ui)
        await ui.press("E")
        await ui.until_shown("sums@1")
        await ui.press("enter")
        await ui.until_shown("by sums@1?", "scored by number_match", "12 answers to ask for")
        await ui.press("y")
        await ui.until(lambda: len(standin.asked("POST", CHAT)) > 2)
        await ui.press("escape")
        await ui.until(lambda: any("E goes on with the rest" in told for told in ui.told))
        assert not screen.is_recording
        [stopped] = evaluation_list(reader)
        assert (stopped.status, stopped.reason) == ("stopped", "interrupted")

        await ui.press("E")
        await ui.until_shown("sums@1")
        await ui.press("enter")
        await ui.until_shown("by sums@1?")
        await ui.press("y")
        await ui.until(lambda: any("number_match 0.0833" in told for told in ui.told))
        [whole] = evaluation_list(reader)
        assert (whole.id, whole.status, whole.answers) == (stopped.id, "completed", 12)
        await ui.until_shown("SCORES IN SUITES")


async def test_a_hosted_model_is_rebuilt_here_and_goes_only_if_its_name_is_typed(
    rescued: _Lab, drive: Drive
) -> None:
    row = _row(rescued)
    async with drive(rescued) as ui:
        await _open(ui)
        await ui.press("R")
        await ui.until_shown("on this machine?", "lora of smollm2-135m-instruct", "· epochs 3")
        await ui.press("y")
        await ui.until(lambda: any(" is starting (job_" in told for told in ui.told))
        assert rescued.trained is not None
        assert rescued.trained.options == {"recreates": row.id}

        await ui.press("x")
        await ui.until_shown("for good?", "it can be trained anew", "Type the model's name")
        typed = ui.app.screen.query_one(Input)
        await ui.press("y", "enter")
        await ui.until(lambda: any("that is not the model's name" in told for told in ui.told))
        assert isinstance(ui.app.screen, Confirm)
        typed.value = row.name
        await ui.press("enter")
        await ui.until(lambda: f"{row.name} deleted" in ui.told)
        await ui.until_shown("gone")
    assert model(rescued.database.reader, row.id).gone_reason == "deleted"


def test_what_only_a_judge_costs_is_said_before_it_is_asked(rescued: _Lab, home: Path) -> None:
    file = home / "sums.csv"
    file.write_text("question,answer\n1 + 1 = ?,2\n")
    suite = define(rescued, str(file), "sums", scorers=[NumberMatch()]).suite.id
    asked = _row(rescued).id
    evaluate(rescued, [plan(rescued, suite, asked, EvaluationWish())])
    judge = Judge("gpt-4.1-mini-2025-04-14", "openai")
    judged = plan(rescued, suite, asked, EvaluationWish(scorers=(judge,)))
    assert not judged.asks_service
    assert any("in all about $" in line for line, _ in evaluation_deed([judged]).lines)


async def test_the_base_model_at_the_service_is_evaluated_by_a_suite(
    rescued: _Lab, standin: Standin, drive: Drive, home: Path
) -> None:
    file = home / "sums.csv"
    file.write_text("question,answer\n" + "".join(f"{n} + 1 = ?,{n + 1}\n" for n in range(3)))
    define(rescued, str(file), "sums", scorers=[NumberMatch()])
    standin.behaviour.answerer = lambda _: "1"
    async with drive(rescued) as ui:
        await _open(ui)
        await ui.press("g")
        await ui.until_shown("MADE OF IT")
        await ui.press("E")
        await ui.until_shown("sums@1")
        await ui.press("enter")
        await ui.until_shown("by sums@1?", "3 answers to ask for")
        await ui.press("y")
        await ui.until(lambda: any("number_match 0.333" in told for told in ui.told))
    [row] = evaluation_list(rescued.database.reader)
    assert row.model == f"openai/{_row(rescued).base_model}"
