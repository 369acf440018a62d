"""What is wrong with one message: its keys, role, content, name and weight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from engine.data.checking.rules import Problem, shown
from engine.data.reading.rows import excerpt, kind_of
from engine.data.shapes.example import ROLES

Message = dict[str, Any]

_SPEAKER = re.compile(r"[^\s<|\\/>]{1,64}")
"""What OpenAI takes for the name of a speaker, as the message of its refusal has it."""
_FUNCTION = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What OpenAI takes for the name of a function (API reference, `FunctionDefinition`)."""

CALLS = ("tool_calls", "function_call")
_INSTEAD_OF_CONTENT = (*CALLS, "refusal")
_COMMON_KEYS = frozenset({"role", "content", "name", "weight"})
_ROLE_KEYS = {
    "assistant": frozenset({"tool_calls", "function_call", "refusal"}),
    "tool": frozenset({"tool_call_id"}),
}
_OWNERS = {key: role for role, keys in _ROLE_KEYS.items() for key in keys}
_KNOWN_KEYS = (*sorted(_COMMON_KEYS), *_OWNERS)

_TEXT_PARTS = {"text": None, "refusal": "assistant"}
_DATA_PARTS = {"image_url": "user", "input_audio": "user", "file": "user"}
_PART_ROLES = _TEXT_PARTS | _DATA_PARTS
"""The types of parts, and whose messages alone may hold them."""

_OTHER_WORDS = {
    "human": "user",
    "customer": "user",
    "question": "user",
    "prompt": "user",
    "instruction": "system",
    "bot": "assistant",
    "ai": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "model": "assistant",
    "answer": "assistant",
    "completion": "assistant",
}
"""What other formats call the roles."""


def message_problems(message: object, place: str) -> Iterator[Problem]:
    """Yield what is wrong with one message by itself.

    A key whose value is null counts as absent, except for role and content.

    Args:
        message: what stands where a message should.
        place: where that is ("messages[2]").
    """
    if not isinstance(message, dict):
        yield Problem(
            "data-type", place, f"This is {kind_of(message)}, not a message", shown(message)
        )
        return
    yield from _missing_keys(message, place)
    yield from _unknown_keys(message, place)
    if "role" in message and message["role"] not in ROLES:
        yield _unknown_role(message["role"], f"{place}.role")
    if "content" in message:
        yield from _content(message, f"{place}.content")
    if message.get("name") is not None:
        yield from _speaker(message["name"], f"{place}.name")
    if message.get("weight") is not None:
        yield from _weight(message, f"{place}.weight")
    if message.get("role") == "function" or message.get("function_call"):
        yield Problem("deprecated-functions", place, "Functions are called the old way here")


def function_name(name: object, place: str) -> Iterator[Problem]:
    """Yield what is wrong with the name of a function."""
    wanted = "A name is 1 to 64 letters (a to z), digits, underscores and hyphens"
    yield from _name(name, place, "invalid-tools", _FUNCTION, wanted)


def says_otherwise(message: Message) -> bool:
    """Tell whether the assistant calls a tool or refuses, and so needs no content."""
    return message.get("role") == "assistant" and any(map(message.get, _INSTEAD_OF_CONTENT))


def _speaker(name: object, place: str) -> Iterator[Problem]:
    wanted = "A name is 1 to 64 characters, none of them a blank or one of < > | / \\"
    yield from _name(name, place, "invalid-name", _SPEAKER, wanted)


def _name(
    name: object, place: str, rule: str, pattern: re.Pattern[str], wanted: str
) -> Iterator[Problem]:
    if not isinstance(name, str):
        yield Problem(rule, place, f"The name is {kind_of(name)}, not a text", shown(name))
    elif not pattern.fullmatch(name):
        yield Problem(rule, place, wanted, name)


def _missing_keys(message: Message, place: str) -> Iterator[Problem]:
    missing = [key for key in ("role", "content") if key not in message]
    if "content" in missing and says_otherwise(message):
        missing.remove("content")
    if missing:
        yield Problem(
            "message-missing-key", place, f"The message has no {' and no '.join(missing)}"
        )


def _unknown_keys(message: Message, place: str) -> Iterator[Problem]:
    role = message.get("role")
    own = _ROLE_KEYS.get(role, frozenset()) if isinstance(role, str) else frozenset()
    unknown = [
        key
        for key, value in message.items()
        if key not in _COMMON_KEYS and key not in own and value is not None
    ]
    if unknown:
        said = "; ".join(map(_named_key, unknown))
        yield Problem("message-unrecognized-key", place, said, ", ".join(unknown))


def _named_key(key: str) -> str:
    if key in _OWNERS:
        article = "an" if _OWNERS[key] == "assistant" else "a"
        return f"{key} belongs into {article} {_OWNERS[key]} message"
    likely = get_close_matches(key, _KNOWN_KEYS, n=1)
    hint = f" (did you mean {likely[0]}?)" if likely else ""
    return f"'{excerpt(key, 40)}' is no key of a message{hint}"


def _unknown_role(role: object, place: str) -> Problem:
    if not isinstance(role, str):
        return Problem("unrecognized-role", place, f"The role is {kind_of(role)}", shown(role))
    word = role.strip().lower()
    likely = [_OTHER_WORDS[word]] if word in _OTHER_WORDS else get_close_matches(word, ROLES, n=1)
    hint = f"; did you mean {likely[0]}?" if likely else f"; it can be {', '.join(ROLES)}"
    return Problem("unrecognized-role", place, f"'{excerpt(role, 40)}' is no role{hint}", role)


def _content(message: Message, place: str) -> Iterator[Problem]:
    content = message["content"]
    if isinstance(content, list) and content:
        yield from _parts(content, message.get("role"), place)
    elif isinstance(content, str) and content:
        if content.isspace() and not says_otherwise(message):
            yield Problem("blank-content", place, "The content is only white space", content)
    elif content is None or content in ("", []):
        if not says_otherwise(message):
            yield _without_content(message, place)
    else:
        yield Problem(
            "missing-content",
            place,
            f"The content is {kind_of(content)}, not a text",
            shown(content),
        )


def _without_content(message: Message, place: str) -> Problem:
    """Judge a content that is null or empty. A tool that gives nothing back is no fault."""
    if message.get("role") == "tool" and message["content"] == "":
        return Problem("blank-content", place, "The tool's answer is empty")
    what = "null" if message["content"] is None else "empty"
    return Problem("missing-content", place, f"The content is {what}")


def _parts(parts: list[Any], role: object, place: str) -> Iterator[Problem]:
    for number, part in enumerate(parts):
        fault = _part_fault(part, role)
        if fault is not None:
            yield Problem("invalid-content-part", f"{place}[{number}]", *fault)
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    if texts and all(isinstance(text, str) and not text.strip() for text in texts):
        yield Problem("blank-content", place, "The content is only white space")


def _part_fault(part: object, role: object) -> tuple[str, str] | None:
    """Say what is wrong with a part of a content, and show it."""
    if not isinstance(part, dict):
        return f"This part is {kind_of(part)}, not an object", shown(part)
    kind = part.get("type")
    if not isinstance(kind, str) or kind not in _PART_ROLES:
        known = ", ".join(_PART_ROLES)
        return f"A part's type is one of {known}", shown(kind)
    if kind in _TEXT_PARTS and not isinstance(part.get(kind), str):
        return f"This part has no {kind} that is a text", shown(part.get(kind))
    if kind in _DATA_PARTS and not isinstance(part.get(kind), dict):
        return f"This part has no {kind} that is an object", shown(part.get(kind))
    owner = _PART_ROLES[kind]
    if owner is not None and role != owner:
        return f"Only {owner} messages hold parts of the type {kind}", kind
    return None


def _weight(message: Message, place: str) -> Iterator[Problem]:
    weight = message["weight"]
    if message.get("role") != "assistant":
        yield Problem(
            "invalid-weight", place, "Only assistant messages have a weight", shown(weight)
        )
    elif isinstance(weight, bool) or weight not in (0, 1):
        yield Problem("invalid-weight", place, "A weight is 0 or 1", shown(weight))
