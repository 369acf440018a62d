"""What kind of file this is, told from its name and first bytes."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from itertools import islice
from typing import Literal, NamedTuple, get_args

from engine.data.errors import DataError
from engine.data.reading.source import Source

Format = Literal["jsonl", "csv"]
"""The kinds of file that are read."""

FORMATS: tuple[Format, ...] = get_args(Format)

_SUFFIXES: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
}
_FOREIGN = {
    b"\x1f\x8b": "gzip-compressed",
    b"\x28\xb5\x2f\xfd": "zstd-compressed",
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"PAR1\x15": "a Parquet file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
_ASK = f"Say which it is with --format {' or '.join(FORMATS)}."
_DELIMITERS = ",;\t|"
_SNIFFED_ROWS = 100
_SNIFFED_BYTES = 64 * 1024
_EVEN_ENOUGH = 0.9


def chosen_format(source: Source, wish: str | None) -> Format:
    """Return the file's format: the one wished for, or by its extension, or by its first bytes.

    Raises:
        DataError: if the wish names no format, or the file is of none of them.
    """
    _refuse_foreign(source)
    if wish is not None:
        return _named_format(wish)
    if source.suffix in _SUFFIXES:
        return _SUFFIXES[source.suffix]
    return _looked_at(source)


class Layout(NamedTuple):
    """How a text falls into cells with one of the delimiters.

    Attributes:
        delimiter: the character between the cells.
        columns: the cells of the header.
        evenness: the share of rows with as many cells.
    """

    delimiter: str
    columns: int
    evenness: float


def guessed_layout(head: bytes, *, cut: bool) -> Layout:
    """Return the layout that fits a file best.

    Each delimiter is tried: those that give the header several cells count first, then those with
    which most rows are as long as it, then those that give most cells. (csv.Sniffer goes by how
    often characters occur, and takes those of long texts for delimiters.)

    Args:
        head: the file's first bytes.
        cut: whether there is more than these.
    """
    text = head[:_SNIFFED_BYTES].decode("utf-8", "replace")
    cut = cut or len(head) > _SNIFFED_BYTES
    layouts = [_layout(text, delimiter, cut=cut) for delimiter in _DELIMITERS]
    return max(layouts, key=lambda tried: (tried.columns > 1, tried.evenness, tried.columns))


def _layout(text: str, delimiter: str, *, cut: bool) -> Layout:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    # A cell beyond the csv module's limit ends the sample.
    with suppress(csv.Error):
        rows.extend(islice(filter(None, reader), _SNIFFED_ROWS))
    if not rows:
        return Layout(delimiter, 0, 0.0)
    columns = len(rows[0])
    body = rows[1:-1] if cut else rows[1:]
    even = sum(len(row) == columns for row in body)
    return Layout(delimiter, columns, even / len(body) if body else 1.0)


def _refuse_foreign(source: Source) -> None:
    for mark, kind in _FOREIGN.items():
        if source.head.startswith(mark):
            raise DataError(
                f"{source.name} is {kind}. Turn it into JSON Lines or CSV in UTF-8 first."
            )


def _named_format(wish: str) -> Format:
    for name in FORMATS:
        if name == wish:
            return name
    raise DataError(f"There is no format '{wish}'. {_ASK}")


def _looked_at(source: Source) -> Format:
    start = source.head.lstrip()[:1]
    if start == b"{":
        return "jsonl"
    if start == b"[":
        raise DataError(
            f"{source.name} holds one JSON array. Write one object a line instead, for instance "
            "with: jq -c '.[]' FILE > FILE.jsonl"
        )
    layout = guessed_layout(source.head, cut=not source.whole)
    if b"\0" not in source.head and layout.columns > 1 and layout.evenness >= _EVEN_ENOUGH:
        return "csv"
    raise DataError(f"{source.name} looks neither like JSON Lines nor like CSV. {_ASK}")
