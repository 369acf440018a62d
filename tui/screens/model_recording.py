"""Recording how models answer, from the screen: what is asked, at which price, how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from textual.message import Message

from engine.money import dollars
from store.queries.suites import SuiteRow, suite_list
from tui.background import Failure, in_words
from tui.formats import count
from tui.ink import Ink
from tui.partners import Partner
from tui.screens.choose import Choice, Choose
from tui.screens.model_choice import called
from tui.screens.model_confirm import Confirm, Deed
from tui.screens.model_evaluation import ModelEvaluation
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.recording.plan import RecordingPlan, Wish
    from engine.recording.run import Outcome
    from engine.recording.several import Skipped
    from engine.recording.work import Progress

_OWN_DATA = "own data"
_APART_SECONDS = 0.1
_NAMED = 6
_NO_SUITE = "a base model is asked a suite, and there is none yet: `ftlab suite add` takes one in"


class ModelRecording(ModelEvaluation):
    """A screen that evaluates chosen models, or records their answers to prompts of their own."""

    @dataclass
    class SuitesRead(Message):
        """It was read which suites there are."""

        models: list[Partner]
        suites: list[SuiteRow]

    @dataclass
    class RecordingPlanned(Message):
        """It was settled what models would be asked."""

        plans: list[RecordingPlan]
        skipped: list[Skipped]

    @dataclass
    class AnswersCame(Message):
        """A recording has come so far."""

        words: str

    @dataclass
    class RecordingEnded(Message):
        """The recordings are made, or were broken off."""

        words: str
        refused: bool

    @property
    def is_recording(self) -> bool:
        """Whether models are being asked."""
        return self._stopper is not None

    def action_evaluate(self) -> None:
        """Let somebody choose what the chosen models are asked."""
        if self.is_recording:
            self.refuse("a recording is under way: esc stops it")
        elif asked := self.allowed_to_ask():
            self.in_background("suites", lambda: self._suites_for(asked))

    def _suites_for(self, asked: list[Partner]) -> Message:
        return self.SuitesRead(asked, suite_list(self.lab.database.reader))

    def on_model_recording_suites_read(self, message: SuitesRead) -> None:
        """Show the suites, and the models' own data."""
        suites = {suite.id: suite for suite in message.suites}
        choices = [Choice(each, _named(suite), _what(suite)) for each, suite in suites.items()]
        if any(each.base for each in message.models):
            choices.append(Choice(_OWN_DATA, _OWN_DATA, "record 50 answers to it"))
        if not choices:
            self.refuse(_NO_SUITE)
            return

        def chosen(suite: str | None) -> None:
            if suite == _OWN_DATA:
                self._plan_recording(message.models)
            elif suite is not None and _can_score(suites[suite]):
                self.evaluate_by(message.models, suite)
            elif suite is not None:
                self._plan_recording(message.models, suite)

        asked = f"Evaluate {called(message.models)} by"
        self.app.push_screen(Choose(asked, choices), chosen)

    def _plan_recording(self, asked: Sequence[Partner], suite: str | None = None) -> None:
        self.be_busy("counting what would be asked…")

        def work() -> Message:
            from engine.recording.plan import Wish
            from engine.recording.several import plan_several

            wish: Wish = Wish(suite=suite)
            plans: list[RecordingPlan] = []
            skipped: list[Skipped] = []
            for each in asked:
                models, at, skip = [each.model], each.asked_at, len(asked) > 1
                found = plan_several(self.lab, models, wish, at, self.tell_stage, skip=skip)
                plans += found[0]
                skipped += found[1]
            if len(plans) == 1:
                plans[0].require_affordable()
            if not plans:
                raise skipped[0].reason
            return self.RecordingPlanned(plans, skipped)

        self.in_background("recording plan", work)

    def on_model_recording_recording_planned(self, message: RecordingPlanned) -> None:
        """Show what would be asked at which price, and ask."""
        self.be_busy(None)
        plans = message.plans
        if not any(plan.missing for plan in plans) and all(plan.done for plan in plans):
            self.refuse("all of these answers are recorded already: there is nothing to ask")
            return
        self.app.push_screen(
            Confirm(recording_deed(plans, message.skipped)),
            lambda answer: self._record(plans) if answer else None,
        )

    def _record(self, plans: Sequence[RecordingPlan]) -> None:
        from engine.recording.stopping import Stopper

        self._stopper = stopper = Stopper()
        self.be_busy("asking… esc stops")

        def work() -> Message:
            from engine.recording.several import record_several

            found = []
            try:
                for _plan, outcome in record_several(
                    self.lab, plans, lambda plan: stopper.watching(self._telling(plan))
                ):
                    found.append(outcome)
            except asyncio.CancelledError:
                words = "stopped: the answers that came are kept, E goes on with the rest"
                return self.RecordingEnded(words, refused=False)
            return self.RecordingEnded(*_told(found))

        self.in_background("recording", work)

    def _telling(self, plan: RecordingPlan) -> Progress:
        """Return what tells how far a recording has come, a few times a second."""
        told = 0.0

        def tell(done: int, total: int, spent: float) -> None:
            nonlocal told
            if done < total and monotonic() - told < _APART_SECONDS:
                return
            told = monotonic()
            money = f", {dollars(spent)}" if spent else ""
            words = f"{plan.target.name}: {count(done)} of {count(total)} answers{money}"
            self.post_message(self.AnswersCame(f"{words} · esc stops"))

        return tell

    def on_model_recording_answers_came(self, message: AnswersCame) -> None:
        """Say how far it has come."""
        if self.is_recording:
            self.be_busy(message.words)

    def on_model_recording_recording_ended(self, message: RecordingEnded) -> None:
        """Say what came of it."""
        self._stopper = None
        self.post_message(self.Told(message.words, message.refused))

    def stop_recording(self) -> None:
        """End what is being recorded."""
        if self._stopper is not None:
            self._stopper.stop()
            self.be_busy("stopping; what came is kept…")

    def work_failed(self, failure: Failure) -> None:
        """Let it be tried again."""
        if failure.group == "recording":
            self._stopper = None
        super().work_failed(failure)

    def on_unmount(self) -> None:
        """Ask nothing more once nobody looks."""
        if self._stopper is not None:
            self._stopper.stop()
            told = "the recording was stopped; E goes on with it"
            self.app.notify(told, severity="warning", markup=False)


def _named(suite: SuiteRow) -> str:
    return f"{suite.name}@{suite.version}"


def _what(suite: SuiteRow) -> str:
    prompts = number_of(suite.prompts, "prompt")
    return prompts if _can_score(suite) else f"{prompts}, no scorer: record answers"


def _can_score(suite: SuiteRow) -> bool:
    """Tell whether something suits what a suite hopes for, or it names its scorers."""
    return bool(suite.answered) or suite.scorers_json != "[]"


def recording_deed(plans: Sequence[RecordingPlan], skipped: Sequence[Skipped]) -> Deed:
    """Return what recording would ask, and for how much."""
    from engine.recording.several import total

    lines: list[tuple[str, Ink]] = []
    for plan in plans[:_NAMED]:
        lines += _plan_lines(plan, named=len(plans) > 1)
    if (more := len(plans) - _NAMED) > 0:
        lines.append((f"and {number_of(more, 'other model')}", "dim"))
    price = total(plans)
    if any(plan.hosted and plan.missing for plan in plans):
        if price is None:
            lines.append(("what that costs is not known: pricing.toml can tell it", "bad"))
        else:
            said = f"in all about {dollars(price.about)}, at most {dollars(price.at_most)}"
            lines.append((said, "warn"))
    lines += [(f"left out: {in_words(each.reason)}", "warn") for each in skipped[:_NAMED]]
    lines.append(("Every answer is kept as it comes. Scores are made of them later.", "dim"))
    who = plans[0].target.name if len(plans) == 1 else number_of(len(plans), "model")
    return Deed(f"Record how {who} answers?", lines, "ask", "leave it")


def _plan_lines(plan: RecordingPlan, *, named: bool) -> list[tuple[str, Ink]]:
    settings = plan.settings
    known = plan.questions - len(plan.missing)
    had = f", {count(known)} are recorded already" if known else ""
    parts = ", ".join(f"{number} {part}" for part, number in plan.parts.items())
    warmth = f"{settings.temperature:g}, {plan.temperature_from}"
    lines: list[tuple[str, Ink]] = [(plan.target.name, "strong")] if named else []
    lines += [
        (f"{number_of(len(plan.prompts), 'prompt')}: {parts}", "plain"),
        (f"{number_of(len(plan.missing), 'answer')} to ask for{had}", "plain"),
        (f"each once at temperature 0, and {settings.samples} times at {warmth}", "dim"),
    ]
    if not plan.hosted:
        lines.append(("on this machine, free of charge", "good"))
    elif plan.price is not None and named:
        lines.append((f"about {dollars(plan.price.about)}", "plain"))
    return lines


def _told(found: Sequence[Outcome | Skipped]) -> tuple[str, bool]:
    """Say what came of recordings, and whether something went wrong."""
    from engine.recording.several import Skipped

    lines, refused = [], False
    for each in found:
        if isinstance(each, Skipped):
            lines.append(f"{each.model}: {in_words(each.reason)}")
            refused = True
            continue
        row = each.recording
        spent = f", {dollars(each.spent)}" if each.spent else ""
        lines.append(f"{row.name}: {count(row.answers)} answers recorded{spent}")
        if each.refused:
            lines.append(f"{sum(each.refused.values())} not answered: {next(iter(each.refused))}")
        if each.stopped is not None:
            lines.append(f"it ended early: {in_words(each.stopped)}")
            refused = True
    return "\n".join(lines) or "nothing was recorded", refused
