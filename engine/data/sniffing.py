"""What kind of file this is, told from its name and first bytes."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import Literal, get_args

from engine.data.errors import DataError
from engine.data.source import Source

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
    b"PAR1": "a Parquet file",
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


def guessed_delimiter(head: bytes, even: float = 0.0) -> str | None:
    """Return the character between the cells, or None if one column is all there is.

    Each candidate is tried: the one wins with which most rows have as many cells as the header,
    then the one with the most cells. (csv.Sniffer goes by frequencies of characters and takes
    those of long texts for delimiters.)

    Args:
        head: the file's first bytes.
        even: the least share of rows that must be as long as the header.
    """
    text = head[:_SNIFFED_BYTES].decode("utf-8", "replace")
    scores = [(*_evenness(text, delimiter), delimiter) for delimiter in _DELIMITERS]
    fitting = [score for score in scores if score[1] > 1 and score[0] >= even]
    return max(fitting, key=lambda score: score[:2])[2] if fitting else None


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    """Return the share of rows with as many cells as the header, and that number of cells."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [row for row in islice(reader, _SNIFFED_ROWS) if row]
    except csv.Error:
        return 0.0, 0
    if not rows:
        return 0.0, 0
    # The last row may be cut off where the sample ends.
    body = rows[1:-1]
    width = len(rows[0])
    return (sum(len(row) == width for row in body) / len(body) if body else 1.0), width


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
    if b"\0" not in source.head and guessed_delimiter(source.head, _EVEN_ENOUGH):
        return "csv"
    raise DataError(f"{source.name} looks neither like JSON Lines nor like CSV. {_ASK}")
