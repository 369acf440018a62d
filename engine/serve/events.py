"""What happens while a model answers, in the order in which it happens.

`Started`, then any number of `Piece`, then `Finished`; `Failed` may come instead of any of them and
is the last. Of an answer that was given, not drawn, `Weighed` tells all at once.
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
class LikelyToken:
    r"""A token, and how likely the model thinks it in its place.

    Attributes:
        text: what it says, with bytes that are a part of a character written as `\xf0`; of a
            special token its name.
        content: the bytes of its text, or None for a special token, which has no text.
        logprob: the natural logarithm of its probability.
    """

    text: str
    content: bytes | None
    logprob: float


@dataclass(frozen=True, slots=True)
class DrawnToken:
    """A token of the answer, and the likeliest ones in its place, itself often one of them."""

    drawn: LikelyToken
    likeliest: tuple[LikelyToken, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """The next words of the answer.

    Attributes:
        text: the words; empty only where there is a token without text to tell of.
        tokens: those that begin in the text, if the request wants to know them.
    """

    text: str
    tokens: tuple[DrawnToken, ...] = ()


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
class WeighedToken:
    """A token of an answer that was given.

    Attributes:
        text: what it says, as in `LikelyToken`.
        logprob: the natural logarithm of the probability that the model gives it.
        is_likeliest: whether the model gives no other token a higher one.
    """

    text: str
    logprob: float
    is_likeliest: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """How likely the model holds an answer that was given.

    Attributes:
        prompt_tokens: those that it reads before and between the others.
        tokens: those that training would have learned.
    """

    prompt_tokens: int
    tokens: tuple[WeighedToken, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """There will be no more of the answer."""

    error: ApiError


GenerationEvent = Started | Piece | Weighed | Finished | Failed
