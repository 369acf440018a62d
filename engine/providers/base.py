"""What ftlab asks of a place where jobs run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from store.log import Write
    from store.queries.jobs import JobDetail


class Provider(Protocol):
    """A place where jobs run: `LocalProvider`, or a `HostedProvider` for each profile.

    What is asked of a job (JobPlanned, JobResumed, JobCancelRequested …) is in the log before the
    provider is told, so that after a crash anywhere the next poll can see what was meant and what
    happened.
    """

    def news(self, job: JobDetail) -> Iterator[Sequence[Write]]:
        """Give what happened since the job's row was read, in portions to be recorded whole.

        Every entry carries its natural key, and every write to the job's stream expects the version
        that the portions before it lead to, so that what was taken once is never taken twice.
        """
        ...
