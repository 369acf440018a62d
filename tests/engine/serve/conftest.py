"""Models loaded in the test's own process, and requests to them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from engine.serve.batching import Job
from engine.serve.events import Failed, Finished, GenerationEvent, Piece
from engine.serve.requests import ChatRequest
from engine.serve.settings import ServedModel

if TYPE_CHECKING:
    from engine.serve.events import DrawnToken
    from engine.serve.models import LoadedModels


@dataclass
class Told:
    """All that was told of an answer."""

    events: list[GenerationEvent] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Piece))

    @property
    def tokens(self) -> list[DrawnToken]:
        pieces = [event for event in self.events if isinstance(event, Piece)]
        return [token for piece in pieces for token in piece.tokens]

    @property
    def end(self) -> Finished:
        [end] = [event for event in self.events if isinstance(event, Finished)]
        assert self.events[-1] == end
        return end

    @property
    def failure(self) -> str:
        [failed] = [event for event in self.events if isinstance(event, Failed)]
        return failed.error.message


Together = Callable[..., list[Told]]


@pytest.fixture(scope="session")
def loaded() -> Iterator[LoadedModels]:
    """Models of the process; their few weights are computed with by one thread, without waiting."""
    import torch

    from engine.serve.models import LoadedModels

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield LoadedModels()
    torch.set_num_threads(threads)


@pytest.fixture
def together(loaded: LoadedModels) -> Together:
    """Have a model answer several requests at once; returns what each was told."""

    def asked(served: ServedModel, *wishes: dict[str, Any], told: Any = None) -> list[Told]:  # noqa: ANN401
        from engine.serve.generation import answer

        told = told or [Told() for _ in wishes]
        jobs = [
            Job(served, request_of(wish), each.events.append, each.cancelled)
            for wish, each in zip(wishes, told, strict=True)
        ]
        with loaded.ready(served) as model:
            answer(model, jobs)
        return list(told)

    return asked


def request_of(wish: dict[str, Any]) -> ChatRequest:
    """Return a greedy request of a dozen tokens, but for what is wished; `asks` is the question."""
    messages = [{"role": "user", "content": wish.get("asks", "How many?")}]
    common = {"model": "tiny", "messages": messages, "temperature": 0, "max_tokens": 12}
    return ChatRequest.model_validate(
        common | {name: value for name, value in wish.items() if name != "asks"}
    )
