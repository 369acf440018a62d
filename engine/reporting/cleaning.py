"""Text from outside, made safe to stand in a page: nothing in it is obeyed, and it stays legible.

A page shows answers as they were said. What nobody could see, or what would reorder the text around
it, is written out, so that two answers which differ in it look different.
"""

from __future__ import annotations

_KEPT = "\t\n"
_CONTROL_PICTURES = 0x2400
_DELETE, _DELETE_PICTURE = 0x7F, "\u2421"
_REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Embeddings, overrides and isolates (Unicode Standard Annex 9)."""

_UNSEEN = "\u200b\u2060\ufeff"
_NO_TEXT = "\ufffd"

_TABLE: dict[int, str] = {
    **{code: chr(_CONTROL_PICTURES + code) for code in range(32) if chr(code) not in _KEPT},
    _DELETE: _DELETE_PICTURE,
    **dict.fromkeys(range(0x80, 0xA0), _NO_TEXT),
    **dict.fromkeys(range(0xD800, 0xE000), _NO_TEXT),
    **{ord(mark): f"⟨U+{ord(mark):04X}⟩" for mark in (*_REORDERING, *_UNSEEN)},
    **dict.fromkeys(map(ord, "\x85\u2028\u2029"), "\n"),
    # Marks that follow what stands beside them reach no further than a paragraph of their own.
    **dict.fromkeys(map(ord, "\u061c\u200e\u200f"), ""),
}


def cleaned(text: str) -> str:
    """Return a text with its line breaks and tabs, all other control characters made visible."""
    if text.isprintable():
        return text
    return text.replace("\r\n", "\n").translate(_TABLE)


def in_one_line(text: str) -> str:
    """Return a text that stays in its line, such as a name."""
    return " ".join(cleaned(text).split())
