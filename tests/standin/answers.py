"""What models say: text that depends on the model, on what it was asked, and on chance if wanted.

At temperature 0 the same question has the same answer. Above it, a model has a few answers to a
question and a seed picks one; without a seed each request draws anew.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.standin.calls import Json
from tests.standin.errors import bad_request
from tests.standin.state import State

_SENTENCE = (
    "the oven is warm today and fresh bread comes at seven with butter for two euros or a cake "
    "that we bake by hand from rye flour salt water café crêpe 日本 🦊"
)
_WORDS = _SENTENCE.split()
_TOKEN = re.compile(r"\s?\w+|\s?[^\w\s]|\s")
_VARIANTS = 3
_DRAWS = itertools.count()


@dataclass(frozen=True)
class Answer:
    """One choice: text or tool calls, the tokens of the text, and why it ended."""

    text: str | None
    tool_calls: list[Json]
    finish_reason: str

    @property
    def tokens(self) -> list[str]:
        return tokens_of(self.text or "")


def answers_to(state: State, asked: Json, prompt: str) -> list[Answer]:
    """Return as many answers as a request wants.

    Args:
        state: what tests have set.
        asked: the body of the request.
        prompt: its prompt or messages as one text.
    """
    _check_ranges(asked)
    return [_answer(state, asked, prompt, number) for number in range(asked.get("n") or 1)]


def tokens_of(text: str) -> list[str]:
    """Divide a text as a tokenizer might: words with the space before them, and signs."""
    return _TOKEN.findall(text)


def logprob(model: str, tokens: list[str], place: int) -> float:
    """Return the log probability of the token at a place, the same in every run."""
    dice = _number(model, *tokens[max(0, place - 3) : place + 1])
    return -0.05 - dice % 1000 / 700


def alternatives(
    model: str, tokens: list[str], place: int, count: int
) -> Iterator[tuple[str, float]]:
    """Return the likeliest tokens at a place: the one that came, and less likely ones."""
    likeliest = logprob(model, tokens, place)
    others = (word for word in (f" {word}" for word in _WORDS) if word != tokens[place])
    for rank, token in enumerate(itertools.islice(itertools.chain([tokens[place]], others), count)):
        yield token, likeliest - rank * 0.5


def usage(prompt: str, answers: Iterable[Answer]) -> Json:
    """Return how many tokens a request cost."""
    prompt_tokens = len(tokens_of(prompt))
    completion_tokens = sum(len(answer.tokens) + 9 * len(answer.tool_calls) for answer in answers)
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _check_ranges(asked: Json) -> None:
    for name, lowest, highest in (("temperature", 0, 2), ("top_p", 0, 1), ("n", 1, 128)):
        value = asked.get(name)
        if value is not None and not lowest <= value <= highest:
            raise bad_request(
                f"Invalid '{name}': expected a value between {lowest} and {highest}, but got "
                f"{value} instead.",
                param=name,
            )


def _answer(state: State, asked: Json, prompt: str, number: int) -> Answer:
    scripted = state.behaviour.answerer(asked) if state.behaviour.answerer else None
    if isinstance(scripted, dict):
        return _scripted_answer(scripted)
    if scripted is None and (tool := _tool_to_call(asked)):
        forced = isinstance(asked.get("tool_choice"), dict)
        call = _tool_call(state, tool)
        return Answer(None, [call], "stop" if forced else "tool_calls")
    text = _text(asked, prompt, number) if scripted is None else scripted
    return _cut(asked, text)


def _scripted_answer(message: Json) -> Answer:
    calls = message.get("tool_calls", [])
    return Answer(message.get("content"), calls, "tool_calls" if calls else "stop")


def _text(asked: Json, prompt: str, number: int) -> str:
    draw = _draw(asked, number)
    dice = _number(asked["model"], prompt, str(draw))
    if (asked.get("response_format") or {}).get("type") in {"json_object", "json_schema"}:
        return json.dumps({"answer": _WORDS[dice % len(_WORDS)], "sure": True})
    words = [_WORDS[(dice >> place) % len(_WORDS)] for place in range(0, 24, 3)]
    return " ".join(words).capitalize() + "."


def _draw(asked: Json, number: int) -> int:
    if asked.get("temperature") == 0:
        return 0
    seed = asked.get("seed")
    return ((next(_DRAWS) if seed is None else seed) + number) % _VARIANTS


def _cut(asked: Json, text: str) -> Answer:
    """End the text where the request wants it to end."""
    stops = asked.get("stop") or []
    for stop in [stops] if isinstance(stops, str) else stops:
        text = text.partition(stop)[0]
    limit = asked.get("max_completion_tokens") or asked.get("max_tokens")
    tokens = tokens_of(text)
    if limit is not None and len(tokens) > limit:
        return Answer("".join(tokens[:limit]), [], "length")
    return Answer(text, [], "stop")


def _tool_to_call(asked: Json) -> Json | None:
    """Return the function that is called: one that is demanded, or that the last message names."""
    functions = [tool["function"] for tool in asked.get("tools") or [] if "function" in tool]
    choice = asked.get("tool_choice", "auto")
    if not functions or choice == "none":
        return None
    if isinstance(choice, dict):
        name = choice.get("function", {}).get("name")
        return next((found for found in functions if found["name"] == name), None)
    if choice == "required":
        return dict(functions[0])
    last = str(asked["messages"][-1].get("content"))
    return next((found for found in functions if found["name"] in last), None)


def _tool_call(state: State, function: Json) -> Json:
    properties = function.get("parameters", {}).get("properties", {})
    arguments = {name: _SAMPLES.get(kind.get("type"), "x") for name, kind in properties.items()}
    called = {"name": function["name"], "arguments": json.dumps(arguments)}
    return {"id": state.new_id("call_"), "type": "function", "function": called}


_SAMPLES = {
    "string": "rye",
    "integer": 2,
    "number": 2.5,
    "boolean": True,
    "array": [],
    "object": {},
}


def _number(*texts: str) -> int:
    digest = hashlib.blake2b("\0".join(texts).encode(), digest_size=8).digest()
    return int.from_bytes(digest)
