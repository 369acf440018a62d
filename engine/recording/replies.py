"""What a service's whole answer says, of either endpoint (platform.openai.com, "API reference").

Services leave out what they like and add what they like: what is not as expected is taken for left
out, and the answer is kept as it came beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from engine.data.shapes.example import texts_of

Json = dict[str, Any]

_MOST_TOKENS = 2**53
"""More than any answer has, and no more than a database and other programs can count."""

_MOST_DIGITS = 300
"""Of a whole number: one with more is no number that other programs read."""

_DEEPEST = 100
"""Levels of JSON: what is deeper can neither be recorded nor written out."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A service's answer to one question.

    Attributes:
        said: the whole of it, as plain JSON.
        raw: the same as the bytes that came.
        seconds: from asking to the end of it.
        request_id: the service's name for the request.
        left_out: the settings that were not sent, because the model does not heed them.
    """

    said: Json
    raw: bytes
    seconds: float
    request_id: str | None = None
    left_out: tuple[str, ...] = ()

    @property
    def content(self) -> str | None:
        """The text of the answer; of one in parts, that of all of them."""
        said = self._message.get("content", self._choice.get("text"))
        return "".join(texts_of({"content": said})) if isinstance(said, list) else _text(said)

    @property
    def refusal(self) -> str | None:
        """The text with which the model refused."""
        return _text(self._message.get("refusal"))

    @property
    def tool_calls(self) -> list[Any]:
        """What the model wants to call."""
        return _list(self._message.get("tool_calls"))

    @property
    def finish_reason(self) -> str | None:
        """Why the answer ended."""
        return _text(self._choice.get("finish_reason"))

    @property
    def answered_by(self) -> str | None:
        """What the service calls the model that answered."""
        return _text(self.said.get("model"))

    @property
    def fingerprint(self) -> str | None:
        """What the service calls the backend that answered."""
        return _text(self.said.get("system_fingerprint"))

    def tokens(self, name: str, detail: str | None = None) -> int | None:
        """Return a number of tokens of the usage, or a detail of it."""
        found = _object(self.said.get("usage"))
        if detail is not None:
            found = _object(found.get(f"{name}_details"))
        number = found.get(name if detail is None else detail)
        if not isinstance(number, int) or isinstance(number, bool):
            return None
        return number if 0 <= number <= _MOST_TOKENS else None

    def logprobs(self) -> list[float]:
        """Return the natural logarithm of the probability of each token of the answer.

        None at all if they cannot be added up.
        """
        found = list(self._logprobs())
        return found if isfinite(sum(found)) else []

    def _logprobs(self) -> Iterator[float]:
        told = _object(self._choice.get("logprobs"))
        by_token = [_object(token).get("logprob") for token in _list(told.get("content"))]
        for value in by_token or _list(told.get("token_logprobs")):
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield float(value)

    @property
    def _choice(self) -> Json:
        choices = _list(self.said.get("choices"))
        return _object(choices[0]) if choices else {}

    @property
    def _message(self) -> Json:
        return _object(self._choice.get("message"))


def without_probabilities(raw: bytes) -> bytes:
    """Return an answer without the tokens that it consists of and their probabilities.

    Raises:
        ValueError: if it is no answer; see `read_answer`.
    """
    said = read_answer(raw)
    choices = [{**choice, "logprobs": None} for choice in said["choices"] if _object(choice)]
    return json.dumps({**said, "choices": choices}).encode()


def read_answer(raw: bytes) -> Json:
    """Read a service's whole answer; in it, what JSON or a text cannot hold is left out or marked.

    Raises:
        ValueError: if it is no JSON, or no answer: an object with a choice in it.
    """
    try:
        said = json.loads(
            raw, parse_constant=_nothing, parse_float=_finite, parse_int=_whole_number
        )
    except ValueError as error:
        raise json.JSONDecodeError(str(error), "", 0) from error
    choices = said.get("choices") if isinstance(said, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise json.JSONDecodeError("there is no choice in it", "", 0)
    answer: Json = _storable(said)
    return answer


def probabilities_in(raw: bytes) -> Json | None:
    """Return all that a whole answer tells of probabilities, in the service's own shape."""
    return _object(read_answer(raw)["choices"][0].get("logprobs")) or None


def _nothing(_constant: str) -> None:
    """Read NaN and Infinity, which some services write, as nothing."""


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if isfinite(number) else None


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MOST_DIGITS else None


def _storable(value: Any, level: int = 0) -> Any:  # noqa: ANN401 - plain JSON
    """Return plain JSON with a mark for each half of a surrogate pair, and nothing too deep."""
    if isinstance(value, str):
        return value if value.isascii() else _characters(value)
    if level == _DEEPEST:
        return None
    if isinstance(value, list):
        return [_storable(item, level + 1) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item, level + 1) for key, item in value.items()}
    return value


def _characters(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
