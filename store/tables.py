"""The read models, as SQLModel tables: what the log says, folded into rows to look up.

They are written only by `store.projections`, in the transaction that appends the events, and can
be dropped and rebuilt at any time. Anybody may read them with SQLModel's `select`; the screens and
commands do so through `store.queries`, which speaks plain SQL because importing SQLModel takes
longer than painting the first frame.

Times are texts as in `store.times`; `*_json` columns hold JSON text.
"""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field, SQLModel


class Job(SQLModel, table=True):
    """A fine-tuning job as its stream tells it; money is US dollars.

    `report_json` is the last report of a hosted job, whole; `creation_requested_at` stands from the
    moment its creation was sent out until the provider's answer is known; `requested` is what
    somebody asked for (`cancel`, `pause`, `resume`) until the job has heeded it.
    """

    __tablename__: ClassVar[str] = "job"

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    provider: str
    base_model: str
    method: str
    hyperparameters_json: str
    options_json: str = "{}"
    dataset: str | None = None
    validation: str | None = None
    seed: int | None = None
    model: str | None = None
    status: str = Field(index=True)
    reported_status: str | None = None
    remote_id: str | None = Field(default=None, index=True)
    imported: bool = False
    requested: str | None = None
    retry_of: str | None = None
    training_file: str | None = None
    validation_file: str | None = None
    creation_requested_at: str | None = None
    creation_attempts: int = 0
    report_json: str | None = None
    trained_tokens: int | None = None
    estimated_finish: str | None = None
    estimate: float | None = None
    cost: float | None = None
    attempt: int = 1
    step: int = 0
    total_steps: int | None = None
    loss: float | None = None
    eval_loss: float | None = None
    checkpoint: int | None = None
    reason: str | None = None
    details: str | None = None
    progress_offset: int = 0
    planned_at: str = Field(index=True)
    started_at: str | None = None
    ended_at: str | None = None
    updated_at: str
    version: int


class Checkpoint(SQLModel, table=True):
    """A state of a job's model: a folder to go on from, or a hosted model to talk to."""

    __tablename__: ClassVar[str] = "checkpoint"

    job: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    path: str | None = None
    model: str | None = None
    metrics_json: str = "{}"
    saved_at: str


class QueueEntry(SQLModel, table=True):
    """A job of this machine that was put into the queue, until it ends.

    `state` is one of `store.queue_state`; among those that wait, the highest `priority` comes
    first, then the lowest `rank`. `attempt` is the one that it waits to begin with.
    """

    __tablename__: ClassVar[str] = "queue_entry"

    job: str = Field(primary_key=True)
    state: str
    priority: int
    rank: int
    attempt: int
    devices_json: str = "[]"
    queued_at: str
    queued_by: str


class RemoteEvent(SQLModel, table=True):
    """An event of a hosted job that was taken in, by the provider's id for it."""

    __tablename__: ClassVar[str] = "remote_event"

    job: str = Field(primary_key=True)
    event: str = Field(primary_key=True)


class RemoteFile(SQLModel, table=True):
    """A file at a provider; `content` names its blob where it is kept here too.

    `state` is `uploaded` (from here), `kept` (taken from there), `gone`, `deleting` (that was asked
    for, and is not known to be done) or `deleted`.
    """

    __tablename__: ClassVar[str] = "remote_file"

    provider: str = Field(primary_key=True)
    file: str = Field(primary_key=True)
    filename: str | None = None
    purpose: str | None = None
    content: str | None = Field(default=None, index=True)
    bytes: int | None = None
    state: str
    reason: str | None = None
    dataset: str | None = None
    recorded_at: str


class ResultFile(SQLModel, table=True):
    """A result file of a hosted job; without a content it is gone, for the reason given."""

    __tablename__: ClassVar[str] = "result_file"

    job: str = Field(primary_key=True)
    file: str = Field(primary_key=True)
    content: str | None = None
    bytes: int | None = None
    rows: int | None = None
    malformed: int = 0
    reason: str | None = None


class MetricSeries(SQLModel, table=True):
    """One metric of one job: its extent and extremes over finite values, and its last value."""

    __tablename__: ClassVar[str] = "metric_series"

    job: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    count: int
    chunks: int
    first_step: int
    last_step: int
    last: float | None = None
    low: float | None = None
    low_step: int | None = None
    high: float | None = None
    high_step: int | None = None


class MetricChunk(SQLModel, table=True):
    """Up to `CHUNK_POINTS` consecutive points of a series, packed, with their extremes.

    `steps` is NULL when the steps are `first_step` + i * `stride`; the packing is described in
    `store.columns`.
    """

    __tablename__: ClassVar[str] = "metric_chunk"

    job: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    ordinal: int = Field(primary_key=True)
    count: int
    first_step: int
    last_step: int
    stride: int | None = None
    last: float | None = None
    low: float | None = None
    low_step: int | None = None
    high: float | None = None
    high_step: int | None = None
    steps: bytes | None = None
    points: bytes


class DatasetVersion(SQLModel, table=True):
    """An immutable dataset version; its content is the blob named `content`.

    `tokens` is its newest count, in whatever tokenizer's tokens.
    """

    __tablename__: ClassVar[str] = "dataset_version"

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    version: int
    content: str
    kind: str
    examples: int
    messages: int
    characters: int
    bytes: int
    tokens: int | None = None
    recipe_json: str
    source: str | None = None
    left_out: int = 0
    recorded_at: str


class DatasetParent(SQLModel, table=True):
    """A dataset version that another one was made of."""

    __tablename__: ClassVar[str] = "dataset_parent"

    child: str = Field(primary_key=True)
    parent: str = Field(primary_key=True, index=True)
    ordinal: int


class DatasetPart(SQLModel, table=True):
    """A part that a split made; `split` is the seq of its event."""

    __tablename__: ClassVar[str] = "dataset_part"

    split: int = Field(primary_key=True)
    part: str = Field(primary_key=True)
    version: str = Field(index=True)


class DatasetCount(SQLModel, table=True):
    """What a dataset version comes to in a tokenizer's tokens."""

    __tablename__: ClassVar[str] = "dataset_count"

    version: str = Field(primary_key=True)
    tokenizer: str = Field(primary_key=True)
    tokens: int
    assistant_tokens: int
    statistics_json: str
    lengths: str | None = None
    counted_at: str


class DatasetCheck(SQLModel, table=True):
    """The newest check of a dataset version for a method and a model; no model is the empty one."""

    __tablename__: ClassVar[str] = "dataset_check"

    version: str = Field(primary_key=True)
    method: str = Field(primary_key=True)
    model: str = Field(primary_key=True)
    errors: int
    warnings: int
    rules_json: str
    report_json: str
    checked_at: str


class Model(SQLModel, table=True):
    """A model version; `remote_id` is what its provider calls it, if it is a hosted one.

    `retires_on` is the date (YYYY-MM-DD) on which the provider shuts it down, `gone_at` when it was
    found gone or was deleted.
    """

    __tablename__: ClassVar[str] = "model"

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    kind: str
    base_model: str
    job: str | None = None
    dataset: str | None = None
    hyperparameters_json: str
    path: str | None = None
    provider: str = "local"
    remote_id: str | None = Field(default=None, index=True)
    retires_on: str | None = None
    gone_at: str | None = None
    gone_reason: str | None = None
    loss_before: float | None = None
    loss_after: float | None = None
    perplexity_before: float | None = None
    perplexity_after: float | None = None
    accuracy_before: float | None = None
    accuracy_after: float | None = None
    evaluated_examples: int | None = None
    registered_at: str


class ModelTag(SQLModel, table=True):
    """A tag that a model version has."""

    __tablename__: ClassVar[str] = "model_tag"

    model: str = Field(primary_key=True)
    tag: str = Field(primary_key=True, index=True)
    tagged_at: str


class Chat(SQLModel, table=True):
    """A conversation with one model, by its id or, of a base model, its name at the provider."""

    __tablename__: ClassVar[str] = "chat"

    id: str = Field(primary_key=True)
    model: str
    provider: str = "local"
    system: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop_json: str = "[]"
    turns: int = 0
    opened_at: str


class ChatTurn(SQLModel, table=True):
    """A question and its answer; the cost is in US dollars, `rating` is `up`, `down` or nothing."""

    __tablename__: ClassVar[str] = "chat_turn"

    chat: str = Field(primary_key=True)
    ordinal: int = Field(primary_key=True)
    question: str
    answer: str
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds: float | None = None
    cost: float | None = None
    error: str | None = None
    rating: str | None = None
    at: str


class Suite(SQLModel, table=True):
    """A version of a suite; its prompts are the blob named `content`."""

    __tablename__: ClassVar[str] = "suite"

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    version: int
    content: str
    bytes: int
    prompts: int
    answered: int = 0
    source: str | None = None
    dataset: str | None = None
    system: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    stop_json: str = "[]"
    scorers_json: str = "[]"
    defined_at: str


class Recording(SQLModel, table=True):
    """How a model answers a content of prompts; the whole of it is the blob named `content`.

    `status` is `planned`, `stopped` (for the `reason`) or `completed`; money is US dollars.
    """

    __tablename__: ClassVar[str] = "recording"

    id: str = Field(primary_key=True)
    version: int
    model: str = Field(index=True)
    name: str
    provider: str
    remote_id: str
    prompts: str
    count: int
    parts_json: str
    suite: str | None = None
    seed: int
    samples: int
    temperature: float
    max_tokens: int
    top_logprobs: int
    stop_json: str = "[]"
    reused: int = 0
    estimate: float | None = None
    at_most: float | None = None
    status: str
    reason: str | None = None
    content: str | None = None
    bytes: int | None = None
    answers: int | None = None
    refused: int | None = None
    agreement: float | None = None
    cost: float | None = None
    planned_at: str
    updated_at: str


class Answer(SQLModel, table=True):
    """A model's answer to a request, or the error with which it refused one.

    `reply` names the blob with the whole of it; `cost` is US dollars, `logprob` in nats.
    """

    __tablename__: ClassVar[str] = "answer"

    model: str = Field(primary_key=True)
    request: str = Field(primary_key=True)
    sample: int = Field(primary_key=True)
    prompt: str
    recording: str = Field(index=True)
    content: str | None = None
    tool_calls_json: str = "[]"
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
    left_out_json: str = "[]"
    reply: str | None = None
    error: str | None = None
    answered_at: str


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


class Sweep(SQLModel, table=True):
    """One recipe, trained several times with other settings.

    `best` is the job that won; money is US dollars.
    """

    __tablename__: ClassVar[str] = "sweep"

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    mode: str
    provider: str
    base_model: str
    method: str
    dataset: str
    validation: str | None = None
    axes_json: str
    fixed_json: str
    seed: int
    by: str | None = None
    recipe: str = Field(index=True)
    estimate: float | None = None
    max_cost: float | None = None
    best: str | None = None
    planned_at: str
    completed_at: str | None = None
    updated_at: str


class SweepTrial(SQLModel, table=True):
    """A job of a sweep, with the settings by which it differs from the others."""

    __tablename__: ClassVar[str] = "sweep_trial"

    sweep: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    job: str = Field(index=True)
    settings_json: str
    examples: int


READ_MODELS: tuple[type[SQLModel], ...] = (
    Job, Checkpoint, QueueEntry, RemoteEvent, RemoteFile, ResultFile, MetricSeries, MetricChunk,
    DatasetVersion, DatasetParent, DatasetPart, DatasetCount, DatasetCheck, Model, ModelTag, Chat,
    ChatTurn, Suite, Recording, Answer, Evaluation, Score,
    Likelihood, Sweep, SweepTrial,
)  # fmt: skip
"""Every read model, in the order in which they are created."""
