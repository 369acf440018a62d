from __future__ import annotations

from store.database import Database
from store.events import DatasetImported, DatasetVersionRecorded, LeftOut
from store.log import EventLog
from store.queries.datasets import LeftOutRow, dataset, left_out_of


def _version(number: int) -> DatasetVersionRecorded:
    return DatasetVersionRecorded(
        id=f"ds_000000000{number}",
        name="talks",
        version=number,
        content=str(number) * 64,
        examples=3,
        messages=6,
        characters=60,
        bytes=90,
    )


def _imported(*left_out: LeftOut) -> DatasetImported:
    return DatasetImported(
        source="talks.jsonl", bytes=90, format="jsonl", rows=5, left_out=left_out
    )


def test_the_rows_that_an_import_left_out_are_those_of_its_own_file(
    database: Database, log: EventLog
) -> None:
    log.append("dataset/talks", _imported(LeftOut(line=2, reason="is empty")), _version(1))
    log.append("dataset/talks", _imported(), _version(2))
    log.append("dataset/talks", _version(3))
    reader = database.reader
    found = [left_out_of(reader, dataset(reader, f"talks@{number}")) for number in (1, 2, 3)]
    assert found == [[LeftOutRow(2, "is empty")], [], []]
