"""The form in which a version is divided into training, validation and test versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget

from engine.data.errors import DataError, WishError
from tui.formats import count, fit, fit_right, percent
from tui.ink import Line
from tui.screens.dataset_form import DatasetForm
from tui.widgets.dataset_fields import Field
from tui.widgets.dataset_index import record_of
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.data.versions.dividing import SplitSizes
    from engine.lab import Lab
    from store.queries.dataset_tree import VersionRow

_BAR = 30
_LOOKED_AT = 20
_HOW = (
    "Sizes are fractions (0.1) or numbers of examples (100). The same seed draws the same examples."
)


class SplitForm(DatasetForm):
    """Asks how a version shall be divided; shows the sizes as they are written.

    Args:
        lab: what is acted on.
        version: what is divided.
    """

    @dataclass
    class ColumnsRead(Message):
        """The columns beside the first examples were read."""

        columns: list[str]

    def __init__(self, lab: Lab, version: VersionRow) -> None:
        super().__init__(lab, f"split {version.reference}")
        self._version = version

    def fields(self) -> Iterator[Widget]:
        """Yield the sizes, the seed, and what is kept together or in shares."""
        yield Field("test", "test", "0.1, 100, or 0 for none", "0.1")
        yield Field("validation", "validation", "0.1, 100, or 0 for none", "0")
        yield Field("seed", "seed", "a whole number", "0")
        yield Field("stratify", "same shares of", "a column, or answer, prompt, system")
        yield Field("group", "keep together", "columns, prompt, near-duplicates; with commas")

    def on_mount(self) -> None:
        """Find out which columns there are."""
        lab, content = self._lab, self._version.id

        def read() -> Message:
            return self.ColumnsRead(_columns(lab, content))

        self.in_background("columns", read)

    def on_split_form_columns_read(self, message: ColumnsRead) -> None:
        """Offer the columns."""
        self.field("stratify").offer([*message.columns, "answer", "prompt", "system"])
        self.field("group").offer([*message.columns, "prompt", "near-duplicates"])

    def _sizes(self) -> SplitSizes:
        from engine.data.versions.dividing import SplitSizes
        from engine.data.versions.splitting import parse_size

        seed = self.value("seed") or "0"
        if not seed.removeprefix("-").isdecimal():
            raise WishError(f"A seed is a whole number, not {seed}.")
        groups = tuple(filter(None, map(str.strip, self.value("group").split(","))))
        stratify = self.value("stratify") or None
        if stratify and groups:
            raise DataError("A split keeps shares or keeps groups together, not both: choose one.")
        sizes = [parse_size(self.value(part) or "0") for part in ("test", "validation")]
        return SplitSizes(sizes[0], sizes[1], int(seed), stratify, groups)

    def changed(self) -> None:
        """Show how large the parts would be."""
        from engine.data.versions.splitting import part_sizes

        try:
            sizes = self._sizes()
            test, validation = part_sizes(self._version.examples, sizes.test, sizes.validation)
        except DataError as error:
            self.tell([])
            self.refuse(str(error))
            return
        self.say(f"{count(self._version.examples)} examples: enter divides them so")
        parts = {
            "train": self._version.examples - test - validation,
            "validation": validation,
            "test": test,
        }
        lines = size_lines(self._version.name, parts)
        if sizes.group:
            lines.append([("Groups stay whole: sizes may differ by half a group.", "dim")])
        self.tell_fitting(lambda width: [*lines, [], *_how_lines(max(20, width))])

    def go(self) -> None:
        """Divide it."""
        try:
            sizes = self._sizes()
        except DataError as error:
            self.refuse(str(error))
            return
        lab, version = self._lab, self._version
        self.begin(
            f"splitting {version.reference}",
            lambda progress: lab.datasets.split(version.id, sizes, progress),
        )


def _how_lines(width: int) -> list[Line]:
    return [[(part, "dim")] for part in wrap(_HOW, width)]


def size_lines(name: str, parts: dict[str, int]) -> list[Line]:
    """Return a bar for each part of a split; one of size 0 is not made."""
    whole = max(1, sum(parts.values()))
    label = max(len(part) for part in parts) + len(name) + 2
    lines: list[Line] = []
    for part, examples in parts.items():
        if not examples:
            lines.append([(fit(f"no {part}", label), "faint")])
            continue
        filled = max(1, round(_BAR * examples / whole))
        lines.append(
            [
                (fit(f"{name}/{part}", min(label, 40)), "plain"),
                (fit_right(count(examples), 11), "strong"),
                (f" {percent(examples / whole)}  ", "dim"),
                ("█" * filled, "first"),
            ]
        )
    return lines


def _columns(lab: Lab, version: str) -> list[str]:
    """Return the columns that stand beside the first examples of a version."""
    from itertools import islice

    from engine.data.shapes.example import columns_of
    from store.queries.datasets import dataset

    content = dataset(lab.database.reader, version).content
    path = lab.blobs.path(content)
    if not path.is_file():
        return []
    with path.open("rb") as file:
        records = [record_of(line) for line in islice(file, _LOOKED_AT)]
    return list(dict.fromkeys(name for record in records for name in columns_of(record)))
