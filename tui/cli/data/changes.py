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
    from engine.data.differences import Mark, Span
    from engine.data.shapes.example import Record

COLOURS: dict[Mark, str | None] = {"same": None, "removed": "red", "added": "green"}
_BRACKETS: dict[Mark, tuple[str, str]] = {
    "same": ("", ""),
    "removed": ("[-", "-]"),
    "added": ("{+", "+}"),
}
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
    ours, theirs = ("".join(_mark(span) for span in side) for side in changed_words(old, new))
    sys.stdout.write(f"- {ours}\n+ {theirs}\n")


def changed_words(old: str, new: str) -> tuple[list[Span], list[Span]]:
    """Return a line before and after as stretches with the words that changed told apart.

    They are cut to the neighbourhood of what changed, and harmless to a terminal.
    """
    from engine.data.differences import Span, word_spans

    left: list[Span] = []
    right: list[Span] = []
    # Made harmless as whole lines: in two pieces an escape sequence would not be known for one.
    spans = word_spans(harmless(old), harmless(new))
    for place, (mark, text) in enumerate(spans):
        first, last = place == 0, place == len(spans) - 1
        cut = _shortened(text, first=first, last=last) if mark == "same" else text
        left += [] if mark == "added" else [Span(mark, cut)]
        right += [] if mark == "removed" else [Span(mark, cut)]
    return left, right


def bracketed(span: Span) -> str:
    """Return a stretch with brackets around it if it changed: `[-old-]` and `{+new+}`."""
    begin, end = _BRACKETS[span.mark]
    return begin + span.text + end


def _mark(span: Span) -> str:
    if not sys.stdout.isatty():
        return bracketed(span)
    return click.style(span.text, fg=COLOURS[span.mark])


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
