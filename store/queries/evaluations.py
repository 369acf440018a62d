"""Questions about evaluations, and the scores that they gave."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from store.queries.find import find


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """An evaluation of a model by a suite; see `store.tables.Evaluation`."""

    id: str
    suite: str
    model: str
    name: str
    provider: str
    remote_id: str
    prompts: str
    count: int
    scorers_json: str
    against: str | None
    samples: int
    temperature: float
    max_tokens: int
    top_logprobs: int
    stop_json: str
    reused: int
    estimate: float | None
    at_most: float | None
    leaked: int | None
    status: str
    reason: str | None
    answers: int | None
    refused: int | None
    faults: int | None
    figures_json: str
    cost: float | None
    seconds: float | None
    judge_cost: float | None
    planned_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """What a scorer said of an answer; see `store.tables.Score`.

    `value` is None where the scorer does not apply, or where `fault` says why there is none.
    """

    model: str
    scorer: str
    against: str
    request: str
    sample: int
    reference: str
    prompt: str
    value: float | None
    detail: str | None
    fault: str | None
    parts_json: str | None
    evaluation: str


@dataclass(frozen=True, slots=True)
class LikelihoodRow:
    """How likely a model holds an answer that was hoped for; see `store.tables.Likelihood`."""

    model: str
    prompt: str
    reference: str
    tokens: int
    loss: float
    likeliest: int
    content: str


_EVALUATION = ", ".join(EvaluationRow.__slots__)
_SCORE = ", ".join(ScoreRow.__slots__)
_LIKELIHOOD = ", ".join(LikelihoodRow.__slots__)


def evaluation_list(
    connection: sqlite3.Connection, model: str | None = None, suite: str | None = None
) -> list[EvaluationRow]:
    """Return evaluations, newest first.

    Args:
        connection: where to read.
        model: the id, or name there, of the only model; None for all.
        suite: the id of the only suite version; None for all.
    """
    rows = connection.execute(
        f"SELECT {_EVALUATION} FROM evaluation WHERE (?1 IS NULL OR model = ?1) "
        "AND (?2 IS NULL OR suite = ?2) ORDER BY planned_at DESC, id DESC",
        (model, suite),
    )
    return [EvaluationRow(*row) for row in rows]


def evaluation(connection: sqlite3.Connection, reference: str) -> EvaluationRow:
    """Return one evaluation by its id or a unique beginning of it.

    Raises:
        NotFoundError: if there is none.
    """
    found = find(connection, "evaluation", reference)
    query = f"SELECT {_EVALUATION} FROM evaluation WHERE id = ?"
    return EvaluationRow(*connection.execute(query, (found,)).fetchone())


def scores_of(
    connection: sqlite3.Connection, model: str, scorer: str, against: str = ""
) -> dict[tuple[str, int, str], ScoreRow]:
    """Return all scores that a scorer gave a model's answers.

    Args:
        connection: where to read.
        model: its id, or name there.
        scorer: the identity of the scorer.
        against: the model whose answers its were held beside; empty for none.

    Returns:
        The scores by request, sample, and the hash of the answer that was hoped for.
    """
    rows = connection.execute(
        f"SELECT {_SCORE} FROM score WHERE model = ? AND scorer = ? AND against = ?",
        (model, scorer, against),
    )
    found = (ScoreRow(*row) for row in rows)
    return {(score.request, score.sample, score.reference): score for score in found}


def likelihoods_of(
    connection: sqlite3.Connection, model: str
) -> dict[tuple[str, str], LikelihoodRow]:
    """Return how likely a model holds the answers that were hoped for, by prompt and reference."""
    rows = connection.execute(f"SELECT {_LIKELIHOOD} FROM likelihood WHERE model = ?", (model,))
    found = (LikelihoodRow(*row) for row in rows)
    return {(row.prompt, row.reference): row for row in found}
