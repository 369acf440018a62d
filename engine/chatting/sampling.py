"""How answers are drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sampling:
    """How answers are drawn: temperature 0 always takes the likeliest token.

    Attributes:
        temperature: how freely; None leaves it to the server.
        max_tokens: of the longest answer; None leaves it to the server.
        seed: makes answers repeatable where the server can.
        stop: texts before which an answer ends, four at most.
        top_logprobs: how many of the likeliest tokens are told at each place of the answer, with
            the logarithms of their probabilities; None for no probabilities at all.
    """

    temperature: float | None = 0.0
    max_tokens: int | None = 256
    seed: int | None = None
    stop: tuple[str, ...] = ()
    top_logprobs: int | None = None
