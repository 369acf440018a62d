"""Every event type: one frozen class a fact, named in the past tense.

A fact's `type_name` is what the log keeps for ever: renaming or moving the class changes nothing
that is recorded. Any change of a fact's fields raises its `schema_number`, and an upcast in
`store.catalogue` then brings old records up to it on reading.

Names of people's things (`base_model`, `hyperparameters`, `step`) are the field's own. Times inside
facts are left to the envelope (`at`, `occurred`); streams and ids are described in
docs/architecture.md.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

_CONFIG = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Fact(BaseModel):
    """Something that happened; the base of all event types."""

    model_config = _CONFIG
    type_name: ClassVar[str]
    schema_number: ClassVar[int] = 1


class LabCreated(Fact):
    """A database was begun, by this version of ftlab."""

    type_name = "LabCreated"
    ftlab: str


class LeftOut(BaseModel):
    """A row of an imported file that is not in the dataset version, and why."""

    model_config = _CONFIG
    line: int
    reason: str


class DatasetImported(Fact):
    """A file was read from outside.

    `left_out` names the first rows that were not taken; `left_out_count` counts them all.
    """

    type_name = "DatasetImported"
    source: str
    bytes: int
    format: str
    rows: int
    left_out_count: int = 0
    left_out: tuple[LeftOut, ...] = ()


class DatasetVersionRecorded(Fact):
    """An immutable, content-addressed dataset version came to be.

    `content` is the SHA-256 of the canonical JSONL in the blobs; `recipe` says how it was made
    (from a file with these templates, cleaned by these steps, a split of its parent), `parents` of
    which versions.
    """

    type_name = "DatasetVersionRecorded"
    schema_number = 2
    id: str
    name: str
    version: int
    content: str
    kind: Literal["chat", "preference"] = "chat"
    examples: int
    messages: int
    characters: int
    bytes: int
    parents: tuple[str, ...] = ()
    recipe: dict[str, JsonValue] = {}


class DatasetCounted(Fact):
    """The tokens of a dataset version were counted, the way a tokenizer and its rule do.

    `statistics` describes the tokens of an example (least, most, mean, percentiles, a histogram);
    `lengths` names the blob with every example's tokens, four bytes each (little-endian), in order.
    """

    type_name = "DatasetCounted"
    version: str
    tokenizer: str
    tokens: int
    assistant_tokens: int
    statistics: dict[str, JsonValue] = {}
    lengths: str | None = None


class DatasetChecked(Fact):
    """A dataset version was checked for a method and, if one was named, a model.

    `rules` counts the findings of each rule; `report` is the whole of what was found.
    """

    type_name = "DatasetChecked"
    version: str
    method: str
    model: str | None = None
    errors: int
    warnings: int
    rules: dict[str, int] = {}
    report: dict[str, JsonValue] = {}


class DatasetSplit(Fact):
    """A dataset version was divided; `parts` maps train, validation and test to version ids."""

    type_name = "DatasetSplit"
    version: str
    parts: dict[str, str]
    seed: int
    test: float | int
    validation: float | int


class JobPlanned(Fact):
    """Somebody decided on a fine-tuning job; committed before anything is started or sent.

    `dataset` and `validation` are dataset version ids, `model` the id that the result will have,
    `total_steps` the optimizer steps expected (unknown before hosted jobs run).
    """

    type_name = "JobPlanned"
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


class JobSubmitted(Fact):
    """The provider took the job: `remote_id` is a hosted job's id or a local process's pid."""

    type_name = "JobSubmitted"
    remote_id: str


class JobStatusChanged(Fact):
    """The provider reported a status, kept in its own words."""

    type_name = "JobStatusChanged"
    status: str
    total_steps: int | None = None
    details: dict[str, JsonValue] = {}


class JobMessageReceived(Fact):
    """The provider or the training process said something."""

    type_name = "JobMessageReceived"
    level: str
    text: str


class StepRange(BaseModel):
    """`count` steps from `first`, each `stride` after the one before."""

    model_config = _CONFIG
    first: int
    count: Annotated[int, Field(ge=1)]
    stride: int = 1


class MetricGroup(BaseModel):
    """Columns of metrics that were logged together, at the same steps and times.

    Step, time (`after_ms[i]`, milliseconds after the event's `occurred`) and every
    `values[name][i]` with the same index belong to one point. `after_ms` is empty when the times
    are not known.
    """

    model_config = _CONFIG
    steps: StepRange | Annotated[list[int], Field(min_length=1)]
    after_ms: list[int] = []
    values: dict[str, list[float]]

    def step_list(self) -> list[int]:
        """Return the step of each point."""
        if isinstance(self.steps, list):
            return self.steps
        first, stride = self.steps.first, self.steps.stride
        return [first + stride * index for index in range(self.steps.count)]

    def highest_step(self) -> int:
        """Return the greatest step of the group."""
        if isinstance(self.steps, list):
            return max(self.steps)
        return max(self.steps.first, self.steps.first + self.steps.stride * (self.steps.count - 1))

    @model_validator(mode="after")
    def _columns_are_even(self) -> MetricGroup:
        count = len(self.steps) if isinstance(self.steps, list) else self.steps.count
        if self.after_ms and len(self.after_ms) != count:
            raise ValueError(f"{len(self.after_ms)} times for {count} steps")
        for name, column in self.values.items():
            if len(column) != count:
                raise ValueError(f"metric {name!r} has {len(column)} values for {count} steps")
        return self


class MetricsRecorded(Fact):
    """A batch of consecutive points, as columns: a million points are a thousand events."""

    type_name = "MetricsRecorded"
    groups: Annotated[list[MetricGroup], Field(min_length=1)]


class CheckpointSaved(Fact):
    """A state that training can go on from lies at `path`, relative to the run's folder."""

    type_name = "CheckpointSaved"
    step: int
    path: str


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
    """Training goes on after `from_step`; points recorded past that step are superseded."""

    type_name = "JobResumed"
    attempt: int
    from_step: int


class JobCancelled(Fact):
    """The job stopped because somebody asked for it."""

    type_name = "JobCancelled"
    step: int | None = None


class JobFailed(Fact):
    """The job ended with an error."""

    type_name = "JobFailed"
    error: str
    details: str | None = None


class Evaluation(BaseModel):
    """A model's loss (mean negative log-likelihood a token, nats) on held-out examples.

    `perplexity` is exp(loss).
    """

    model_config = _CONFIG
    loss: float
    perplexity: float
    examples: int


class JobSucceeded(Fact):
    """The job ended well; `model` is the id of the model version that it made."""

    type_name = "JobSucceeded"
    model: str | None = None
    step: int | None = None
    before: Evaluation | None = None
    after: Evaluation | None = None


class ModelRegistered(Fact):
    """A model version exists, with its lineage. `path` is relative to the data directory."""

    type_name = "ModelRegistered"
    id: str
    name: str
    kind: Literal["adapter", "full", "hosted"]
    base_model: str
    job: str
    dataset: str
    hyperparameters: dict[str, JsonValue]
    path: str | None = None
    before: Evaluation | None = None
    after: Evaluation | None = None


class ChatOpened(Fact):
    """A conversation with a model began."""

    type_name = "ChatOpened"
    model: str
    system: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None


class ChatTurnRecorded(Fact):
    """One question and what the model answered, with the tokens and seconds that it took.

    A turn that broke off keeps what came, with the `error`.
    """

    type_name = "ChatTurnRecorded"
    question: str
    answer: str
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds: float | None = None
    error: str | None = None
