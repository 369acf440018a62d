"""What `ftlab sweep` is asked for, read from its options."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tui.cli.training import asked_for, train

if TYPE_CHECKING:
    from engine.sweeping.plan import SweepWish
    from engine.sweeping.space import Axis
    from engine.sweeping.subsets import Sizes

_OWN = ("queued", "priority", "follow", "dry_run", "as_json", "suffix", "db")
"""Options of `ftlab train` that a sweep has not, or in other words."""

_SWEPT = (
    "epochs",
    "max_steps",
    "batch_size",
    "learning_rate",
    "learning_rate_multiplier",
    "lora_rank",
    "lora_alpha",
    "lora_dropout",
    "beta",
    "gradient_accumulation",
    "scheduler",
    "warmup_ratio",
    "weight_decay",
    "max_grad_norm",
    "early_stopping",
    "precision",
    "group_by_length",
    "packing",
    "seed",
)
"""Options whose values can be held against each other by a loss of the same examples."""

_RANGE = re.compile(r"(?P<low>.+?)\.\.(?P<high>.+?)(?P<log>:log)?")
_PERCENT = "%"

_Command = TypeVar("_Command", bound=Callable[..., object])

_OPTIONS = (
    click.option(
        "--grid",
        "grids",
        multiple=True,
        metavar="KEY=V1,V2",
        help="Try these values of an option of `ftlab train`; repeated, each with each.",
    ),
    click.option(
        "--random",
        "draws",
        type=int,
        metavar="N",
        help="Draw N combinations by --seed instead of trying all.",
    ),
    click.option(
        "--range",
        "ranges",
        multiple=True,
        metavar="KEY=LOW..HIGH[:log]",
        help="With --random: draw from all values between.",
    ),
    click.option(
        "--learning-curve",
        "sizes",
        metavar="10,25,50,100%",
        help="Train the same recipe on growing parts of the data, drawn by --seed.",
    ),
    click.option(
        "--by",
        metavar="METRIC",
        help="Rank by a metric's last value, or best:METRIC [default: evaluation loss].",
    ),
    click.option("--suffix", help="A name for the sweep; its jobs are numbered."),
)


def sweep_options(command: _Command) -> _Command:
    """Give a command the options that say what is swept."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def take_options_of_training(command: click.Command) -> None:
    """Give a command, behind its own, the dataset and options that all trials share."""
    command.params += [option for option in train.params if option.name not in _OWN]


def wish_of(parameters: Mapping[str, Any]) -> SweepWish:
    """Return what the parameters of the command ask for.

    Raises:
        click.UsageError: if they do not go together, or cannot be read.
    """
    from engine.sweeping.plan import SweepWish

    draws, sizes = parameters["draws"], parameters["sizes"]
    if parameters["ranges"] and draws is None:
        raise click.UsageError("--range goes with --random N: it says from what to draw")
    if not (parameters["grids"] or parameters["ranges"] or sizes or draws is not None):
        raise click.UsageError(
            "say what to try: --grid KEY=V1,V2, or --random N --range KEY=LOW..HIGH, or "
            "--learning-curve 10,25,50,100%"
        )
    shared = {
        option.name: parameters[option.name]
        for option in train.params
        if option.name is not None and option.name not in _OWN
    }
    request, _ = asked_for(
        shared | {"queued": False, "priority": None, "suffix": parameters["suffix"]}
    )
    return SweepWish(
        request=request,
        axes=_axes(parameters["grids"], parameters["ranges"]),
        draws=draws,
        sizes=None if sizes is None else _sizes(sizes),
        by=parameters["by"],
    )


def _axes(grids: tuple[str, ...], ranges: tuple[str, ...]) -> dict[str, Axis]:
    axes: dict[str, Axis] = {}
    for given, read in ((grids, _choice), (ranges, _range)):
        for text in given:
            key, equals, values = text.partition("=")
            option = _option(key.strip())
            name = str(option.name)
            if not equals or not values.strip():
                raise click.UsageError(f"{text!r} says no values: write {key}=…")
            if name in axes:
                raise click.UsageError(f"{key} is named twice: put its values together")
            axes[name] = read(option, values)
    return axes


def _option(key: str) -> click.Option:
    """Return the option of `ftlab train` that a key means, written with - or _."""
    name = key.removeprefix("--").replace("-", "_")
    found = next((option for option in train.params if option.name == name), None)
    if name not in _SWEPT or not isinstance(found, click.Option):
        raise click.UsageError(f"{key!r} cannot be swept; what can is {', '.join(_SWEPT)}")
    return found


def _choice(option: click.Option, values: str) -> Axis:
    from engine.sweeping.space import Choice

    return Choice(tuple(_read(option, value) for value in values.split(",")))


def _range(option: click.Option, text: str) -> Axis:
    from engine.sweeping.space import Range

    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise click.UsageError(f"{text!r} is no range: write LOW..HIGH, or LOW..HIGH:log")
    low, high = _read(option, match["low"]), _read(option, match["high"])
    for bound in (low, high):
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            raise click.UsageError(f"{option.name} has no range: name values with --grid")
    return Range(low, high, match["log"] is not None, whole=isinstance(low, int))


def _read(option: click.Option, text: str) -> Any:  # noqa: ANN401 - as the option reads it
    return option.type.convert(text.strip(), option, click.get_current_context(silent=True))


def _sizes(text: str) -> Sizes:
    from engine.sweeping.subsets import Sizes

    parts = [part.strip() for part in text.split(",")]
    percent = any(part.endswith(_PERCENT) for part in parts)
    try:
        return Sizes(tuple(float(part.removesuffix(_PERCENT)) for part in parts), percent)
    except ValueError:
        raise click.UsageError(
            f"{text!r} are no sizes: write percentages such as 10,25,50,100%, or numbers of "
            "examples such as 100,400,1600"
        ) from None
