"""Training scripts of the user's own, which log by themselves (`ftlab.py`): found and followed.

A script makes its run folder under the name of the job that it shall be, whole before anybody sees
it, and writes the same progress file as training that was started from here.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import JobStateError, LabError
from engine.planning import SCRIPT
from engine.providers.script_runs import (
    DESCRIPTION,
    Description,
    is_elsewhere,
    liveness,
    pulse,
)
from engine.training import layout

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.places import Places
    from store.log import Entry, Write
    from store.queries.jobs import JobDetail

_SETTLED_SECONDS = 5.0
"""For how long a folder's time of change may not tell of every change."""

_ENDED = "ended"
"""Made in a run folder before its process is sent the signal to end."""

_LAST_NOTES = (
    ("sigterm", "asked to end (SIGTERM)"),
    ("sighup", "its terminal was closed (SIGHUP)"),
)


class Scripts:
    """Finds the runs of scripts that are not in the log yet.

    Args:
        lab: where they are recorded.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._runs = lab.places.home / "runs"
        self._looked_at: int | None = None

    def waiting(self) -> list[str]:
        """Return the ids of the runs that are not in the log; cheap where none came.

        A database that is only looked into beside the usual one has none of these runs.
        """
        if not self._lab.places.is_usual_database:
            return []
        try:
            changed = self._runs.stat().st_mtime_ns
        except FileNotFoundError:
            return []
        if changed == self._looked_at:
            return []
        found = self._unknown()
        settled = abs(time.time() - changed / 1e9) > _SETTLED_SECONDS
        self._looked_at = changed if settled and not found else None
        return found

    def _unknown(self) -> list[str]:
        from store.queries.jobs import jobs_by_id

        with os.scandir(self._runs) as folders:
            names = [folder.name for folder in folders if folder.name.startswith("job_")]
        known = {job.id for job in jobs_by_id(self._lab.database.reader, names)}
        return sorted(
            name
            for name in names
            if name not in known and (self._runs / name / DESCRIPTION).is_file()
        )

    def take(self) -> int:
        """Record the runs that are not in the log as jobs; return how many events that made."""
        return sum(self._record(job) for job in self.waiting())

    def returned(self) -> list[str]:
        """Return the ids of interrupted runs that give signs of life again.

        Their machine was cut off, or slept, and no process number told that they were alive.
        """
        from store import times
        from store.job_status import INTERRUPTED
        from store.queries.jobs import job_list

        lost = job_list(self._lab.database.reader, status=INTERRUPTED, provider=SCRIPT)
        return [
            job.id
            for job in lost
            if job.ended_at is not None
            and pulse(self._lab.places.run(job.id)) > times.from_text(job.ended_at).timestamp()
            and liveness(self._lab.places.run(job.id)).alive
        ]

    def _record(self, job: str) -> int:
        from store.errors import StreamConflictError

        described = Description.read(self._lab.places.run(job))
        if described is None:
            return 0
        try:
            entry = described.entry(job, self._free_name(described.name))
            return len(self._lab.log.append(f"job/{job}", entry, expected=0))
        except StreamConflictError:
            return 0  # Another process found it at the same time.

    def _free_name(self, name: str) -> str:
        from store.queries.jobs import job_list

        taken = {job.name for job in job_list(self._lab.database.reader)}
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name}-{number}"
        return free


class ScriptProvider:
    """Follows scripts that log by themselves, and asks them to stop.

    Args:
        places: where their run folders are.
    """

    def __init__(self, places: Places) -> None:
        self._places = places

    def cancel(self, job: JobDetail) -> None:
        """Ask a script to stop; ask its process to end, if it was asked to stop before.

        Raises:
            LabError: if its process runs on another machine.
        """
        run = self._places.run(job.id)
        if not run.is_dir():
            return
        asked = layout.cancel(run, job.attempt)
        if not asked.exists():
            asked.touch()
            return
        self._end(run)

    def _end(self, run: Path) -> None:
        from engine.training.process import read_identity

        identity = read_identity(run)
        if identity is None or not liveness(run).alive:
            return
        if is_elsewhere(run):
            raise LabError(
                f"it was asked to stop; its process runs on {identity.host}: end it there"
            )
        (run / _ENDED).touch()
        os.kill(identity.pid, signal.SIGTERM)

    def news(self, job: JobDetail) -> Iterator[Sequence[Write]]:
        """Give what the script wrote, and what became of its process; see `Provider.news`."""
        from engine.providers.progress_file import entries, read_progress
        from store.events import CheckpointSaved, JobStatusChanged
        from store.job_status import INTERRUPTED, RUNNING
        from store.log import Write

        run = self._places.run(job.id)
        # Before reading: what a process wrote before it was found dead is then read for sure.
        life = liveness(run)
        offset, version, stream = job.progress_offset, job.version, f"job/{job.id}"
        ended, saved = False, job.checkpoint
        if job.status == INTERRUPTED:
            if not life.alive:
                return
            yield [Write(stream, [JobStatusChanged(status=RUNNING)], version)]
            version += 1
        while data := read_progress(run / layout.PROGRESS, offset):
            found = entries(data, offset)
            yield [Write(stream, found, version)]
            ended = ended or any(_is_end(entry) for entry in found)
            steps = [each.fact.step for each in found if isinstance(each.fact, CheckpointSaved)]
            saved = steps[-1] if steps else saved
            offset += len(data)
            version += len(found)
        if not (life.alive or ended):
            yield [Write(stream, [_loss(run, life.reason, saved)], version)]


def command_of(job: JobDetail) -> str | None:
    """Return the command that started a script, as it recorded it."""
    import json
    import shlex

    try:
        words = json.loads(job.report_json or "{}")["environment"]["command"]
        return shlex.join(map(str, words))
    except (KeyError, TypeError, ValueError):
        return None


def refuse(job: JobDetail, what: str) -> JobStateError:
    """Return why something cannot be done with a script's run, and what to do instead."""
    command = command_of(job)
    return JobStateError(
        f"{job.name} is the run of a script of your own, which ftlab cannot {what}: run the script "
        f"again{f', `{command}`' if command else ''}; that is a new run"
    )


def _loss(run: Path, reason: str, saved: int | None) -> Entry:
    """Return what a script's process being gone without a last word means."""
    from store.events import JobCancelled, JobInterrupted
    from store.log import Entry

    if (run / _ENDED).exists():
        return Entry(JobCancelled())
    notes = [f"{words}{_place(run / name)}" for name, words in _LAST_NOTES if _said(run / name)]
    told = notes or [f"{reason}, and it left no last word (killed, or crashed)"]
    return Entry(JobInterrupted(reason=told[0], checkpoint=saved))


def _said(note: Path) -> str:
    try:
        return note.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _place(note: Path) -> str:
    """Return where in the script a signal met it: ` in File "train.py", line 30 in main`."""
    lines = [line.strip() for line in _said(note).splitlines()]
    place = next((line for line in lines if line.startswith("File ")), None)
    return f", at {place[:300]}" if place else ""


def _is_end(entry: Entry) -> bool:
    from store.events import JobCancelled, JobFailed, JobInterrupted, JobSucceeded

    return isinstance(entry.fact, JobSucceeded | JobFailed | JobCancelled | JobInterrupted)
