"""What an evaluation found, answer by answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import RequestError
from engine.evaluation.answers import reference_digest, text_said
from engine.recording.settings import Settings, questions_of
from engine.scoring.errors import ScorerError
from engine.scoring.registry import from_json, identity
from engine.scoring.specs import label
from engine.suites.prompts import Prompt, kept, text_of
from store.queries.evaluations import scores_of
from store.queries.recordings import answers_of

if TYPE_CHECKING:
    from engine.scoring.scorer import Scorer
    from store.blobs import BlobStore
    from store.queries.evaluations import EvaluationRow, ScoreRow
    from store.queries.recordings import AnswerRow


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of an evaluation with its scores.

    Attributes:
        prompt: the SHA-256 of what was asked.
        sample: the number of the answer; 0 is the one at temperature 0.
        question: the text of what was asked.
        reference: the answer that was hoped for, if one is known.
        answer: what the model said; None if there is no answer.
        error: why there is none.
        scores: by what the scorers are called; None where one has no score.
        details: what a score comes from, or why there is none, by the same names.
    """

    prompt: str
    sample: int
    question: str
    reference: str | None
    answer: str | None
    error: str | None
    scores: Mapping[str, float | None]
    details: Mapping[str, str | None]


def scorers_of(row: EvaluationRow) -> list[Scorer]:
    """Return what an evaluation was scored by, without scorers that are not installed here."""
    found = []
    for said in json.loads(row.scorers_json):
        with suppress(ScorerError):
            found.append(from_json(said))
    return found


def settings_of(row: EvaluationRow) -> Settings:
    """Return how the answers of an evaluation were drawn."""
    return Settings(
        samples=row.samples,
        temperature=row.temperature,
        max_tokens=row.max_tokens,
        top_logprobs=row.top_logprobs,
        stop=tuple(json.loads(row.stop_json)),
    )


def answered(
    connection: sqlite3.Connection,
    blobs: BlobStore,
    row: EvaluationRow,
    worst: str | None = None,
) -> list[Answered]:
    """Return every answer of an evaluation with its scores.

    Args:
        connection: where to read.
        blobs: where the prompts lie.
        row: the evaluation.
        worst: those come first that this scorer likes least; None for the order of the suite.

    Raises:
        RequestError: if the evaluation has no such scorer.
        StoreError: if the prompts are not there any more.
    """
    columns = [(scorer, _scores(connection, row, scorer)) for scorer in scorers_of(row)]
    known = answers_of(connection, row.model)
    settings = settings_of(row)
    found = [
        _answered(question.prompt, question.sample, known.get(question.place), columns)
        for question in questions_of(list(kept(blobs, row.prompts)), settings)
        if bool(question.sample) == bool(settings.samples)
    ]
    return found if worst is None else _worst_first(found, worst, [each for each, _ in columns])


def _scores(
    connection: sqlite3.Connection, row: EvaluationRow, scorer: Scorer
) -> dict[tuple[str, int, str], ScoreRow]:
    found = scores_of(connection, row.model, identity(scorer))
    if row.against is not None:
        found |= scores_of(connection, row.model, identity(scorer), row.against)
    return found


def _answered(
    prompt: Prompt,
    sample: int,
    row: AnswerRow | None,
    columns: list[tuple[Scorer, dict[tuple[str, int, str], ScoreRow]]],
) -> Answered:
    place = ("" if row is None else row.request, sample, reference_digest(prompt))
    scores = {label(scorer): known.get(place) for scorer, known in columns}
    there = row is not None and row.reply is not None
    return Answered(
        prompt=prompt.digest,
        sample=sample,
        question=prompt.question,
        reference=None if prompt.reference is None else text_of(prompt.reference),
        answer=(text_said(row) or row.refusal or "") if row is not None and there else None,
        error=None if there else "not asked yet" if row is None else row.error,
        scores={name: None if score is None else score.value for name, score in scores.items()},
        details={
            name: None if score is None else score.fault or score.detail
            for name, score in scores.items()
        },
    )


def _worst_first(found: list[Answered], name: str, scorers: list[Scorer]) -> list[Answered]:
    chosen = next((each for each in scorers if name in (label(each), each.about.id)), None)
    if chosen is None:
        known = ", ".join(map(label, scorers))
        raise RequestError(f"{name} did not score this evaluation: {known} did")
    sign = -1 if chosen.about.higher_is_better is False else 1

    def place(each: Answered) -> tuple[bool, float]:
        value = each.scores[label(chosen)]
        return value is None, sign * (value or 0.0)

    return sorted(found, key=place)
