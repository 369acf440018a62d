"""The command line of `ftlab train` that a form comes to, and what that asks for.

A form holds what the command's options hold, as text, and is read by the command itself: what it
asks for is what the command would.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from engine.planning import TrainingRequest

Draft = Mapping[str, str]
"""What a form holds, by the names of the command's parameters; an empty text says nothing."""

YES, NO = "yes", "no"
"""What a draft holds of an option that takes no value."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a draft asks for.

    Attributes:
        request: the training; what was at fault is left out of it.
        priority: with which it waits in the queue; None if it starts at once.
        faults: what cannot be read, by the names of the parameters.
    """

    request: TrainingRequest
    priority: int | None
    faults: Mapping[str, str] = field(default_factory=dict)


def parameters() -> Mapping[str, click.Parameter]:
    """Return the parameters of the command by their names."""
    return _parameters()


def option_of(name: str) -> str:
    """Return what a parameter is called on the command line."""
    return parameters()[name].opts[0]


def line_of(draft: Draft) -> str:
    """Return the command line of a draft, quoted for a shell; what it does not say is left out."""
    said = {name: text for name, text in _together(draft).items() if not _is_usual(name, text)}
    words = (word for word in _words(said) if word)
    return shlex.join(("ftlab", "train", *words))


def read(draft: Draft) -> Asked:
    """Return what a draft asks for, as the command itself reads it."""
    from tui.cli.training import asked_for, train

    left, faults = _together(draft), dict[str, str]()
    while True:
        try:
            context = train.make_context("train", list(_words(left)))
            return Asked(*asked_for(context.params), faults)
        except click.UsageError as error:
            name = _at_fault(error, left)
            faults[name] = error.message
            # What is missing is said to be nothing, so that it does not hide other faults.
            left.pop(name)


def _at_fault(error: click.UsageError, draft: Draft) -> str:
    """Return the name of the parameter that cannot be read.

    Raises:
        click.UsageError: the error, if it is about none that says anything.
    """
    parameter = getattr(error, "param", None)
    name = parameter.name if isinstance(parameter, click.Parameter) else "grader"
    if name is None or not draft.get(name):
        raise error
    return name


def _together(draft: Draft) -> dict[str, str]:
    """Return what of a draft goes together: a model made here stands in place of a base model."""
    said = {name: text for name, text in draft.items() if text}
    if "earlier" in said:
        said.pop("model", None)
    else:
        said.setdefault("model", "")
    if said.get("queued") != YES:
        said.pop("priority", None)
    return said


def _is_usual(name: str, text: str) -> bool:
    return not text or text == str(parameters()[name].default)


def _words(draft: Draft) -> Iterator[str]:
    """Give the words of a draft after the command's name, in the order of its help."""
    dataset = draft.get("dataset", "")
    if not dataset.startswith("-"):
        yield dataset
    for name, parameter in parameters().items():
        if name in draft and isinstance(parameter, click.Option):
            yield from _option(parameter, draft[name])
    if dataset.startswith("-"):
        yield from ("--", dataset)


def _option(option: click.Option, text: str) -> Iterator[str]:
    if option.is_flag:
        yield from _flag(option, text)
    elif text.startswith("-") or not text:
        # As a word of its own it would be taken for an option.
        yield f"{option.opts[0]}={text}"
    else:
        yield from (option.opts[0], text)


def _flag(option: click.Option, text: str) -> Iterator[str]:
    if text == YES:
        yield option.opts[0]
    elif text == NO and option.secondary_opts:
        yield option.secondary_opts[0]


@cache
def _parameters() -> dict[str, click.Parameter]:
    from tui.cli.training import train

    return {parameter.name: parameter for parameter in train.params if parameter.name}
