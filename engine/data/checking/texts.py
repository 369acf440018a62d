"""What is wrong with a text, wherever in a row it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from engine.data.checking.rules import Problem

ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ud800-\udfff]")
"""Control characters but tabs and line ends, U+FFFD, and halves of surrogate pairs."""

_AROUND = 12
"""How many characters on each side of a suspicious pair ftfy's heuristic may look at."""

_LATIN = (
    "latin-1",
    "sloppy-windows-1252",
    "sloppy-windows-1250",
    "sloppy-windows-1254",
    "sloppy-windows-1257",
    "iso-8859-2",
    "macroman",
    "cp437",
)
_LEADS = bytes.fromhex("c2c3c4c5cecfd0d1d7d8d9e0e2e3e4e5e6e7e8e9eff0")
"""First bytes of UTF-8 for the scripts that are written most."""
_OTHER_LEADS = {
    "sloppy-windows-1251": bytes.fromhex("c2c3d0d1e2"),
    "sloppy-windows-1253": bytes.fromhex("c2c3cecfe2"),
}
_CONTINUATIONS = bytes(range(0x80, 0xC0))


def text_problems(text: str, place: str) -> Iterator[Problem]:
    """Yield what is wrong with a text: odd characters, wrong decoding."""
    if ODD.search(text) is not None:
        yield from _odd_characters(text, place)
    damage = mojibake(text)
    if damage is not None:
        yield Problem("mojibake", place, "The text was read in the wrong encoding", damage)


def mojibake(text: str) -> str | None:
    """Return a piece of the text that was decoded wrongly, as ftfy's heuristic has it, or None.

    The heuristic takes a quarter of a millisecond for a kilobyte; so it only looks at what stands
    around two characters that could be the bytes of one. Without ftfy nothing is found.
    """
    if text.isascii():
        return None
    tools = _ftfy()
    if tools is None:
        return None
    suspicious, is_bad = tools
    for found in suspicious.finditer(text):
        piece = text[max(found.start() - _AROUND, 0) : found.end() + _AROUND]
        # A few patterns hold only at a text's beginning: the piece convicts, the text confirms.
        if is_bad(piece):
            return piece if is_bad(text) else None
    return None


def finds_mojibake() -> bool:
    """Tell whether ftfy is there, without which no mojibake is found."""
    return _ftfy() is not None


def _odd_characters(text: str, place: str) -> Iterator[Problem]:
    """Yield a problem for each kind of odd characters, with the first of them."""
    found: dict[str, tuple[int, int]] = {}
    for match in ODD.finditer(text):
        rule = _kind(match.group())
        first, count = found.get(rule, (match.start(), 0))
        found[rule] = first, count + 1
    for rule, (first, count) in found.items():
        name = f"U+{ord(text[first]):04X}"
        times = "" if count == 1 else f" ({count:,} such)"
        said = f"There is {name} at character {first + 1}{times}"
        yield Problem(rule, place, said, text[max(first - _AROUND, 0) :])


def _kind(character: str) -> str:
    if character == "\ufffd":
        return "replacement-character"
    return "unpaired-surrogate" if "\ud800" <= character <= "\udfff" else "control-character"


@cache
def _ftfy() -> tuple[re.Pattern[str], Callable[[str], bool]] | None:
    """Return what finds suspicious pairs of characters, and what judges them; None without ftfy."""
    try:
        # With ftfy come its codecs: Windows code pages that decode every byte.
        from ftfy import badness
    except ImportError:
        return None
    leads = {char for name in _LATIN for char in _LEADS.decode(name)}
    follows = {char for name in _LATIN for char in _CONTINUATIONS.decode(name)}
    pairs = [f"[{_class(leads)}][{_class(follows)}]", "[ÂÃ] "]
    for name, first in _OTHER_LEADS.items():
        pairs.append(
            f"[{_class(set(first.decode(name)))}][{_class(set(_CONTINUATIONS.decode(name)))}]"
        )
    return re.compile("|".join(pairs)), badness.is_bad


def _class(characters: set[str]) -> str:
    return "".join(map(re.escape, sorted(characters)))
