"""`/fine_tuning/jobs`: creating, listing, steering and following jobs."""

from __future__ import annotations

from operator import itemgetter

from tests.standin.calls import Call, Json
from tests.standin.errors import bad_request, no_such_job, training_not_available
from tests.standin.job_requests import HYPERPARAMETERS, read_job
from tests.standin.life import Life
from tests.standin.replies import Reply, page
from tests.standin.state import ENDED, Job, State

_CHECKPOINTS_A_PAGE = 10


class Jobs:
    """The endpoints of fine-tuning jobs."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._life = Life(state)

    def create(self, call: Call) -> Reply:
        if self._state.behaviour.closed:
            raise training_not_available()
        job = read_job(self._state, call.sent_json)
        self._life.begin(job)
        return Reply(self._json(job))

    def list_jobs(self, call: Call) -> Reply:
        jobs = self._state.newest_jobs()
        if "metadata" in call.query:
            jobs = [job for job in jobs if _has_metadata(job, call.query["metadata"])]
        return page(call, jobs, self._looked_at, lambda job: job.id)

    def retrieve(self, call: Call) -> Reply:
        return Reply(self._looked_at(self._find(call)))

    def cancel(self, call: Call) -> Reply:
        job = self._find_live(call)
        self._life.advance(job, "cancelled")
        return Reply(self._json(job))

    def pause(self, call: Call) -> Reply:
        job = self._find_live(call)
        if job.status != "running":
            raise bad_request(f"The job {job.id} is {job.status}: only a running one is paused.")
        job.status = "pausing"
        return Reply(self._json(job))

    def resume(self, call: Call) -> Reply:
        job = self._find_live(call)
        if job.status != "paused":
            raise bad_request(f"The job {job.id} is {job.status}: only a paused one is resumed.")
        job.status = "queued"
        return Reply(self._json(job))

    def list_events(self, call: Call) -> Reply:
        job = self._find(call)
        self._life.look(job)
        return page(call, job.events[::-1], dict, itemgetter("id"))

    def list_checkpoints(self, call: Call) -> Reply:
        checkpoints = self._find(call).checkpoints[::-1]
        return page(call, checkpoints, dict, itemgetter("id"), default=_CHECKPOINTS_A_PAGE)

    def _find(self, call: Call) -> Job:
        job = self._state.jobs.get(call.parameters["job"])
        if job is None:
            raise no_such_job(call.parameters["job"])
        return job

    def _find_live(self, call: Call) -> Job:
        job = self._find(call)
        if job.status in ENDED:
            raise bad_request(
                f"Job has already ended: {job.id} is {job.status}.", code="invalid_status"
            )
        return job

    def _looked_at(self, job: Job) -> Json:
        """Write the job as it is, after which the look may move it."""
        shown = self._json(job)
        self._life.look(job)
        return shown

    def _json(self, job: Job) -> Json:
        return job_json(job, self._state.organization_id)


def _has_metadata(job: Job, wanted: dict[str, str] | str) -> bool:
    if not isinstance(wanted, dict):
        return job.metadata is None
    return wanted.items() <= (job.metadata or {}).items()


def job_json(job: Job, organization: str) -> Json:
    """Write a job as the API does, with the fields that it does not publish."""
    hyperparameters = {
        name: job.hyperparameters[name]
        for name in HYPERPARAMETERS["supervised"]
        if name in job.hyperparameters
    }
    method = {"hyperparameters": job.hyperparameters, **job.settings}
    return {
        "object": "fine_tuning.job",
        "id": job.id,
        "model": job.model,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "fine_tuned_model": job.fine_tuned_model,
        "organization_id": organization,
        "result_files": job.result_files,
        "status": job.status,
        "validation_file": job.validation_file,
        "training_file": job.training_file,
        "hyperparameters": hyperparameters if job.method == "supervised" else None,
        "trained_tokens": job.trained_tokens,
        "error": job.error,
        "user_provided_suffix": job.suffix,
        "seed": job.seed,
        "estimated_finish": job.estimated_finish,
        "integrations": job.integrations,
        "metadata": job.metadata,
        "usage_metrics": None,
        "shared_with_openai": False,
        "eval_id": None,
        "method": None if job.deprecated_form else {"type": job.method, job.method: method},
        **job.extra,
    }
