"""Choosing among the themes, and showing no colours at all to those who want none."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter, Monochrome, NoColor
from textual.message import Message

from tui.background import Background
from tui.stand_ins import can_write, writable
from tui.theme import readable_cursor
from tui.themes import FTLAB, OURS, TERMINAL

if TYPE_CHECKING:
    from engine.places import Places

_VARIABLE = "FTLAB_THEME"
_SAMPLE = "…━▌⣿"
_OUR_NAMES = frozenset(theme.name for theme in OURS)


@dataclass
class ThemeKept(Message):
    """A theme was written into the configuration file.

    Attributes:
        name: which one.
        overruled: what counts more than the file, in words; None if nothing does.
    """

    name: str
    overruled: str | None


class Colourless(LineFilter):
    """Leaves out all colours; bold, dim, underlined and reversed text stays so."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return segments without colours."""
        del background
        return [
            Segment(text, None if style is None else _without_colours(style), control)
            for text, style, control in segments
        ]


class Writable(LineFilter):
    """Writes ASCII in the place of what the terminal's encoding lacks.

    Args:
        encoding: the terminal's, by the locale.
    """

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return segments that the terminal can be sent."""
        del background
        return [
            Segment(text if text.isascii() else writable(text, self._encoding), style, control)
            for text, style, control in segments
        ]


@lru_cache(maxsize=1024)
def _without_colours(style: Style) -> Style:
    return style.without_color


class Themed(App[int], Background):
    """An app in the theme that somebody wants; in the terminal's own colours where it has few.

    Attributes:
        unknown_theme: a theme that is wanted but does not exist, and who wants it, in words.
    """

    unknown_theme: str | None = None

    def __init__(self) -> None:
        super().__init__()
        for theme in OURS:
            self.register_theme(theme)
        # https://no-color.org: any value that is not empty. A terminal that knows no colours at
        # all would otherwise be sent all of them.
        self.no_color = bool(os.environ.get("NO_COLOR")) or self.console.color_system is None
        filters = [each for each in self._filters if not isinstance(each, Monochrome | NoColor)]
        self._filters = [*filters, Colourless()] if self.no_color else filters
        encoding = getattr(sys.__stderr__, "encoding", None) or "utf-8"
        if not (can_write(_SAMPLE, encoding) or self._is_in_browser):
            self._filters.append(Writable(encoding))

    @property
    def _is_in_browser(self) -> bool:
        """Whether a browser shows it, which is sent UTF-8 whatever the locale."""
        from textual.drivers.web_driver import WebDriver

        return issubclass(self.driver_class, WebDriver)

    def begin_with_theme(self, places: Places) -> None:
        """Take the theme that somebody wants: by the environment, .env files, or config.toml."""
        wanted, said_by = wanted_theme(places)
        few = self.console.color_system == "standard"
        self.theme = TERMINAL.name if self.no_color or few else FTLAB.name
        if wanted is None or self.no_color:
            return
        if wanted in self.available_themes:
            self.theme = wanted
        else:
            self.unknown_theme = f"there is no theme {wanted}, as {said_by} wants"

    def get_css_variables(self) -> dict[str, str]:
        """Return what the style sheets and the inks are made of."""
        variables = super().get_css_variables()
        if self.current_theme.name not in _OUR_NAMES:
            variables |= readable_cursor(variables)
            self.theme_variables = variables
        return variables

    def show_theme(self, name: str) -> None:
        """Show a theme, without keeping it."""
        if not self.no_color and name != self.theme:
            self.theme = name

    def keep_theme(self, name: str, places: Places) -> None:
        """Show a theme from now on, also after the next start."""
        if self.no_color:
            words = "NO_COLOR is set in the environment: no theme has colours"
            self.notify(words, severity="warning", markup=False)
            return
        self.show_theme(name)
        self.in_background("theme", lambda: _keep(name, places))

    def on_theme_kept(self, message: ThemeKept) -> None:
        """Say that it was kept, and whether that counts."""
        if message.overruled is None:
            self.notify(f"theme {message.name}, also from now on", markup=False)
        else:
            words = f"theme {message.name} until you leave: {message.overruled} comes first"
            self.notify(words, severity="warning", markup=False)


def _keep(name: str, places: Places) -> Message:
    from engine.config import edits

    edits.set_text(places.config, "theme", name)
    wanted, said_by = wanted_theme(places)
    return ThemeKept(name, None if wanted == name else said_by)


def wanted_theme(places: Places) -> tuple[str | None, str]:
    """Return the name of the theme that somebody wants, and where that was said.

    It decides what the first frame looks like, so the settings are not loaded for it as a whole;
    whatever else is wrong with the file is told when the keys are read.
    """
    from engine.config.surroundings import Surroundings

    if said := os.environ.get(_VARIABLE):
        return said, f"{_VARIABLE} in the environment"
    if found := Surroundings.look(places).find(_VARIABLE):
        return found.value, found.source
    return _written(places.config), str(places.config)


def _written(config: Path) -> str | None:
    import tomllib

    try:
        theme = tomllib.loads(config.read_text("utf-8-sig")).get("theme")
    except (OSError, ValueError):
        return None
    return theme if isinstance(theme, str) else None
