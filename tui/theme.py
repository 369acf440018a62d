"""Our colours, each one exactly a colour of the 256-colour palette (xterm's cube and grey ramp).

A terminal without true colour (tmux, many an SSH session) then shows what was meant instead of
rounding dark shades into one another.
"""

from __future__ import annotations

from textual.theme import Theme

FTLAB_DARK = Theme(
    name="ftlab",
    primary="#5fafff",
    secondary="#af87ff",
    accent="#5fafff",
    success="#87d787",
    warning="#ffd75f",
    error="#ff5f5f",
    foreground="#d0d0d0",
    background="#121212",
    surface="#1c1c1c",
    panel="#262626",
    boost="#303030",
    dark=True,
    variables={
        "text-muted": "#949494",
        "text-disabled": "#5f5f5f",
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
