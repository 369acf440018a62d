"""A prompt: what a model is asked, and where one is known the answer that was hoped for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.data.shapes.example import Record, texts_of
from engine.errors import LabError

if TYPE_CHECKING:
    from store.blobs import BlobStore

Message = dict[str, Any]

_WAITING = ("user", "tool", "function")
"""Whose messages an assistant answers."""

_NOT_ASKED = ("weight",)
"""What messages say to training alone, and what no service takes in a question."""


@dataclass(frozen=True)
class Prompt:
    """What a model is asked.

    Attributes:
        messages: the conversation, as chat completions take it; a question to answer stands last.
        tools: what the model may call, as chat completions take it.
        reference: the message that was hoped for, if one is known.
        part: where it is from (`training`, `validation`, `held-out`, `suite`); None if that does
            not matter.
    """

    messages: tuple[Message, ...]
    tools: tuple[Message, ...] = ()
    reference: Message | None = None
    part: str | None = None

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of what is asked, whatever was hoped for and wherever it is from."""
        asked: dict[str, Any] = {"messages": self.messages}
        if self.tools:
            asked["tools"] = self.tools
        return digest_of(asked)

    @property
    def question(self) -> str:
        """The text of the last message, to show."""
        return text_of(self.messages[-1])

    def with_system(self, system: str | None) -> Prompt:
        """Return the prompt with a system prompt, if it has none of its own."""
        if system is None or self.messages[0]["role"] in ("system", "developer"):
            return self
        return replace(self, messages=({"role": "system", "content": system}, *self.messages))

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON, without what it does not have."""
        said: dict[str, Any] = {"messages": list(self.messages)}
        if self.tools:
            said["tools"] = list(self.tools)
        if self.reference is not None:
            said["reference"] = self.reference
        if self.part is not None:
            said["part"] = self.part
        return said

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Prompt:
        """Return what `to_json` wrote."""
        return cls(
            tuple(said["messages"]),
            tuple(said.get("tools", ())),
            said.get("reference"),
            said.get("part"),
        )


def prompt_of(example: Record, part: str | None = None) -> Prompt | None:
    """Return what an example asks; None if that is nothing.

    A conversation that ends with a question, or with what a tool said, is asked as a whole; any
    other is asked up to its last answer, which is what was hoped for.

    Args:
        example: a chat or preference example, or a conversation that ends with a question.
        part: where it is from.
    """
    if "messages" in example:
        source, answers = example, []
    else:
        source, answers = example["input"], example["preferred_output"]
    messages = [_asked(message) for message in source["messages"]]
    reference = _asked(answers[-1]) if answers else None
    messages += [_asked(message) for message in answers[:-1]]
    if reference is None and not _ends_open(messages):
        last = _last_answer(messages)
        if last is not None:
            reference, messages = messages[last], messages[:last]
    if not messages:
        return None
    return Prompt(tuple(messages), tuple(_tools(source)), reference, part)


def _ends_open(messages: list[Message]) -> bool:
    """Tell whether a conversation waits for an answer."""
    return bool(messages) and messages[-1]["role"] in _WAITING


def _last_answer(messages: list[Message]) -> int | None:
    places = (at for at in reversed(range(len(messages))) if messages[at]["role"] == "assistant")
    return next(places, None)


def _asked(message: Message) -> Message:
    return {key: value for key, value in message.items() if key not in _NOT_ASKED}


def _tools(source: Record) -> list[Message]:
    """Return the tools; the `functions` of older files are tools of the only kind there was."""
    if source.get("tools"):
        return list(source["tools"])
    return [{"type": "function", "function": each} for each in source.get("functions") or ()]


def text_of(message: Message | None) -> str:
    """Return the text of a message; a tool call in place of one as its JSON."""
    if message is None:
        return ""
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(texts_of(message))
    if message.get("tool_calls"):
        return json.dumps(message["tool_calls"], ensure_ascii=False)
    return str(message.get("refusal") or "")


def digest_of(value: object) -> str:
    """Return the SHA-256 of plain JSON, in hexadecimal, whatever the order of its keys.

    Raises:
        LabError: if it holds what UTF-8 cannot.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return hashlib.sha256(text.encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise LabError("a prompt has half of a surrogate pair, which is no character") from error


def distinct(prompts: Iterable[Prompt]) -> list[Prompt]:
    """Return the prompts without those that ask the very same as one before."""
    found: dict[str, Prompt] = {}
    for prompt in prompts:
        found.setdefault(prompt.digest, prompt)
    return list(found.values())


def unrepeated(prompts: Iterable[Prompt]) -> list[Prompt]:
    """Return the prompts without those that ask and hope for the very same as one before."""
    found: dict[tuple[str, str | None], Prompt] = {}
    for prompt in prompts:
        hoped_for = None if prompt.reference is None else text_of(prompt.reference)
        found.setdefault((prompt.digest, hoped_for), prompt)
    return list(found.values())


def content_of(prompts: Iterable[Prompt]) -> str:
    """Return the hash that prompts have once they are kept."""
    digest = hashlib.sha256()
    for prompt in prompts:
        digest.update(line_of(prompt.to_json()))
    return digest.hexdigest()


def keep(blobs: BlobStore, prompts: Iterable[Prompt]) -> tuple[str, int]:
    """Write prompts into the blobs, a line of JSON each; return the content's hash and bytes."""
    with blobs.write() as blob:
        for prompt in prompts:
            blob.write(line_of(prompt.to_json()))
    return blob.hexdigest(), blob.size


def kept(blobs: BlobStore, content: str) -> Iterator[Prompt]:
    """Read back what `keep` wrote.

    Raises:
        NotFoundError: if the content is missing.
        BlobCorruptError: if it has changed.
    """
    with blobs.verified(content).open("rb") as file:
        for line in file:
            yield Prompt.from_json(json.loads(line))


def line_of(said: dict[str, Any]) -> bytes:
    """Return plain JSON as its line, in UTF-8."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
