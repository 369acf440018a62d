"""Code in inks: what is a keyword, a text, a comment."""

from __future__ import annotations

from collections.abc import Iterator

from tui.ink import Ink, Span

_LONGEST = 20_000
"""Characters of code that are looked at; longer code stays plain."""

_INKS: tuple[tuple[str, Ink], ...] = (
    ("Token.Comment", "dim"),
    ("Token.Keyword", "accent"),
    ("Token.Literal.String", "fourth"),
    ("Token.Literal.Number", "second"),
    ("Token.Name.Function", "strong"),
    ("Token.Name.Class", "strong"),
    ("Token.Name.Tag", "accent"),
    ("Token.Operator.Word", "accent"),
    ("Token.Generic.Deleted", "bad"),
    ("Token.Generic.Inserted", "good"),
)


def inked(code: str, language: str) -> list[list[Span]]:
    """Return the lines of code in inks; plain if the language is none that is known."""
    plain: list[list[Span]] = [[(line, "plain")] for line in code.split("\n")]
    if not language or len(code) > _LONGEST:
        return plain
    lines: list[list[Span]] = [[]]
    for text, ink in _tokens(code, language):
        first, *rest = text.split("\n")
        lines[-1].append((first, ink))
        lines += [[(part, ink)] for part in rest]
    # A lexer may take a line break for its own: then what it says does not fit the code.
    return lines if len(lines) == len(plain) else plain


def _tokens(code: str, language: str) -> Iterator[Span]:
    from pygments import lex  # type: ignore[import-untyped]
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
    from pygments.util import ClassNotFound  # type: ignore[import-untyped]

    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        yield code, "plain"
        return
    for kind, text in lex(code, lexer):
        yield text, _ink(str(kind))


def _ink(kind: str) -> Ink:
    return next((ink for beginning, ink in _INKS if kind.startswith(beginning)), "plain")
