"""Scoring the answers of an evaluation as they come, and recording what the scorers say."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.evaluation.answers import answer_of, reference_digest
from engine.evaluation.choosing import needs_another, reads_answers, reads_references
from engine.evaluation.judging import Case, case_of
from engine.recording.settings import questions_of
from engine.scoring.judged import Judge
from engine.scoring.registry import identity, to_json
from engine.scoring.scorer import Pooled
from engine.scoring.scoring import Fault, scored
from engine.suites.prompts import Prompt
from store.log import Entry
from store.queries.evaluations import ScoreRow, likelihoods_of, scores_of
from store.queries.recordings import answers_of

if TYPE_CHECKING:
    from engine.evaluation.plan import EvaluationPlan
    from engine.lab import Lab
    from engine.scoring.answer import Answer
    from engine.scoring.scorer import Scorer
    from store.queries.evaluations import LikelihoodRow
    from store.queries.recordings import AnswerRow

Verdicts = dict[str, dict[tuple[str, int], tuple[str, str]]]

_AT_ONCE = 200
"""Scores in one event: few events for many rows, and little that a kill could lose."""


@dataclass(slots=True)
class Column:
    """What a scorer said of the answers of an evaluation.

    Attributes:
        scorer: what scored them.
        identity: the SHA-256 of it with its settings.
        against: the model whose answers they were held beside; empty for none.
        scores: by the request, the number of the sample and the hash of the reference.
    """

    scorer: Scorer
    identity: str
    against: str
    scores: dict[tuple[str, int, str], ScoreRow] = field(default_factory=dict)
    _new: list[ScoreRow] = field(default_factory=list)

    def add(self, score: ScoreRow) -> None:
        """Take a score that is still to be recorded."""
        self.scores[score.request, score.sample, score.reference] = score
        self._new.append(score)

    def take_new(self) -> list[ScoreRow]:
        """Return the scores that are not recorded yet, and forget that they are not."""
        new, self._new = self._new, []
        return new

    @property
    def waiting(self) -> int:
        """How many scores are not recorded yet."""
        return len(self._new)

    def values(self) -> list[float]:
        """Return all values that there are."""
        return [score.value for score in self.scores.values() if score.value is not None]

    @property
    def mean(self) -> float | None:
        """The mean of all values so far; of a scorer with a figure of its own, that figure."""
        if isinstance(self.scorer, Pooled):
            return self._pooled(self.scorer)
        values = self.values()
        return math.fsum(values) / len(values) if values else None

    def _pooled(self, scorer: Pooled) -> float | None:
        told = (score.parts_json for score in self.scores.values())
        parts = [json.loads(each) for each in told if each is not None]
        return (
            scorer.figure([sum(column) for column in zip(*parts, strict=True)]) if parts else None
        )


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
        self._prompts = {prompt.digest: prompt for prompt in plan.recording.prompts}
        self._likelihoods: dict[tuple[str, str], LikelihoodRow] = {}
        self._others: dict[str, AnswerRow] = {}
        self._verdicts: Verdicts = {}
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
        references = {digest: reference_digest(each) for digest, each in self._prompts.items()}
        column.scores = {
            place: score
            for place, score in known.items()
            if place[:2] in self._wanted
            and references.get(score.prompt) == score.reference
            and score.fault is None
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
            verdicts: what each judge said, by the identity of the scorer, of the answers by request
                and sample.
        """
        self._verdicts = verdicts or {}
        self._likelihoods = likelihoods_of(self._lab.database.reader, self._plan.subject)
        self._mark_all(self.columns)

    def _mark_all(self, columns: Sequence[Column]) -> None:
        for row in self.answers():
            self._mark(row, columns)
            self._record(_AT_ONCE)
        self._record(1)

    def answers(self) -> list[AnswerRow]:
        """Return the answers that are scored, as far as there are any."""
        found = answers_of(self._lab.database.reader, self._plan.subject)
        rows = (found[place] for place in self._wanted if place in found)
        return [row for row in rows if row.reply is not None]

    def case(self, row: AnswerRow) -> Case | None:
        """Return what a judge is asked of an answer; None if nothing is there to hold it beside."""
        prompt = self._prompts[row.prompt]
        other = self._others.get(row.prompt)
        return None if self._plan.against and other is None else case_of(prompt, row, other)

    def close(self) -> None:
        """Record what was scored and is not recorded yet."""
        self._record(1)

    def _waits(self, column: Column) -> bool:
        """Tell whether a scorer wants what is known at the end only."""
        return reads_references(column.scorer) or isinstance(column.scorer, Judge)

    def _mark(self, row: AnswerRow, columns: Iterable[Column]) -> None:
        prompt = self._prompts.get(row.prompt)
        if prompt is None:
            return
        reference = reference_digest(prompt)
        place = (row.request, row.sample, reference)
        missing = [
            column
            for column in columns
            if place not in column.scores and not self._lacks(column, row)
        ]
        if not missing:
            return
        known = self._answer(row, prompt, missing)
        for column in missing:
            answer = replace(known, verdicts=self._verdict(column, row))
            column.add(
                _score_row(self._plan.subject, self._evaluation, column, row, reference, answer)
            )

    def _lacks(self, column: Column, row: AnswerRow) -> bool:
        """Tell whether what a scorer holds an answer beside may come to be known later."""
        if isinstance(column.scorer, Judge):
            return self._verdict(column, row) is None
        return needs_another(column.scorer) and row.prompt not in self._others

    def _verdict(self, column: Column, row: AnswerRow) -> tuple[str, str] | None:
        return self._verdicts.get(column.identity, {}).get((row.request, row.sample))

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
    fault = found.words if isinstance(found, Fault) else None
    score = None if isinstance(found, Fault) else found
    parts = _parts(column.scorer, answer) if fault is None else None
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


def _parts(scorer: Scorer, answer: Answer) -> tuple[float, ...] | None:
    if not isinstance(scorer, Pooled):
        return None
    parts = scorer.parts(answer)
    return parts if parts is not None and all(map(math.isfinite, parts)) else None
