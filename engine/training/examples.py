"""Examples as a model learns from them: token ids, and labels on the assistant's words only.

An example is rendered by the model's chat template and tokenized once, as a whole. A token is
labelled if it holds a character that the assistant wrote, or the mark with which its turn ends.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

IGNORED = -100
"""The label of a token that the loss leaves out, as PyTorch's cross entropy has it."""


class ExampleError(Exception):
    """A line of a data file that is no example."""


class Tokenized(NamedTuple):
    """An example as the model sees it.

    Attributes:
        input_ids: its tokens.
        labels: the same ids where the model shall learn them, `IGNORED` elsewhere.
        truncated: whether its end was cut off.
    """

    input_ids: list[int]
    labels: list[int]
    truncated: bool


class Encoder(Protocol):
    """Turns lines of canonical JSON into tokens and labels, in the way that a kind of model reads.

    Attributes:
        max_length: how many tokens of an example are kept.
    """

    max_length: int

    def encode(self, lines: Sequence[str], first_line: int = 1) -> list[Tokenized]:
        """Tokenize some examples at once; see `ExampleEncoder.encode`."""
        ...


class ExampleEncoder:
    """Turns lines of canonical JSON into tokens and labels.

    Args:
        tokenizer: the model's, with a chat template.
        max_length: how many tokens of an example are kept.

    Attributes:
        max_length: the same.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, max_length: int) -> None:
        self._tokenizer = tokenizer
        self.max_length = max_length

    def encode(self, lines: Sequence[str], first_line: int = 1) -> list[Tokenized]:
        """Tokenize some examples at once.

        Args:
            lines: a JSON object with `messages` each.
            first_line: the number of the first, for errors.

        Raises:
            ExampleError: if a line is no such object, or the chat template refuses its messages.
        """
        texts, spans = [], []
        for number, line in enumerate(lines, start=first_line):
            text, of_assistant = self._rendered(line, number)
            texts.append(text)
            spans.append(of_assistant)
        tokens = self._tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True)
        rows = zip(tokens["input_ids"], tokens["offset_mapping"], spans, strict=True)
        return [self._labelled(ids, offsets, of_assistant) for ids, offsets, of_assistant in rows]

    def _rendered(self, line: str, number: int) -> tuple[str, list[tuple[int, int]]]:
        with named(number):
            return self._render_turns(*conversation(line))

    def _render_turns(
        self, messages: list[dict[str, Any]], tools: list[Any] | None
    ) -> tuple[str, list[tuple[int, int]]]:
        """Render a conversation, and find where in the text the assistant's turns are."""
        text = self._render(messages, tools)
        spans = []
        for place, message in enumerate(messages):
            if message["role"] == "assistant" and message.get("weight") != 0:
                spans.append(self._turn(text, messages[: place + 1], tools))
        return text, spans

    def _turn(
        self, text: str, messages: list[dict[str, Any]], tools: list[Any] | None
    ) -> tuple[int, int]:
        """Find the last of some messages in the text of a conversation that begins with them."""
        earlier, answer = messages[:-1], (messages[-1].get("content") or "").strip()
        through = self._render(messages, tools)
        if earlier:
            prompt = self._render(earlier, tools, prompting=True)
            start = _common_length(prompt, text)
        else:
            start = max(through.rfind(answer), 0)
        if text.startswith(through):
            return start, len(through.rstrip())
        return start, _end_of_turn(text, start, through, answer)

    def _render(
        self, messages: list[dict[str, Any]], tools: list[Any] | None, *, prompting: bool = False
    ) -> str:
        rendered: str = self._tokenizer.apply_chat_template(
            messages, tools=tools, tokenize=False, add_generation_prompt=prompting
        )
        return rendered

    def _labelled(
        self, ids: list[int], offsets: list[tuple[int, int]], spans: list[tuple[int, int]]
    ) -> Tokenized:
        labels = [IGNORED] * len(ids)
        for start, end in spans:
            first = bisect_right(offsets, start, key=itemgetter(1))
            beyond = bisect_left(offsets, end, key=itemgetter(0))
            labels[first:beyond] = ids[first:beyond]
        kept = self.max_length
        return Tokenized(ids[:kept], labels[:kept], len(ids) > kept)


def conversation(line: str) -> tuple[list[dict[str, Any]], list[Any] | None]:
    """Return the messages and the tools of a line, as chat templates want them.

    Raises:
        ValueError: if it is no JSON, or holds more than text.
        KeyError: if it is no example.
        TypeError: if it is no example.
        AttributeError: if it is no example.
    """
    example = json.loads(line)
    messages = [_with_text(_with_parsed_calls(message)) for message in example["messages"]]
    return messages, example.get("tools")


@contextmanager
def named(number: int) -> Iterator[None]:
    """Have what goes wrong with a line tell which one it is.

    Raises:
        ExampleError: instead of what went wrong.
    """
    from jinja2 import TemplateError

    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ExampleError(f"line {number} is no example: {error}") from error
    except TemplateError as error:
        raise ExampleError(
            f"line {number} does not fit the model's chat template: {error}"
        ) from error


def _common_length(one: str, other: str) -> int:
    """Return how many characters two texts share before they differ."""
    if other.startswith(one):
        return len(one)
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _with_parsed_calls(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message whose tool calls' arguments are objects.

    The hosted APIs keep them as JSON in a string; chat templates want what it says.
    """
    calls = message.get("tool_calls")
    return message | {"tool_calls": [_parsed_call(call) for call in calls]} if calls else message


def _with_text(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message whose content is one text, also if it came in parts of text.

    Raises:
        ValueError: if a part is something else (an image).
    """
    content = message.get("content")
    if not isinstance(content, list):
        return message
    kinds = {part.get("type") for part in content}
    if kinds - {"text"}:
        raise ValueError(f"a language model on this machine takes texts only, not {kinds}")
    return message | {"content": "".join(part["text"] for part in content)}


def _parsed_call(call: dict[str, Any]) -> dict[str, Any]:
    function = call.get("function", {})
    arguments = function.get("arguments")
    if not isinstance(arguments, str):
        return call
    return call | {"function": function | {"arguments": json.loads(arguments)}}


def _end_of_turn(text: str, start: int, through: str, answer: str) -> int:
    """Find the end of a turn that its template renders otherwise once others follow it.

    Some templates drop a turn's reasoning as soon as the next one is there. The answer and the mark
    that ends the turn are the same in both renderings.
    """
    found = text.find(answer, start) if answer else -1
    if found < 0:
        return start
    end = found + len(answer)
    mark = through[through.rfind(answer) + len(answer) :].rstrip()
    return end + len(mark) if text.startswith(mark, end) else end
