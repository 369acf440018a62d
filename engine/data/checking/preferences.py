"""What is wrong with a preference example, as direct preference optimization takes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.data.checking.calls import call_problems, tools_problems
from engine.data.checking.messages import are_objects, column_problems, list_problems
from engine.data.checking.order import opening_order
from engine.data.checking.rules import Problem, shown
from engine.data.reading.rows import kind_of
from engine.data.shapes.example import CHAT_KEYS, PREFERENCE_KEYS

_OUTPUTS = ("preferred_output", "non_preferred_output")


def preference_problems(row: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with a row that should have an input and two outputs."""
    missing = [key for key in PREFERENCE_KEYS if row.get(key) is None]
    if missing:
        yield Problem("preference-missing-key", "", f"There is no {', no '.join(missing)}")
    source = row.get("input")
    if source is not None:
        yield from _input(source)
    outputs = [row[key] for key in _OUTPUTS if row.get(key) is not None]
    for key in _OUTPUTS:
        if row.get(key) is not None:
            yield from _output(row[key], key, source)
    if len(outputs) == len(_OUTPUTS) and outputs[0] == outputs[1]:
        yield Problem(
            "preference-same-outputs", _OUTPUTS[1], "Both outputs are the same", shown(outputs[0])
        )
    yield from column_problems(row, PREFERENCE_KEYS)


def _input(source: object) -> Iterator[Problem]:
    if not isinstance(source, dict):
        yield Problem(
            "preference-missing-key",
            "input",
            f"The input is {kind_of(source)}, not an object with messages",
            shown(source),
        )
        return
    messages = source.get("messages")
    if not isinstance(messages, list) or not messages:
        what = "empty" if messages == [] else kind_of(messages)
        yield Problem("missing-messages-list", "input.messages", f"The list of messages is {what}")
        return
    yield from list_problems(messages, "input.messages")
    yield from tools_problems(source, "input.")
    if are_objects(messages):
        roles = [message.get("role") for message in messages]
        yield from opening_order(roles, "input.messages")
        yield from call_problems(messages, source, "input.messages")
        if roles[-1] == "assistant":
            yield Problem(
                "preference-input-order",
                f"input.messages[{len(roles) - 1}]",
                "The input ends with the assistant, whose turn the outputs are",
            )
    unknown = [key for key in source if key not in CHAT_KEYS]
    if unknown:
        yield Problem(
            "unrecognized-key", "input", f"The input has {', '.join(unknown)}", ", ".join(unknown)
        )


def _output(output: object, place: str, source: object) -> Iterator[Problem]:
    if not isinstance(output, list):
        yield Problem(
            "preference-output", place, f"An output is a list, not {kind_of(output)}", shown(output)
        )
        return
    yield from list_problems(output, place)
    if not are_objects(output):
        return
    roles = [message.get("role") for message in output]
    if roles != ["assistant"]:
        listed = ", ".join(map(str, roles)) or "nothing"
        yield Problem(
            "preference-output", place, f"An output is one assistant message; this is {listed}"
        )
    yield from call_problems(output, source if isinstance(source, dict) else {}, place)
