"""Which requests are taken together, and how long the first waits for others."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from engine.serve import batching
from engine.serve.batching import MOST, Job, Line, shares
from engine.serve.requests import ChatRequest, LikelihoodRequest
from engine.serve.settings import ServedModel

HELLO = [{"role": "user", "content": "Hello"}]


def chat(model: str = "m", **wished: Any) -> Job[Any]:  # noqa: ANN401
    body = {"model": model, "messages": HELLO, "temperature": 0, **wished}
    return job(model, ChatRequest.model_validate(body))


def reference(model: str = "m") -> Job[Any]:
    body = {"model": model, "messages": HELLO, "reference": "Hi"}
    return job(model, LikelihoodRequest.model_validate(body))


def job(model: str, request: ChatRequest | LikelihoodRequest) -> Job[Any]:
    return Job(ServedModel(model, f"/{model}"), request, lambda _: None, threading.Event())


def taken(*jobs: Job[Any]) -> list[list[int]]:
    """Put all in line, and return which ones are taken together, by number."""
    line = Line()
    for each in jobs:
        line.put(each)
    found: list[list[int]] = []
    while sum(map(len, found)) < len(jobs):
        found.append([jobs.index(each) for each in line.take()])
    return found


def test_greedy_requests_to_one_model_go_together_in_their_order() -> None:
    assert taken(chat(), chat(max_tokens=3), chat(stop="x", logprobs=True)) == [[0, 1, 2]]


def test_other_models_and_other_things_are_taken_in_turn() -> None:
    assert taken(chat(), chat("n"), reference(), chat(), chat("n"), reference()) == [
        [0, 3],
        [1, 4],
        [2, 5],
    ]


def test_what_is_streamed_or_drawn_at_random_goes_alone() -> None:
    alone = [chat(stream=True), chat(temperature=1), chat(temperature=None), chat(stream=True)]
    assert taken(*alone, chat(), chat()) == [[0], [1], [2], [3], [4, 5]]


def test_no_more_than_a_batch_are_taken() -> None:
    assert [len(each) for each in taken(*[chat() for _ in range(MOST + 3)])] == [MOST, 3]


def test_those_who_ask_again_at_once_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "_GAP", 60)
    line = Line()
    line.answered(seconds=6000)

    def ask() -> None:
        for _ in range(MOST):
            line.put(chat())

    asking = threading.Thread(target=ask)
    asking.start()
    assert len(line.take()) == MOST
    asking.join()


def test_nobody_is_waited_for_while_another_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "_GAP", 60)
    line = Line()
    line.answered(seconds=6000)
    line.put(chat())
    line.put(chat(stream=True))
    assert len(line.take()) == 1


def test_a_request_that_takes_moments_waits_for_nobody() -> None:
    line = Line()
    line.answered(seconds=0)
    line.put(chat())
    assert len(line.take()) == 1


def test_rows_are_divided_in_their_order_and_a_large_one_goes_alone() -> None:
    assert shares([1, 2, 3, 9, 1], lambda rows: sum(rows) <= 6) == [[1, 2, 3], [9], [1]]
    assert shares([], lambda _: False) == []
