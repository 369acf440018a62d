"""Options of `ftlab train` that say how to train on this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., object])
_SCHEDULERS = ("linear", "cosine", "constant", "polynomial", "inverse_sqrt")
_PRECISIONS = ("auto", "float32", "bfloat16", "float16")


class NumberOrAuto(click.ParamType[float | str]):
    """A number, or `auto` to have a good one found.

    Args:
        whole: whether it has no fraction.
    """

    name = "number"

    def __init__(self, *, whole: bool = False) -> None:
        self._kind: click.ParamType[Any] = click.INT if whole else click.FLOAT

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | str:
        """Return the number or `auto`; wrong usage if it is neither."""
        if value == "auto":
            return "auto"
        number: float = self._kind(str(value), param, ctx)
        return number


_OPTIONS = (
    click.option(
        "--devices", type=int, metavar="N", help="GPUs to train on, or processes on a processor."
    ),
    click.option(
        "--gradient-accumulation", type=int, metavar="N", help="Batches that make one step."
    ),
    click.option("--scheduler", type=click.Choice(_SCHEDULERS), help="How the rate falls."),
    click.option("--warmup-ratio", type=float, metavar="X", help="Part of the steps it rises in."),
    click.option("--weight-decay", type=float, metavar="X", help="Of AdamW."),
    click.option(
        "--max-grad-norm", type=float, metavar="X", help="Longest gradient; 0 for any length."
    ),
    click.option("--lora-alpha", type=float, metavar="X", help="Scale of the LoRA matrices."),
    click.option("--lora-dropout", type=float, metavar="X", help="Part of LoRA's inputs left out."),
    click.option(
        "--lora-target-modules",
        metavar="NAME,…",
        help="Layers that LoRA changes, such as q_proj,v_proj [default: all-linear].",
    ),
    click.option("--precision", type=click.Choice(_PRECISIONS), help="What to compute in."),
    click.option(
        "--gradient-checkpointing",
        is_flag=True,
        default=None,
        help="Save memory by computing activations twice.",
    ),
    click.option(
        "--group-by-length",
        is_flag=True,
        default=None,
        help="Put examples of similar length into a batch.",
    ),
    click.option(
        "--packing",
        is_flag=True,
        default=None,
        help="Fill rows of --max-length with several examples.",
    ),
    click.option(
        "--save-epochs/--no-save-epochs", default=None, help="Save a checkpoint each epoch, too."
    ),
    click.option("--keep-checkpoints", type=int, metavar="N", help="How many of the newest stay."),
    click.option(
        "--validation-examples", type=int, metavar="N", help="How many to evaluate on at most."
    ),
    click.option(
        "--early-stopping",
        type=int,
        metavar="N",
        help="End after so many evaluations without a lower loss.",
    ),
    click.option(
        "--keep-best",
        is_flag=True,
        default=None,
        help="Take the model of the best evaluation, not the last.",
    ),
)


def local_options(command: _Command) -> _Command:
    """Give a command the options; it takes their values as keywords, None where one is not used."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
