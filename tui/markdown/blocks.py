"""Markdown as lines: paragraphs, headings, lists, quotations, code, tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from tui.ink import Ink, Line, Span
from tui.markdown.code import inked
from tui.markdown.inlines import spans_of
from tui.markdown.spans import LEAST, chopped, wrapped
from tui.markdown.tables import table_lines

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

_BULLETS = "•◦▪"
_RULE = 40


def blocks(text: str) -> list[SyntaxTreeNode]:
    """Return the blocks of a text that is clean, the outermost ones."""
    from markdown_it.tree import SyntaxTreeNode

    return SyntaxTreeNode(_parser().parse(text)).children


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # HTML is shown as it was written: nothing here could do what it asks for.
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def block_lines(nodes: Sequence[SyntaxTreeNode], width: int) -> list[Line]:
    """Return blocks as lines of at most so many cells, a blank line between two."""
    lines: list[Line] = []
    for node in nodes:
        told = _block(node, max(LEAST, width), 0)
        if lines and told:
            lines.append([])
        lines += told
    return lines


def _block(node: SyntaxTreeNode, width: int, depth: int) -> list[Line]:
    match node.type:
        case "heading":
            ink: Ink = "key" if node.tag in ("h1", "h2") else "strong"
            return [*wrapped(spans_of(node, ink), width)]
        case "bullet_list" | "ordered_list":
            return _list(node, width, depth)
        case "blockquote":
            return _quotation(node, width, depth)
        case "fence" | "code_block":
            return _code(node, width)
        case "table":
            return table_lines(node, width)
        case "hr":
            return [[("─" * min(width, _RULE), "faint")]]
        case _:
            return [*wrapped(spans_of(node), width)] if node.children else []


def _list(node: SyntaxTreeNode, width: int, depth: int) -> list[Line]:
    lines: list[Line] = []
    first = int(node.attrs.get("start", 1) or 0)
    last = first + len(node.children) - 1
    for number, item in enumerate(node.children, start=first):
        mark = f"{number}." if node.type == "ordered_list" else _BULLETS[depth % len(_BULLETS)]
        mark = mark.rjust(len(f"{last}.")) if node.type == "ordered_list" else mark
        deeper = depth + (node.type == "bullet_list")
        inside = _inside(item, width - len(mark) - 1, deeper)
        lines += _hung([(f"{mark} ", "accent")], inside)
    return lines


def _inside(node: SyntaxTreeNode, width: int, depth: int) -> list[Line]:
    """Return what stands in an item of a list: blocks, without blank lines in a tight one."""
    lines: list[Line] = []
    for child in node.children:
        told = _block(child, max(LEAST, width), depth)
        loose = child.type in ("fence", "code_block", "table") or not child.hidden
        if lines and told and loose and not child.type.endswith("_list"):
            lines.append([])
        lines += told
    return lines or [[]]


def _hung(mark: list[Span], lines: Sequence[Line]) -> Iterator[Line]:
    indent = " " * sum(len(text) for text, _ in mark)
    for place, line in enumerate(lines):
        yield [*mark, *line] if place == 0 else [(indent, "plain"), *line] if line else []


def _quotation(node: SyntaxTreeNode, width: int, depth: int) -> list[Line]:
    lines: list[Line] = []
    for child in node.children:
        told = _block(child, max(LEAST, width - 2), depth)
        lines += [[], *told] if lines and told else told
    return [[("▎ ", "faint"), *((text, _quieter(ink)) for text, ink in line)] for line in lines]


def _quieter(ink: Ink) -> Ink:
    return "dim" if ink == "plain" else ink


def _code(node: SyntaxTreeNode, width: int) -> list[Line]:
    language = node.info.split()[0] if node.type == "fence" and node.info.strip() else ""
    lines: list[Line] = [[("│ ", "faint"), (language, "dim")]] if language else []
    for line in inked(node.content.removesuffix("\n"), language):
        lines += [[("│ ", "faint"), *part] for part in chopped(line, width - 2)]
    return lines
