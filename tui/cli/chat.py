"""`ftlab chat`."""

from __future__ import annotations

import sys
from contextlib import closing
from math import isnan
from typing import TYPE_CHECKING

import click

from tui.cli.names import models_argument
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.chatting.side_by_side import Ended, SideBySide
    from engine.lab import Lab

_MOST_STOPS = 4
_EXAMPLES = """\b
Examples:
  ftlab chat gsm8k-train-1
  ftlab chat ft:gpt-4o-mini-2024-07-18:acme::B1x --system 'You answer in one line.'
  ftlab chat gsm8k-train-1 smollm2-135m-instruct --prompt 'What is 12 * 7?'
  ftlab chat gpt-4o-mini --provider openai --temperature 1 --seed 7
  echo 'What is 12 * 7?' | ftlab chat gsm8k-train-1

\b
Several models answer side by side where the terminal is wide enough. A base model of a service
(gpt-4o-mini, davinci-002, a deployment at Azure) needs its profile: --provider PROFILE. A model
that completes texts (babbage-002, davinci-002) sees each question alone, exactly as it is written;
what it was trained to end an answer with goes into --stop.
"""


def _checked_temperature(_context: click.Context, _option: click.Parameter, given: float) -> float:
    if isnan(given):
        raise click.BadParameter("must be a number")
    return given


def _checked_stops(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    if len(given) > _MOST_STOPS or not all(given):
        raise click.BadParameter(f"must be up to {_MOST_STOPS} texts, none of them empty")
    return given


@click.command(epilog=_EXAMPLES)
@models_argument
@click.option(
    "--provider",
    metavar="PROFILE",
    help="Ask this profile's service for models that are not listed here; `local` for none.",
)
@click.option("--prompt", help="Ask this and leave.")
@click.option("--system", help="System prompt.")
@click.option(
    "--temperature",
    type=click.FloatRange(0, 2),
    metavar="T",
    default=0.0,
    show_default=True,
    callback=_checked_temperature,
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
@click.option(
    "--stop",
    multiple=True,
    metavar="TEXT",
    callback=_checked_stops,
    help="End the answer before this text; may be given four times.",
)
@db_option
@json_option
def chat(
    models: tuple[str, ...],
    provider: str | None,
    prompt: str | None,
    system: str | None,
    temperature: float,
    max_tokens: int,
    seed: int | None,
    stop: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Talk to one or several models; every turn is recorded.

    They may be hosted or of this machine. Without --prompt: a conversation, Ctrl-D ends it.
    """
    question = _question(prompt)
    with opened() as lab:
        from engine.chatting.side_by_side import SideBySide
        from engine.conversations import Sampling
        from tui.cli.progress import staged

        sampling = Sampling(temperature, max_tokens, seed, stop)
        with staged() as progress:
            talk = SideBySide(lab, models, system, sampling, progress, provider=provider)
        with talk:
            if not as_json:
                _say_beforehand(lab, talk)
            if question is None:
                _converse(talk, as_json=as_json)
            else:
                _end_with(_ask(talk, question, as_json=as_json))


def _question(prompt: str | None) -> str | None:
    """Return the one question to ask, from the option or a pipe; None for a conversation."""
    if prompt is None and sys.stdin and sys.stdin.isatty():
        return None
    piped = sys.stdin.read().removesuffix("\n") if prompt is None and sys.stdin else ""
    question = piped if prompt is None else prompt
    if not question.strip():
        raise click.UsageError("there is no question: neither in --prompt nor on standard input")
    return question


def _say_beforehand(lab: Lab, talk: SideBySide) -> None:
    """Say what a person should know of the models before asking them."""
    from tui.cli.output import note

    for model in talk.conversations:
        if model.completes:
            note(f"{model.model_name} completes texts: it sees each question alone, as written.")
        if model.hosted and not model.priced:
            where = lab.places.prices
            note(f"No price is known for {model.model_name}: your own goes into {where}.")


def _converse(talk: SideBySide, *, as_json: bool) -> None:
    from tui.cli.failures import tell
    from tui.cli.output import note

    for model in talk.conversations:
        if model.forgets:
            note(f"{model.model_name} learned from single questions: it sees each one alone.")
    names = ", ".join(model.model_name for model in talk.conversations)
    note(f"{names}: Ctrl-C stops an answer, Ctrl-D ends.")
    while True:
        try:
            question = input("> ")
        except EOFError:
            return
        if not question.strip():
            continue
        for end in _ask(talk, question, as_json=as_json):
            if end.failure is not None and len(talk.conversations) == 1:
                tell(end.failure)


def _ask(talk: SideBySide, question: str, *, as_json: bool) -> list[Ended]:
    """Ask and show the answers; Ctrl-C stops them. Return how they ended, in the models' order."""
    from engine.chatting.side_by_side import Ended, Piece
    from tui.cli.answers import shown

    ends: dict[int, Ended] = {}
    with shown(talk.conversations, as_json=as_json) as answers:
        try:
            with closing(talk.ask(question)) as news:
                for item in news:
                    if isinstance(item, Piece):
                        answers.grew(item.place, item.words)
                    else:
                        ends[item.place] = item
                        answers.ended(item)
        except KeyboardInterrupt:
            for place, model in enumerate(talk.conversations):
                if place not in ends:
                    ends[place] = Ended(place, model.last_turn, None)
                    answers.ended(ends[place])
    return [ends[place] for place in sorted(ends)]


def _end_with(ends: list[Ended]) -> None:
    """End the command as the first failure wants it, if there is one.

    Raises:
        Exception: the failure, where it has not been told in its model's place.
        KeyboardInterrupt: if an answer was stopped.
    """
    from engine.errors import LabError
    from store.errors import StoreError
    from tui.cli.failures import status_of

    if any(end.turn is None or end.turn.cancelled for end in ends if end.failure is None):
        raise KeyboardInterrupt
    failure = next((end.failure for end in ends if end.failure is not None), None)
    if failure is None:
        return
    if len(ends) == 1 or not isinstance(failure, LabError | StoreError):
        raise failure
    click.get_current_context().exit(status_of(failure))
