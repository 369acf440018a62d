"""Facts about jobs."""

from __future__ import annotations

from pydantic import BaseModel, JsonValue

from store.events.fact import CONFIG, Fact


class JobPlanned(Fact):
    """Somebody decided on a fine-tuning job; committed before anything is started or sent.

    `dataset` and `validation` are dataset version ids, `model` the id that the result will have,
    `total_steps` the optimizer steps expected (unknown before hosted jobs run). `options` is what
    else a hosted job is asked for (suffix, integrations, grader), `estimate` what it would cost in
    US dollars, `retry_of` the job whose plan this is once more.
    """

    type_name = "JobPlanned"
    schema_number = 2
    name: str
    provider: str
    base_model: str
    method: str
    hyperparameters: dict[str, JsonValue]
    dataset: str
    validation: str | None = None
    seed: int = 0
    model: str | None = None
    total_steps: int | None = None
    options: dict[str, JsonValue] = {}
    estimate: float | None = None
    retry_of: str | None = None


class JobSubmitted(Fact):
    """The provider took the job: `remote_id` is a hosted job's id or a local process's pid."""

    type_name = "JobSubmitted"
    remote_id: str


class JobStatusChanged(Fact):
    """The provider reported a status, kept in its own words.

    `details` is what else a hosted job's report says, as it came.
    """

    type_name = "JobStatusChanged"
    status: str
    total_steps: int | None = None
    details: dict[str, JsonValue] = {}


class JobMessageReceived(Fact):
    """The provider or the training process said something.

    `data` is what else a provider's event holds that ftlab does not know, as it came.
    """

    type_name = "JobMessageReceived"
    schema_number = 2
    level: str
    text: str
    data: dict[str, JsonValue] = {}


class CheckpointSaved(Fact):
    """A state of the model at a step was kept.

    A local one, which training can go on from, lies at `path`, relative to the run's folder; a
    hosted one is a `model` to talk to, with the metrics of its step.
    """

    type_name = "CheckpointSaved"
    schema_number = 2
    step: int
    path: str | None = None
    model: str | None = None
    metrics: dict[str, float] = {}


class JobCancelRequested(Fact):
    """Somebody asked for the job to stop; committed before the provider is told."""

    type_name = "JobCancelRequested"


class JobInterrupted(Fact):
    """Training ended without an end: killed, crashed, rebooted.

    `checkpoint` is the last good step.
    """

    type_name = "JobInterrupted"
    reason: str
    checkpoint: int | None = None


class JobResumed(Fact):
    """Training goes on after `from_step`; points recorded past that step are superseded.

    If it goes on by itself, `automatic` says which time that is since a person last resumed it,
    `at_most` how many there may be, and `reason` why it had stopped.
    """

    type_name = "JobResumed"
    schema_number = 2
    attempt: int
    from_step: int
    reason: str | None = None
    automatic: int | None = None
    at_most: int | None = None


class JobCancelled(Fact):
    """The job stopped because somebody asked for it."""

    type_name = "JobCancelled"
    step: int | None = None


class JobFailed(Fact):
    """The job ended with an error; `code` and `param` are a hosted provider's words for it."""

    type_name = "JobFailed"
    schema_number = 2
    error: str
    details: str | None = None
    code: str | None = None
    param: str | None = None


class Evaluation(BaseModel):
    """A model's loss (mean negative log-likelihood a token, nats) on held-out examples.

    `perplexity` is exp(loss), `accuracy` the part of the tokens that the model finds likeliest.
    """

    model_config = CONFIG
    loss: float
    perplexity: float
    examples: int
    accuracy: float | None = None


class JobSucceeded(Fact):
    """The job ended well; `model` is the id of the model version that it made."""

    type_name = "JobSucceeded"
    schema_number = 2
    model: str | None = None
    step: int | None = None
    before: Evaluation | None = None
    after: Evaluation | None = None
