"""Rows out of a dataset of the Hugging Face hub, fetched as they are read."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError
from engine.data.reading.arrow import BATCH_ROWS, rows_of
from engine.data.reading.choice import chosen
from engine.data.reading.delimited import named_columns
from engine.data.reading.extras import needed_for
from engine.data.reading.options import ReadingOptions
from engine.data.reading.reader import RowReader
from engine.data.reading.rows import Row, excerpt

if TYPE_CHECKING:
    import pyarrow as pa

_HUB_ID = re.compile(r"[\w.-]{1,96}(?:/[\w.-]{1,96})?")
_SCRIPTS_ENDED = 4
_TALKATIVE = ("huggingface_hub", "datasets")


class Hub:
    """Where rows of a hub dataset come from, as far as a person hears of it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.size: int | None = None
        self.encoding: str | None = None
        self.position = 0

    def finish(self) -> None:
        """Note that everything has been read."""

    def close(self) -> None:
        """Close nothing: a request lasts as long as its answer."""


class HubDataset(RowReader):
    """The rows of a dataset of the Hugging Face hub, numbered from 1 and fetched as they are read.

    Code that comes with a dataset is never run.

    Args:
        name: the dataset's id (`user/name`).
        options: the split (`member`), with its configuration before a slash if there are several,
            and whether a number that is missing (NaN) is read as null.

    Raises:
        DataError: if it cannot be had.
    """

    def __init__(self, name: str, options: ReadingOptions) -> None:
        self._name = name
        with needed_for("Datasets of the Hugging Face hub"):
            import datasets
        config, _, split = (options.member or "").rpartition("/")
        # Later versions run no scripts at all, and do not know the word.
        scripts = int(datasets.__version__.split(".")[0]) < _SCRIPTS_ENDED
        refusing = {"trust_remote_code": False} if scripts else {}
        datasets.disable_progress_bars()
        with self._failures_told():
            splits = datasets.load_dataset(name, config or None, streaming=True, **refusing)
        taken = chosen(list(splits), split or None, what="splits", where=name, option="--member")
        batches = self._batches(splits[taken])
        first = next(batches, None)
        if first is None:
            raise DataError(f"{name} holds no rows.")
        self._rest = chain([first], batches)
        columns = named_columns(list(first.schema.names), name)
        super().__init__(Hub(f"{name}, split {taken}"), columns, "row")
        self._noting = None if options.repair == "none" else self.repairs

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the dataset's order.

        Raises:
            DataError: if the hub can be reached no more.
        """
        return rows_of(self._rest, self.columns, self._noting)

    def _batches(self, split: Any) -> Iterator[pa.RecordBatch]:  # noqa: ANN401 - untyped library
        with self._failures_told():
            for table in split.with_format("arrow").iter(BATCH_ROWS):
                yield from table.to_batches()

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        """Tell of a failure once, in our words: the libraries log each of their attempts."""
        loggers = [logging.getLogger(name) for name in _TALKATIVE]
        levels = [logger.level for logger in loggers]
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        try:
            yield
        except DataError:
            raise
        except Exception as error:
            raise self._unreachable(error) from error
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)

    def _unreachable(self, error: Exception) -> DataError:
        # The libraries beneath raise errors of their own kinds for each way in which this can fail.
        return DataError(
            f"The dataset '{excerpt(self._name, 80)}' could not be read from the Hugging Face hub "
            f"({excerpt(str(error))}). Is there a network, and does the dataset exist? Its "
            "configuration and split are named with --member CONFIG/SPLIT. A copy that "
            "save_to_disk wrote is read without the hub."
        )


def is_hub_id(name: str) -> bool:
    """Tell whether a text can be the id of a dataset of the hub."""
    return _HUB_ID.fullmatch(name) is not None
