"""Preference pairs as they lie on Hugging Face: `chosen` and `rejected`, with or without a prompt.

Source: TRL's guide "Dataset formats and types", "Preference", its prompt explicit or implicit;
the tables of LLaMA-Factory (`conversations` or `instruction` before the pair).
"""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from engine.data.errors import RowError
from engine.data.shapes.alpaca import instruction_of
from engine.data.shapes.columns import with_columns
from engine.data.shapes.example import Record
from engine.data.shapes.exchanges import empty_columns
from engine.data.shapes.fields import kind_in
from engine.data.shapes.messages import Message
from engine.data.shapes.preference import ANSWER_ROLES, preference_example
from engine.data.shapes.sharegpt import shown_before, with_system_column, with_whole_tools
from engine.data.shapes.transcripts import messages_of_transcript
from engine.data.shapes.turns import CallIds, messages_of_turns

_LISTS = ("prompt", "conversations")
"""The columns that may hold the prompt as messages."""
_TEXTS = ("prompt", "question", "query", "instruction", "input")
"""The columns that may hold the prompt as a text, the first that has one counts."""
_TOOLS = ("tools", "functions", "parallel_tool_calls")


def from_pair(row: dict[str, Any]) -> Record:
    """Turn a prompt and its two answers into a preference example.

    Answers are texts, messages or lists of messages. Where they hold the whole conversation, what
    both begin with is the prompt.

    Raises:
        RowError: naming the field that is wrong, or that there is no prompt.
    """
    calls = CallIds()
    given = _listed_prompt(row, calls)
    prompt = given or _text_prompt(row)
    chosen = _answer(row, "chosen", calls.copy(), alone=prompt is None)
    rejected = _answer(row, "rejected", calls.copy(), alone=prompt is None)
    if _begins_earlier(chosen) or _begins_earlier(rejected):
        shared = _shared(given, chosen, rejected)
        prompt, chosen, rejected = chosen[:shared], chosen[shared:], rejected[shared:]
    if prompt is None:
        raise RowError(
            "has chosen and rejected but nothing that says what they answer: no prompt, question, "
            "instruction or input"
        )
    whole = with_system_column(prompt, row)
    places = ("prompt", "chosen", "rejected")
    example = preference_example(whole, chosen, rejected, with_whole_tools(row), places)
    shown = (*_shown(row, prompt), *shown_before(prompt, whole, row))
    return with_columns(example, row, shown)


def _listed_prompt(row: dict[str, Any], calls: CallIds) -> list[Message] | None:
    for name in _LISTS:
        if isinstance(row.get(name), list):
            return messages_of_turns(row[name], name, calls)
    return None


def _text_prompt(row: dict[str, Any]) -> list[Message] | None:
    for name in _TEXTS:
        if isinstance(row.get(name), str):
            text = instruction_of(row) if name == "instruction" else row[name]
            return [{"role": "user", "content": text}]
    return None


def _answer(row: dict[str, Any], name: str, calls: CallIds, *, alone: bool) -> list[Message]:
    value = row[name]
    if isinstance(value, dict):
        return messages_of_turns([value], name, calls)
    if isinstance(value, list):
        return messages_of_turns(value, name, calls)
    if not isinstance(value, str):
        raise RowError(f"has {kind_in(row, name)} in {name}, neither a text nor messages")
    conversation = messages_of_transcript(value) if alone else None
    return conversation or [{"role": "assistant", "content": value}]


def _begins_earlier(answer: list[Message]) -> bool:
    """Tell whether what should be an answer begins with what it is an answer to."""
    return bool(answer) and answer[0]["role"] not in ANSWER_ROLES


def _shared(prompt: list[Message] | None, chosen: list[Message], rejected: list[Message]) -> int:
    """Return how many messages both begin with, leaving each something of its own."""
    if prompt:
        if chosen[: len(prompt)] != prompt or rejected[: len(prompt)] != prompt:
            raise RowError("has a prompt that chosen and rejected do not both begin with")
        return len(prompt)
    pairs = zip(chosen[:-1], rejected[:-1], strict=False)
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    if not shared:
        raise RowError("has chosen and rejected that begin differently: both must share a prompt")
    return shared


def _shown(row: dict[str, Any], prompt: list[Message]) -> list[str]:
    """Return the columns that the example shows: the answers, the prompt, tools, empty fields."""
    lists = [name for name in _LISTS if not isinstance(row.get(name), str)]
    return ["chosen", "rejected", *lists, *_TOOLS, *_shown_text(row, prompt)]


def _shown_text(row: dict[str, Any], prompt: list[Message]) -> list[str]:
    """Return the columns of a prompt that is a text, where a message is that very text."""
    empty = empty_columns(row, ["input"])
    name = next((name for name in _TEXTS if isinstance(row.get(name), str)), None)
    if name is None or all(message.get("content") != row[name] for message in prompt):
        return empty
    return [name, *empty]
