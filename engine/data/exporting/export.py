"""Examples into a file of another shape, none of them changed or left out without a word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from engine.data.errors import DataError, RowError
from engine.data.exporting.arrow import DatasetFolderWriter, ParquetWriter
from engine.data.exporting.placing import placed
from engine.data.exporting.targets import PLANS, Shaper, Target
from engine.data.exporting.writers import CsvWriter, JsonLinesWriter, RowWriter
from engine.data.shapes.example import Kind, Record, columns_of, kind_of

_UNFIT_NAMED = 100
_UNFIT_SHOWN = 10


class Unfit(NamedTuple):
    """An example that the target's shape cannot say without loss.

    Attributes:
        number: which one it is, from 1.
        reason: what it has that the shape has no place for, as a clause.
    """

    number: int
    reason: str

    def __str__(self) -> str:
        return f"example {self.number} {self.reason}"


@dataclass(slots=True)
class Exported:
    """What an export came to.

    Attributes:
        path: what was written.
        written: how many examples it holds.
        unfit_count: how many were left out, because the shape cannot say them.
        unfit: the first of those.
        columns_left_out: the columns that were not written, as the target does not take them.
        as_json: the columns that the file holds as JSON texts, for their values differ in kind.
    """

    path: Path
    written: int = 0
    unfit_count: int = 0
    unfit: list[Unfit] = field(default_factory=list)
    columns_left_out: tuple[str, ...] = ()
    as_json: tuple[str, ...] = ()


class UnfitError(DataError):
    """Examples cannot be said in the target's shape; each is named with its reason.

    Attributes:
        count: how many there are.
        unfit: the first of them.
    """

    def __init__(self, to: Target, count: int, unfit: list[Unfit]) -> None:
        self.count = count
        self.unfit = unfit
        named = [str(one) for one in unfit[:_UNFIT_SHOWN]]
        if count > len(named):
            named.append(f"… and {count - len(named)} more")
        examples = "1 example" if count == 1 else f"{count} examples"
        super().__init__(
            "\n".join(named) + f"\n{examples} cannot be written as {to} without loss, so nothing "
            "was written. Choose another shape (openai has everything), or leave them out with "
            "--skip-unfit."
        )


def export(
    records: Iterable[Record],
    target: Path,
    to: Target,
    *,
    keep_columns: bool | None = None,
    skip_unfit: bool = False,
    replace: bool = False,
) -> Exported:
    """Write examples to a file (for `hf`, a folder), which is there when it is whole.

    Args:
        records: the examples, taken one at a time.
        target: the file or folder to make.
        to: what to write.
        keep_columns: whether the columns beside the examples are written; left out, the target
            decides: not where a provider takes nothing beside its own fields.
        skip_unfit: leave out examples that the shape cannot say, and count them.
        replace: whether what is there already may go.

    Raises:
        UnfitError: if examples do not fit and are not to be skipped; nothing is written then.
        DataError: if there is nothing to write, or the target cannot be written.
    """
    plan = PLANS[to]
    columns = plan.columns if keep_columns is None else keep_columns
    with (
        placed(target, folder=to is Target.HF, replace=replace) as partial,
        _WRITERS[to](partial) as writer,
    ):
        copying = _Copying(writer, plan.shaped, columns, Exported(target))
        exported = copying.all(records)
        if exported.unfit and not skip_unfit:
            raise UnfitError(to, exported.unfit_count, exported.unfit)
        if not exported.written:
            left_out = exported.unfit_count
            why = f"none of the {left_out} examples fits {to}" if left_out else "no examples"
            raise DataError(f"There is nothing to write to {target}: {why}.")
        writer.finish()
        exported.as_json = writer.as_json
    return exported


class _Copying:
    """Brings examples to a writer and keeps count."""

    def __init__(
        self, writer: RowWriter, shaped: Shaper, columns: bool, exported: Exported
    ) -> None:
        self._writer = writer
        self._shaped = shaped
        self._columns = columns
        self._exported = exported
        self._kind: Kind | None = None
        self._left_out: set[str] = set()

    def all(self, records: Iterable[Record]) -> Exported:
        """Write all that fit; return the counts."""
        for number, record in enumerate(records, 1):
            try:
                self._writer.write(self._row(record))
            except RowError as error:
                self._note_unfit(number, str(error))
                continue
            self._exported.written += 1
            if not self._columns:
                self._left_out.update(columns_of(record))
        self._exported.columns_left_out = tuple(sorted(self._left_out))
        return self._exported

    def _row(self, record: Record) -> Record:
        kind = kind_of(record)
        if self._kind is None:
            self._kind = kind
        if kind != self._kind:
            raise RowError(
                f"is a {kind} example after {self._kind} examples: a file holds one kind"
            )
        return self._shaped(record, self._columns)

    def _note_unfit(self, number: int, reason: str) -> None:
        self._exported.unfit_count += 1
        if len(self._exported.unfit) < _UNFIT_NAMED:
            self._exported.unfit.append(Unfit(number, reason))


def _canonical_writer(path: Path) -> RowWriter:
    return JsonLinesWriter(path, canonical=True)


_WRITERS: dict[Target, Callable[[Path], RowWriter]] = {
    Target.OPENAI: _canonical_writer,
    Target.PROMPT_COMPLETION: JsonLinesWriter,
    Target.ALPACA: JsonLinesWriter,
    Target.SHAREGPT: JsonLinesWriter,
    Target.CSV: CsvWriter,
    Target.PARQUET: ParquetWriter,
    Target.HF: DatasetFolderWriter,
}
