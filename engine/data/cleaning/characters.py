"""Characters that nobody sees: control characters and invisible ones."""

from __future__ import annotations

import re

# A terminal's escape sequence goes as a whole (ECMA-48, 5.4), or its "[31m" would be left behind.
# Line ends are no control characters here: whoever drops them joins words.
_CONTROL = re.compile("\x1b\\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0e-\x1f\x7f-\x9f]")

_EMOJI = "\u00a9\u00ae\u203c\u2049\u20e3\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299"
_EMOJI += "\U0001f000-\U0001faff"
_JOINABLE_EMOJI = f"[{_EMOJI}\ufe0f]"
"""What stands before a joiner of emoji: a picture, a skin tone, a variation selector."""

_JOINING_SCRIPTS = "\u0600-\u061b\u061d-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ua800-\uabff"
_JOINING_SCRIPTS += "\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff\U0001e900-\U0001e95f"
"""Arabic, Syriac, N'Ko, the Indic scripts, Tibetan, Myanmar, Khmer, Mongolian and their like."""

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)

_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
_EMOJI_JOINER = f"(?<={_JOINABLE_EMOJI})\u200d(?=[{_EMOJI}])"
_LETTER_JOINER = f"(?<=[{_JOINING_SCRIPTS}])[\u200c\u200d]|[\u200c\u200d](?=[{_JOINING_SCRIPTS}])"
_NEVER_NEEDED = "\u00ad\u200b-\u200d\u2060-\u2064\u206a-\u206f\ufeff\U000e0000-\U000e007f"
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"

_UNSPACED_SCRIPTS = "\u0e00-\u0eff\u0f00-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf"
"""Thai, Lao, Tibetan, Myanmar, Khmer and their like: a zero-width space parts their words."""
_WORD_END = f"(?<=[{_UNSPACED_SCRIPTS}])\u200b"

_KEPT = f"(?P<kept>{_FLAG}|{_EMOJI_JOINER}|{_LETTER_JOINER}|{_WORD_END})"
_INVISIBLE = re.compile(f"{_KEPT}|[{_NEVER_NEEDED}{_DIRECTIONS}]")
_INVISIBLE_BUT_DIRECTIONS = re.compile(f"{_KEPT}|[{_NEVER_NEEDED}]")


def without_control(text: str) -> str:
    """Return the text without control characters (C0, DEL, C1) and terminal escape sequences.

    Tabs and line ends stay; `normalize-newlines` looks after those.
    """
    # A printable text has none. Any other mostly has nothing but line ends.
    return text if text.isprintable() else _CONTROL.sub("", text)


def without_invisible(text: str) -> str:
    """Return the text without characters that show nothing and only part equal words.

    They are zero-width spaces, byte order marks inside a text, soft hyphens, word joiners, tag
    characters, and the marks that turn the writing direction. What a reader would miss stays:
    joiners between emoji (👩‍🔧) and beside letters of scripts that join (Persian, Hindi), spaces of
    no width after letters of scripts without others (Thai, Khmer), the tags of regional flags, and
    direction marks in a text that has letters written from right to left (Unicode Technical
    Standard 51; The Unicode Standard, 23.2).
    """
    if text.isascii():
        return text
    needs_directions = _RIGHT_TO_LEFT.search(text) is not None
    pattern = _INVISIBLE_BUT_DIRECTIONS if needs_directions else _INVISIBLE
    return pattern.sub(_kept, text)


def is_blank(text: str) -> bool:
    """Tell whether a person would see nothing at all of the text."""
    if not text or text.isspace():
        return True
    if text[0].isprintable() and not text[0].isspace():
        return False
    seen = without_control(without_invisible(text))
    return not seen or seen.isspace()


def _kept(found: re.Match[str]) -> str:
    return found["kept"] or ""
