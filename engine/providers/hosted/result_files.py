"""A job's result file: a CSV of its metrics, sometimes packed in base64.

The format is that of OpenAI's fine-tuning guide ("Analyzing your fine-tuned model"): a header, then
a row a step, cells of the validation mostly empty.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import math
from collections.abc import Iterator
from typing import NamedTuple

_STEP = "step"
_NAMES = {"train_accuracy": "train_mean_token_accuracy"}
"""What a column is called in the events of the very same job."""

_MALFORMED_NAMED = 20
_MOST_SHOWN = 80


class ResultFile(NamedTuple):
    """What a result file says.

    Attributes:
        points: step and metrics of each row.
        malformed: the first rows that could not be read, as "row 3: …", counted from the header.
        malformed_count: how many there are.
    """

    points: list[tuple[int, dict[str, float]]]
    malformed: tuple[str, ...]
    malformed_count: int


def parse(content: bytes) -> ResultFile:
    """Read a result file; whatever cannot be read is told of, and never an error."""
    text = _text(content)
    rows = _rows(text)
    header = [_NAMES.get(name.strip(), name.strip()) for name in next(rows, [])]
    if _STEP not in header:
        what = "it is empty" if not text.strip() else f"no column {_STEP}: {_shown(text)}"
        return ResultFile([], (f"row 1: {what}",), 1)
    points, malformed = [], []
    for number, row in enumerate(rows, 2):
        try:
            point = _point(header, row)
        except ValueError as error:
            malformed.append(f"row {number}: {error}")
            continue
        if point is not None:
            points.append(point)
    return ResultFile(points, tuple(malformed[:_MALFORMED_NAMED]), len(malformed))


def _text(content: bytes) -> str:
    """Return the file as text, unpacked if it is base64."""
    plain = content.decode("utf-8-sig", "replace")
    if _has_header(plain):
        return plain
    try:
        unpacked = base64.b64decode(b"".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        return plain
    text = unpacked.decode("utf-8-sig", "replace")
    return text if _has_header(text) else plain


def _has_header(text: str) -> bool:
    return _STEP in text.partition("\n")[0].replace('"', "").replace("\r", "").split(",")


def _rows(text: str) -> Iterator[list[str]]:
    """Give the rows; a row that no CSV reader takes is given as a single cell."""
    reader = csv.reader(io.StringIO(text, newline=""))
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield [f"(unreadable: {error})"]


def _point(header: list[str], row: list[str]) -> tuple[int, dict[str, float]] | None:
    """Return a row's step and metrics; None for a blank row.

    Raises:
        ValueError: saying what is wrong with it.
    """
    if not any(cell.strip() for cell in row):
        return None
    if len(row) != len(header):
        raise ValueError(f"{len(row)} cells, not {len(header)}: {_shown(','.join(row))}")
    cells = dict(zip(header, row, strict=True))
    step = _number(_STEP, cells.pop(_STEP))
    if not step.is_integer() or abs(step) >= 2**63:
        raise ValueError(f"the step is {step}")
    found = {name: _number(name, cell) for name, cell in cells.items() if cell.strip()}
    return int(step), {name: value for name, value in found.items() if math.isfinite(value)}


def _number(name: str, cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ValueError(f"{name} is no number: {_shown(cell)}") from None


def _shown(text: str) -> str:
    return repr(text[:_MOST_SHOWN])
