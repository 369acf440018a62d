"""`ftlab chats`: what was said to models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.groups import CommandGroup, refuse_lost_options
from tui.cli.names import names_of
from tui.cli.opening import db_option, reading
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    from store.queries.chat_search import ChatSummary
    from store.queries.chats import ChatRow, ChatTurnRow

_EXAMPLES = """\b
Examples:
  ftlab chats
  ftlab chats --search 'model:support rated:down age<7d'
  ftlab chats show chat_1qgn4wtzz5h
"""


@click.group(cls=CommandGroup, invoke_without_command=True, epilog=_EXAMPLES)
@click.option(
    "--search",
    default="",
    metavar="TERMS",
    help="Only those of which this holds: a word that was said, model:NAME, rated:down, turns>2.",
)
@at_option
@db_option
@json_option
@click.pass_context
def chats(context: click.Context, search: str, at: str | None, *, as_json: bool) -> None:
    """Past conversations with models: list, read.

    Without a command: list conversations, newest first. `ftlab chat` begins one.
    """
    if context.invoked_subcommand is not None:
        refuse_lost_options(context)
        return
    from store.queries.chat_search import CHATS, chat_summaries
    from store.queries.searching import SearchError
    from tui.cli.output import note, print_json

    try:
        wanted = CHATS.search(search)
    except SearchError as error:
        raise click.BadParameter(str(error), param_hint="--search") from None
    with reading(at) as connection:
        found = chat_summaries(connection, wanted)
    if as_json:
        print_json(found)
    elif found:
        _print_list(found)
    else:
        note("No conversation fits." if search else "No conversations yet: `ftlab chat MODEL`.")


def _print_list(found: list[ChatSummary]) -> None:
    from datetime import UTC, datetime

    from engine.money import dollars
    from tui.cli.output import print_table
    from tui.formats import age

    now = datetime.now(UTC)
    print_table(
        ["model", ">turns", ">good", ">bad", ">cost", "age", "id", "~about"],
        (
            [
                chat.name,
                str(chat.turns),
                str(chat.up or ""),
                str(chat.down or ""),
                "" if chat.cost is None else dollars(chat.cost),
                age(chat.opened_at, now),
                chat.id,
                " ".join((chat.first or "").split()),
            ]
            for chat in found
        ),
    )


@chats.command()
@click.argument(
    "chat",
    metavar="CHAT",
    shell_complete=names_of("chat"),
    help="A conversation's id, or a unique beginning of it.",
)
@at_option
@db_option
@json_option
def show(chat: str, at: str | None, *, as_json: bool) -> None:
    """Show a conversation: how the model was asked, every question and answer."""
    from dataclasses import asdict

    from store.queries.chats import chat as find
    from store.queries.chats import chat_turns
    from tui.cli.output import plain, print_json

    with reading(at) as connection:
        found = find(connection, chat)
        turns = chat_turns(connection, found.id)
    if as_json:
        print_json({**plain(found), "turns": [asdict(turn) for turn in turns]})
    else:
        _print(found, turns)


def _print(chat: ChatRow, turns: list[ChatTurnRow]) -> None:
    from engine.chatting.recalling import sampling_of
    from tui.chat_settings import ChatSettings, in_words
    from tui.cli.output import note, say, say_heading
    from tui.exchange import RATINGS
    from tui.turn_words import took_then

    note(f"with {chat.model} ({chat.provider}) on {chat.opened_at[:16]}")
    note(in_words(ChatSettings(chat.system, sampling_of(chat))))
    for turn in turns:
        say()
        say_heading(f"> {turn.question}")
        if turn.answer:
            say(turn.answer)
        rating = RATINGS[turn.rating][0] if turn.rating in RATINGS else ""
        if words := " · ".join(word for word in (took_then(turn), rating) if word):
            note(words)
        if turn.error:
            note(f"! {turn.error}")
