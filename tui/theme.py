"""Our colours, all of them from the 256-colour palette (xterm's cube and grey ramp).

A terminal without true colour (tmux, many an SSH session) then shows what was meant instead of
rounding dark shades into one another.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

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

FTLAB_DARK = Theme(
    name="ftlab",
    primary="#5fafff",
    secondary="#af87ff",
    accent="#5fafff",
    success="#87d787",
    warning="#ffd75f",
    error="#ff5f5f",
    foreground="#d7d7d7",
    background="#121212",
    surface="#1c1c1c",
    panel="#262626",
    boost="#303030",
    dark=True,
    variables={
        "text-muted": "#949494",
        "text-disabled": "#5f5f5f",
        "foreground-muted": "#949494",
        "foreground-disabled": "#6c6c6c",
        "text-primary": "#5fafff",
        "text-accent": "#5fafff",
        "text-success": "#87d787",
        "text-warning": "#ffd75f",
        "text-error": "#ff8787",
        "border": "#5fafff",
        "border-blurred": "#3a3a3a",
        "block-cursor-background": "#3a3a3a",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#262626",
        "block-cursor-text-style": "none",
        "scrollbar": "#444444",
        "scrollbar-hover": "#5f5f5f",
        "scrollbar-active": "#5fafff",
        "scrollbar-background": "#1c1c1c",
        "scrollbar-background-hover": "#1c1c1c",
        "scrollbar-background-active": "#1c1c1c",
        "scrollbar-corner-color": "#1c1c1c",
        "input-cursor-background": "#5fafff",
        "input-cursor-foreground": "#121212",
        "input-selection-background": "#005f87",
    },
)


def ink_styles(variables: Mapping[str, str]) -> dict[Ink, Style]:
    """Return the inks in a theme, by its variables.

    Component classes of the style sheet would be Textual's usual way; they are worked out anew for
    every widget whenever a class changes, which took a third of the time to the first frame.
    """
    names = {name for ink in _INKS.values() for name in ink[:2] if name} | {"background"}
    return _styles(tuple(sorted((name, variables[name]) for name in names)))


@lru_cache(maxsize=4)
def _styles(variables: tuple[tuple[str, str], ...]) -> dict[Ink, Style]:
    colours = {name: Color.parse(value) for name, value in variables}
    ground = colours["background"]

    def rich(name: str | None) -> str | None:
        return None if name is None else (ground + colours[name]).rich_color.name

    return {
        ink: Style(color=rich(colour), bgcolor=rich(background)) + Style.parse(style)
        for ink, (colour, background, style) in _INKS.items()
    }
