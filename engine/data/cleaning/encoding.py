"""Text that was read in the wrong encoding ("Ã©" for "é"), read again in the right one."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`)", re.DOTALL)
"""Code in Markdown: fenced blocks, closed or not, and spans within a line."""

_APOSTROPHE = re.compile(r"(?<=[^\W\d_])&(?:#0?39|#x27|apos);(?=[^\W\d_])", re.IGNORECASE)
_SIGN_OF_HTML = "<"
_MOST_ROUNDS = 8
"""Text is decoded wrongly once or twice; more often than this nobody has seen."""


def fixed_encoding(text: str) -> str:
    """Return the text with wrong decodings mended.

    ftfy (Robyn Speer; ftfy.readthedocs.io) finds sequences that come of reading UTF-8 as
    Windows-1252, Latin-1 and their like and that hardly any real text has, and decodes them anew:
    accents, curly quotes ("â€™"), emoji, also after several rounds of damage. Windows-1252 quotes
    and dashes that were read as control characters (U+0080 to U+009F) become what they were, and
    halves of surrogate pairs are joined, or become U+FFFD when the other half is gone. Beside that
    one escape is undone that is wrong wherever it stands in prose: an apostrophe within a word
    ("it&#39;s"), in texts without any tag.

    Never touched are: code, be it fenced (```) or within a line (`…`); other HTML entities, for
    they may be meant; curly quotes, ligatures, full-width letters, accents written as two
    characters and line ends, for they are right as they are; and whatever is plain ASCII.
    """
    if text.isascii() and "&" not in text:
        return text
    if "`" not in text:
        return _fixed(text)
    pieces = _CODE.split(text)
    pieces[::2] = map(_fixed, pieces[::2])
    return "".join(pieces)


def _fixed(text: str) -> str:
    # One decoding may bring to light another, on a line that made no sense before.
    for _ in range(_MOST_ROUNDS):
        before = text
        if "&" in text and _SIGN_OF_HTML not in text:
            text = _APOSTROPHE.sub("'", text)
        if not text.isascii():
            text = _decoded(text)
        if text == before:
            break
    return text


def _decoded(text: str) -> str:
    import ftfy

    return ftfy.fix_text(text, _configuration())


@cache
def _configuration() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )
