"""What is scored: an answer, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a model held to be likely, token by token.

    Attributes:
        logprobs: the natural logarithm of each token's probability.
        likeliest: whether each token was the likeliest one; none at all where that is not known.
        texts: of the tokens; none at all where they are not known.
    """

    logprobs: tuple[float, ...]
    likeliest: tuple[bool, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer to one prompt.

    Attributes:
        text: the answer; empty if the model refused.
        reference: the answer that was hoped for, if one is known.
        refusal: with which words the model refused.
        completion_tokens: how many tokens the answer has.
        seconds: until it was whole.
        cost: US dollars.
        tokens: how likely the model held what it said.
        reference_tokens: how likely it held the answer that was hoped for.
        other: what was answered to the same prompt in another recording: of another model, or of
            the same one once more.
        verdicts: what a judge said of this answer and another one, with this one first and with
            this one second.
    """

    text: str
    reference: str | None = None
    refusal: str | None = None
    completion_tokens: int | None = None
    seconds: float | None = None
    cost: float | None = None
    tokens: Tokens | None = None
    reference_tokens: Tokens | None = None
    other: Answer | None = None
    verdicts: tuple[str, str] | None = None
