"""The one thread that owns the models: requests wait in line for it, the event loop never does."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from engine.serve.batching import Job, Line
from engine.serve.errors import model_failed
from engine.serve.events import Failed, Finished, GenerationEvent
from engine.serve.requests import ChatRequest, LikelihoodRequest
from engine.serve.settings import ServedModel

if TYPE_CHECKING:
    from engine.serve.models import LoadedModels

log = logging.getLogger(__name__)


class Answer:
    """One answer on its way from the worker thread to the event loop.

    Made and read on the event loop; `tell` is called by the worker thread.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[GenerationEvent] = asyncio.Queue()
        self.cancelled = threading.Event()

    def tell(self, event: GenerationEvent) -> None:
        """Pass an event on to the loop."""
        # The loop is closed when the server is going down; nobody reads any more.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._events.put_nowait, event)

    async def next(self) -> GenerationEvent:
        """Wait for the next event."""
        return await self._events.get()

    async def __aiter__(self) -> AsyncIterator[GenerationEvent]:
        """Give the events up to the last one."""
        while True:
            event = await self.next()
            yield event
            if isinstance(event, Finished | Failed):
                return

    def cancel(self) -> None:
        """Stop the generation at its next token; one that still waits in line is not begun."""
        self.cancelled.set()


class Worker:
    """Answers requests on a thread of its own, together where they go together."""

    def __init__(self) -> None:
        self._line = Line()
        self._models: LoadedModels | None = None
        threading.Thread(target=self._work, name="model-worker", daemon=True).start()

    def submit(self, served: ServedModel, request: ChatRequest | LikelihoodRequest) -> Answer:
        """Put a request in line. Called on the event loop."""
        answer = Answer()
        self._line.put(Job(served, request, answer.tell, answer.cancelled))
        return answer

    def _work(self) -> None:
        while True:
            jobs = self._line.take()
            began = time.monotonic()
            if wanted := [job for job in jobs if not _is_dropped(job)]:
                self._answer(wanted)
            self._line.answered(time.monotonic() - began)

    def _answer(self, jobs: Sequence[Job[Any]]) -> None:
        """Answer requests that go together."""
        from engine.serve.generation import answer
        from engine.serve.models import LoadedModels, ModelLoadError
        from engine.serve.references import weigh

        served = jobs[0].served
        work = answer if isinstance(jobs[0].request, ChatRequest) else weigh
        try:
            self._models = self._models or LoadedModels()
            with self._models.ready(served) as model:
                work(model, jobs)
        except ModelLoadError as error:
            log.warning("%s: %s", served.id, error)
            _fail(jobs, error)
        except Exception as error:
            log.exception("%s failed", served.id)
            _fail(jobs, error)


def _is_dropped(job: Job[Any]) -> bool:
    """Tell whether nobody waits for the answer any more, and say so."""
    if job.cancelled.is_set():
        job.tell(Finished("stop", 0))
    return job.cancelled.is_set()


def _fail(jobs: Sequence[Job[Any]], error: Exception) -> None:
    for job in jobs:
        job.tell(Failed(model_failed(job.served.id, error)))
