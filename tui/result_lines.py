"""Tables of results in words: over which examples they are, and what stands in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.formats import number, short_model
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.results import Line, Table

COLUMNS = ("model", "made of", ">training loss", ">evaluation loss", ">perplexity", ">accuracy")
"""What stands in a line; `>` before what is set to the right."""


def table_heading(table: Table) -> str:
    """Say on which examples the figures of a table were measured, and in whose tokens."""
    measure = table.measure
    if all(line.figures.loss is None for line in table.lines):
        return "Not evaluated"
    examples = measure.validation or "examples that are not known here"
    if measure.examples is not None:
        examples = f"{number_of(measure.examples, 'example')} of {examples}"
    tokens = short_model(measure.tokens)
    if measure.learned_from is not None:
        tokens += f" ({measure.learned_from})"
    return f"On {examples}, in tokens of {tokens}"


def table_cells(line: Line) -> list[str]:
    """Return what stands in a line of a table."""
    figures = line.figures
    return [
        short_model(line.model),
        "-" if line.base_model is None else short_model(line.base_model),
        number(line.training_loss),
        number(figures.loss),
        number(figures.perplexity),
        "-" if figures.accuracy is None else f"{figures.accuracy:.1%}",
    ]
