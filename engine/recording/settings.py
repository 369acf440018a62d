"""How the answers of a recording are drawn, and which questions that makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.chatting.sampling import Sampling
from engine.errors import RequestError
from engine.suites.bounds import HOTTEST, require_stops
from engine.suites.prompts import Prompt, digest_of

USUAL_TOKENS = 1024
"""Of the longest answer."""

REASONING_TOKENS = 8192
"""The same of a model that reasons before it answers, its reasoning included."""

MOST_ALTERNATIVES = 20
_MOST_SAMPLES = 100


@dataclass(frozen=True, slots=True)
class Settings:
    """How the answers of a recording are drawn.

    Attributes:
        samples: how often each prompt is asked at the temperature, beside once at 0.
        temperature: the one that the model is used with.
        max_tokens: of the longest answer.
        top_logprobs: how many of the likeliest tokens are told at each place of an answer.
        stop: texts before which an answer ends.

    Raises:
        RequestError: if no service could do so.
    """

    samples: int = 3
    temperature: float = 1.0
    max_tokens: int = USUAL_TOKENS
    top_logprobs: int = 5
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no service could do."""
        for name, value, least, most in (
            ("samples", self.samples, 0, _MOST_SAMPLES),
            ("temperature", self.temperature, 0, HOTTEST),
            ("max-tokens", self.max_tokens, 1, 1_000_000),
            ("top-logprobs", self.top_logprobs, 0, MOST_ALTERNATIVES),
        ):
            if not least <= value <= most:
                raise RequestError(f"--{name} is {value:g}: it can be from {least} to {most:g}")
        require_stops(self.stop)

    def sampling(self, sample: int) -> Sampling:
        """Return how the answer of this number is drawn: 0 is the one at temperature 0."""
        return Sampling(
            temperature=0.0 if sample == 0 else self.temperature,
            max_tokens=self.max_tokens,
            stop=self.stop,
            top_logprobs=self.top_logprobs,
        )


@dataclass(frozen=True)
class Question:
    """A prompt, to be answered once.

    Attributes:
        prompt: what is asked.
        sample: tells the answers to one prompt apart; 0 is the one at temperature 0.
        sampling: how the answer is drawn.
    """

    prompt: Prompt
    sample: int
    sampling: Sampling

    @cached_property
    def request(self) -> str:
        """The SHA-256 of the prompt with the settings that it is asked with."""
        return digest_of({"prompt": self.prompt.digest, "settings": self.settings})

    @property
    def settings(self) -> dict[str, Any]:
        """The settings, as plain JSON."""
        drawn = self.sampling
        return {
            "temperature": drawn.temperature,
            "max_tokens": drawn.max_tokens,
            "top_logprobs": drawn.top_logprobs,
            "stop": list(drawn.stop),
        }

    @property
    def place(self) -> tuple[str, int]:
        """What its answer is found by."""
        return self.request, self.sample


def questions_of(prompts: Sequence[Prompt], settings: Settings) -> Iterator[Question]:
    """Give the questions of a recording: all at temperature 0 first, then a sample of each."""
    for sample in range(1 + settings.samples):
        drawn = settings.sampling(sample)
        for prompt in prompts:
            yield Question(prompt, sample, drawn)
