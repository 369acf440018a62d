"""Facts about recordings: how a model answers, kept for when it can no longer be asked."""

from __future__ import annotations

from pydantic import JsonValue

from store.events.fact import Fact


class RecordingPlanned(Fact):
    """A model is going to be asked every prompt of a content, and nothing has been asked yet.

    `model` is a model version's id, or the name of another model at its `provider`; `remote_id` is
    the name that the provider knows. `prompts` is the SHA-256 of the prompts in the blobs, a line
    of JSON each; `parts` counts them by where they are from (`training`, `validation`, `held-out`,
    `suite`). Each is asked once at temperature 0 and `samples` times at `temperature`. `reused`
    counts the answers that were known before; the others will cost about `estimate` and `at_most`
    so many US dollars.
    """

    type_name = "RecordingPlanned"
    id: str
    version: int
    model: str
    name: str
    provider: str
    remote_id: str
    prompts: str
    count: int
    parts: dict[str, int]
    suite: str | None = None
    seed: int = 0
    samples: int
    temperature: float
    max_tokens: int
    top_logprobs: int
    stop: list[str] = []
    reused: int = 0
    estimate: float | None = None
    at_most: float | None = None


class RecordingStopped(Fact):
    """A recording ended before its end; asked for again, it goes on where it stopped."""

    type_name = "RecordingStopped"
    reason: str
    answers: int
    refused: int
    cost: float | None = None


class RecordingCompleted(Fact):
    """Every prompt was asked.

    `content` is the SHA-256 of the whole recording in the blobs: the prompts and all answers to
    them with their log probabilities, a line of JSON each prompt. `agreement` is the share of the
    samples whose text and calls equal those at temperature 0: what any successor can reach at most.
    `cost` is US dollars for all its answers.
    """

    type_name = "RecordingCompleted"
    content: str
    bytes: int
    answers: int
    refused: int = 0
    agreement: float | None = None
    cost: float | None = None


class AnswerRecorded(Fact):
    """A model answered a prompt.

    `prompt` is the SHA-256 of the prompt, `request` that of the prompt with the `settings` it was
    asked with; `sample` tells several answers to one request apart (0 at temperature 0). `reply` is
    the SHA-256 of the provider's whole answer in the blobs, as it came. `logprob` is the sum of the
    natural logarithms of the probabilities of its `logprob_tokens`. `recording` is the one for
    which it was asked first; `cost` is US dollars; `left_out` are the settings that the model does
    not heed.
    """

    type_name = "AnswerRecorded"
    recording: str
    prompt: str
    request: str
    sample: int
    settings: dict[str, JsonValue]
    content: str | None = None
    tool_calls: list[JsonValue] = []
    refusal: str | None = None
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    logprob: float | None = None
    logprob_tokens: int | None = None
    seconds: float | None = None
    cost: float | None = None
    answered_by: str | None = None
    fingerprint: str | None = None
    request_id: str | None = None
    left_out: list[str] = []
    reply: str


class AnswerRefused(Fact):
    """A provider would not answer a prompt; a later recording asks it again."""

    type_name = "AnswerRefused"
    recording: str
    prompt: str
    request: str
    sample: int
    error: str
    code: str | None = None
