"""ASCII in the place of what a terminal cannot write, as wide as that."""

from __future__ import annotations

import codecs
import unicodedata
from functools import lru_cache

from rich.cells import cell_len

ERRORS = "ftlab-stand-in"
"""The name under which text streams know what is written in the place of our glyphs."""

_GLYPHS = str.maketrans(
    "…·✗✓●○◌◦•◆◇⊘‖↻★▸▾▴◂▶▼▲◀→←↑↓↗↘≠≤≥≈±—“”„⋯⋮␣▪▫",
    '..xv*o@o*#+/=@*>v^<>v^<><^v/\\!<>~+-""".:_--',
)
_EIGHTHS = "_.-=+*%#"
"""For blocks that fill a cell from below, by eighths."""

_PUNCTUATION = {0xA0: " ", 0xD7: "x", 0x2013: "-", **dict.fromkeys(range(0x2018, 0x201C), "'")}
_LIKE_BOXES = ("HORIZONTAL", "VERTICAL")
_BRAILLE = 0x2800
_FEW, _SOME = 2, 4


def stand_in(character: str) -> str | None:
    """Return what is written for one of our glyphs, in one cell; None if it is none of them."""
    known = character.translate(_GLYPHS).translate(_PUNCTUATION)
    if known != character:
        return known
    code = ord(character)
    if 0x2500 <= code <= 0x257F:
        return _of_box(unicodedata.name(character))
    if 0x2580 <= code <= 0x259F:
        return _of_block(code)
    if _BRAILLE <= code <= 0x28FF:
        dots = (code - _BRAILLE).bit_count()
        return " " if not dots else "." if dots <= _FEW else ":" if dots <= _SOME else "*"
    return None


def _of_box(name: str) -> str:
    across, along = (word in name for word in _LIKE_BOXES)
    if "DIAGONAL" in name:
        return "/"
    if across and not along:
        return "=" if "HEAVY" in name or "DOUBLE" in name else "-"
    return "|" if along and not across else "+"


def _of_block(code: int) -> str:
    if 0x2581 <= code <= 0x2588:
        return _EIGHTHS[code - 0x2581]
    if 0x2589 <= code <= 0x2590 or code == 0x2595:
        return "|"
    return {0x2580: '"', 0x2594: "-", 0x2591: ".", 0x2592: ":", 0x2593: "%"}.get(code, "#")


def writable(text: str, encoding: str) -> str:
    """Return a text that an encoding can write, in as many cells as it took."""
    if text.isascii() or can_write(text, encoding):
        return text
    written = "".join(_written(character, encoding) for character in text)
    return written[: cell_len(text)].ljust(cell_len(text)) if written.isascii() else written


def can_write(text: str, encoding: str) -> bool:
    """Tell whether an encoding has all characters of a text."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=4096)
def _written(character: str, encoding: str) -> str:
    if can_write(character, encoding):
        return character
    if (ours := stand_in(character)) is not None:
        return ours
    cells = cell_len(character)
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain if plain.isprintable() and len(plain) == cells else "?" * cells


def _replaced(error: UnicodeError) -> tuple[str, int]:
    """Write our glyphs as ASCII, and any other character as its number: it may be somebody's."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    written = [
        stand_in(each) or each.encode("ascii", "backslashreplace").decode() for each in lacking
    ]
    return "".join(written), error.end


codecs.register_error(ERRORS, _replaced)
