"""Evaluating models by a suite, from the screen: what is asked, its price, how they do so far."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from textual.message import Message

from engine.money import dollars
from tui.background import in_words
from tui.formats import count
from tui.ink import Ink
from tui.partners import Partner
from tui.screens.model_confirm import Confirm, Deed
from tui.screens.model_deeds import ModelDeeds
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.evaluation.outcome import Outcome, Progress, Skipped, Standing
    from engine.evaluation.plan import EvaluationPlan
    from engine.recording.stopping import Stopper

_APART_SECONDS = 0.1
_NAMED = 6
_SCORES = 2


class ModelEvaluation(ModelDeeds):
    """A screen that evaluates chosen models by a suite."""

    _stopper: Stopper | None = None

    @dataclass
    class EvaluationPlanned(Message):
        """It was settled what models would be asked, and what would score their answers."""

        plans: list[EvaluationPlan]

    @dataclass
    class ScoresCame(Message):
        """An evaluation has come so far."""

        words: str

    @dataclass
    class EvaluationEnded(Message):
        """The evaluations are made, or were broken off."""

        words: str
        refused: bool

    def evaluate_by(self, partners: Sequence[Partner], suite: str) -> None:
        """Settle how models would be evaluated, and ask whether they shall be."""
        self.be_busy("counting what would be asked…")

        def work() -> Message:
            from engine.evaluation.costs import require_affordable
            from engine.evaluation.leaking import with_leaks
            from engine.evaluation.plan import EvaluationWish
            from engine.evaluation.planning import plan

            wish, tell = EvaluationWish(), self.tell_stage
            plans = [
                plan(self.lab, suite, each.model, wish, each.asked_at, tell) for each in partners
            ]
            require_affordable(plans)
            return self.EvaluationPlanned(with_leaks(self.lab, plans))

        self.in_background("recording plan", work)

    def on_model_evaluation_evaluation_planned(self, message: EvaluationPlanned) -> None:
        """Show what would be asked at which price, and ask."""
        self.be_busy(None)
        self.app.push_screen(
            Confirm(evaluation_deed(message.plans)),
            lambda answer: self._evaluate(message.plans) if answer else None,
        )

    def _evaluate(self, plans: Sequence[EvaluationPlan]) -> None:
        from engine.recording.stopping import Stopper

        self._stopper = stopper = Stopper()
        self.be_busy("asking… esc stops")

        def work() -> Message:
            from engine.evaluation.run import evaluate

            try:
                found = evaluate(self.lab, plans, self._scoring, stopper=stopper)
            except asyncio.CancelledError:
                words = "stopped: answers and scores that came are kept, E goes on with the rest"
                return self.EvaluationEnded(words, refused=False)
            return self.EvaluationEnded(*_told(found))

        self.in_background("recording", work)

    def _scoring(self, plan: EvaluationPlan) -> Progress:
        """Return what tells how far an evaluation has come, a few times a second."""
        told = 0.0

        def tell(standing: Standing) -> None:
            nonlocal told
            if standing.done < standing.total and monotonic() - told < _APART_SECONDS:
                return
            told = monotonic()
            words = f"{plan.recording.target.name}: {_standing(standing)}"
            self.post_message(self.ScoresCame(f"{words} · esc stops"))

        return tell

    def on_model_evaluation_scores_came(self, message: ScoresCame) -> None:
        """Say how far it has come."""
        if self._stopper is not None:
            self.be_busy(message.words)

    def on_model_evaluation_evaluation_ended(self, message: EvaluationEnded) -> None:
        """Say what came of it."""
        self._stopper = None
        self.post_message(self.Told(message.words, message.refused))


def evaluation_deed(plans: Sequence[EvaluationPlan]) -> Deed:
    """Return what evaluating would ask, by what it scores, and for how much."""
    from engine.evaluation.costs import costs_money, price_of
    from engine.scoring.specs import label

    first = plans[0]
    scorers = ", ".join(label(scorer) for scorer in first.scorers)
    lines: list[tuple[str, Ink]] = [(f"scored by {scorers}", "plain")]
    for plan in plans[:_NAMED]:
        lines += _plan_lines(plan)
    if (more := len(plans) - _NAMED) > 0:
        lines.append((f"and {number_of(more, 'other model')}", "dim"))
    if costs_money(plans):
        price = price_of(plans)
        if price is None:
            lines.append(("what that costs is not known: pricing.toml can tell it", "bad"))
        else:
            said = f"in all about {dollars(price.about)}, at most {dollars(price.at_most)}"
            lines.append((said, "warn"))
    who = first.recording.target.name if len(plans) == 1 else number_of(len(plans), "model")
    asked = f"Evaluate {who} by {first.suite.name}@{first.suite.version}?"
    return Deed(asked, lines, "evaluate", "leave it")


def _plan_lines(plan: EvaluationPlan) -> list[tuple[str, Ink]]:
    recording = plan.recording
    known = recording.questions - len(recording.missing)
    had = f", {count(known)} are recorded already" if known else ""
    asked = number_of(len(recording.missing), "answer")
    free = "" if recording.hosted else ", on this machine"
    lines: list[tuple[str, Ink]] = [
        (f"{recording.target.name}: {asked} to ask for{had}{free}", "plain")
    ]
    if plan.leaks is not None and plan.leaks.rows:
        said = (
            f"✗ {plan.leaks.rows} of the {plan.leaks.prompts} prompts stand in what it was trained "
            "on: its scores prove little"
        )
        lines.append((said, "bad"))
    return lines


def _standing(standing: Standing) -> str:
    from engine.scoring.specs import label

    done = f"{count(standing.done)} of {count(standing.total)}"
    if standing.does == "reading":
        return f"{done} references read"
    means = ((label(column.scorer), column.mean) for column in standing.columns)
    scores = [f"{name} {mean:.3g}" for name, mean in means if mean is not None][:_SCORES]
    spent = [f"{dollars(standing.spent)}"] if standing.spent else []
    what = "judgements" if standing.does == "judging" else "answers"
    return ", ".join([f"{done} {what}", *scores, *spent])


def _told(found: Sequence[Outcome | Skipped]) -> tuple[str, bool]:
    """Say what came of evaluations, and whether something went wrong."""
    from engine.evaluation.outcome import Skipped
    from engine.scoring.specs import label

    lines, refused = [], False
    for each in found:
        if isinstance(each, Skipped):
            lines.append(f"{each.model}: {in_words(each.reason)}")
            refused = True
            continue
        means = ((label(column.scorer), column.mean) for column in each.columns)
        scores = ", ".join(f"{name} {mean:.3g}" for name, mean in means if mean is not None)
        spent = f", {dollars(each.spent)}" if each.spent else ""
        lines.append(f"{each.evaluation.name}: {scores or 'no scores'}{spent}")
        if each.refused:
            lines.append(f"{sum(each.refused.values())} not answered: {next(iter(each.refused))}")
        if each.readings is not None and each.readings.untold is not None:
            lines.append(f"no perplexity: {each.readings.untold}")
        if each.stopped is not None:
            lines.append(f"it ended early: {in_words(each.stopped)}")
            refused = True
    return "\n".join(lines), refused
