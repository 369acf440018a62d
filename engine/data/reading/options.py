"""What a person can say about how a file is to be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from engine.data.errors import WishError

Repair = Literal["none", "sure", "all"]
"""Which damages are mended: none, those that leave no doubt what is meant, or also by guess."""

_TEXTS = ("jsonl", "csv", "json", "text", "markdown")
_FORMATS_OF = {
    "encoding": _TEXTS,
    "delimiter": ("csv",),
    "quoting": ("csv",),
    "skip_lines": ("csv", "xlsx"),
    "sheet": ("xlsx",),
    "member": ("zip archives", "json", "huggingface"),
    "chunk": ("text",),
}


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read a file; whatever is left out, the file tells.

    Attributes:
        file_format: one of `sniffing.FORMATS`.
        encoding: the name of a text encoding, as Python knows it.
        delimiter: the character between the cells of a CSV file (or a word: `tab`).
        quoting: `none` if quotes in a CSV file are part of the cells, `double` if they go around
            them.
        skip_lines: how many lines of a CSV file, or rows of a sheet, stand above the header.
        sheet: the sheet of a workbook.
        member: which of several things in one file: the file in a zip archive, the list in a JSON
            object, the split of a Hugging Face dataset (with its configuration: `main/train`).
        chunk: what of a plain text makes a row: `paragraph`, `line` or `tokens:N`.
        count_tokens: counts the tokens of a text, for `tokens:N`.
        texts: columns whose cells stay texts even if they hold JSON, because a template shows them.
        repair: which damages are mended: `none`, to see a file as it stands; `sure`, those that
            leave no doubt what is meant; `all`, so that JSON that is cut off is taken for what
            there is of it, too.
    """

    file_format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quoting: str | None = None
    skip_lines: int | None = None
    sheet: str | None = None
    member: str | None = None
    chunk: str | None = None
    count_tokens: Callable[[str], int] | None = None
    texts: frozenset[str] = frozenset()
    repair: Repair = "sure"

    def require_fitting(self, file_format: str, name: str, *, unpacked: bool = False) -> None:
        """Make sure that no wish is passed over in silence.

        Args:
            file_format: the format as which the file is read.
            name: the file.
            unpacked: whether the file comes out of an archive, which has taken the `member`.

        Raises:
            WishError: naming a wish that means nothing for such a file.
        """
        for wish, formats in _FORMATS_OF.items():
            if getattr(self, wish) is None or file_format in formats:
                continue
            if wish == "member" and unpacked:
                continue
            *others, last = formats
            listed = f"{', '.join(others)} and {last}" if others else last
            raise WishError(
                f"--{wish.replace('_', '-')} is for {listed}: {name} is read as {file_format}."
            )
