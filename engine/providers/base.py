"""What ftlab asks of a place where jobs run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from store.log import Write
    from store.queries.jobs import JobDetail


class Provider(Protocol):
    """A place where jobs run.

    The intent (JobPlanned, JobResumed, JobCancelRequested) is in the log before any of these is
    called, so that after a crash anywhere the next poll can see what was meant and what happened.
    """

    def submit(self, job: JobDetail) -> str:
        """Start a planned job and return the provider's name for it (a pid, a remote id)."""
        ...

    def resume(self, job: JobDetail, from_step: int) -> str:
        """Go on from a checkpoint and return the provider's name for the job."""
        ...

    def resumable_step(self, job: JobDetail) -> int:
        """Return the step of the newest checkpoint that is whole, 0 if there never was one.

        Asked before anything is recorded: what the job needs to go on is looked for here.

        Raises:
            LabError: if its checkpoints are gone.
            StoreError: if its data or its base model is.
        """
        ...

    def cancel(self, job: JobDetail) -> None:
        """Ask the job to stop; what comes of it is seen by polling."""
        ...

    def news(self, job: JobDetail) -> Iterator[Sequence[Write]]:
        """Give what happened since the job's row was read, in portions to be recorded whole.

        Every entry carries its natural key, and every write to the job's stream expects the version
        that the portions before it lead to, so that what was taken once is never taken twice.
        """
        ...
