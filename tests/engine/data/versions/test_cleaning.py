from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.data.cleaning.recipe import Recipe
from engine.data.errors import DataError
from engine.data.versions.cleaning import preview_file
from engine.data.versions.contents import records_of
from engine.data.versions.criteria import answer_of
from engine.data.versions.importing import Source
from engine.lab import Lab
from store.queries.datasets import lineage
from tests.engine.data.versions.conftest import Add, row


def test_a_cleaned_version_comes_of_the_one_that_was_cleaned(lab: Lab, add: Add) -> None:
    raw = add("talk", row("a", " 1 "), row("b", "2"), row("b", "2"))
    cleaned, tally = lab.datasets.clean("talk", Recipe.parse("strip,dedupe"))
    assert (cleaned.name, cleaned.version, cleaned.examples) == ("talk", 2, 2)
    assert (tally.before, tally.dropped) == (3, 1)
    assert [answer_of(record) for record in records_of(lab, cleaned)] == ["1", "2"]
    [parent] = lineage(lab.database.reader, cleaned.id)
    assert (parent.id, parent.distance) == (raw.id, 1)


def test_cleaning_what_is_clean_makes_no_version(lab: Lab, add: Add) -> None:
    raw = add("talk", row("a", "1"), row("b", "2"))
    same, tally = lab.datasets.clean("talk", Recipe.parse("all"))
    assert same == raw
    assert tally.steps == {}


def test_it_may_get_a_name_of_its_own(lab: Lab, add: Add) -> None:
    add("talk", row("a", " 1"))
    cleaned, _ = lab.datasets.clean("talk", Recipe.parse("strip"), "talk-clean")
    assert (cleaned.name, cleaned.version) == ("talk-clean", 1)


def test_cleaning_away_everything_is_refused(lab: Lab, add: Add) -> None:
    add("talk", row("a", " "))
    with pytest.raises(DataError, match="talk@1: cleaning leaves out all 1 examples"):
        lab.datasets.clean("talk", Recipe.parse("drop-empty"))


def test_a_preview_changes_nothing(lab: Lab, add: Add) -> None:
    add("talk", row("a", " 1"), row("b", "2"), row("b", "2"))
    head = lab.database.head()
    first, second = lab.datasets.preview("talk", Recipe.parse("strip,dedupe"), 10)
    assert (first.line, first.steps, first.texts[0].after) == (1, ("strip",), "1")
    assert (second.line, second.dropped_by, second.repeats) == (3, "dedupe", 2)
    assert lab.database.head() == head


def test_a_file_is_previewed_past_its_bad_rows_which_are_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"prompt":"a","completion":"b"}\n{\n{"prompt":"a","completion":"b "}\n')
    previewed = preview_file(Source(file, recipe=Recipe.parse("strip")), 10)
    [change], [bad] = previewed.changes, previewed.bad.first
    assert (change.line, change.texts[0].before, change.texts[0].after) == (3, "b ", "b")
    assert (bad.line, previewed.place) == (2, "line")


@pytest.mark.parametrize(
    "columns",
    [
        {"chosen": "c", "rejected": "r"},
        {"prompt": "p", "chosen": "c", "rejected": "r"},
        {"conversations": []},
        {"input": {"messages": []}},
    ],
)
def test_columns_that_look_like_another_shape_are_no_reason_to_leave_a_row_out(
    columns: dict[str, object], lab: Lab, tmp_path: Path
) -> None:
    rows = [row("a", " 1 ", **columns), row("b", "2")]
    file = tmp_path / "shaped.jsonl"
    file.write_text("".join(json.dumps(found) + "\n" for found in rows))
    lab.datasets.add(Source(file, shape="chat"), "talk")
    cleaned, tally = lab.datasets.clean("talk", Recipe.parse("strip"))
    assert (cleaned.examples, tally.before) == (2, 2)
    first, _ = records_of(lab, cleaned)
    assert (answer_of(first), set(first)) == ("1", {"messages", *columns})


def test_cleaning_again_changes_no_more(lab: Lab, add: Add) -> None:
    add("talk", row("q", " spam ", human="spam"), row("r", "ham", human="x"))
    once, _ = lab.datasets.clean("talk", Recipe.parse("strip"))
    twice, tally = lab.datasets.clean("talk", Recipe.parse("strip"))
    assert twice == once
    assert tally.steps == {}
