"""The evaluation of one model: it answers what is missing, each answer is scored as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.evaluation import events
from engine.evaluation.choosing import reads_references
from engine.evaluation.hosted_references import read_at_service
from engine.evaluation.judging import cost_of, plan_judgement, verdicts_of
from engine.evaluation.likelihoods import Ledger
from engine.evaluation.marking import Marker, Verdicts
from engine.evaluation.outcome import Outcome, Standing
from engine.evaluation.references import read_references
from engine.evaluation.scoring_thread import ScoringThread
from engine.recording.opening import open_service
from engine.recording.run import Company, recorded
from engine.scoring.judged import Judge
from store.queries import evaluations as queries

if TYPE_CHECKING:
    from engine.evaluation.outcome import Progress
    from engine.evaluation.plan import EvaluationPlan
    from engine.evaluation.reference_reader import Readings
    from engine.lab import Lab
    from engine.providers.hosted.service import Service
    from engine.recording.plan import RecordingPlan
    from engine.recording.purse import Purse
    from engine.recording.run import Outcome as Recorded
    from engine.recording.settings import Question
    from store.events import AnswerRecorded


class Contestant:
    """A model that is evaluated.

    Args:
        lab: where its evaluation is recorded.
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
        self._standing: Standing | None = None
        self._id, self._cause = events.begun(lab, plan)
        self._marker = Marker(lab, plan, self._id, self._cause)
        self._scoring = ScoringThread()
        self._judging = judging
        self._judge_spent = 0.0
        self._judge_cost: float | None = None

    async def go(self, at_once: int) -> Outcome:
        """Ask, score, and record how it ended."""
        try:
            # What was answered before is scored first.
            self._tell_known()
            await self._scoring.finish(self._marker.mark_known)
            outcome = await self._asked(at_once)
            readings = None if outcome.stopped else await self._read_at_service(at_once)
            verdicts, failure = await self._judged(at_once)
            if self._standing is not None:
                self._tell(replace(self._standing, does="scoring"))
            await self._scoring.finish(lambda: self._marker.mark_all(verdicts))
        except BaseException as error:
            self._scoring.leave()
            self._marker.close()
            events.record_stop(self._lab, self._plan, self._id, _reason(error))
            raise
        self._scoring.leave()
        stopped = outcome.stopped or (readings and readings.stopped) or failure
        if stopped is None:
            columns = self._marker.columns
            events.record_completion(self._lab, self._plan, self._id, columns, self._judge_cost)
        else:
            events.record_stop(self._lab, self._plan, self._id, str(stopped))
        return Outcome(
            queries.evaluation(self._lab.database.reader, self._id),
            self._marker.columns,
            outcome.asked,
            outcome.refused,
            outcome.spent + self._judge_spent + (readings.spent if readings else 0.0),
            stopped,
            readings,
        )

    async def _asked(self, at_once: int) -> Recorded:
        plan = self._plan.recording
        async with self._service() as service:
            if service is not None and self._plan.unread:
                await read_references(
                    self._ledger(), service, plan.remote_id, self._plan.unread, self._reading
                )
            company = Company(self._purse, service, self._hear)
            wanted = plan if plan.hosted else _shortest_last(plan)
            return await recorded(self._lab, wanted, self._asking, at_once, self._patience, company)

    async def _read_at_service(self, at_once: int) -> Readings | None:
        """Have a service read the references, once its answers are there: those are wanted more."""
        plan = self._plan
        if not plan.recording.hosted or not any(map(reads_references, plan.scorers)):
            return None
        return await read_at_service(
            self._ledger(), plan, self._purse, self._reading, at_once, self._patience
        )

    def _ledger(self) -> Ledger:
        return Ledger(self._lab, self._plan.subject, self._id, self._cause)

    async def _judged(self, at_once: int) -> tuple[Verdicts, Exception | None]:
        """Ask the judges what they think of the answers that have no verdict yet."""
        found: Verdicts = {}
        for column in self._marker.columns:
            if not isinstance(judge := column.scorer, Judge):
                continue
            cases = self._marker.cases()
            plan = plan_judgement(self._lab, judge, cases.values(), self._purse.limit)
            async with self._judging:
                company = Company(self._purse)
                outcome = await recorded(
                    self._lab, plan, self._hearing_judge, at_once, self._patience, company
                )
            self._judge_spent += outcome.spent
            cost = cost_of(self._lab, plan)
            self._judge_cost = cost if self._judge_cost is None else self._judge_cost + (cost or 0)
            said = verdicts_of(self._lab, plan, judge, list(cases.values()))
            found[column.identity] = {
                place: verdict for place, verdict in zip(cases, said, strict=True) if verdict
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

    def _tell(self, standing: Standing) -> None:
        self._standing = standing
        self._progress(standing)

    def _tell_known(self) -> None:
        plan = self._plan.recording
        if known := plan.questions - len(plan.missing):
            self._tell(Standing(known, plan.questions, 0.0, self._marker.columns, "scoring"))

    def _reading(self, done: int, total: int, spent: float = 0.0) -> None:
        self._tell(Standing(done, total, spent, self._marker.columns, "reading"))

    def _asking(self, done: int, total: int, spent: float) -> None:
        self._tell(Standing(done, total, spent, self._marker.columns))

    def _hearing_judge(self, done: int, total: int, spent: float) -> None:
        self._tell(Standing(done, total, spent, self._marker.columns, "judging"))

    def _hear(self, question: Question, _fact: AnswerRecorded) -> None:
        self._scoring.hand_over(lambda: self._marker.hear(*question.place))


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
