"""Evaluations, and what was found of each answer: scores and likelihoods."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field, SQLModel


class Evaluation(SQLModel, table=True):
    """How a model did in a suite.

    `status` is as of recordings; `figures_json` are what the scorers say of all answers together,
    `cost` is US dollars, `seconds` how long all answers took, added up; `leaked` counts the prompts
    that stand in what the model was trained on.
    """

    __tablename__: ClassVar[str] = "evaluation"

    id: str = Field(primary_key=True)
    suite: str = Field(index=True)
    model: str = Field(index=True)
    name: str
    provider: str
    remote_id: str
    prompts: str
    count: int
    scorers_json: str
    against: str | None = None
    samples: int
    temperature: float
    max_tokens: int
    top_logprobs: int
    stop_json: str = "[]"
    reused: int = 0
    estimate: float | None = None
    at_most: float | None = None
    leaked: int | None = None
    status: str
    reason: str | None = None
    answers: int | None = None
    refused: int | None = None
    faults: int | None = None
    figures_json: str = "[]"
    cost: float | None = None
    seconds: float | None = None
    judge_cost: float | None = None
    planned_at: str
    updated_at: str


class Score(SQLModel, table=True):
    """What a scorer (named by its identity) said of a model's answer to a request.

    `against` is the model whose answer it was held beside, `reference` the hash of the answer that
    was hoped for; both are empty where there is none. `value` is None where the scorer does not
    apply, or where `fault` says why there is no score.
    """

    __tablename__: ClassVar[str] = "score"

    model: str = Field(primary_key=True)
    scorer: str = Field(primary_key=True)
    against: str = Field(primary_key=True)
    request: str = Field(primary_key=True)
    sample: int = Field(primary_key=True)
    reference: str = Field(primary_key=True)
    prompt: str
    value: float | None = None
    detail: str | None = None
    fault: str | None = None
    parts_json: str | None = None
    evaluation: str


class Likelihood(SQLModel, table=True):
    """How likely a model holds an answer that was hoped for.

    `loss` is in nats, of all `tokens` together; `content` is the blob with each token's logarithm.
    """

    __tablename__: ClassVar[str] = "likelihood"

    model: str = Field(primary_key=True)
    prompt: str = Field(primary_key=True)
    reference: str = Field(primary_key=True)
    tokens: int
    loss: float
    likeliest: int
    content: str
    evaluation: str
