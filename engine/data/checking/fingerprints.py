"""Hashes by which examples are found again: eight bytes for a prompt, eight for its answer.

Two different prompts of a million share a hash with a probability of 3 in 100 million (64 bits,
birthday bound), so a hash stands for what it was made of.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from engine.data.shapes.example import CHAT_KEYS, Record, is_completion, messages_of

HASHES = "Q"
"""Eight bytes each."""

_HALF = 8

NO_PROMPT = 0
"""The hash of a prompt that is not there."""
_NO_PROMPT = bytes(_HALF)

_PARTS = 64
"""How many parts a search for equals goes through, one at a time, so that it stays small."""

_WEIGHT_BITS = 2
"""The lowest bits of an answer's hash tell its weight: without them it is that of its words."""

_PLAIN_KEYS = 2
"""A role and a content."""

_TOOL_KEYS = CHAT_KEYS[1:]

_BETWEEN = "\n\r\t\n"
"""What messages are joined with: text that hardly occurs within one."""


Key = bytes
"""What an example is found by: the hash of all that the answer is given to, then that of the answer
(the last of the assistant's messages, or both outputs)."""


class Fingerprints:
    """The keys of many examples, 24 bytes each.

    Attributes:
        lines: where each example starts.
        prompts: the hash of each one's prompt.
        answers: the hash of each one's answer.
    """

    def __init__(self) -> None:
        self.lines = array(HASHES)
        self.prompts = array(HASHES)
        self.answers = array(HASHES)

    def __len__(self) -> int:
        return len(self.lines)

    def add(self, lines: Iterable[int], keys: Iterable[Key]) -> None:
        """Add examples by their lines and keys."""
        self.lines.extend(lines)
        halves = array(HASHES, b"".join(keys))
        self.prompts.extend(halves[::2])
        self.answers.extend(halves[1::2])

    def extend(self, others: Fingerprints) -> None:
        """Add the examples of another batch."""
        self.lines.extend(others.lines)
        self.prompts.extend(others.prompts)
        self.answers.extend(others.answers)

    def parts(self) -> list[array[int]]:
        """Return the examples' numbers, spread over parts by their prompts' hash."""
        parts = [array(HASHES) for _ in range(_PARTS)]
        for number, prompt in enumerate(self.prompts):
            parts[prompt % _PARTS].append(number)
        return parts


def same_prompts(keys: Fingerprints) -> Iterator[list[int]]:
    """Yield the numbers of the examples that share a prompt, where several do."""
    for part in keys.parts():
        first: dict[int, int] = {}
        groups: dict[int, list[int]] = {}
        for number in part:
            prompt = keys.prompts[number]
            if prompt in first:
                groups.setdefault(prompt, [first[prompt]]).append(number)
            else:
                first[prompt] = number
        yield from groups.values()


class Repeated(NamedTuple):
    """Which examples are there already, and which contradict another; a 0 says that one does not.

    Attributes:
        same_as: for every example, where the first that is the same starts.
        answers_otherwise: for every example, where the first that answers its prompt in other words
            starts.
    """

    same_as: array[int]
    answers_otherwise: array[int]

    def numbers(self) -> list[int]:
        """Return the numbers of the examples that could be left out."""
        return [number for number, line in enumerate(self.same_as) if line]


def repeated(keys: Fingerprints) -> Repeated:
    """Look for examples that are there twice, and for prompts with several answers.

    Answers that differ in nothing but their weight do neither repeat nor contradict each other.
    """
    found = Repeated(*(array(HASHES, bytes(_HALF * len(keys))) for _ in range(2)))
    for numbers in same_prompts(keys):
        firsts: dict[int, int] = {}
        said: set[int] = set()
        has_prompt = keys.prompts[numbers[0]] != NO_PROMPT
        for number in numbers:
            answer = keys.answers[number]
            if answer in firsts:
                found.same_as[number] = firsts[answer]
                continue
            firsts[answer] = keys.lines[number]
            words = answer >> _WEIGHT_BITS
            if said and has_prompt and words not in said:
                found.answers_otherwise[number] = keys.lines[numbers[0]]
            said.add(words)
    return found


class Shared(NamedTuple):
    """An example whose prompt is in another dataset too.

    Attributes:
        number: the example's number.
        line: where the other dataset's example starts.
        whole: whether the answer is the same as well.
    """

    number: int
    line: int
    whole: bool


def shared(ours: Fingerprints, theirs: Fingerprints) -> Iterator[Shared]:
    """Yield our examples that are in another dataset, or whose prompts are, in no order."""
    for our_part, their_part in zip(ours.parts(), theirs.parts(), strict=True):
        known: dict[int, dict[int, int]] = {}
        for number in their_part:
            answers = known.setdefault(theirs.prompts[number], {})
            answers.setdefault(theirs.answers[number], theirs.lines[number])
        for number in our_part:
            answers = known.get(ours.prompts[number], {})
            if ours.answers[number] in answers:
                yield Shared(number, answers[ours.answers[number]], whole=True)
            elif answers and ours.prompts[number] != NO_PROMPT:
                yield Shared(number, next(iter(answers.values())), whole=False)


def plain_key(prompt: bytes, answer: bytes) -> Key:
    """Return the key of a chat of texts by what `plain_texts` gives of it."""
    return digest(prompt) + digest(answer)


def plain_texts(roles: Sequence[str], contents: Sequence[str]) -> tuple[bytes, bytes]:
    """Return what the keys of a chat of texts are made of, the last of them being the answer.

    Raises:
        UnicodeEncodeError: if a text holds half of a surrogate pair.
    """
    prompt = _BETWEEN.join((*roles[:-1], *contents[:-1]))
    return prompt.encode(), contents[-1].encode()


def key_of(record: Record) -> Key:
    """Return the key of a well-formed example; columns beside it are no part of it."""
    if "messages" in record or is_completion(record):
        return _chat_key(messages_of(record), record)
    source = record["input"]
    prompt_only = _chat_key([*source["messages"], _NO_ANSWER], source)
    outputs = [record["preferred_output"], record["non_preferred_output"]]
    return prompt_only[:_HALF] + _digest(_json(outputs))


_NO_ANSWER = {"role": "assistant", "content": ""}


def _chat_key(messages: list[dict[str, Any]], holder: dict[str, Any]) -> Key:
    """Return the key of a chat; what comes after the last answer counts as part of the prompt.

    Args:
        messages: of the chat.
        holder: where its tools stand.
    """
    last = max(n for n, message in enumerate(messages) if message["role"] == "assistant")
    others = [*messages[:last], *messages[last + 1 :]]
    answer = _answer_hash(messages[last])
    texts = list(map(_text, others))
    if not any(texts):
        return _NO_PROMPT + answer
    prompt = _BETWEEN.join((*(message["role"] for message in others), *texts))
    tools = [[key, holder[key]] for key in _TOOL_KEYS if holder.get(key) not in (None, [])]
    return _digest(prompt + _json(tools) if tools else prompt) + answer


def _answer_hash(message: dict[str, Any]) -> bytes:
    weight = message.get("weight")
    if weight not in (0, 1):
        return _digest(_text(message))
    words = hash_of(_text({key: message[key] for key in message if key != "weight"}))
    return (words ^ (1 + int(weight))).to_bytes(_HALF, sys.byteorder)


def _text(message: dict[str, Any]) -> str:
    """Return what a message says: its content, if there is nothing else; null says nothing."""
    content = message.get("content")
    if len(message) != _PLAIN_KEYS:
        message = {key: value for key, value in message.items() if value is not None}
    return content if len(message) == _PLAIN_KEYS and isinstance(content, str) else _json(message)


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def digest(text: bytes) -> bytes:
    """Return eight bytes of BLAKE2b: the same in every process and on every run."""
    return blake2b(text, digest_size=_HALF).digest()


def hash_of(text: str) -> int:
    """Return the digest of a text as a number."""
    return int.from_bytes(_digest(text), sys.byteorder)


def _digest(text: str) -> bytes:
    return digest(text.encode())
