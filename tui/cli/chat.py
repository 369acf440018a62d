"""`ftlab chat`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tui.cli.names import model_argument
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.conversations import Conversation

_EXAMPLES = """\b
Examples:
  ftlab chat gsm8k-train-1
  ftlab chat smollm2-135m-instruct --prompt 'What is 12 * 7?' --temperature 0
  echo 'What is 12 * 7?' | ftlab chat gsm8k-train-1
"""


@click.command(epilog=_EXAMPLES)
@model_argument
@click.option("--prompt", help="Ask this and leave.")
@click.option("--system", help="System prompt.")
@click.option(
    "--temperature",
    type=click.FloatRange(0, 2),
    metavar="T",
    default=0.0,
    show_default=True,
    help="0 always answers alike.",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(min=1),
    metavar="N",
    default=256,
    show_default=True,
    help="Longest answer.",
)
@click.option("--seed", type=int, metavar="N", help="For repeatable sampling.")
@db_option
@json_option
def chat(
    model: str,
    prompt: str | None,
    system: str | None,
    temperature: float,
    max_tokens: int,
    seed: int | None,
    *,
    as_json: bool,
) -> None:
    """Talk to a model; every turn is recorded. Without --prompt: a conversation, Ctrl-D ends it."""
    from tui.cli.progress import staged

    question = _question(prompt)
    with opened() as lab:
        with staged() as progress:
            conversation = lab.open_chat(
                model,
                system=system,
                temperature=temperature,
                max_tokens=max_tokens,
                seed=seed,
                progress=progress,
            )
        with conversation:
            if question is None:
                _talk(conversation, as_json=as_json)
            else:
                _ask(conversation, question, as_json=as_json)


def _question(prompt: str | None) -> str | None:
    """Return the one question to ask, from the option or a pipe; None for a conversation."""
    if prompt is None and sys.stdin.isatty():
        return None
    question = sys.stdin.read().strip() if prompt is None else prompt
    if not question:
        raise click.UsageError("there is no question: neither in --prompt nor on standard input")
    return question


def _talk(conversation: Conversation, *, as_json: bool) -> None:
    from tui.cli.output import note

    note(f"{conversation.model_name}: Ctrl-C stops an answer, Ctrl-D ends.")
    while True:
        try:
            question = input("> ").strip()
        except EOFError:
            return
        if question:
            _ask(conversation, question, as_json=as_json)


def _ask(conversation: Conversation, question: str, *, as_json: bool) -> None:
    from tui.cli.output import print_json_line, say, say_piece

    try:
        for piece in conversation.ask(question):
            if not as_json:
                say_piece(piece)
    except KeyboardInterrupt:
        conversation.cancel()
    finally:
        if not as_json:
            say()
    if as_json:
        print_json_line(conversation.last_turn)
        sys.stdout.flush()
