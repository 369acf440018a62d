"""Training files: real JSONL of each method's format, and what the service finds wrong with one."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tests.standin.calls import Json
from tests.standin.catalogue import BASE_MODELS, Method

FEWEST = 10
"""How many examples a training file must have."""

_SYSTEM = "You answer the customers of a bakery in one short sentence."
_GOODS = ("rye bread", "a croissant", "two baguettes", "an apple pie", "six rolls", "a brioche")


def training_file(method: Method, base: str, examples: int, *, topic: str = "") -> bytes:
    """Return a training file for a model.

    Args:
        method: which decides the format, together with the base model: prompt and completion for
            the old ones.
        base: the base model's snapshot.
        examples: how many.
        topic: what the questions name, so that two files differ.
    """
    numbers = range(examples)
    if BASE_MODELS[base].kind == "completion":
        return _lines(_completion(number, topic) for number in numbers)
    write = {"supervised": _chat, "dpo": _preference, "reinforcement": _graded}[method]
    return _lines(write(number, topic) for number in numbers)


def _lines(examples: Iterable[Json]) -> bytes:
    return "".join(json.dumps(example) + "\n" for example in examples).encode()


def _question(number: int, topic: str) -> str:
    return f"How much is {_GOODS[number % len(_GOODS)]} in shop {number} {topic}?".replace(
        " ?", "?"
    )


def _answer(number: int) -> str:
    return f"That comes to {2 + number % 17}.{number % 10}0 euros."


def _chat(number: int, topic: str) -> Json:
    return {
        "messages": [
            {"role": "system", "content": _SYSTEM},
            {"role": "user", "content": _question(number, topic)},
            {"role": "assistant", "content": _answer(number)},
        ]
    }


def _preference(number: int, topic: str) -> Json:
    return {
        "input": {
            "messages": [{"role": "user", "content": _question(number, topic)}],
            "tools": [],
            "parallel_tool_calls": True,
        },
        "preferred_output": [{"role": "assistant", "content": _answer(number)}],
        "non_preferred_output": [{"role": "assistant", "content": "No idea."}],
    }


def _graded(number: int, topic: str) -> Json:
    return {
        "messages": [{"role": "user", "content": _question(number, topic)}],
        "reference_answer": _answer(number),
    }


def _completion(number: int, topic: str) -> Json:
    return {"prompt": f"{_question(number, topic)} ->", "completion": f" {_answer(number)}\n"}


def count(content: bytes) -> int:
    """Return how many examples a file has."""
    return sum(1 for line in content.splitlines() if line.strip())


def fault_of(content: bytes, param: str) -> Json | None:
    """Return why a file cannot be trained on, as a job's error, or None.

    Args:
        content: the file.
        param: what it is to the job: `training_file` or `validation_file`.
    """
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip() and not _is_object(line):
            message = (
                f"The job failed due to an invalid {param.replace('_', ' ')}. "
                f"Line {number} is not a JSON object."
            )
            return {"code": "invalid_file_format", "message": message, "param": param}
    found = count(content)
    if param == "training_file" and found < FEWEST:
        message = f"Training file has {found} example(s), but must have at least {FEWEST} examples"
        return {"code": "invalid_n_examples", "message": message, "param": param}
    return None


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
