"""What inks look like in a theme."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rich.style import Style
from textual.color import Color

from tui.contrast import SHAPE, TEXT, contrast, legible
from tui.ink import Ink

_INKS: dict[Ink, tuple[str, str | None, str]] = {
    "plain": ("foreground", None, ""),
    "strong": ("foreground", None, "bold"),
    "dim": ("foreground-muted", None, ""),
    "faint": ("foreground-disabled", None, ""),
    "accent": ("text-accent", None, ""),
    "good": ("text-success", None, ""),
    "warn": ("text-warning", None, ""),
    "bad": ("text-error", None, ""),
    "first": ("primary", None, ""),
    "second": ("warning", None, ""),
    "third": ("secondary", None, ""),
    "fourth": ("success", None, ""),
    "fifth": ("error", None, ""),
    "sixth": ("foreground", None, ""),
    "key": ("text-accent", None, "bold"),
    "tab": ("foreground", None, "bold underline"),
    "title": ("background", "primary", "bold"),
    "past": ("background", "warning", "bold"),
}
"""What each ink is in a theme: the variables of its colour and background, and its text style."""

SHAPES: frozenset[Ink] = frozenset(
    ("faint", "first", "second", "third", "fourth", "fifth", "sixth")
)
"""The inks of curves, bars and of what may be overlooked: they need less contrast than text."""

_GROUNDS = ("background", "surface", "block-cursor-background", "block-cursor-blurred-background")
_NAMES = sorted({*_GROUNDS, *(name for ink in _INKS.values() for name in ink[:2] if name)})
_SEEN = 1.2
"""The contrast with the ground from which on a cursor is seen."""

_ATTRIBUTES: dict[Ink, str] = {"dim": "dim", "faint": "dim"}
"""What tells an ink from plain text where there are no shades of it."""


def ink_styles(variables: Mapping[str, str]) -> dict[Ink, Style]:
    """Return the inks in a theme, by its variables.

    Component classes of the style sheet would be Textual's usual way; they are worked out anew for
    every widget whenever a class changes, which took a third of the time to the first frame.
    """
    # Textual's themes of the terminal's own colours do not name all shades.
    usual = variables["foreground"]
    return _styles(tuple((name, variables.get(name, usual)) for name in _NAMES))


def cursor_style(variables: Mapping[str, str], *, focused: bool) -> Style:
    """Return what lies over the row that a list's cursor stands on."""
    if has_own_ground(variables):
        # Whatever the terminal's colours are: what can be read can be read reversed.
        return Style(reverse=True) if focused else Style()
    name = "block-cursor-background" if focused else "block-cursor-blurred-background"
    return Style(bgcolor=_colour(variables[name]).rich_color)


def readable_cursor(variables: Mapping[str, str]) -> dict[str, str]:
    """Return a theme's cursor as a shade of its ground, on which all inks can be read.

    Many themes have a cursor in their brightest colour, on which only one other can be read.
    """
    if has_own_ground(variables):
        return {}
    ground, front = _colour(variables["background"]), _colour(variables["foreground"])
    surface = _colour(variables["surface"])
    shades = [ground.blend(front, part) for part in (0.2, 0.3, 0.4)]
    seen = [
        shade
        for shade in shades
        if min(contrast(shade, ground), contrast(shade, ground + surface)) >= _SEEN
    ]
    return {
        "block-cursor-foreground": front.hex6,
        "block-cursor-background": (seen or shades[-1:])[0].hex6,
        "block-cursor-blurred-foreground": front.hex6,
        "block-cursor-blurred-background": ground.blend(front, 0.1).hex6,
        "block-cursor-text-style": "none",
    }


def has_own_ground(variables: Mapping[str, str]) -> bool:
    """Return whether a theme is of the terminal's own colours, of which nobody knows any shade."""
    return _colour(variables["background"]).ansi is not None


@lru_cache(maxsize=4)
def _styles(variables: tuple[tuple[str, str], ...]) -> dict[Ink, Style]:
    known = dict(variables)
    if has_own_ground(known):
        return {ink: _of_the_terminal(ink, known) for ink in _INKS}
    ground = _colour(known["background"])
    colours = {name: ground + _colour(value) for name, value in known.items()}
    grounds = [colours[name] for name in _GROUNDS]
    return {ink: _shaded(ink, colours, grounds) for ink in _INKS}


def _shaded(ink: Ink, colours: Mapping[str, Color], grounds: list[Color]) -> Style:
    """Return an ink in a theme of its own shades, made readable where it is not."""
    name, under, style = _INKS[ink]
    least = SHAPE if ink in SHAPES else TEXT
    colour = legible(colours[name], [colours[under]] if under else grounds, least)
    ground = colours[under].rich_color if under else None
    return Style(color=colour.rich_color, bgcolor=ground) + Style.parse(style)


def _of_the_terminal(ink: Ink, colours: Mapping[str, str]) -> Style:
    """Return an ink in the terminal's own colours: never mixed, and set apart by attributes."""
    name, under, style = _INKS[ink]
    colour = _colour(colours[under or name])
    attributes = [style, _ATTRIBUTES.get(ink, ""), "reverse" if under else ""]
    return Style(color=colour.rich_color) + Style.parse(" ".join(attributes))


def _colour(value: str) -> Color:
    """Return a colour of a theme; one of the terminal's own has no strength, whatever is said."""
    name, _, strength = value.partition(" ")
    colour = Color.parse(name)
    if strength and colour.ansi is None:
        return colour.multiply_alpha(float(strength.removesuffix("%")) / 100)
    return colour
