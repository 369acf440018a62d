"""A job's life: from status to status, with events, metrics, checkpoints and files on the way."""

from __future__ import annotations

import math
from typing import Any

from tests.standin import examples
from tests.standin.calls import Json
from tests.standin.clock import Clock
from tests.standin.course import Course
from tests.standin.files import add_file
from tests.standin.models import add_model
from tests.standin.state import ENDED, Job, State

_WAY = ("validating_files", "queued", "running", "succeeded")
_NEXT = {"validating_files": "queued", "queued": "running", "running": "succeeded"} | {
    "pausing": "paused",
    "paused": "queued",
}
_KEPT_CHECKPOINTS = 3
_SECONDS_A_STEP = 2
_CHARACTERS_A_TOKEN = 4

_INTERNAL_ERROR = {
    "code": "server_error",
    "message": "The job failed due to an internal error.",
    "param": None,
}


class Life:
    """Moves jobs on. Its callers hold the state's lock."""

    def __init__(self, state: State, clock: Clock | None = None) -> None:
        """Move the jobs of `state`; things happen at the time of `clock`, else of the state's."""
        self._state = state
        self._clock = clock or state.clock

    def begin(self, job: Job) -> None:
        """Take the job in."""
        self._state.jobs[job.id] = job
        self.tell(job, f"Created fine-tuning job: {job.id}")
        validation = f" and validation file: {job.validation_file}" if job.validation_file else ""
        self.tell(job, f"Validating training file: {job.training_file}{validation}")

    def advance(
        self,
        job: Job,
        to: str | None = None,
        *,
        steps: int | None = None,
        every: int = 1,
        error: Json | None = None,
    ) -> None:
        """Move a job on.

        Args:
            job: one that has not ended.
            to: the status to go to, through those before it; a word that the API does not publish
                is taken as it is. Without it, and without `steps`, to the next one.
            steps: how many training steps to make, once it runs.
            every: how many steps a metrics event stands for.
            error: why it fails, where it does.
        """
        if steps is not None:
            self._reach(job, "running", every)
            if job.status == "running":
                self._train(job, steps, every)
            return
        goal = to or _NEXT.get(job.status, job.status)
        match goal:
            case "failed":
                self._fail(job, error or dict(_INTERNAL_ERROR))
            case "cancelled":
                self._end(job, "cancelled", "The job was cancelled")
            case "paused":
                self._reach(job, "running", every)
                job.status = "paused"
                self.tell(job, "The job is paused")
            case _ if goal in _WAY:
                self._reach(job, goal, every)
            case _:
                job.status = goal

    def look(self, job: Job) -> None:
        """Have a job that is looked at move by itself, where the behaviour says so."""
        patience = self._state.behaviour.looks_per_stage
        if job.status == "pausing":
            self.advance(job)
        elif patience is not None and job.status not in ENDED and job.status != "paused":
            job.looks += 1
            if job.looks >= patience:
                job.looks = 0
                self.advance(job)

    def tell(self, job: Job, message: str, *, level: str = "info", **fields: Any) -> None:  # noqa: ANN401 - any field
        """Add an event; `fields` take the place of its own."""
        event = {
            "object": "fine_tuning.job.event",
            "id": self._state.new_id("ftevent-", 22),
            "created_at": self._clock.timestamp(),
            "level": level,
            "message": message,
            "type": "message",
            "data": {},
        }
        job.events.append(event | fields)

    def _reach(self, job: Job, goal: str, every: int) -> None:
        if job.status not in _WAY:
            job.status = "queued" if job.examples else "validating_files"
        while job.status in _WAY and _WAY.index(job.status) < _WAY.index(goal):
            match job.status:
                case "validating_files":
                    self._validate(job)
                case "queued":
                    self._start(job)
                case _:
                    self._train(job, job.total_steps - job.step, every)
                    self._succeed(job)

    def _validate(self, job: Job) -> None:
        fault = self._fault_of(job, "training_file") or self._fault_of(job, "validation_file")
        if fault:
            self._fail(job, fault)
            return
        content = self._state.files[job.training_file].content
        job.examples = examples.count(content)
        job.tokens = len(content) // _CHARACTERS_A_TOKEN
        job.status = "queued"
        self.tell(job, "Files validated, moving job to queued state")

    def _fault_of(self, job: Job, param: str) -> Json | None:
        name = getattr(job, param)
        if name is None:
            return None
        file = self._state.files.get(name)
        if file is not None:
            return examples.fault_of(file.content, param)
        gone = f"The job failed because the file {name} does not exist any more."
        return {"code": "file_not_found", "message": gone, "param": param}

    def _start(self, job: Job) -> None:
        settle_hyperparameters(job)
        job.status = "running"
        job.estimated_finish = self._clock.timestamp() + job.total_steps * _SECONDS_A_STEP
        self.tell(job, "Fine-tuning job started")

    def _train(self, job: Job, steps: int, every: int) -> None:
        course = course_of(job)
        last = min(job.step + steps, job.total_steps)
        for step in range(job.step + 1, last + 1):
            metrics = course.at(step)
            if step % every == 0 or step == job.total_steps:
                self.tell(job, course.message(metrics), type="metrics", data=metrics)
            if course.ends_epoch(step):
                self._save_checkpoint(job, metrics)
        job.step = last

    def _save_checkpoint(self, job: Job, metrics: Json) -> None:
        step = metrics["step"]
        name = self._model_name(job)
        is_last = step == job.total_steps
        job.checkpoints.append(
            {
                "object": "fine_tuning.job.checkpoint",
                "id": self._state.new_id("ftckpt_"),
                "created_at": self._clock.timestamp(),
                "fine_tuned_model_checkpoint": name if is_last else f"{name}:ckpt-step-{step}",
                "fine_tuning_job_id": job.id,
                "metrics": {key: value for key, value in metrics.items() if key != "total_steps"},
                "step_number": step,
            }
        )
        del job.checkpoints[:-_KEPT_CHECKPOINTS]

    def _succeed(self, job: Job) -> None:
        now = self._clock.timestamp()
        job.trained_tokens = job.tokens * job.hyperparameters["n_epochs"]
        self._add_results(job, now)
        job.fine_tuned_model = self._model_name(job)
        for checkpoint in job.checkpoints:
            name = checkpoint["fine_tuned_model_checkpoint"]
            add_model(self._state, name, job.base, job.id, now)
            if name != job.fine_tuned_model:
                self.tell(job, f"Checkpoint created at step {checkpoint['step_number']}")
        self.tell(job, "New fine-tuned model created")
        self.tell(job, "Evaluating model against our usage policies before enabling")
        self.tell(
            job,
            f"Moderation checks for snapshot {job.fine_tuned_model} passed.",
            type="moderation_checks",
            data={"blocked": False, "results": [{"flagged": False, "category": "harassment"}]},
        )
        self._end(job, "succeeded", "The job has successfully completed")

    def _add_results(self, job: Job, now: int) -> None:
        file = add_file(
            self._state,
            "step_metrics.csv",
            course_of(job).results(),
            "fine-tune-results",
            created_at=now,
        )
        file.status = "processed"
        file.encoding = "base64" if self._state.behaviour.base64_results else "plain"
        job.result_files = [file.id]

    def _fail(self, job: Job, error: Json) -> None:
        job.error = error
        self._end(job, "failed", error["message"], level="error")

    def _end(self, job: Job, status: str, message: str, level: str = "info") -> None:
        job.status = status
        job.finished_at = self._clock.timestamp()
        job.estimated_finish = None
        self.tell(job, message, level=level)

    def _model_name(self, job: Job) -> str:
        suffix = job.suffix or ""
        return f"ft:{job.base}:{self._state.organization_name}:{suffix}:{job.name}"


def course_of(job: Job) -> Course:
    """Return the metrics of a job that has started."""
    return Course(
        seed=job.seed,
        method=job.method,
        total_steps=job.total_steps,
        epochs=job.hyperparameters["n_epochs"],
        validated=job.validation_file is not None,
    )


def settle_hyperparameters(job: Job) -> None:
    """Put numbers in the place of "auto".

    The default number of epochs is that of OpenAI's cookbook ("Data preparation and analysis for
    chat model fine-tuning").
    """
    numbers = {
        "n_epochs": _default_epochs(job.examples),
        "batch_size": max(1, min(256, job.examples // 500)),
        "learning_rate_multiplier": 1.8,
        "beta": 0.1,
        "compute_multiplier": 1,
        "eval_interval": 5,
        "eval_samples": 2,
    }
    for name, value in job.hyperparameters.items():
        if value == "auto":
            job.hyperparameters[name] = numbers[name]
    batches = math.ceil(job.examples / job.hyperparameters["batch_size"])
    job.total_steps = batches * job.hyperparameters["n_epochs"]


def _default_epochs(count: int) -> int:
    if count * 3 < 100:
        return min(25, math.ceil(100 / count))
    return max(1, min(3, 25_000 // count))
