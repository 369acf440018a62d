"""Facts about evaluations: how good a model's answers to a suite are."""

from __future__ import annotations

from pydantic import JsonValue

from store.events.fact import Fact


class EvaluationPlanned(Fact):
    """A model is going to answer a suite, and to be scored, and nothing has been asked yet.

    `suite` is the id of the suite version; `model` is a model version's id, or the name of another
    model at its `provider`. `scorers` are those of the suite and those that were asked for beside
    them, with all their settings. Each prompt is asked once at temperature 0, or `samples` times at
    `temperature` if that is more than 0. `against` is the model whose answers others are held
    beside by scorers that need another recording. `reused` counts the answers that were known
    before; the others will cost about `estimate` and at most `at_most` US dollars, with what it
    takes to have a service read the answers that are hoped for. `leaked` counts the prompts that
    stand in what the model was trained on, word for word or nearly so; None where that is not
    known.
    """

    type_name = "EvaluationPlanned"
    id: str
    suite: str
    model: str
    name: str
    provider: str
    remote_id: str
    prompts: str
    count: int
    scorers: list[dict[str, JsonValue]]
    against: str | None = None
    samples: int = 0
    temperature: float = 0.0
    max_tokens: int
    top_logprobs: int
    stop: list[str] = []
    reused: int = 0
    estimate: float | None = None
    at_most: float | None = None
    leaked: int | None = None


class AnswersScored(Fact):
    """A scorer said how good some of a model's answers are.

    The lists have an entry for each answer: `requests` and `samples` tell which one it is,
    `prompts` what it answers, `references` is the SHA-256 of the answer that was hoped for (empty
    where there is none). `values` is None where the scorer does not apply, or where `faults` says
    why the answer could not be scored. `parts` are what a figure of all answers together is
    computed of, of scorers that have one. `identity` is the SHA-256 of the scorer with its settings
    (of `scorer`); `against` is the model whose answers these were held beside.
    """

    type_name = "AnswersScored"
    evaluation: str
    scorer: dict[str, JsonValue]
    identity: str
    against: str | None = None
    prompts: list[str]
    requests: list[str]
    samples: list[int]
    references: list[str]
    values: list[float | None]
    details: list[str | None]
    faults: list[str | None]
    parts: list[list[float] | None] = []


class ReferenceRead(Fact):
    """A model told how likely it holds the answer that was hoped for, token by token.

    `loss` is the sum of the negative natural logarithms of the probabilities of its `tokens`;
    `likeliest` counts those that the model held the likeliest at their places. `content` is the
    SHA-256 of each token's logarithm in the blobs, with the tokens that a service counted for it
    and US dollars, if one was asked.
    """

    type_name = "ReferenceRead"
    evaluation: str
    prompt: str
    reference: str
    tokens: int
    loss: float
    likeliest: int
    content: str


class EvaluationStopped(Fact):
    """An evaluation ended before its end; asked for again, it goes on where it stopped."""

    type_name = "EvaluationStopped"
    reason: str
    answers: int
    refused: int
    cost: float | None = None


class EvaluationCompleted(Fact):
    """Every prompt was asked and every answer scored, as far as that can be.

    `refused` counts the prompts that the provider would not answer, `faults` the scores that could
    not be given. `figures` are those of all answers together, one for each scorer: its `identity`,
    its `label`, the `value` and its 95% interval from `low` to `high`, of so many `rows`. `cost` is
    US dollars for all its answers, of this time or an earlier one; `seconds` is how long the model
    took for them, added up. `judge_cost` is what a judge cost, of this time or an earlier one.
    """

    type_name = "EvaluationCompleted"
    answers: int
    refused: int = 0
    faults: int = 0
    figures: list[dict[str, JsonValue]]
    cost: float | None = None
    seconds: float | None = None
    judge_cost: float | None = None
