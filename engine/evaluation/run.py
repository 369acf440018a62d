"""Evaluating models: each answers what is missing, each answer is scored as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.errors import LabError
from engine.evaluation.figures import figures_of
from engine.evaluation.judging import cost_of, plan_judgement, verdicts_of
from engine.evaluation.marking import Column, Marker, Verdicts
from engine.evaluation.references import read_references
from engine.recording.opening import open_service
from engine.recording.plan import RecordingPlan
from engine.recording.purse import Purse
from engine.recording.run import AT_ONCE, AT_ONCE_HERE, LAPSED_AFTER, Company, answers_in, recorded
from engine.scoring.judged import Judge
from engine.suites.prompts import keep
from store.errors import StoreError
from store.ids import new_id
from store.queries import evaluations as queries

if TYPE_CHECKING:
    from engine.evaluation.plan import EvaluationPlan
    from engine.lab import Lab
    from engine.providers.hosted.service import Service
    from engine.recording.run import Outcome as Recorded
    from engine.recording.settings import Question
    from engine.recording.stopping import Stopper
    from store.events import AnswerRecorded
    from store.queries.evaluations import EvaluationRow


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an evaluation has come.

    Attributes:
        done: how much of what it does now is done.
        total: how much there is of that.
        spent: US dollars of this time, for that.
        columns: what the scorers said so far.
        does: what it does now: `reading` references, `answering`, or `judging`.
    """

    done: int
    total: int
    spent: float
    columns: Sequence[Column]
    does: str = "answering"


Progress = Callable[[Standing], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an evaluation came to.

    Attributes:
        evaluation: as it is recorded now.
        columns: what the scorers said.
        asked: how many answers were asked for this time.
        refused: how many of the prompts the service would not answer, in the service's words.
        spent: US dollars of this time, as far as prices are known.
        stopped: why it ended before its end; None if it is whole.
    """

    evaluation: EvaluationRow
    columns: Sequence[Column]
    asked: int
    refused: dict[str, int]
    spent: float
    stopped: Exception | None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A model that could not be evaluated, and why."""

    model: str
    reason: LabError | StoreError


def evaluate(
    lab: Lab,
    plans: Sequence[EvaluationPlan],
    progress: Callable[[EvaluationPlan], Progress] | None = None,
    at_once: int = AT_ONCE,
    patience: float = LAPSED_AFTER,
    stopper: Stopper | None = None,
) -> list[Outcome | Skipped]:
    """Evaluate models: those at services all at the same time, those of this machine in turn.

    Together they stay within the limit of the first. Whatever is recorded of one already, its
    answers and its scores, is neither asked nor computed again.

    Args:
        lab: where everything is recorded.
        plans: of each model.
        progress: gives for each plan what is told how far it has come.
        at_once: how many questions each service is asked at the same time.
        patience: seconds to wait for another process that is asking one of the models.
        stopper: ends it from another thread, with `asyncio.CancelledError`.

    Returns:
        What came of each, in the order of the plans.

    Raises:
        LimitError: if the first would cost more than it may; then nothing was asked.
        StoreError: if something cannot be recorded.
    """
    return asyncio.run(_evaluated(lab, plans, progress, at_once, patience, stopper))


async def _evaluated(
    lab: Lab,
    plans: Sequence[EvaluationPlan],
    progress: Callable[[EvaluationPlan], Progress] | None,
    at_once: int,
    patience: float,
    stopper: Stopper | None,
) -> list[Outcome | Skipped]:
    if stopper is not None:
        stopper.watch()
    purse = Purse(plans[0].recording.limit if plans else None)
    here, judging = asyncio.Lock(), asyncio.Lock()
    found: list[Outcome | Skipped | None] = [None] * len(plans)

    async def one(place: int, plan: EvaluationPlan) -> None:
        told = progress(plan) if progress else _unseen
        run = _Run(lab, plan, purse, told, patience, judging)
        try:
            if plan.recording.hosted:
                found[place] = await run.go(at_once)
            else:
                async with here:
                    found[place] = await run.go(AT_ONCE_HERE)
        except LabError as error:
            found[place] = Skipped(plan.recording.target.name, error)

    try:
        async with asyncio.TaskGroup() as tasks:
            for place, plan in enumerate(plans):
                tasks.create_task(one(place, plan))
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [each for each in found if each is not None]


def _unseen(_standing: Standing) -> None:
    """Tell nobody."""


class _Run:
    """The evaluation of one model.

    Args:
        lab: where it is recorded.
        plan: what is asked and what scores it.
        purse: what is spent of.
        progress: told how far it has come.
        patience: seconds to wait for another process.
        judging: held while a judge is asked: two evaluations may have the same.
    """

    def __init__(
        self,
        lab: Lab,
        plan: EvaluationPlan,
        purse: Purse,
        progress: Progress,
        patience: float,
        judging: asyncio.Lock,
    ) -> None:
        self._lab, self._plan, self._purse = lab, plan, purse
        self._progress, self._patience = progress, patience
        self._id, self._cause = _begun(lab, plan)
        self._marker = Marker(lab, plan, self._id, self._cause)
        self._judging = judging
        self._judge_spent = 0.0
        self._judge_cost: float | None = None

    async def go(self, at_once: int) -> Outcome:
        """Ask, score, and record how it ended."""
        try:
            # What was answered before is scored first, beside the loop.
            await asyncio.to_thread(self._marker.mark_known)
            outcome = await self._asked(at_once)
            verdicts, failure = await self._judged(at_once)
            await asyncio.to_thread(self._marker.mark_all, verdicts)
        except BaseException as error:
            self._marker.close()
            self._record_stop(_reason(error))
            raise
        stopped = outcome.stopped or failure
        if stopped is None:
            self._record_completion()
        else:
            self._record_stop(str(stopped))
        return Outcome(
            queries.evaluation(self._lab.database.reader, self._id),
            self._marker.columns,
            outcome.asked,
            outcome.refused,
            outcome.spent + self._judge_spent,
            stopped,
        )

    async def _asked(self, at_once: int) -> Recorded:
        plan = self._plan.recording
        async with self._service() as service:
            if service is not None and self._plan.unread:
                await read_references(
                    self._lab,
                    service,
                    plan.subject,
                    plan.remote_id,
                    self._plan.unread,
                    self._id,
                    self._cause,
                    self._read,
                )
            company = Company(self._purse, service, self._hear)
            wanted = plan if plan.hosted else _shortest_last(plan)
            return await recorded(self._lab, wanted, self._asking, at_once, self._patience, company)

    async def _judged(self, at_once: int) -> tuple[Verdicts, Exception | None]:
        """Ask the judges what they think of the answers that have no verdict yet."""
        found: Verdicts = {}
        for column in self._marker.columns:
            if not isinstance(judge := column.scorer, Judge):
                continue
            rows = {}
            for row in self._marker.answers():
                if (case := self._marker.case(row)) is not None:
                    rows[row.request, row.sample] = case
            plan = plan_judgement(self._lab, judge, rows.values(), self._purse.limit)
            async with self._judging:
                company = Company(self._purse)
                outcome = await recorded(
                    self._lab, plan, self._judge_progress, at_once, self._patience, company
                )
            self._judge_spent += outcome.spent
            cost = cost_of(self._lab, plan)
            self._judge_cost = cost if self._judge_cost is None else self._judge_cost + (cost or 0)
            said = verdicts_of(self._lab, plan, judge, list(rows.values()))
            found[column.identity] = {
                place: verdict for place, verdict in zip(rows, said, strict=True) if verdict
            }
            if outcome.stopped is not None:
                return found, outcome.stopped
        return found, None

    @asynccontextmanager
    async def _service(self) -> AsyncIterator[Service | None]:
        """Open the model server once for all; a service is opened by whoever asks it."""
        plan = self._plan.recording
        if plan.hosted or not (plan.missing or self._plan.unread):
            yield None
            return
        async with open_service(self._lab, plan) as service:
            yield service

    def _read(self, done: int, total: int) -> None:
        self._progress(Standing(done, total, 0.0, self._marker.columns, "reading"))

    def _asking(self, done: int, total: int, spent: float) -> None:
        self._progress(Standing(done, total, spent, self._marker.columns))

    def _judge_progress(self, done: int, total: int, spent: float) -> None:
        self._progress(Standing(done, total, spent, self._marker.columns, "judging"))

    def _hear(self, question: Question, _fact: AnswerRecorded) -> None:
        self._marker.hear(*question.place)

    def _record_stop(self, reason: str) -> None:
        from store.events import EvaluationStopped

        answers, refused, cost, _ = _tally(self._lab, self._plan)
        fact = EvaluationStopped(reason=reason, answers=answers, refused=refused, cost=cost)
        self._lab.log.append(f"evaluation/{self._id}", fact)

    def _record_completion(self) -> None:
        from store.events import EvaluationCompleted

        answers, refused, cost, seconds = _tally(self._lab, self._plan)
        columns = self._marker.columns
        fact = EvaluationCompleted(
            answers=answers,
            refused=refused,
            faults=sum(
                score.fault is not None for column in columns for score in column.scores.values()
            ),
            figures=figures_of(columns),
            cost=cost,
            seconds=seconds,
            judge_cost=self._judge_cost,
        )
        self._lab.log.append(f"evaluation/{self._id}", fact)


def _reason(error: BaseException) -> str:
    if isinstance(error, asyncio.CancelledError | KeyboardInterrupt):
        return "interrupted"
    return str(error) or type(error).__name__


def _shortest_last(plan: RecordingPlan) -> RecordingPlan:
    """Put questions of one length together, the longest first: little is padded in batches then."""
    sizes = {
        prompt.digest: sum(len(str(message.get("content") or "")) for message in prompt.messages)
        for prompt in plan.prompts
    }
    missing = sorted(plan.missing, key=lambda question: -sizes[question.prompt.digest])
    return replace(plan, missing=tuple(missing))


def _begun(lab: Lab, plan: EvaluationPlan) -> tuple[str, int]:
    """Record the plan, unless that has been done; return the evaluation's id and the plan's seq."""
    from engine.scoring.registry import to_json
    from store.events import EvaluationPlanned

    if plan.open is not None:
        first = next(lab.log.read(stream=f"evaluation/{plan.open.id}"))
        return plan.open.id, first.seq
    recording = plan.recording
    content, _ = keep(lab.blobs, recording.prompts)
    drawn, price = recording.settings, recording.price
    fact = EvaluationPlanned(
        id=new_id("eval"),
        suite=plan.suite.id,
        model=plan.subject,
        name=recording.target.name,
        provider=recording.provider,
        remote_id=recording.remote_id,
        prompts=content,
        count=len(recording.prompts),
        scorers=[to_json(scorer) for scorer in plan.scorers],
        against=plan.against,
        samples=drawn.samples,
        temperature=drawn.temperature if drawn.samples else 0.0,
        max_tokens=drawn.max_tokens,
        top_logprobs=drawn.top_logprobs,
        stop=list(drawn.stop),
        reused=recording.questions - len(recording.missing),
        estimate=None if price is None else price.about,
        at_most=None if price is None else price.at_most,
        leaked=None if plan.leaks is None else plan.leaks.rows,
    )
    [event] = lab.log.append(f"evaluation/{fact.id}", fact, expected=0)
    return fact.id, event.seq


def _tally(lab: Lab, plan: EvaluationPlan) -> tuple[int, int, float | None, float | None]:
    """Return how many answers and refusals there are, what they cost, and how long they took."""
    found = answers_in(lab, plan.recording)
    answers = [answer for answer in found if answer.reply is not None]
    costs = [answer.cost for answer in answers if answer.cost is not None]
    times = [answer.seconds for answer in answers if answer.seconds is not None]
    return (
        len(answers),
        len(found) - len(answers),
        sum(costs) if costs else None,
        sum(times) if times else None,
    )
