"""How a changed example is shown: old and new lines, with the words that changed marked."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import click

from tui.harmless import harmless

if TYPE_CHECKING:
    from engine.data.shapes.example import Record

_CONTEXT_CHARACTERS = 60


def lines_of(record: Record) -> Iterator[str]:
    """Yield an example as lines: a message each (its further lines indented), then its columns."""
    from engine.data.shapes.example import columns_of, messages_of

    for message in messages_of(record):
        yield from _message_lines(message)
    for name, value in columns_of(record).items():
        yield f"{name}: {value if isinstance(value, str) else _as_json(value)}"


def _message_lines(message: dict[str, object]) -> Iterator[str]:
    content = message.get("content")
    text = content if isinstance(content, str) else _as_json(content)
    first, *rest = (text if content is not None else "").splitlines() or [""]
    yield f"{message.get('role')}: {first}"
    yield from (f"  {line}" for line in rest)
    for name, value in message.items():
        if name not in ("role", "content"):
            yield f"  {name}: {_as_json(value)}"


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def print_change(before: Record, after: Record) -> None:
    """Print what changed between two examples: old lines with `-`, new ones with `+`.

    Where the output is a terminal, the words that changed are coloured; elsewhere they stand in
    brackets: `[-old-]` and `{+new+}`.
    """
    _print_lines(list(lines_of(before)), list(lines_of(after)))


def print_changed_text(before: str, after: str) -> None:
    """Print what changed in a text; invisible characters are shown by their escapes."""
    _print_lines(_visible_lines(before), _visible_lines(after))


def _visible_lines(text: str) -> list[str]:
    return ["".join(map(_visible, line)) for line in text.split("\n")]


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def _print_lines(old: list[str], new: list[str]) -> None:
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "replace" and j - i == m - k:
            for one, other in zip(old[i:j], new[k:m], strict=True):
                _print_pair(one, other)
        elif kind != "equal":
            _print_marked("- ", old[i:j], "red")
            _print_marked("+ ", new[k:m], "green")


def _print_marked(mark: str, lines: list[str], colour: str) -> None:
    for line in lines:
        sys.stdout.write(_coloured(harmless(mark + line), colour) + "\n")


def _print_pair(old: str, new: str) -> None:
    ours, theirs = _marked(old, new)
    sys.stdout.write(f"- {ours}\n+ {theirs}\n")


def _marked(old: str, new: str) -> tuple[str, str]:
    """Return both lines, cut to the neighbourhood of what changed, the changed words marked."""
    from engine.data.differences import word_spans

    left, right = "", ""
    spans = word_spans(old, new)
    for place, (mark, text) in enumerate(spans):
        if mark == "same":
            shown = harmless(_shortened(text, first=place == 0, last=place == len(spans) - 1))
            left, right = left + shown, right + shown
        elif mark == "removed":
            left += _mark(text, "[-", "-]", "red")
        else:
            right += _mark(text, "{+", "+}", "green")
    return left, right


def _mark(text: str, begin: str, end: str, colour: str) -> str:
    if not text:
        return ""
    shown = harmless(text)
    return _coloured(shown, colour) if sys.stdout.isatty() else begin + shown + end


def _coloured(text: str, colour: str) -> str:
    return click.style(text, fg=colour) if sys.stdout.isatty() else text


def _shortened(text: str, *, first: bool, last: bool) -> str:
    """Cut what did not change: a long run of it is only there to show where one is."""
    most = _CONTEXT_CHARACTERS
    if len(text) <= 2 * most:
        return text
    if first:
        return "…" + text[-most:]
    if last:
        return text[:most] + "…"
    return text[:most] + " … " + text[-most:]
