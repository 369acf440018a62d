"""Groups of commands: listed in their own order, imported when one is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import ClassVar

import click
from click.core import ParameterSource


class CommandGroup(click.Group):
    """A group that lists its commands in the order of their definition, not of the alphabet.

    Attributes:
        places: commands to import when they are first asked for: name to `module:attribute`.
    """

    places: ClassVar[Mapping[str, str]] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands in their order."""
        return list(dict.fromkeys([*self.places, *self.commands]))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, importing it if need be."""
        if cmd_name not in self.commands and cmd_name in self.places:
            module, _, attribute = self.places[cmd_name].partition(":")
            self.add_command(getattr(import_module(module), attribute), cmd_name)
        return super().get_command(ctx, cmd_name)


def refuse_lost_options(context: click.Context) -> None:
    """Refuse options of a group that stand before one of its commands and would do nothing there.

    Raises:
        click.UsageError: if there are any.
    """
    for parameter in context.command.params:
        if not parameter.expose_value or parameter.name is None:
            continue
        if context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE:
            command = f"{context.command_path} {context.invoked_subcommand}"
            raise click.UsageError(f"{parameter.opts[0]} belongs behind: {command} …", context)
