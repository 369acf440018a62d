from __future__ import annotations

import json
from typing import Any

import pytest

from store.errors import StoreError
from store.events import DatasetImported, DatasetSplit, DatasetVersionRecorded
from store.log import EventLog
from store.queries.datasets import dataset, dataset_list


def _version(**fields: object) -> DatasetVersionRecorded:
    given: dict[str, Any] = {
        "id": "ds_1",
        "name": "gsm8k",
        "version": 1,
        "content": "ab" * 32,
        "examples": 10,
        "messages": 20,
        "characters": 300,
        "bytes": 400,
    }
    return DatasetVersionRecorded(**(given | fields))


def test_a_recorded_version_becomes_a_row(log: EventLog) -> None:
    recipe = {"source": "train.jsonl", "left_out": 3, "templates": {"prompt": "{question}"}}
    (event,) = log.append("dataset/gsm8k", _version(tokens=99, parent="ds_0", recipe=recipe))

    found = dataset(log.database.reader, "ds_1")

    assert (found.name, found.version, found.content) == ("gsm8k", 1, "ab" * 32)
    assert (found.examples, found.messages, found.characters, found.bytes) == (10, 20, 300, 400)
    assert (found.tokens, found.parent, found.recorded_at) == (99, "ds_0", event.occurred)
    assert json.loads(found.recipe_json) == recipe
    assert (found.source, found.left_out) == ("train.jsonl", 3)


@pytest.mark.parametrize("recipe", [{}, {"source": 5, "left_out": "many"}, {"source": None}])
def test_a_recipe_without_source_or_left_out_rows_is_fine(
    log: EventLog, recipe: dict[str, Any]
) -> None:
    log.append("dataset/gsm8k", _version(recipe=recipe))

    found = dataset(log.database.reader, "ds_1")

    assert (found.source, found.left_out) == (None, 0)


def test_importing_and_splitting_make_no_rows_of_their_own(log: EventLog) -> None:
    imported = DatasetImported(source="train.jsonl", bytes=9, format="jsonl", rows=1)
    split = DatasetSplit(version="ds_1", parts={"train": "ds_2"}, seed=0, test=0.1, validation=0)
    log.append("dataset/gsm8k", imported, split)

    assert dataset_list(log.database.reader) == []


def test_an_id_is_taken_once(log: EventLog) -> None:
    log.append("dataset/gsm8k", _version())

    with pytest.raises(StoreError, match="dataset_version"):
        log.append("dataset/other", _version(name="other"))

    assert [row.name for row in dataset_list(log.database.reader)] == ["gsm8k"]
