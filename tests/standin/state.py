"""What the stand-in keeps: files, uploads, jobs and models, as they are at this moment."""

from __future__ import annotations

import random
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

from tests.standin.calls import Json
from tests.standin.catalogue import BASE_MODELS, BaseModel, Method, snapshot
from tests.standin.clock import Clock

if TYPE_CHECKING:
    from tests.standin.prompts import PromptReader, Telling

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

ENDED = frozenset({"succeeded", "failed", "cancelled"})
"""The statuses from which a job goes nowhere else."""


@dataclass
class HostedFile:
    """A file as the service keeps it.

    Attributes:
        encoding: how its content is answered: as it is, or as base64 text.
        looks: how often it was asked for since it was uploaded.
    """

    id: str
    filename: str
    purpose: str
    content: bytes = field(repr=False)
    created_at: int
    status: str = "uploaded"
    status_details: str | None = None
    expires_at: int | None = None
    encoding: Literal["plain", "base64"] = "plain"
    looks: int = 0


@dataclass
class Upload:
    """A file that comes in parts; `parts` are their contents by id."""

    id: str
    filename: str
    purpose: str
    size: int
    created_at: int
    expires_at: int
    file_expires_after: int | None = None
    status: str = "pending"
    file: str | None = None
    parts: dict[str, bytes] = field(default_factory=dict, repr=False)


@dataclass
class Job:
    """A fine-tuning job; the attributes that the API names are named as there.

    Attributes:
        model: the base model's snapshot, or the fine-tuned model that it goes on from.
        hyperparameters: those of its method, with what "auto" came to once it runs.
        settings: the method's other settings (a grader).
        deprecated_form: whether it was created when jobs had no `method`.
        examples: how many its training file has, once it was validated.
        tokens: about how many those are.
        step: how many training steps it has made, of `total_steps`.
        name: what tells its fine-tuned model from others of the same base and suffix.
        events: the oldest first.
        checkpoints: the oldest first.
        looks: how often it was looked at since it last moved by itself.
        extra: fields that the API answers without having published them.
    """

    id: str
    model: str
    training_file: str
    created_at: int
    seed: int
    method: Method
    name: str
    hyperparameters: Json = field(default_factory=dict)
    settings: Json = field(default_factory=dict)
    deprecated_form: bool = False
    validation_file: str | None = None
    suffix: str | None = None
    metadata: dict[str, str] | None = None
    integrations: list[Json] = field(default_factory=list)
    status: str = "validating_files"
    error: Json | None = field(default_factory=dict)
    fine_tuned_model: str | None = None
    finished_at: int | None = None
    estimated_finish: int | None = None
    trained_tokens: int | None = None
    result_files: list[str] = field(default_factory=list)
    examples: int = 0
    tokens: int = 0
    step: int = 0
    total_steps: int = 0
    events: list[Json] = field(default_factory=list, repr=False)
    checkpoints: list[Json] = field(default_factory=list, repr=False)
    looks: int = 0
    extra: Json = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The snapshot under it, also when it goes on from a fine-tuned model."""
        return self.model.split(":")[1] if self.model.startswith("ft:") else self.model


@dataclass
class HostedModel:
    """A fine-tuned model, or a checkpoint of one, that lives as long as its base model.

    Attributes:
        refusals_left: how many requests it will refuse because it is too new.
    """

    id: str
    created: int
    base: str
    job: str
    refusals_left: int = 0


Answerer = Callable[[Json], "str | Json | None"]


@dataclass
class Behaviour:
    """What tests may set about how the service behaves.

    Attributes:
        looks_until_processed: how many looks at an uploaded file it takes to be `processed`.
        processing_error: why uploaded files end as `error` instead, or None.
        base64_results: whether result files that are made from now on come as base64 text.
        looks_until_ready: how many requests a fine-tuned model that is made from now on refuses.
        looks_per_stage: how many looks at a live job move it to its next status; None: none do.
        closed: whether the organization can create no jobs any more.
        system_fingerprint: what the models say of their backend.
        clock_skew: seconds by which the `Date` of answers is ahead.
        answerer: gives the text, or the whole message, that a chat or completion request is to be
            answered with; None, or a None from it, leaves that to the stand-in.
        prompt_logprobs: what becomes of the wish to know how likely a prompt is; None if the
            service takes it for a mistake, as OpenAI does.
        prompt_reader: gives the tokens of a prompt; None leaves them to the stand-in.
    """

    looks_until_processed: int = 1
    processing_error: str | None = None
    base64_results: bool = False
    looks_until_ready: int = 0
    looks_per_stage: int | None = None
    closed: bool = False
    system_fingerprint: str = "fp_0f03d4f0ee"
    clock_skew: float = 0.0
    answerer: Answerer | None = None
    prompt_logprobs: Telling | None = None
    prompt_reader: PromptReader | None = None


class State:
    """Everything that the service knows. Whoever reads or changes it holds `lock`."""

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        """Know nothing yet; `seed` makes the ids."""
        self.lock = threading.RLock()
        self.clock = clock
        self.behaviour = Behaviour()
        self.key = f"sk-proj-{secrets.token_urlsafe(36)}"
        self.organization_id = "org-Kb8mQ2vYx1TzR5nW0pLs7dEf"
        self.organization_name = "acme"
        self.project_id = "proj_9sHc3LrVqX0bTn6yWm2eKd4u"
        self.files: dict[str, HostedFile] = {}
        self.uploads: dict[str, Upload] = {}
        self.jobs: dict[str, Job] = {}
        self.models: dict[str, HostedModel] = {}
        self._random = random.Random(seed)  # noqa: S311 - ids that are the same in every run

    def new_id(self, prefix: str, length: int = 24) -> str:
        """Return a fresh id such as `ftjob-…`; the prefix brings its own joint."""
        return prefix + "".join(self._random.choices(_ALPHABET, k=length))

    def new_seed(self) -> int:
        """Return the seed of a job whose creator gave none."""
        return self._random.getrandbits(31)

    def newest_jobs(self) -> list[Job]:
        """Return all jobs, the newest first; of the same second the one that was added last."""
        latest_first = reversed(self.jobs.values())
        return sorted(latest_first, key=attrgetter("created_at"), reverse=True)

    def is_retired(self, base: BaseModel) -> bool:
        """Whether the base model, and all that was made from it, answers no more."""
        return base.shutdown_date is not None and base.shutdown_date <= self.clock.today()

    def base_of(self, name: str) -> BaseModel | None:
        """Return the base model under a name, an alias or a fine-tuned model, retired or not."""
        hosted = self.models.get(name)
        return BASE_MODELS.get(hosted.base if hosted else snapshot(name))
