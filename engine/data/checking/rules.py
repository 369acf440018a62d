"""Every rule of the checks, and what a rule finds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

from engine.data.shapes.example import Record

Severity = Literal["error", "warning", "note"]
"""An error: the provider refuses the file, or the example cannot be learnt from. A warning: it will
be trained, but probably not as meant. A note: good to know."""

Scope = Literal["row", "dataset"]
Method = Literal["supervised", "dpo", "completion"]
"""What a row is for: chat examples, preference pairs, or a prompt with its completion."""


class Rule(NamedTuple):
    """One thing that is looked for.

    Attributes:
        name: in kebab case.
        severity: how bad it is.
        scope: whether one row breaks it, or the dataset as a whole.
        explanation: what it wants, in a sentence.
    """

    name: str
    severity: Severity
    scope: Scope
    explanation: str


class Problem(NamedTuple):
    """What a rule finds in a row.

    Attributes:
        rule: its name.
        place: where in the row, as a path ("messages[2].role"); empty for the row itself.
        message: what is wrong, as a sentence without its full stop.
        text: the offending text, as it stands in the file.
    """

    rule: str
    place: str
    message: str
    text: str = ""


class Finding(NamedTuple):
    """What a rule finds, for a person.

    Attributes:
        severity: how bad it is.
        rule: its name.
        file: the file or dataset version.
        line: the line on which the row starts, from 1; None for the dataset as a whole.
        place: where in the row, as a path ("messages[2].role").
        message: what is wrong.
        excerpt: the beginning of the offending text, safe to print.
    """

    severity: Severity
    rule: str
    file: str
    line: int | None
    place: str
    message: str
    excerpt: str

    def to_json(self) -> dict[str, Any]:
        """Return the finding as plain JSON."""
        return self._asdict()


def shown(value: object) -> str:
    """Return a value as it stands in the file, to make an excerpt of."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


class RowRules(Protocol):
    """Rules of one's own for rows (secrets, say); travels to other processes.

    Attributes:
        rules: what they look for; their names are none of `RULES`.
    """

    rules: Sequence[Rule]

    def may_concern(self, texts: bytes) -> bool:
        """Tell quickly whether a row may break them that has these texts (UTF-8) and no others."""
        ...

    def __call__(self, example: Record, columns: Mapping[str, Any]) -> Iterable[Problem]:
        """Return what is found in a row; its other rules have found it to be well formed.

        Args:
            example: what the row's method takes of it.
            columns: what stands beside that.
        """
        ...


_ROW: tuple[tuple[Severity, str, str], ...] = (
    # What OpenAI's notebook looks for, under its names.
    ("error", "data-type", "A row is a JSON object."),
    (
        "error",
        "missing-messages-list",
        "A chat example has a list of messages that is not empty.",
    ),
    ("error", "message-missing-key", "A message has a role and a content."),
    (
        "error",
        "message-unrecognized-key",
        "A message has no other keys than those of its role in the chat format.",
    ),
    (
        "error",
        "unrecognized-role",
        "A role is system, developer, user, assistant or tool.",
    ),
    (
        "error",
        "missing-content",
        "A content is a text or a list of parts, and not empty unless tools are called instead.",
    ),
    (
        "error",
        "example-missing-assistant-message",
        "An example has an assistant message to learn from.",
    ),
    # What it does not look for.
    ("error", "unreadable-row", "A row can be read: whole, valid JSON in UTF-8."),
    ("error", "repaired-row", "A row is valid JSON as it stands; a provider mends nothing."),
    ("error", "invalid-content-part", "A part of a content is of a known type, in its place."),
    ("error", "invalid-weight", "A weight is 0 or 1, and only assistant messages have one."),
    ("error", "invalid-name", "A name has 64 characters at most, and no blanks or < > | / \\."),
    ("error", "invalid-tools", "Tools are a list of functions, each with a name of its own."),
    ("error", "invalid-tool-call", "A tool call is a function with its name and arguments."),
    ("error", "tool-call-without-id", "A tool call has an id, which its answer repeats."),
    ("error", "tool-call-arguments", "A tool call's arguments are a JSON object, as text."),
    ("error", "tool-call-unknown-tool", "A tool that is called is among the example's tools."),
    ("error", "tool-message-without-call", "A tool message answers an earlier tool call."),
    (
        "error",
        "tool-call-unanswered",
        "A tool call is answered before the conversation goes on.",
    ),
    ("error", "preference-missing-key", "A preference example has an input and two outputs."),
    (
        "error",
        "preference-output",
        "Each output of a preference example is exactly one assistant message.",
    ),
    ("error", "preference-same-outputs", "The two outputs of a preference example differ."),
    ("error", "missing-prompt", "A prompt/completion example has a prompt that is a text."),
    (
        "error",
        "missing-completion",
        "A prompt/completion example has a completion that is a text and not empty.",
    ),
    ("error", "invalid-number", "A number is one that JSON has: neither NaN nor Infinity."),
    ("error", "unpaired-surrogate", "A text holds whole characters, no halves of them."),
    ("error", "chat-template", "The model's own chat template takes the messages."),
    ("warning", "blank-content", "A message says something: it is not only white space."),
    ("warning", "nothing-to-learn", "Not every assistant message of an example has weight 0."),
    ("warning", "missing-user-message", "An example has a user message."),
    (
        "warning",
        "last-message-not-assistant",
        "An example ends with the assistant: what comes after its last message teaches nothing.",
    ),
    (
        "warning",
        "first-message-not-user",
        "After the system message, the user speaks first.",
    ),
    ("warning", "several-system-messages", "An example has one system message at most."),
    ("warning", "system-message-not-first", "A system message comes first."),
    (
        "warning",
        "preference-input-order",
        "The input of a preference example ends before the assistant's turn.",
    ),
    ("warning", "deprecated-functions", "Functions are called through tools, as they are today."),
    ("warning", "control-character", "A text has no control characters but tabs and line ends."),
    (
        "warning",
        "replacement-character",
        "A text has no U+FFFD, which marks characters that were lost.",
    ),
    ("warning", "mojibake", 'A text was decoded rightly: no "Ã©" where "é" is meant.'),
    (
        "warning",
        "over-token-limit",
        "An example is not longer than the model takes; what is longer loses its end.",
    ),
    ("note", "unrecognized-key", "A row has no columns beside the example's own keys."),
)

_DATASET: tuple[tuple[Severity, str, str], ...] = (
    ("error", "too-few-examples", "A provider wants 10 examples at least."),
    ("error", "mixed-formats", "All rows of a file are of one format."),
    ("error", "model-shut-down", "The model is not shut down before a training could end."),
    ("error", "model-method", "The model is trained by this method, with examples of this format."),
    ("warning", "model-unknown", "A price of training and a limit are known of the model."),
    ("warning", "duplicate-example", "No example is there twice."),
    ("warning", "conflicting-answers", "One prompt has one answer."),
    ("warning", "overlap", "No example is in another dataset that is held apart from this one."),
    ("warning", "near-duplicate", "No example is nearly the same as an earlier one."),
    ("warning", "near-overlap", "No prompt is nearly that of another dataset's example."),
    (
        "warning",
        "partial-system-prompt",
        "All examples have a system prompt or none has: the model acts as trained with it only.",
    ),
    ("warning", "differing-system-prompts", "All examples have the same system prompt."),
    ("warning", "label-imbalance", "Where answers are few, none is far more common than others."),
    ("warning", "mixed-languages", "The assistant answers in one language."),
    ("warning", "uneven-lengths", "Hardly any example is far longer than the others."),
    ("note", "other-format", "A file is JSON lines, as a provider takes them and exports are."),
    ("note", "few-examples", "50 to 100 examples are the least that usually shows an effect."),
    ("note", "no-system-prompt", "Examples have the system prompt that the model will be given."),
)

_SCOPES: tuple[tuple[Scope, tuple[tuple[Severity, str, str], ...]], ...] = (
    ("row", _ROW),
    ("dataset", _DATASET),
)

RULES: Mapping[str, Rule] = {
    name: Rule(name, severity, scope, explanation)
    for scope, rules in _SCOPES
    for severity, name, explanation in rules
}
"""All rules by their names, the way they are listed."""
