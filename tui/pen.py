"""Writing text in colours with few bytes: only what differs from the text before is said."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.segment import Segment

_DRAWN_ON_BLANKS = ("underline", "underline2", "overline", "strike", "reverse", "blink", "blink2")


class Ink(NamedTuple):
    """How a terminal writes, as the parameters of SGR (ECMA-48, 8.3.117); empty: as by itself.

    Attributes:
        attributes: bold, italic and their like.
        colour: of the characters.
        background: of their cells.
    """

    attributes: str = ""
    colour: str = ""
    background: str = ""


PLAIN = Ink()


class Pen:
    """What was written so far leaves a terminal with an ink; the next text may need another."""

    def __init__(self, colours: ColorSystem) -> None:
        self._colours = colours
        self._ink = PLAIN

    def write(self, segments: Iterable[Segment]) -> str:
        """Return what is sent to write these where the cursor stands."""
        return "".join(self._written(text, style) for text, style, _ in segments)

    def put_down(self) -> str:
        """Return what is sent to leave the terminal writing as by itself."""
        return self._take(PLAIN)

    def _written(self, text: str, style: Style | None) -> str:
        if style is None:
            return self._take(PLAIN) + text
        ink = ink_of(style, self._colours)
        if text.isspace() and not _shows_on_blanks(style):
            # Of blanks only the background is seen: whatever else there is may stay.
            if ink.background == self._ink.background and not _draws(self._ink):
                return text
            ink = Ink(background=ink.background)
        change = self._take(ink)
        if style.link:
            return f"\x1b]8;id={style.link_id};{style.link}\x1b\\{change}{text}\x1b]8;;\x1b\\"
        return change + text

    def _take(self, ink: Ink) -> str:
        before, self._ink = self._ink, ink
        if ink == before:
            return ""
        if ink == PLAIN:
            return "\x1b[0m"
        if before.attributes and ink.attributes != before.attributes:
            return f"\x1b[{';'.join(['0', *filter(None, ink)])}m"
        codes = []
        if ink.attributes != before.attributes:
            codes.append(ink.attributes)
        if ink.colour != before.colour:
            codes.append(ink.colour or "39")
        if ink.background != before.background:
            codes.append(ink.background or "49")
        return f"\x1b[{';'.join(codes)}m"


@lru_cache(maxsize=4096)
def ink_of(style: Style, colours: ColorSystem) -> Ink:
    """Return with what a terminal of these colours writes a style."""
    return Ink(
        Strip.render_ansi(style.without_color, colours),
        Strip.render_ansi(Style(color=style.color), colours),
        Strip.render_ansi(Style(bgcolor=style.bgcolor), colours),
    )


@lru_cache(maxsize=4096)
def _shows_on_blanks(style: Style) -> bool:
    return any(getattr(style, name) for name in _DRAWN_ON_BLANKS)


def _draws(ink: Ink) -> bool:
    """Whether an ink has attributes that may be seen on blanks; bold and dim alone are not."""
    return bool(set(ink.attributes.split(";")) - {"", "1", "2"})
