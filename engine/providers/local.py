"""Training on this machine: a detached process a job, known by the files in its run folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from engine import gpus
from engine.child import python_module
from engine.errors import LabError
from engine.places import Places
from engine.providers import base_fingerprint, last_process, run_log
from engine.training import layout, memory, origin
from store import times
from store.queries import datasets

if TYPE_CHECKING:
    from engine.training.plan import TrainingPlan
    from store.blobs import BlobStore
    from store.database import Database
    from store.log import Entry, Write
    from store.queries.jobs import JobDetail, JobSummary

_START_LIMIT = timedelta(seconds=45)
_LAST_LINES = 50
"""Lines at the end of a log among which one is looked for that says something."""


class LocalProvider:
    """Runs jobs as processes of their own, which outlive the command that started them.

    Args:
        places: where run folders and models are.
        database: where dataset versions are looked up.
        blobs: where dataset contents are.
    """

    def __init__(self, places: Places, database: Database, blobs: BlobStore) -> None:
        self._places = places
        self._database = database
        self._blobs = blobs

    def prepare(self, job: str) -> None:
        """Make a job's run folder, and note in it who asked for the job and where."""
        run = self._places.run(job)
        run.mkdir(mode=0o700, parents=True, exist_ok=True)
        origin.record(run)

    def submit(self, job: JobDetail, devices: Sequence[str] = (), lock: int | None = None) -> str:
        """Start a planned job's training process and return its pid.

        Args:
            job: the job.
            devices: the GPUs that it may see; whatever there is if none is named.
            lock: the descriptor that holds its run folder, for the process to inherit.
        """
        run = self._places.run(job.id)
        self.prepare(job.id)
        self._write_plan(job, run)
        return _spawn(job, run, [], devices, lock)

    def resume(
        self,
        job: JobDetail,
        from_step: int,
        devices: Sequence[str] = (),
        lock: int | None = None,
    ) -> str:
        """Start a process that goes on from a checkpoint and return its pid; see `submit`."""
        run = self._places.run(job.id)
        run.mkdir(mode=0o700, parents=True, exist_ok=True)
        last_process.wait_for_end(run)
        self._write_plan(job, run)
        return _spawn(job, run, ["--resume-step", str(from_step)], devices, lock)

    def resumable_step(self, job: JobDetail) -> int:
        """Return the step of the newest checkpoint that is whole, 0 if there never was one.

        Asked before anything is recorded: what the job needs to go on is looked for here.

        Raises:
            LabError: if its checkpoints are gone, or its last process is alive on another machine.
            StoreError: if its data or its base model is, or no longer as it was.
        """
        from engine.training.checkpoints import latest_complete

        run = self._places.run(job.id)
        last_process.refuse_while_alive_elsewhere(job, run)
        step = latest_complete(run)
        if step is None and job.checkpoint:
            raise LabError(
                f"{job.name} cannot go on: its checkpoints are no longer in {run}. "
                f"`ftlab jobs retry {job.name}` trains it again, as a new job with the same plan"
            )
        # Last, as it may take seconds to unpack the base model.
        base_fingerprint.check(run, self._plan(job))
        return step or 0

    def cancel(self, job: JobDetail) -> None:
        """Ask the process to save a checkpoint and end; what comes of it is seen by polling."""
        from engine.training.process import Whereabouts, is_alive, read_identity, whereabouts

        run = self._places.run(job.id)
        run.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Seen by the process with its next heartbeat, wherever it runs.
        layout.cancel(run, job.attempt).touch()
        identity = read_identity(run)
        if identity is None or whereabouts(identity) is not Whereabouts.HERE:
            return
        if is_alive(run).alive:
            os.kill(identity.pid, signal.SIGTERM)

    def is_back(self, job: JobSummary) -> bool:
        """Tell whether an interrupted job's process turns out to be alive.

        Another machine may have taken it for dead while it was cut off from the shared folder.
        """
        from engine.training.process import is_alive

        if job.ended_at is None:
            return False
        # Not one that had its last word and is about to end.
        passed = (times.now() - times.from_text(job.ended_at)).total_seconds()
        return passed > last_process.END_SECONDS and is_alive(self._places.run(job.id)).alive

    def news(self, job: JobDetail) -> Iterator[Sequence[Write]]:
        """Give what the process wrote, and what became of it; see `Provider.news`."""
        from engine.providers.progress_file import entries, read_progress
        from store.events import JobStatusChanged
        from store.job_status import INTERRUPTED, RUNNING
        from store.log import Write

        run = self._places.run(job.id)
        # Before reading: what a process wrote before it was found dead is then read for sure.
        lost = self._lost(job, run)
        offset, version, stream = job.progress_offset, job.version, f"job/{job.id}"
        ended = False
        if job.status == INTERRUPTED and lost is None:
            yield [Write(stream, [JobStatusChanged(status=RUNNING)], version)]
            version += 1
        while data := read_progress(run / layout.PROGRESS, offset):
            found = [self._complete(job, entry) for entry in entries(data, offset)]
            yield [Write(stream, found, version), *self._model_writes(job, found)]
            ended = ended or any(_is_end(entry) for entry in found)
            offset += len(data)
            version += len(found)
        if lost is not None and not ended:
            yield [Write(stream, [_loss(job, run, lost)], version)]

    def _write_plan(self, job: JobDetail, run: Path) -> None:
        from engine.training.durable import write_whole

        plan = self._plan(job)
        base_fingerprint.record(run, plan)
        write_whole(run / layout.PLAN, plan.model_dump_json(indent=2))

    def _plan(self, job: JobDetail) -> TrainingPlan:
        """Return what the process is told to do; all that it names exists and is whole."""
        from engine import base_models, stages
        from engine.training.plan import TrainingPlan

        adapter = stages.adapter_of(self._database.reader, json.loads(job.options_json))
        return TrainingPlan.model_validate(
            {
                "job": job.id,
                "base_model": str(base_models.resolve(job.base_model, self._places.home)),
                "adapter": None if adapter is None else self._places.model(adapter),
                "method": job.method,
                "train": self._content(job.dataset),
                "validation": self._content(job.validation) if job.validation else None,
                "output": self._places.model(job.model or job.id),
                "hyperparameters": json.loads(job.hyperparameters_json),
                "seed": job.seed,
            }
        )

    def _content(self, dataset: str | None) -> Path:
        if dataset is None:
            raise LabError("what it was trained on is not known here")
        version = datasets.dataset(self._database.reader, dataset)
        return self._blobs.verified(version.content)

    def _lost(self, job: JobDetail, run: Path) -> str | None:
        """Return why there is no process for the job any more; None if there is one, or may be."""
        from engine.training.process import is_alive, read_identity

        identity = read_identity(run)
        alive, reason = is_alive(run)
        if alive:
            return None
        if identity is not None and identity.attempt >= job.attempt:
            ended = memory.ended_by_kernel(run) or "killed, or crashed"
            return f"{reason}, and it left no last word ({ended})"
        if job.remote_id is None and layout.cancel(run, job.attempt).exists():
            return "cancelled before it began"
        # A process that was just started, or is about to be, has not yet said who it is.
        waited = times.now() - times.from_text(job.updated_at)
        if waited < _START_LIMIT or _is_starting(job, run):
            return None
        return "its process never came up"

    def _complete(self, job: JobDetail, entry: Entry) -> Entry:
        """Add to a success which model it made, known from the plan."""
        from dataclasses import replace

        from store.events import JobSucceeded

        if isinstance(entry.fact, JobSucceeded):
            return replace(entry, fact=entry.fact.model_copy(update={"model": job.model}))
        return entry

    def _model_writes(self, job: JobDetail, entries: Sequence[Entry]) -> Iterator[Write]:
        """Register the model of a job that succeeded, with its lineage, in the same transaction."""
        from store.events import JobSucceeded, ModelRegistered
        from store.log import Entry, Write

        for entry in entries:
            if isinstance(entry.fact, JobSucceeded) and job.model is not None:
                registered = ModelRegistered(
                    id=job.model,
                    name=job.name,
                    kind="adapter" if job.method == "lora" else "full",
                    base_model=job.base_model,
                    job=job.id,
                    dataset=job.dataset,
                    hyperparameters=json.loads(job.hyperparameters_json),
                    path=str(self._places.model(job.model).relative_to(self._places.home)),
                    before=entry.fact.before,
                    after=entry.fact.after,
                )
                key = f"job:{job.id}"
                yield Write(f"model/{job.model}", [Entry(registered, entry.occurred, key)])


def _is_starting(job: JobDetail, run: Path) -> bool:
    """Tell whether a job's process is still on its way to say who it is, on a busy machine."""
    import psutil

    try:
        return str(run) in psutil.Process(int(job.remote_id or 0)).cmdline()
    except (psutil.Error, ValueError):
        return False


def _loss(job: JobDetail, run: Path, reason: str) -> Entry:
    """Return what a job's process being gone without a last word means."""
    from engine.training.checkpoints import latest_complete
    from store.events import JobCancelled, JobInterrupted
    from store.log import Entry

    if layout.cancel(run, job.attempt).exists():
        return Entry(JobCancelled())
    last = next(
        (line for line in reversed(run_log.log_tail(run, _LAST_LINES)) if line.strip()), None
    )
    said = f"; the last line of its log: {last.strip()[:200]}" if last else ""
    return Entry(JobInterrupted(reason=reason + said, checkpoint=latest_complete(run)))


def _spawn(
    job: JobDetail, run: Path, options: list[str], devices: Sequence[str], lock: int | None
) -> str:
    """Start a training process that outlives this one; return its pid."""
    attempt = ["--attempt", str(job.attempt)]
    held = [] if lock is None else ["--lock", str(lock)]
    words = (str(run), *attempt, *held, *options)
    command, environment = python_module("engine.training.worker", *words)
    if devices:
        environment[gpus.VISIBLE] = ",".join(devices)
    with (run / run_log.NAME).open("ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=environment,
            pass_fds=() if lock is None else (lock,),
        )
    # Waited for, so that it leaves no zombie when it ends before this process does.
    threading.Thread(target=process.wait, daemon=True).start()
    return str(process.pid)


def _is_end(entry: Entry) -> bool:
    from store.events import JobCancelled, JobFailed, JobInterrupted, JobSucceeded

    return isinstance(entry.fact, JobSucceeded | JobFailed | JobCancelled | JobInterrupted)
