"""`ftlab data`: files into dataset versions, and versions into others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click

from tui.cli.groups import CommandGroup


class _Data(CommandGroup):
    places: ClassVar[Mapping[str, str]] = {
        "add": "tui.cli.data.add:add",
        "list": "tui.cli.data.listing:list_",
        "show": "tui.cli.data.show:show",
        "check": "tui.cli.data.check:check",
        "tokens": "tui.cli.data.tokens:tokens",
        "clean": "tui.cli.data.clean:clean",
        "split": "tui.cli.data.split:split",
        "merge": "tui.cli.data.merge:merge",
        "sample": "tui.cli.data.sample:sample",
        "diff": "tui.cli.data.diff:diff",
        "export": "tui.cli.data.export:export",
    }


@click.group(cls=_Data, no_args_is_help=True)
def data() -> None:
    """Datasets: add, check, clean, split, compare, export."""
