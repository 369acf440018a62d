from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from engine.data.cleaning.recipe import Recipe
from engine.data.errors import DataError
from engine.data.reading.options import ReadingOptions
from engine.data.versions.contents import records_of
from engine.data.versions.criteria import answer_of
from engine.data.versions.importing import Added, BadRowsError, Source
from engine.lab import Lab

_TABLE = """id;Question;reply
1;"What\u2019s a cafÃ©?  ";" A place for coffee."
2;Hello;
3;Hello;Write to bob@example.com
4;Hello;Write to bob@example.com
"""


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    file = tmp_path / "messy.csv"
    file.write_text(_TABLE, encoding="utf-8")
    return file


def _add(lab: Lab, file: Path, steps: str | None = None, *, skip_bad: bool = False) -> Added:
    recipe = None if steps is None else Recipe.parse(steps)
    source = Source(file, prompt="{Question}", completion="{reply}", recipe=recipe)
    return lab.datasets.add(source, "messy", skip_bad=skip_bad)


def test_columns_that_no_message_shows_are_kept_beside_it(lab: Lab, messy: Path) -> None:
    version = _add(lab, messy).version
    assert [record["id"] for record in records_of(lab, version)] == ["1", "2", "3", "4"]
    assert {tuple(record) for record in records_of(lab, version)} == {("messages", "id")}


def test_cleaning_counts_what_it_changes_and_what_it_leaves_out(lab: Lab, messy: Path) -> None:
    added = _add(lab, messy, "all")
    assert added.version.examples == 2
    assert added.version.left_out == 2
    steps = added.tally.steps
    assert (added.tally.before, added.tally.dropped) == (4, 2)
    assert (steps["drop-empty"].dropped, steps["drop-empty"].places) == (1, [3])
    assert (steps["dedupe"].dropped, steps["dedupe"].places) == (1, [5])
    assert (steps["strip"].changed, steps["strip"].texts) == (1, 2)
    answers = [answer_of(record) for record in records_of(lab, added.version)]
    assert answers == ["A place for coffee.", "Write to [EMAIL]"]


def test_the_recipe_says_how_it_was_cleaned(lab: Lab, messy: Path) -> None:
    recipe = json.loads(_add(lab, messy, "dedupe,strip").version.recipe_json)
    assert [step["step"] for step in recipe["clean"]["steps"]] == ["strip", "dedupe"]
    assert (recipe["clean"]["before"], recipe["clean"]["after"]) == (4, 3)
    assert recipe["clean"]["did"]["dedupe"]["dropped_rows"] == [5]


def test_counts_are_of_what_is_kept(lab: Lab, messy: Path) -> None:
    version = _add(lab, messy, "dedupe").version
    records = list(records_of(lab, version))
    texts = [message["content"] for record in records for message in record["messages"]]
    assert version.messages == len(texts)
    assert version.characters == sum(map(len, texts))


def test_cleaning_away_everything_is_refused(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_text("Question,reply\nHello,\n", encoding="utf-8")
    with pytest.raises(DataError, match="cleaning leaves out all 1 examples"):
        _add(lab, file, "drop-empty")


def test_a_packed_file_gives_the_same_version_as_the_plain_one(lab: Lab, messy: Path) -> None:
    packed = messy.with_name("messy.csv.gz")
    packed.write_bytes(gzip.compress(messy.read_bytes()))
    first, second = _add(lab, messy), _add(lab, packed)
    assert first.version == second.version
    assert (first.new, second.new) == (True, False)


def test_bad_rows_are_named_with_their_line_and_nothing_is_recorded(
    lab: Lab, tmp_path: Path
) -> None:
    file = tmp_path / "half.jsonl"
    file.write_text('{"prompt":"a","completion":"b"}\n{"prompt":"a"\n{"prompt":"a"}\n')
    head = lab.database.head()
    with pytest.raises(BadRowsError, match=rf"{file}, line 2 is cut off") as refused:
        lab.datasets.add(Source(file), "half")
    assert [bad.line for bad in refused.value.rows.first] == [2, 3]
    assert lab.database.head() == head
    added = lab.datasets.add(Source(file), "half", skip_bad=True)
    assert (added.version.examples, added.left_out.count) == (1, 2)


def test_a_large_file_is_prepared_by_several_processes_to_the_very_same_version(
    lab: Lab, tmp_path: Path
) -> None:
    """Above three batches of four MiB other processes help."""
    file = tmp_path / "large.jsonl"
    answer = "word " * 200
    with file.open("w") as out:
        for number in range(16_000):
            row = {"prompt": f"What is {number % 15_000}?", "completion": answer}
            out.write(json.dumps(row) + ("\n" if number != 7 else " broken\n"))
    source = Source(file, recipe=Recipe.parse("strip,dedupe"))
    added = lab.datasets.add(source, "large", skip_bad=True)
    assert (added.left_out.count, added.left_out.first[0].line) == (1, 8)
    assert added.version.examples == 15_000
    assert added.tally.steps["dedupe"].dropped == 999
    first = next(records_of(lab, added.version))
    assert first["messages"][0]["content"] == "What is 0?"
    assert first["messages"][1]["content"] == answer.strip()


def test_the_format_may_be_said(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "rows.data"
    file.write_text("Question,reply\na,b\n")
    source = Source(file, ReadingOptions(file_format="csv"), "{Question}", "{reply}")
    assert lab.datasets.add(source, "said").version.examples == 1


def test_where_every_row_is_bad_the_reasons_are_told(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"prompt": 1, "completion": "b"}\n')
    with pytest.raises(DataError, match=r"(?s)line 1 has .*every row is bad, so nothing is left"):
        lab.datasets.add(Source(file), "rows", skip_bad=True)


def test_examples_of_both_kinds_are_told_by_their_line(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    chat = '{"prompt": "a", "completion": "b"}\n'
    file.write_text(chat * 2 + '{"prompt": "a", "chosen": "b", "rejected": "c"}\n')
    with pytest.raises(DataError, match="line 3: There are chat examples and preference examples"):
        lab.datasets.add(Source(file), "rows")


def test_templates_are_recorded_as_they_were_and_unfilled_ones_counted(
    lab: Lab, tmp_path: Path
) -> None:
    file, templates = tmp_path / "rows.csv", tmp_path / "templates.toml"
    file.write_text("name,year,place\nAcme,1920,\nBolt,,Oslo\n")
    templates.write_text(
        '[[example]]\nprompt = "When was {name} founded?"\ncompletion = "{year}"\n'
        'skip_empty = true\n[[example]]\nprompt = "Where is {name}?"\ncompletion = "{place}"\n'
        "skip_empty = true\n"
    )
    added = lab.datasets.add(Source(file, templates=templates), "rows")
    assert (added.version.examples, added.skipped) == (2, 2)
    templates.unlink()
    recipe = json.loads(added.version.recipe_json)
    assert recipe["skipped"] == 2
    assert recipe["patterns"][0] == {
        "prompt": "When was {name} founded?",
        "completion": "{year}",
        "skip_empty": True,
    }


def test_how_the_file_was_read_is_recorded(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes("prompt|completion\nCafé?|Yes.\n".encode("cp1252"))
    options = ReadingOptions(delimiter="|", encoding="cp1252")
    added = lab.datasets.add(Source(file, reading=options), "rows")
    recipe = json.loads(added.version.recipe_json)
    assert (recipe["delimiter"], recipe["encoding"]) == ("|", "cp1252")


def test_content_of_an_older_version_says_which_is_the_newest(lab: Lab, tmp_path: Path) -> None:
    for answer in ("b", "c", "b"):
        file = tmp_path / "rows.jsonl"
        file.write_text(json.dumps({"prompt": "a", "completion": answer}))
        added = lab.datasets.add(Source(file), "rows")
    assert (added.new, added.version.version, added.newest) == (False, 1, 2)
