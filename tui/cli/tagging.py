"""`ftlab models tag` and `ftlab models untag`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.names import model_argument, recorded
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.model_tags import Tagging


def _complete(context: click.Context, _parameter: click.Parameter, start: str) -> list[str]:
    from store.queries.model_tags import tag_counts

    return [tag for tag in recorded(context, tag_counts) if tag.startswith(start)]


tags_argument = click.argument(
    "tags",
    metavar="TAG…",
    nargs=-1,
    required=True,
    shell_complete=_complete,
    help="Words of letters, digits and . - _ / such as prod or eu/candidate.",
)
tag_option = click.option(
    "--tag", metavar="TAG", shell_complete=_complete, help="Only models with this tag."
)


@click.command()
@model_argument
@tags_argument
@db_option
@json_option
def tag(model: str, tags: tuple[str, ...], *, as_json: bool) -> None:
    """Give a model version tags. By them it is found and put together with others."""
    from engine.model_tags import tag_model

    with opened() as lab:
        _tell(tag_model(lab, model, tags), "tagged", "is tagged already", as_json=as_json)


@click.command()
@model_argument
@tags_argument
@db_option
@json_option
def untag(model: str, tags: tuple[str, ...], *, as_json: bool) -> None:
    """Take tags from a model version. What it was tagged with stays in its history."""
    from engine.model_tags import untag_model

    with opened() as lab:
        _tell(untag_model(lab, model, tags), "no longer tagged", "is not tagged", as_json=as_json)


def _tell(done: Tagging, words: str, without: str, *, as_json: bool) -> None:
    from tui.cli.output import note, print_json, say

    if as_json:
        print_json(done)
        return
    if done.changed:
        say(f"{done.name}  {words} {', '.join(done.changed)}")
    if done.unchanged:
        note(f"{done.name} {without}: {', '.join(done.unchanged)}")
