"""`ftlab data tokens`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.names import dataset_argument
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.data.versions.costs import TokenCount
    from engine.pricing.estimate import Estimate

_EXAMPLES = """\b
Examples:
  ftlab data tokens support --model gpt-4o-mini-2024-07-18
  ftlab data tokens support --model smollm2-135m-instruct
  ftlab data tokens support --model gpt-4.1-mini --epochs 1 --json

\b
Prices are ftlab's own, with source and date; yours go into pricing.toml in
the data directory.
"""


@click.command(epilog=_EXAMPLES)
@dataset_argument
@click.option("--model", required=True, help="Whose tokens: a hosted or a local model.")
@click.option(
    "--epochs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How often a training goes through it [default: the provider's rule].",
)
@db_option
@json_option
def tokens(dataset: str, model: str, epochs: int | None, *, as_json: bool) -> None:
    """Count a version's tokens, tell what a training would cost and what would make it cheaper.

    They are counted once: the numbers are kept with the version.
    """
    from tui.cli.output import print_json
    from tui.cli.progress import bytes_read

    with opened() as lab, bytes_read(f"Counting {dataset}") as progress:
        counted = lab.datasets.count_tokens(dataset, model, epochs=epochs, progress=progress)
    if as_json:
        print_json(counted.to_json())
    else:
        _print(counted)


def _print(counted: TokenCount) -> None:
    from tui.cli.data.statistics import print_histogram, print_statistics
    from tui.cli.output import note, print_table, say, say_heading

    version = counted.version
    say_heading(f"Tokens of an example of {version.name}@{version.version} ({counted.tokenizer})")
    print_statistics(counted.tokens.to_json(), counted.assistant, counted.messages)
    print_histogram(counted.tokens)
    if counted.missing is not None:
        note(f"note: {counted.missing}")
    if counted.cost is None:
        return
    say()
    say_heading(f"Training {counted.cost.model}")
    _print_cost(counted.cost)
    if counted.savings:
        say()
        print_table(
            ["cheaper", ">costs", ">saves"],
            [[way.description, _dollars(way.usd), _dollars(way.saved)] for way in counted.savings],
        )


def _print_cost(cost: Estimate) -> None:
    from tui.cli.output import print_fields
    from tui.formats import count

    rule = " (the provider's rule)" if cost.default_epochs else ""
    truncated = f"; {cost.truncated} examples are cut" if cost.truncated else ""
    limit = f"{count(cost.limit.value)} tokens an example{truncated}" if cost.limit else None
    print_fields(
        [
            ("costs", _dollars(cost.usd)),
            ("tokens billed", f"{count(cost.billed_tokens)} x {cost.epochs} epochs{rule}"),
            ("price", f"${cost.price.value:g} for a million tokens"),
            ("source", f"{cost.price.source.title}, {cost.price.source.date}"),
            ("limit", limit),
            ("shuts down", cost.retires.value.isoformat() if cost.retires else None),
        ]
    )


def _dollars(amount: float) -> str:
    return f"${amount:,.2f}" if amount >= 0.01 or amount == 0 else f"${amount:.4f}"
