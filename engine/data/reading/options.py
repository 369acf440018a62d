"""What a person can say about how a file is to be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read a file; whatever is left out, the file tells.

    Attributes:
        file_format: one of `sniffing.FORMATS`.
        encoding: the name of a text encoding, as Python knows it.
        delimiter: the character between the cells of a CSV file (or a word: `tab`).
        sheet: the sheet of a workbook.
        member: which of several things in one file: the file in a zip archive, the list in a JSON
            object, the split of a Hugging Face dataset (with its configuration: `main/train`).
        chunk: what of a plain text makes a row: `paragraph`, `line` or `tokens:N`.
        count_tokens: counts the tokens of a text, for `tokens:N`.
        texts: columns whose cells stay texts even if they hold JSON, because a template shows them.
    """

    file_format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    member: str | None = None
    chunk: str | None = None
    count_tokens: Callable[[str], int] | None = None
    texts: frozenset[str] = frozenset()
