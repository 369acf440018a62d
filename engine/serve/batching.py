"""Which requests are answered together: those that wait for one model and want one kind of thing.

A model reads its weights once for all rows of a batch, so that sixteen answers take little longer
than one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Condition, Event
from typing import Generic, TypeVar

from engine.serve.events import GenerationEvent
from engine.serve.requests import ChatRequest, LikelihoodRequest
from engine.serve.settings import ServedModel

MOST = 16
"""Requests that are answered together."""

_GAP = 0.01
"""Seconds after which nobody is expected any more, behind whoever came last."""

_SUCCESSION = 0.5
"""Seconds within which whoever was answered asks the next question, if there is one."""

_PATIENCE = 0.1
"""How long others are waited for in all, as a part of what the last answers took."""

Tell = Callable[[GenerationEvent], None]
Request = TypeVar("Request", bound=ChatRequest | LikelihoodRequest)
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, eq=False)
class Job(Generic[Request]):
    """A request, and who is told of what comes of it.

    Attributes:
        served: the model that is asked.
        request: what it is asked.
        tell: takes what happens, as it happens.
        cancelled: set when nobody waits for it any more.
    """

    served: ServedModel
    request: Request
    tell: Tell
    cancelled: Event

    @property
    def shares(self) -> bool:
        """Whether it can be answered together with others.

        What is streamed shall not wait for others, and what is sampled has random numbers of its
        own.
        """
        request = self.request
        return isinstance(request, LikelihoodRequest) or (request.is_greedy and not request.stream)

    def goes_with(self, other: Job[Request]) -> bool:
        """Tell whether both can be answered together."""
        return (
            self.shares
            and other.shares
            and self.served == other.served
            and type(self.request) is type(other.request)
        )


class Line:
    """The requests that wait. Any thread may add to it; one takes from it."""

    def __init__(self) -> None:
        self._waiting: list[Job[ChatRequest | LikelihoodRequest]] = []
        self._arrival = Condition()
        self._ended = -_SUCCESSION
        self._took = 0.0

    def put(self, job: Job[ChatRequest | LikelihoodRequest]) -> None:
        """Put a request at the end."""
        with self._arrival:
            self._waiting.append(job)
            self._arrival.notify()

    def take(self) -> list[Job[ChatRequest | LikelihoodRequest]]:
        """Wait for a request, and take with the first all that go with it."""
        with self._arrival:
            self._arrival.wait_for(lambda: self._waiting)
            first = self._waiting[0]
            self._wait_for_company(first)
            taken = self._company(first) if first.shares else [first]
            self._waiting = [job for job in self._waiting if job not in taken]
            return taken

    def answered(self, seconds: float) -> None:
        """Hear that what was taken last has been answered, and how long that took."""
        with self._arrival:
            self._ended, self._took = time.monotonic(), seconds

    def _company(
        self, first: Job[ChatRequest | LikelihoodRequest]
    ) -> list[Job[ChatRequest | LikelihoodRequest]]:
        return [job for job in self._waiting if job.goes_with(first)][:MOST]

    def _wait_for_company(self, first: Job[ChatRequest | LikelihoodRequest]) -> None:
        """Wait while one comes after the other, if some were answered just now.

        Whoever had them answered asks again in a moment, and the first must not go alone.
        """
        began = time.monotonic()
        if not first.shares or began - self._ended > _SUCCESSION:
            return
        until = began + _PATIENCE * self._took
        while len(self._waiting) < MOST and all(job.goes_with(first) for job in self._waiting):
            count = len(self._waiting)
            gap = min(_GAP, until - time.monotonic())
            if gap <= 0 or not self._arrival.wait_for(lambda: len(self._waiting) > count, gap):  # noqa: B023
                return


def shares(rows: Iterable[Row], fits: Callable[[list[Row]], bool]) -> list[list[Row]]:
    """Divide rows into batches, keeping their order.

    Args:
        rows: the rows.
        fits: tells whether a batch is not too large; a single row is taken whatever it says.
    """
    found: list[list[Row]] = []
    for row in rows:
        if found and fits([*found[-1], row]):
            found[-1].append(row)
        else:
            found.append([row])
    return found
