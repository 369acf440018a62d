"""The turns of a conversation, under whatever names they are kept, as messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.data.errors import RowError
from engine.data.reading.rows import excerpt
from engine.data.shapes.fields import named_kind, parsed, require_text
from engine.data.shapes.messages import Message, checked_messages

SPEAKERS = {
    "human": "user",
    "user": "user",
    "prompter": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "chatgpt": "assistant",
    "chatbot": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "system": "system",
    "developer": "developer",
    "tool": "tool",
    "observation": "tool",
    "tool_response": "tool",
    "function_response": "tool",
    "function-response": "tool",
    "ipython": "tool",
    "function": "function",
}
"""The role of each name under which a speaker is known."""

_JUST_SAYING = {name: role for name, role in SPEAKERS.items() if role != "tool"}
"""The speakers whose turns are their words and nothing more."""

_CALLING = frozenset({"function_call", "function-call", "tool_call"})
_USUAL_SPEAKERS = "human, gpt, system, tool, function_call, observation"

_FROM_VALUE = ("from", "value")
_PLAIN_TURN_LENGTH = 2
_ROLE_CONTENT = ("role", "content")

CALL_IDS = "tool_call_ids"
"""A field of a turn that calls tools: the ids of its calls, if they are not just numbered."""


class CallIds:
    """Which call of a tool each answer is to.

    The format has no ids: calls are numbered in a conversation, and each answer is to the earliest
    call that has none yet.
    """

    def __init__(self, made: int = 0, unanswered: Iterable[str] = ()) -> None:
        self._made = made
        self._unanswered = list(unanswered)

    def copy(self) -> CallIds:
        """Return the same, to go on with in one of two continuations."""
        return CallIds(self._made, self._unanswered)

    def numbered(self, count: int) -> list[str]:
        """Return the ids that the next calls have."""
        ids = [f"call_{self._made + number}" for number in range(1, count + 1)]
        self._made += count
        return ids

    def called(self, ids: Iterable[str]) -> None:
        """Note calls that wait for an answer."""
        self._unanswered.extend(ids)

    def next_answered(self) -> str | None:
        """Return the call that an answer without an id is to; None if none waits for one."""
        return self._unanswered[0] if self._unanswered else None

    def answered(self, call: object) -> None:
        """Note that a call has its answer."""
        if call in self._unanswered:
            self._unanswered.remove(call)


def messages_of_turns(turns: object, place: str, calls: CallIds | None = None) -> list[Message]:
    """Return turns of `from` and `value`, or of `role` and `content`, as messages.

    Their other fields are kept; whoever speaks may be called by any of the usual names.

    Args:
        turns: what should be a list of turns.
        place: where it stands in the row, for messages to the user.
        calls: the calls made before, if these turns go on.

    Raises:
        RowError: naming the field that is wrong.
    """
    if not isinstance(turns, list):
        raise RowError(f"has {named_kind(turns)} in {place}, not a list")
    calls = calls or CallIds()
    messages = [_message(turn, f"{place}[{number}]", calls) for number, turn in enumerate(turns)]
    return checked_messages(messages, place)


def _message(turn: object, place: str, calls: CallIds) -> Message:
    if not isinstance(turn, dict):
        raise RowError(f"has {named_kind(turn)} in {place}, not an object")
    if len(turn) == _PLAIN_TURN_LENGTH and isinstance(turn.get("value"), str):
        speaker = turn.get("from")
        if isinstance(speaker, str) and speaker in _JUST_SAYING:
            return {"role": _JUST_SAYING[speaker], "content": turn["value"]}
    return _whole_message(turn, place, calls)


def _whole_message(turn: dict[str, Any], place: str, calls: CallIds) -> Message:
    who, what = _FROM_VALUE if turn.get("role") is None else _ROLE_CONTENT
    if turn.get("from") is not None and who == "role":
        raise RowError(f"has both from and role in {place}")
    speaker = require_text(turn, who, f"{place}.{who}").lower()
    others = {key: value for key, value in turn.items() if key not in (who, what)}
    if speaker in _CALLING:
        ids = others.pop(CALL_IDS, None)
        return _calling(turn.get(what), f"{place}.{what}", calls, ids) | _said(others, place)
    if speaker not in SPEAKERS:
        known = f"it can be {_USUAL_SPEAKERS}"
        raise RowError(f"has '{excerpt(turn[who], 40)}' in {place}.{who}; {known}")
    said: Message = {"role": SPEAKERS[speaker]}
    if who == "from":
        said["content"] = require_text(turn, what, f"{place}.{what}")
    elif what in turn:
        said["content"] = turn[what]
    if said["role"] == "tool":
        said |= _answering(others.get("tool_call_id"), calls)
    return said | _said(others, place)


def _said(others: dict[str, Any], place: str) -> dict[str, Any]:
    """Return a turn's other fields, less those that are null."""
    if not others:
        return others
    kept = {key: value for key, value in others.items() if value is not None}
    if "content" in kept:
        raise RowError(f"has both value and content in {place}")
    return kept


def _answering(given: object, calls: CallIds) -> dict[str, Any]:
    """Return the id of the call that a tool's answer is to, as a field, if there is one."""
    call = calls.next_answered() if given is None else given
    calls.answered(call)
    return {} if call is None else {"tool_call_id": call}


def _calling(value: object, place: str, calls: CallIds, given: object) -> Message:
    """Return the message of a turn that is nothing but calls of tools."""
    if isinstance(value, str):
        value = parsed(value, place)
    functions = value if isinstance(value, list) else [value]
    if not functions or not all(isinstance(function, dict) for function in functions):
        raise RowError(f"has {named_kind(value)} in {place} that is no call: a name and arguments")
    ids = calls.numbered(len(functions))
    if isinstance(given, list) and len(given) in (0, len(functions)):
        ids = given
    calls.called(ids)
    made = [{"type": "function", "function": function} for function in functions]
    if ids:
        made = [{"id": name} | call for name, call in zip(ids, made, strict=True)]
    return {"role": "assistant", "content": None, "tool_calls": made}
