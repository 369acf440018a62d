from __future__ import annotations

import json
from typing import Any

import pytest

from store.catalogue import CATALOGUE
from store.errors import StoreError
from store.events import (
    DatasetChecked,
    DatasetCounted,
    DatasetImported,
    DatasetSplit,
    DatasetVersionRecorded,
)
from store.log import EventLog
from store.queries.datasets import checks_of, counts_of, dataset, dataset_list, lineage


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
    (event,) = log.append("dataset/gsm8k", _version(parents=("ds_0",), recipe=recipe))

    found = dataset(log.database.reader, "ds_1")

    assert (found.name, found.version, found.content) == ("gsm8k", 1, "ab" * 32)
    assert (found.examples, found.messages, found.characters, found.bytes) == (10, 20, 300, 400)
    assert (found.kind, found.tokens, found.recorded_at) == ("chat", None, event.occurred)
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


def test_the_newest_count_of_each_tokenizer_is_kept(log: EventLog) -> None:
    log.append("dataset/gsm8k", _version(), _counted("o200k_base", 90), _counted("other", 80))
    log.append("dataset/gsm8k", _counted("o200k_base", 100))

    found = counts_of(log.database.reader, "ds_1")

    assert [(row.tokenizer, row.tokens) for row in found] == [("o200k_base", 100), ("other", 80)]
    assert json.loads(found[0].statistics_json) == {"mean": 2.5}
    assert dataset(log.database.reader, "ds_1").tokens == 100


def test_the_newest_check_for_each_method_and_model_is_kept(log: EventLog) -> None:
    log.append("dataset/gsm8k", _version(), _checked(None, 3), _checked("gpt-4o-mini", 2))
    log.append("dataset/gsm8k", _checked("gpt-4o-mini", 0))

    found = checks_of(log.database.reader, "ds_1")

    assert [(row.model, row.errors) for row in found] == [("gpt-4o-mini", 0), ("", 3)]
    assert json.loads(found[0].rules_json) == {"empty-answer": 0}
    assert json.loads(found[0].report_json) == {"tier": "nominal"}


def _counted(tokenizer: str, tokens: int) -> DatasetCounted:
    statistics: dict[str, Any] = {"mean": 2.5}
    return DatasetCounted(
        version="ds_1",
        tokenizer=tokenizer,
        tokens=tokens,
        assistant_tokens=tokens // 2,
        statistics=statistics,
    )


def _checked(model: str | None, errors: int) -> DatasetChecked:
    return DatasetChecked(
        version="ds_1",
        method="supervised",
        model=model,
        errors=errors,
        warnings=1,
        rules={"empty-answer": errors},
        report={"tier": "nominal"},
    )


def test_lineage_tells_what_a_version_comes_of_and_what_comes_of_it(log: EventLog) -> None:
    raw, other = _version(), _version(id="ds_2", name="other")
    merged = _version(id="ds_3", name="both", parents=("ds_1", "ds_2", "ds_1"))
    clean = _version(id="ds_4", name="clean", parents=("ds_3",))
    part = _version(id="ds_5", name="clean/train", parents=("ds_4",))
    log.append("dataset/x", raw, other, merged, clean, part)

    def told(version: str) -> list[tuple[str, int]]:
        return [(found.id, found.distance) for found in lineage(log.database.reader, version)]

    assert told("ds_4") == [("ds_2", 2), ("ds_1", 2), ("ds_3", 1), ("ds_5", -1)]
    assert told("ds_1") == [("ds_3", -1), ("ds_4", -2), ("ds_5", -3)]
    assert told("ds_5") == [("ds_2", 3), ("ds_1", 3), ("ds_3", 2), ("ds_4", 1)]


def test_a_version_recorded_with_one_parent_is_read_as_one_with_several() -> None:
    """As version 0.1 of ftlab recorded it."""
    old = _version().model_dump(mode="json", exclude={"parents", "kind"})
    recorded = json.dumps(old | {"parent": "ds_0", "tokens": None})
    found = CATALOGUE.read("DatasetVersionRecorded", 1, recorded)
    assert isinstance(found, DatasetVersionRecorded)
    assert found.parents == ("ds_0",)
    alone = CATALOGUE.read("DatasetVersionRecorded", 1, json.dumps(old | {"parent": None}))
    assert isinstance(alone, DatasetVersionRecorded)
    assert (alone.parents, alone.kind) == ((), "chat")


def test_an_id_is_taken_once(log: EventLog) -> None:
    log.append("dataset/gsm8k", _version())

    with pytest.raises(StoreError, match="dataset_version"):
        log.append("dataset/other", _version(name="other"))

    assert [row.name for row in dataset_list(log.database.reader)] == ["gsm8k"]
