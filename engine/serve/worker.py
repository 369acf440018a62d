"""The one thread that owns the models: requests wait in line for it, the event loop never does."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

from engine.serve.errors import ApiError, model_failed
from engine.serve.events import Failed, Finished, GenerationEvent
from engine.serve.requests import ChatRequest
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


@dataclass(frozen=True, slots=True)
class _Job:
    served: ServedModel
    request: ChatRequest
    answer: Answer


class Worker:
    """Answers requests one after the other on a thread of its own."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._models: LoadedModels | None = None
        threading.Thread(target=self._work, name="model-worker", daemon=True).start()

    def submit(self, served: ServedModel, request: ChatRequest) -> Answer:
        """Put a request in line. Called on the event loop."""
        answer = Answer()
        self._jobs.put(_Job(served, request, answer))
        return answer

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job.answer.cancelled.is_set():
                job.answer.tell(Finished("stop", 0))
                continue
            self._answer(job)

    def _answer(self, job: _Job) -> None:
        from engine.serve.generation import answer
        from engine.serve.models import LoadedModels, ModelLoadError

        try:
            self._models = self._models or LoadedModels()
            with self._models.ready(job.served) as model:
                answer(model, job.request, job.answer.tell, job.answer.cancelled)
        except ApiError as error:
            job.answer.tell(Failed(error))
        except ModelLoadError as error:
            log.warning("%s: %s", job.served.id, error)
            job.answer.tell(Failed(model_failed(job.served.id, error)))
        except Exception as error:
            log.exception("%s failed", job.served.id)
            job.answer.tell(Failed(model_failed(job.served.id, error)))
