"""What happens while a model answers, in the order in which it happens.

`Started`, then any number of `Piece`, then `Finished`; `Failed` may come instead of any of them and
is the last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.serve.errors import ApiError


@dataclass(frozen=True, slots=True)
class Started:
    """The model is loaded and the prompt fits; `prompt_tokens` is its length."""

    prompt_tokens: int


@dataclass(frozen=True, slots=True)
class Piece:
    """The next words of the answer, never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is whole.

    Attributes:
        reason: `stop` at the model's end token or a stop string, `length` at the token limit.
        completion_tokens: the tokens that the model made, its end token included.
    """

    reason: Literal["stop", "length"]
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Failed:
    """There will be no more of the answer."""

    error: ApiError


GenerationEvent = Started | Piece | Finished | Failed
