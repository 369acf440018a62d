"""Text from outside in Markdown, as GitHub reads it: nothing in it is taken for markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.reporting.cleaning import cleaned, in_one_line

if TYPE_CHECKING:
    from engine.data.differences import Span

_SPECIAL = re.compile(r"[\\`*_\[\]|~$]")
_FIRST_OF_LINE = re.compile(r"^( *)(\d*)([#+\-=.)])", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_DIFFERENCE = {"added": ("**", "ins"), "removed": ("~~", "del")}
_EDGES = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)


def escaped(text: str) -> str:
    """Return a text of several lines that Markdown shows as it is."""
    return _as_lines(_escaped(cleaned(text)))


def _as_lines(text: str) -> str:
    """Escape what begins a heading, a list or a rule; four spaces would begin code."""
    text = _FIRST_OF_LINE.sub(r"\1\2\\\3", text)
    return _INDENT.sub(lambda found: "&nbsp;" * len(found[0].expandtabs(4)), text)


def _escaped(text: str) -> str:
    text = "".join(_ENTITIES.get(letter, letter) for letter in text)
    return _SPECIAL.sub(r"\\\g<0>", text)


def inline(text: str) -> str:
    """Return a text that stays in its line, which begins with something else."""
    return _escaped(in_one_line(text))


def code(text: str) -> str:
    """Return a text as code, in as many backquotes as it takes; a table's bars aside."""
    text = in_one_line(text)
    longest = max(map(len, re.findall("`+", text)), default=0)
    marks = "`" * (longest + 1)
    room = " " if longest else ""
    return f"{marks}{room}{text}{room}{marks}"


def difference(spans: Iterable[Span]) -> str:
    """Return a text with what another does not have in bold, what it lacks struck out."""
    return _as_lines("".join(map(_span, spans)))


def _span(span: Span) -> str:
    text = _escaped(cleaned(span.text))
    if span.mark == "same":
        return text
    return "\n".join(_marked(part, *_DIFFERENCE[span.mark]) for part in text.split("\n"))


def _marked(text: str, mark: str, tag: str) -> str:
    """Return a part of a line marked; its spaces stand outside, where Markdown wants them."""
    found = _EDGES.fullmatch(text)
    before, inner, after = found.groups() if found else ("", text, "")
    if not inner:
        return text
    # Beside punctuation these marks may be taken for text (CommonMark, 6.2).
    if inner[0].isalnum() and inner[-1].isalnum():
        return f"{before}{mark}{inner}{mark}{after}"
    return f"{before}<{tag}>{inner}</{tag}>{after}"


def quoted(text: str) -> str:
    """Return a text as a quotation in which lines stay lines."""
    lines = text.split("\n")
    return "\n".join(f"> {each}  " if each else ">" for each in lines)
