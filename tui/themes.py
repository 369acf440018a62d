"""Our own themes; Textual's can be chosen beside them.

The colours of two are all from the 256-colour palette (xterm's cube and grey ramp): a terminal
without true colour (tmux, many an SSH session) then shows what was meant instead of rounding dark
shades into one another. The other two take what the terminal's own palette says of the eight
oldest colours, and no ground but its own: each for one kind of ground, since yellow is no colour
for white, nor blue for black.
"""

from __future__ import annotations

from textual.theme import Theme

FTLAB = Theme(
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
        "text-muted": "#a8a8a8",
        "text-disabled": "#8a8a8a",
        "foreground-muted": "#a8a8a8",
        "foreground-disabled": "#8a8a8a",
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

FTLAB_LIGHT = Theme(
    name="ftlab-light",
    primary="#005faf",
    secondary="#8700af",
    accent="#005faf",
    success="#008700",
    warning="#af5f00",
    error="#d70000",
    foreground="#303030",
    background="#ffffff",
    surface="#eeeeee",
    panel="#e4e4e4",
    boost="#dadada",
    dark=False,
    variables={
        "text-muted": "#585858",
        "text-disabled": "#767676",
        "foreground-muted": "#585858",
        "foreground-disabled": "#767676",
        "text-primary": "#005faf",
        "text-accent": "#005faf",
        "text-success": "#005f00",
        "text-warning": "#5f5f00",
        "text-error": "#af0000",
        "border": "#005faf",
        "border-blurred": "#c6c6c6",
        "block-cursor-background": "#d7d7ff",
        "block-cursor-foreground": "#000000",
        "block-cursor-blurred-background": "#e4e4e4",
        "block-cursor-text-style": "none",
        "scrollbar": "#bcbcbc",
        "scrollbar-hover": "#949494",
        "scrollbar-active": "#005faf",
        "scrollbar-background": "#eeeeee",
        "scrollbar-background-hover": "#eeeeee",
        "scrollbar-background-active": "#eeeeee",
        "scrollbar-corner-color": "#eeeeee",
        "input-cursor-background": "#005faf",
        "input-cursor-foreground": "#ffffff",
        "input-selection-background": "#afd7ff",
    },
)

_ON_ANY_GROUND = {
    "ansi-background": "ansi_default",
    "ansi-foreground": "ansi_default",
    "text-muted": "ansi_default",
    "text-disabled": "ansi_default",
    "foreground-muted": "ansi_default",
    "foreground-disabled": "ansi_default",
    "border-blurred": "ansi_default",
    "block-cursor-foreground": "ansi_default",
    "block-cursor-background": "ansi_default",
    "block-cursor-text-style": "reverse",
    "scrollbar-background": "ansi_default",
    "scrollbar-background-hover": "ansi_default",
    "scrollbar-background-active": "ansi_default",
    "scrollbar-corner-color": "ansi_default",
    "input-cursor-background": "ansi_default",
    "input-cursor-foreground": "ansi_default",
    "input-cursor-text-style": "reverse",
    "input-selection-background": "ansi_default",
    "input-selection-foreground": "ansi_default",
    "screen-selection-background": "ansi_default",
    "screen-selection-foreground": "ansi_default",
}


def _of_the_terminal(
    name: str, *, dark: bool, accent: str, second: str, third: str, warning: str
) -> Theme:
    """Return a theme of the terminal's own colours."""
    return Theme(
        name=name,
        primary=accent,
        secondary=third,
        accent=accent,
        success="ansi_green",
        warning=second,
        error="ansi_red",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        dark=dark,
        ansi=True,
        variables={
            **_ON_ANY_GROUND,
            "text-warning": warning,
            "border": accent,
            "scrollbar": accent,
            "scrollbar-hover": accent,
            "scrollbar-active": accent,
        },
    )


TERMINAL = _of_the_terminal(
    "terminal",
    dark=True,
    accent="ansi_cyan",
    second="ansi_yellow",
    third="ansi_magenta",
    warning="ansi_yellow",
)
TERMINAL_LIGHT = _of_the_terminal(
    "terminal-light",
    dark=False,
    accent="ansi_blue",
    second="ansi_magenta",
    third="ansi_cyan",
    warning="ansi_magenta",
)

OURS = (FTLAB, FTLAB_LIGHT, TERMINAL, TERMINAL_LIGHT)
