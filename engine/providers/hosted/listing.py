"""Reading a service's lists page by page, as plain JSON.

A list may repeat an item over the border of two pages when new ones come in meanwhile, and a broken
service may give the same page for ever: each item is given once, and a page of nothing new is the
last.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

from engine.providers.hosted.recordable import plain, plain_items
from engine.providers.hosted.reports import Report, event_id

if TYPE_CHECKING:
    import openai

    from engine.providers.hosted.service import Service

__all__ = ["PAGE", "checkpoints", "events", "jobs", "pages", "plain"]

PAGE = 100
"""Items of a page: the most that the fine-tuning lists give."""

_Page = Callable[["openai.AsyncOpenAI", dict[str, Any]], Awaitable[Any]]


async def pages(service: Service, ask: _Page, limit: int = PAGE) -> AsyncIterator[list[Report]]:
    """Give the pages of a list, newest first, until there are no more.

    Args:
        service: whose list it is.
        ask: asks for a page with the given parameters (`limit`, `after`).
        limit: how many items a page shall have.

    Raises:
        ProviderError: if a page cannot be read.
    """
    given: set[str] = set()
    after: dict[str, Any] = {}
    while True:
        parameters = {"limit": limit, **after}
        page = await service.read(lambda client, asked=parameters: ask(client, asked))  # type: ignore[misc]
        items = plain_items(page)
        fresh = {name: item for item in items if (name := event_id(item)) not in given}
        given.update(fresh)
        if fresh:
            yield list(fresh.values())
        if not fresh or not getattr(page, "has_more", False):
            return
        after = {"after": event_id(items[-1])}


async def jobs(service: Service, **wishes: Any) -> AsyncIterator[list[Report]]:  # noqa: ANN401
    """Give a service's fine-tuning jobs, newest first.

    Args:
        service: whose.
        wishes: further parameters of the list (`metadata`).
    """
    async for page in pages(
        service, lambda client, asked: client.fine_tuning.jobs.list(**asked, **wishes)
    ):
        yield page


async def events(service: Service, job: str) -> AsyncIterator[list[Report]]:
    """Give a hosted job's events, newest first."""
    async for page in pages(
        service, lambda client, asked: client.fine_tuning.jobs.list_events(job, **asked)
    ):
        yield page


async def checkpoints(service: Service, job: str) -> list[Report]:
    """Return a hosted job's checkpoints."""
    found: list[Report] = []
    async for page in pages(
        service, lambda client, asked: client.fine_tuning.jobs.checkpoints.list(job, **asked)
    ):
        found += page
    return found
