"""Scoring the answers of an evaluation as they come, and recording what the scorers say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.evaluation.answers import answer_of, reference_digest
from engine.evaluation.choosing import needs_another, reads_answers, reads_references
from engine.evaluation.column import Column, Place
from engine.evaluation.judging import Case, case_of
from engine.recording.settings import questions_of
from engine.scoring.judged import Judge
from engine.scoring.registry import identity, to_json
from engine.scoring.scorer import Pooled
from engine.scoring.scoring import Fault, parts_of, scored
from store.log import Entry
from store.queries.evaluations import ScoreRow, likelihoods_of, scores_of
from store.queries.recordings import answers_of

if TYPE_CHECKING:
    from engine.evaluation.plan import EvaluationPlan
    from engine.lab import Lab
    from engine.scoring.answer import Answer
    from engine.scoring.scorer import Scorer
    from engine.suites.prompts import Prompt
    from store.queries.evaluations import LikelihoodRow
    from store.queries.recordings import AnswerRow

Verdicts = dict[str, dict[Place, tuple[str, str]]]
"""What each judge said, by the identity of the scorer and the place of the score."""

_AT_ONCE = 200
"""Scores in one event: few events for many rows, and little that a kill could lose."""


class Marker:
    """Scores answers of one model, each by each scorer once.

    Args:
        lab: where they are recorded.
        plan: of the evaluation.
        evaluation: its id.
        cause: the seq of the event with its plan.

    Attributes:
        columns: what the scorers said.
    """

    def __init__(self, lab: Lab, plan: EvaluationPlan, evaluation: str, cause: int) -> None:
        self._lab, self._plan = lab, plan
        self._evaluation, self._cause = evaluation, cause
        self._prompts: dict[str, dict[str, Prompt]] = {}
        for prompt in plan.prompts:
            self._prompts.setdefault(prompt.digest, {})[reference_digest(prompt)] = prompt
        self._likelihoods: dict[tuple[str, str], LikelihoodRow] = {}
        self._others: dict[str, AnswerRow] = {}
        self._verdicts: Verdicts = {}
        self._closed = False
        self._wanted = {
            question.place
            for question in questions_of(plan.recording.prompts, plan.recording.settings)
            if question.sample in plan.samples
        }
        self.columns = [self._column(scorer) for scorer in plan.scorers]
        self._read_others()

    def _column(self, scorer: Scorer) -> Column:
        beside = needs_another(scorer) or isinstance(scorer, Judge)
        against = (self._plan.against or "") if beside else ""
        known = scores_of(self._lab.database.reader, self._plan.subject, identity(scorer), against)
        column = Column(scorer, identity(scorer), against)
        column.scores = {
            place: score
            for place, score in known.items()
            if place[:2] in self._wanted
            and score.reference in self._prompts.get(score.prompt, {})
            and score.fault is None
            and not (score.value is None and reads_references(scorer))
        }
        return column

    def _read_others(self) -> None:
        """Read what the other model answered to the same prompts, at temperature 0."""
        if self._plan.against is None:
            return
        rows = answers_of(self._lab.database.reader, self._plan.against).values()
        self._others = {
            row.prompt: row for row in rows if row.sample == 0 and row.reply is not None
        }

    def hear(self, request: str, sample: int) -> None:
        """Score an answer that was just recorded, as far as its references need not be read."""
        if (request, sample) not in self._wanted:
            return
        rows = answers_of(self._lab.database.reader, self._plan.subject, request)
        for row in rows.values():
            if row.sample == sample and row.reply is not None:
                self._mark(row, [each for each in self.columns if not self._waits(each)])
        self._record(_AT_ONCE)

    def mark_known(self) -> None:
        """Score the answers that there are, by the scorers that need nothing else."""
        self._mark_all([each for each in self.columns if not self._waits(each)])

    def mark_all(self, verdicts: Verdicts | None = None) -> None:
        """Score all answers that there are by all scorers, and record all scores.

        Args:
            verdicts: what the judges said.
        """
        self._verdicts = verdicts or {}
        self._likelihoods = likelihoods_of(self._lab.database.reader, self._plan.subject)
        self._mark_all(self.columns)

    def _mark_all(self, columns: Sequence[Column]) -> None:
        for row in self.answers():
            if self._closed:
                return
            self._mark(row, columns)
            self._record(_AT_ONCE)
        self._record(1)

    def answers(self) -> list[AnswerRow]:
        """Return the answers that are scored, as far as there are any."""
        found = answers_of(self._lab.database.reader, self._plan.subject)
        rows = (found[place] for place in self._wanted if place in found)
        return [row for row in rows if row.reply is not None]

    def cases(self) -> dict[Place, Case]:
        """Return what judges are asked: of each answer for which there is one to hold it beside."""
        found = {}
        for row in self.answers():
            other = self._others.get(row.prompt)
            if self._plan.against and other is None:
                continue
            for reference, prompt in self._prompts[row.prompt].items():
                if (case := case_of(prompt, row, other)) is not None:
                    found[row.request, row.sample, reference] = case
        return found

    def close(self) -> None:
        """Record what was scored and is not recorded yet; what is still scored no longer counts."""
        self._closed = True
        for column in self.columns:
            column.close()
        self._record(1)

    def _waits(self, column: Column) -> bool:
        """Tell whether a scorer wants what is known at the end only."""
        return reads_references(column.scorer) or isinstance(column.scorer, Judge)

    def _mark(self, row: AnswerRow, columns: Sequence[Column]) -> None:
        """Score an answer in every row of the suite that asks for it."""
        for reference, prompt in self._prompts.get(row.prompt, {}).items():
            place = (row.request, row.sample, reference)
            missing = [
                column
                for column in columns
                if place not in column.scores and not self._lacks(column, row, place)
            ]
            if not missing:
                continue
            known = self._answer(row, prompt, missing)
            for column in missing:
                answer = replace(known, verdicts=self._verdict(column, place))
                column.add(
                    _score_row(self._plan.subject, self._evaluation, column, row, reference, answer)
                )

    def _lacks(self, column: Column, row: AnswerRow, place: Place) -> bool:
        """Tell whether what a scorer holds an answer beside may come to be known later."""
        if isinstance(column.scorer, Judge):
            return self._verdict(column, place) is None
        if reads_references(column.scorer):
            # Recorded as none, a score would stay none once the reference is read.
            return (row.prompt, place[2]) not in self._likelihoods
        return needs_another(column.scorer) and row.prompt not in self._others

    def _verdict(self, column: Column, place: Place) -> tuple[str, str] | None:
        return self._verdicts.get(column.identity, {}).get(place)

    def _answer(self, row: AnswerRow, prompt: Prompt, columns: Sequence[Column]) -> Answer:
        with_tokens = any(reads_answers(column.scorer) for column in columns)
        other = self._others.get(prompt.digest)
        blobs = self._lab.blobs
        return answer_of(
            row,
            prompt,
            blobs,
            self._likelihoods.get((prompt.digest, reference_digest(prompt))),
            None if other is None else answer_of(other, prompt, blobs, with_tokens=with_tokens),
            with_tokens=with_tokens,
        )

    def _record(self, least: int) -> None:
        """Record the scores of each scorer that has so many of them waiting."""
        for column in self.columns:
            if column.waiting >= least:
                new = column.take_new()
                for start in range(0, len(new), _AT_ONCE):
                    self._append(column, new[start : start + _AT_ONCE])

    def _append(self, column: Column, scores: Sequence[ScoreRow]) -> None:
        from store.events import AnswersScored

        pooled = isinstance(column.scorer, Pooled)
        fact = AnswersScored(
            evaluation=self._evaluation,
            scorer=to_json(column.scorer),
            identity=column.identity,
            against=column.against or None,
            prompts=[score.prompt for score in scores],
            requests=[score.request for score in scores],
            samples=[score.sample for score in scores],
            references=[score.reference for score in scores],
            values=[score.value for score in scores],
            details=[score.detail for score in scores],
            faults=[score.fault for score in scores],
            parts=[
                None if score.parts_json is None else json.loads(score.parts_json)
                for score in scores
            ]
            if pooled
            else [],
        )
        self._lab.log.append(f"scores/{self._plan.subject}", Entry(fact, cause=self._cause))


def _score_row(
    model: str, evaluation: str, column: Column, row: AnswerRow, reference: str, answer: Answer
) -> ScoreRow:
    found = scored(column.scorer, answer)
    parts = None
    if isinstance(column.scorer, Pooled) and not isinstance(found, Fault):
        added = parts_of(column.scorer, answer)
        found, parts = (added, None) if isinstance(added, Fault) else (found, added)
    fault = found.words if isinstance(found, Fault) else None
    score = None if isinstance(found, Fault) else found
    return ScoreRow(
        model=model,
        scorer=column.identity,
        against=column.against,
        request=row.request,
        sample=row.sample,
        reference=reference,
        prompt=row.prompt,
        value=None if score is None else score.value,
        detail=None if score is None else score.detail,
        fault=fault,
        parts_json=None if parts is None else json.dumps(parts),
        evaluation=evaluation,
    )
