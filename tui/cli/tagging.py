"""`ftlab models tag` and `ftlab models untag`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from tui.cli.names import model_argument, names_of, recorded
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.model_tags import Others, Tagging
    from store.queries.model_tags import TagMove


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
reason_option = click.option(
    "--reason", metavar="TEXT", help="Why: it stays in the model's history."
)
tag_option = click.option(
    "--tag", metavar="TAG", shell_complete=_complete, help="Only models with this tag."
)


_EXAMPLES = """\b
Examples:
  ftlab models tag support-2 prod --reason "fewer wrong refunds in the pilot"
  ftlab models tag support-2 prod --compared-with prod --suite tickets
  ftlab models tag support-2 reviewed --share

\b
A tag that one other model has moves. Where several have it, --move takes it from all of them and
--share lets them keep it. A model can be named by a tag that it alone has: `ftlab chat prod`.
"""


@click.command(epilog=_EXAMPLES)
@model_argument
@tags_argument
@reason_option
@click.option(
    "--compared-with",
    "others",
    multiple=True,
    metavar="MODEL",
    shell_complete=names_of("model"),
    help="Record how it does beside this one, as what spoke for it; again for more.",
)
@click.option(
    "--suite",
    metavar="S",
    shell_complete=names_of("suite"),
    help="Compare by this suite alone [default: all that both were evaluated by].",
)
@click.option("--move", is_flag=True, help="Take the tag from all other models.")
@click.option("--share", is_flag=True, help="Let other models keep the tag.")
@db_option
@json_option
def tag(
    model: str,
    tags: tuple[str, ...],
    reason: str | None,
    others: tuple[str, ...],
    suite: str | None,
    *,
    move: bool,
    share: bool,
    as_json: bool,
) -> None:
    """Give a model version tags. By them it is found, named, and put together with others."""
    from engine.model_tags import Why, check_tag, tag_model
    from engine.tag_grounds import tag_grounds

    if move and share:
        raise click.UsageError("--move takes the tag from others, --share lets them keep it")
    if suite is not None and not others:
        raise click.UsageError("--suite says by what it is compared: add --compared-with MODEL")
    losing: Others = "lose" if move else "keep" if share else "only one loses"
    with opened() as lab:
        for each in tags:
            check_tag(each)
        because = tag_grounds(lab, model, others, suite) if others else ()
        done = tag_model(lab, model, tags, others=losing, why=Why(reason, because))
        grounds = [ground.model_dump() for ground in because]
    if as_json:
        _print_json({"reason": reason, "because": grounds}, done)
        return
    _tell(done, "tagged", "is tagged already")
    _tell_grounds(grounds)


@click.command()
@model_argument
@tags_argument
@reason_option
@db_option
@json_option
def untag(model: str, tags: tuple[str, ...], reason: str | None, *, as_json: bool) -> None:
    """Take tags from a model version. What it was tagged with stays in its history."""
    from engine.model_tags import untag_model

    with opened() as lab:
        done = untag_model(lab, model, tags, reason)
    if as_json:
        _print_json({"reason": reason}, done)
    else:
        _tell(done, "no longer tagged", "is not tagged")


def _print_json(why: dict[str, Any], done: Tagging) -> None:
    """Print as JSON what became of tags, and why."""
    from tui.cli.output import plain, print_json

    print_json({**plain(done), **why})


def _tell(done: Tagging, words: str, without: str) -> None:
    from tui.cli.output import note, say

    if done.changed:
        say(f"{done.name}  {words} {', '.join(done.changed)}")
    again = [tag for tag in done.explained if not any(each.tag == tag for each in done.moved)]
    if again:
        say(f"{done.name}  was tagged {', '.join(again)} before; why is recorded now")
    for each in done.moved:
        say(f"{each.name}  no longer tagged {each.tag}")
    if done.unchanged:
        note(f"{done.name} {without}: {', '.join(done.unchanged)}")


def print_moves(moves: Sequence[TagMove], names: Mapping[str, str]) -> None:
    """Print which tags a model got and lost, and why, the newest first."""
    from tui import wording
    from tui.cli.output import say, say_heading
    from tui.tag_lines import ground_lines, move_words

    if not moves:
        return
    say()
    say_heading("tags, the newest first")
    for move in moves:
        words = move_words(move, lambda model: names.get(model, model))
        say(f"{wording.local_time(move.at)}  {words}  ({move.actor})")
        for ground in move.because:
            for line in ground_lines(ground):
                say(f"  {line}")


def _tell_grounds(because: list[dict[str, Any]]) -> None:
    from tui.cli.output import say
    from tui.tag_lines import ground_lines

    for ground in because:
        for line in ground_lines(ground):
            say(f"  {line}")
