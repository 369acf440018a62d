"""Reading probabilities as services tell them (platform.openai.com, "API reference")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from engine.scoring.answer import Tokens


def tokens_told(told: Mapping[str, Any] | None) -> Tokens | None:
    """Return what a service told of the tokens of an answer.

    Args:
        told: the `logprobs` of a choice, of chat completions or of the older completions; what is
            not as expected there is taken for left out.

    Returns:
        None if it tells nothing, or not of every token.
    """
    places = _places(told or {})
    if not places:
        return None
    logprobs = [place.logprob for place in places]
    known = tuple(value for value in logprobs if value is not None)
    if len(known) < len(places):
        return None
    likeliest = tuple(place.likeliest for place in places)
    texts = tuple(place.text for place in places)
    return Tokens(
        known,
        tuple(bool(each) for each in likeliest) if None not in likeliest else (),
        tuple(str(text) for text in texts) if None not in texts else (),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """One token of an answer, and the logarithms of the likeliest ones at its place."""

    text: str | None
    logprob: float | None
    rivals: tuple[float, ...]

    @property
    def likeliest(self) -> bool | None:
        if self.logprob is None or not self.rivals:
            return None
        return self.logprob >= max(self.rivals)


def _places(told: Mapping[str, Any]) -> list[_Place]:
    content = told.get("content")
    if isinstance(content, list):
        return [_of_chat(each) for each in content]
    logprobs = told.get("token_logprobs")
    if not isinstance(logprobs, list):
        return []
    texts, rivals = told.get("tokens"), told.get("top_logprobs")
    return [_of_completion(logprobs, texts, rivals, place) for place in range(len(logprobs))]


def _of_chat(token: object) -> _Place:
    said = token if isinstance(token, dict) else {}
    rivals = said.get("top_logprobs")
    listed = rivals if isinstance(rivals, list) else []
    values = [rival.get("logprob") for rival in listed if isinstance(rival, dict)]
    return _Place(_text(said.get("token")), _logprob(said.get("logprob")), _logprobs(values))


def _of_completion(logprobs: list[Any], texts: object, rivals: object, place: int) -> _Place:
    at_place = _at(rivals, place)
    values = list(at_place.values()) if isinstance(at_place, dict) else []
    return _Place(_text(_at(texts, place)), _logprob(logprobs[place]), _logprobs(values))


def _at(values: object, place: int) -> object:
    return values[place] if isinstance(values, list) and place < len(values) else None


def _logprobs(values: list[Any]) -> tuple[float, ...]:
    found = (_logprob(value) for value in values)
    return tuple(value for value in found if value is not None)


def _logprob(value: object) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and isfinite(value) else None  # type: ignore[arg-type]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
