"""How the words behind `ftlab sweep` are read: a command, or what is to be swept."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import ClassVar

import click

from tui.cli.groups import CommandGroup

_NEARNESS = 0.7
"""How like a command a word has to be to be taken for one (1: the same)."""

_TRYING = ("--grid", "--random", "--range", "--learning-curve")


class SweepGroup(CommandGroup):
    """The commands of sweeps; what is none of them begins the words of `ftlab sweep run`."""

    places: ClassVar[Mapping[str, str]] = {}

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words, with `run` before those that name no command.

        Raises:
            click.UsageError: if they say nothing to try, and begin like a command.
        """
        first = args[0] if args else None
        asks_for_help = first in ctx.help_option_names
        if first is not None and first not in self.commands and not asks_for_help:
            meant = get_close_matches(first, self.commands, n=1, cutoff=_NEARNESS)
            if meant and not (ctx.resilient_parsing or _tries_something(args)):
                raise click.UsageError(
                    f"No such command '{first}'. Did you mean '{meant[0]}'? A sweep of a dataset "
                    f"of this name says what to try, as --grid learning-rate=1e-4,5e-4",
                    ctx,
                )
            args = ["run", *args]
        return super().parse_args(ctx, args)


def _tries_something(args: list[str]) -> bool:
    """Tell whether words say what a sweep is to try."""
    return any(word.partition("=")[0] in _TRYING for word in args)
