"""Choices that are written out, so that help and completion load nothing heavy, are all there."""

from __future__ import annotations

from typing import get_args

import click
import pytest

from engine.data.checking.rules import Method
from engine.data.exporting.targets import Target
from engine.data.shapes.systems import SystemMode
from engine.data.versions.sampling import Take
from tui.cli.data.add import add
from tui.cli.data.check import check
from tui.cli.data.export import export
from tui.cli.data.sample import sample


@pytest.mark.parametrize(
    ("command", "option", "known"),
    [
        (export, "to", [str(target) for target in Target]),
        (check, "method", list(get_args(Method))),
        (add, "system_mode", [str(mode) for mode in SystemMode]),
        (sample, "take", list(get_args(Take))),
    ],
)
def test_an_option_offers_all_that_is_known(
    command: click.Command, option: str, known: list[str]
) -> None:
    [parameter] = [found for found in command.params if found.name == option]
    assert isinstance(parameter.type, click.Choice)
    assert sorted(parameter.type.choices) == sorted(known)
