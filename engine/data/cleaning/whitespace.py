"""Line ends, blanks at the ends of lines and texts, and blank lines."""

from __future__ import annotations

import re

_NEWLINE = re.compile("\r\n|[\r\x0b\x0c\u2028\u2029]")
_OTHER_NEWLINES = ("\r", "\x0b", "\x0c", "\u2028", "\u2029")

_BLANKS = " \t\r\x0b\x0c\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
_BLANKS += "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Unicode calls white space, less line feed and NEL (a "…" read wrongly, see below)."""

_INDENTED_LINE = re.compile(r"\n[^\S\n]+\S")

_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")
_FENCED_OR_BLANK = re.compile(
    r"^[ ]{0,3}(?P<fence>`{3,}|~{3,}).*?(?:^[ ]{0,3}(?P=fence)[^\S\n]*$|\Z)"
    rf"|(?P<blank>{_BLANK_LINES.pattern})",
    re.DOTALL | re.MULTILINE,
)


def normalized_newlines(text: str) -> str:
    r"""Return the text with `\n` for every line end.

    Line ends are those of Unicode's newline guidelines (The Unicode Standard, 5.8): CR LF, CR, the
    vertical tab, the form feed, and the line and paragraph separators. NEL (U+0085) is not touched:
    in texts that people have it is the "…" of Windows-1252 read wrongly, which `fix-encoding`
    mends.
    """
    if not any(newline in text for newline in _OTHER_NEWLINES):
        return text
    return _NEWLINE.sub("\n", text)


def stripped(text: str) -> str:
    """Return the text without blanks at its ends and at the ends of its lines.

    Blank lines at the beginning go as a whole. The first line keeps its indentation if others are
    indented, too: taking it away would break code.
    """
    # Nearly all texts have no blanks to lose; by Python's own idea of blanks that is told quickly.
    if text.strip() == text and all(line.rstrip() == line for line in text.split("\n")):
        return text
    lines = "\n".join([line.rstrip(_BLANKS) for line in text.split("\n")]).strip("\n")
    if not lines.startswith(tuple(_BLANKS)) or _INDENTED_LINE.search(lines):
        return lines
    return lines.lstrip(_BLANKS)


def collapsed_blank_lines(text: str) -> str:
    """Return the text with one blank line where there are several in a row.

    Fenced code blocks (CommonMark, 4.5) stay as they are; lines of blanks only count as blank.
    """
    if _BLANK_LINES.search(text) is None:
        return text
    return _FENCED_OR_BLANK.sub(_collapsed, text)


def _collapsed(found: re.Match[str]) -> str:
    return found.group() if found["blank"] is None else "\n\n"
