"""Words inside a paragraph: emphasis, code, links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.ink import Ink, Span

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_STRONGER: dict[str, Ink] = {"strong": "strong", "em": "third", "s": "faint"}


def spans_of(node: SyntaxTreeNode, ink: Ink = "plain") -> list[Span]:
    """Return what stands in a paragraph, a heading or a cell of a table."""
    return [span for child in node.children for span in _inline(child, ink)]


def _inline(node: SyntaxTreeNode, ink: Ink) -> Iterator[Span]:
    kind = node.type
    if kind in ("inline", *_STRONGER):
        inner = _STRONGER.get(kind, ink)
        for child in node.children:
            yield from _inline(child, inner if ink == "plain" else ink)
    elif kind == "code_inline":
        yield node.content, "accent" if ink in ("plain", "strong", "third") else ink
    elif kind == "softbreak":
        yield " ", ink
    elif kind == "hardbreak":
        yield "\n", ink
    elif kind == "link":
        yield from _link(node, ink)
    elif kind == "image":
        yield f"[image: {node.content}]", "dim"
        yield f" ({node.attrs.get('src', '')})", "dim"
    else:
        yield node.content, ink


def _link(node: SyntaxTreeNode, ink: Ink) -> Iterator[Span]:
    """Give a link as its text and its address: nothing opens it, so the address must be read."""
    words = [span for child in node.children for span in _inline(child, ink)]
    address = str(node.attrs.get("href", ""))
    for text, _ in words:
        yield text, "accent"
    if address and "".join(text for text, _ in words) != address:
        yield f" ({address})", "dim"
