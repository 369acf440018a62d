"""Jobs at a hosted service, for those who wait for them: one step after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from engine.errors import ProviderError
from engine.providers.hosted.following import Following
from engine.providers.hosted.pace import Pace
from engine.providers.hosted.reports import Report
from engine.providers.hosted.service import Service
from engine.providers.hosted.submission import Submission
from engine.providers.hosted.uploading import Progress
from store.events import JobRequestRefused
from store.log import Write
from store.queries.jobs import job_detail

if TYPE_CHECKING:
    from engine.keys import Key
    from engine.lab import Lab
    from engine.profiles import Profile
    from store.queries.jobs import JobDetail

Result = TypeVar("Result")


class HostedProvider:
    """One profile's service as a place where jobs run.

    Args:
        lab: where the jobs are recorded.
        profile: the service.
        key: its key.
        pace: how often it may be asked; shared by all who ask it from this process.
        progress: told what a submission is doing.
    """

    def __init__(
        self,
        lab: Lab,
        profile: Profile,
        key: Key,
        pace: Pace | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.profile = profile
        self._lab = lab
        self._key = key
        self._pace = pace or Pace()
        self._progress = progress

    def open(self, *, patience: float = 20.0) -> Service:
        """Return the service to ask; see `Service` for what patience is."""
        return Service(self.profile, self._key, self._pace, patience=patience)

    def news(self, job: JobDetail) -> Iterator[Sequence[Write]]:
        """Give what is new of a job; a planned one is submitted, or its submission gone on with.

        See `Provider.news`.

        Raises:
            ProviderError: if the service does not answer; what came before is good.
        """
        with asyncio.Runner() as runner:
            service = self.open()
            news = self.news_from(service, job)
            try:
                while (portion := runner.run(_next(news))) is not None:
                    yield portion
            finally:
                runner.run(_closed(news, service))

    async def news_from(
        self, service: Service, job: JobDetail, report: Report | None = None
    ) -> AsyncGenerator[Sequence[Write]]:
        """Give the same from within an event loop.

        Args:
            service: the opened service.
            job: the job as it is recorded.
            report: what the service says of it, if that has been asked already.
        """
        from engine.pricing.catalogue import catalogue

        if job.remote_id is None:
            async for writes in Submission(self._lab, service, self._progress).news(job):
                yield writes
            return
        trouble = None
        if job.requested is not None:
            trouble = await self._request(service, job)
            report = None
        following = Following(
            service,
            self._lab.database.reader,
            self._lab.blobs,
            catalogue(self._lab.places.prices),
        )
        async for writes in following.news(job, report):
            yield writes
        if trouble is None:
            return
        now = job_detail(self._lab.database.reader, job.id)
        if not trouble.retriable and now.requested == job.requested:
            refused = JobRequestRefused(request=str(job.requested), reason=str(trouble))
            yield [Write(f"job/{job.id}", [refused], now.version)]
        raise trouble

    async def _request(self, service: Service, job: JobDetail) -> ProviderError | None:
        """Ask a service for what is asked of a job; return the trouble with that, if any."""
        remote = job.remote_id or ""
        try:
            match job.requested:
                case "cancel":
                    await service.act(lambda client: client.fine_tuning.jobs.cancel(remote))
                case "pause":
                    await service.act(lambda client: client.fine_tuning.jobs.pause(remote))
                case "resume":
                    await service.act(lambda client: client.fine_tuning.jobs.resume(remote))
        except ProviderError as error:
            # It has ended meanwhile, or heard of it before: what became of it is told by following.
            return None if error.kind in ("bad_request", "conflict") else error
        return None


async def _next(news: AsyncGenerator[Sequence[Write]]) -> Sequence[Write] | None:
    return await anext(news, None)


async def _closed(news: AsyncGenerator[Sequence[Write]], service: Service) -> None:
    await news.aclose()
    await service.__aexit__(None, None, None)
