"""`ftlab data`: files into dataset versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab


def _chat(question: str, answer: str) -> dict[str, Any]:
    return {
        "messages": [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        ]
    }


def _write(file: Path, rows: list[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


@pytest.fixture
def sums(tmp_path: Path) -> Path:
    """Fifty rows of chat."""
    rows = [_chat(f"What is {n} + {n}?", f"It is {n + n}.") for n in range(50)]
    return _write(tmp_path / "sums.jsonl", rows)


@pytest.fixture
def half_bad(tmp_path: Path) -> Path:
    file = tmp_path / "half-bad.jsonl"
    good = json.dumps(_chat("What is 1 + 1?", "It is 2."))
    file.write_text(f'{good}\n{{"messages": []}}\n{good[:-5]}\n{good}\n', encoding="utf-8")
    return file


def test_a_file_of_chats_becomes_a_version_that_is_listed_and_shown(
    ftlab: Ftlab, sums: Path
) -> None:
    added = ftlab("data", "add", sums, "--name", "sums")
    assert added.status == 0
    assert added.out.startswith("sums@1 recorded: 50 examples  ds_")
    assert "sums@1" in ftlab("data", "list").out
    shown = ftlab("data", "show", "sums", "--rows", "1").out
    assert "user: What is 0 + 0?" in shown
    assert "assistant: It is 0." in shown
    assert "What is 1 + 1?" not in shown


def test_the_same_content_makes_no_second_version(ftlab: Ftlab, sums: Path) -> None:
    first = ftlab.document("data", "add", sums, "--name", "sums")
    second = ftlab.document("data", "add", sums, "--name", "sums")
    assert (first["new"], second["new"]) == (True, False)
    assert second["version"] == first["version"]
    assert len(ftlab.rows("data", "list")) == 1


def test_other_content_of_the_same_name_makes_the_next_version(ftlab: Ftlab, sums: Path) -> None:
    ftlab("data", "add", sums, "--name", "sums")
    _write(sums, [_chat("What is 2 * 3?", "It is 6.")])
    ftlab("data", "add", sums, "--name", "sums")
    assert [row["version"] for row in ftlab.rows("data", "list")] == [2, 1]
    assert ftlab.document("data", "show", "sums")["version"]["examples"] == 1
    assert ftlab.document("data", "show", "sums@1")["version"]["examples"] == 50


def test_a_table_becomes_examples_through_templates(ftlab: Ftlab, tmp_path: Path) -> None:
    table = tmp_path / "cities.csv"
    table.write_text('city,country\nBergen,Norway\n"Porto, city of",Portugal\n', encoding="utf-8")
    templates = ("--prompt", "Where is {city}?", "--completion", "{country}")
    ftlab("data", "add", table, "--name", "cities", *templates)
    shown = ftlab.document("data", "show", "cities")
    assert shown["examples"][1] == _chat("Where is Porto, city of?", "Portugal")


def test_a_bad_row_is_named_and_nothing_is_recorded(ftlab: Ftlab, half_bad: Path) -> None:
    refused = ftlab("data", "add", half_bad, "--name", "half")
    assert (refused.status, refused.out) == (3, "")
    assert f"{half_bad}:2: " in refused.err
    assert f"{half_bad}:3: " in refused.err
    assert "--skip-bad" in refused.err
    assert ftlab.rows("data", "list") == []
    assert [event["type"] for event in ftlab.lines("history")] == ["LabCreated"]


def test_with_json_asked_for_a_refusal_is_a_sentence_and_no_document(
    ftlab: Ftlab, half_bad: Path
) -> None:
    refused = ftlab("data", "add", half_bad, "--name", "half", "--json")
    assert (refused.status, refused.out) == (3, "")
    assert "2 bad rows" in refused.err


def test_skipped_rows_are_recorded_with_number_line_and_reason(
    ftlab: Ftlab, half_bad: Path
) -> None:
    added = ftlab("data", "add", half_bad, "--name", "half", "--skip-bad")
    assert added.status == 0
    assert "half@1 recorded: 2 examples" in added.out
    assert added.err.count("left out: ") == 2
    assert ftlab.rows("data", "list")[0]["left_out"] == 2
    (imported,) = ftlab.lines("history", "--type", "DatasetImported")
    assert imported["data"]["left_out_count"] == 2
    assert [row["line"] for row in imported["data"]["left_out"]] == [2, 3]
    assert all(row["reason"] for row in imported["data"]["left_out"])


def test_a_split_has_exact_sizes_and_is_the_same_again(ftlab: Ftlab, sums: Path) -> None:
    ftlab("data", "add", sums, "--name", "sums")
    sizes = ("--test", "0.1", "--validation", "4", "--seed", "3")
    parts = ftlab.document("data", "split", "sums", *sizes)
    assert {name: part["examples"] for name, part in parts.items()} == {
        "train": 41,
        "validation": 4,
        "test": 5,
    }
    assert parts["train"]["name"] == "sums/train"
    assert ftlab.document("data", "split", "sums", *sizes) == parts
    printed = ftlab("data", "split", "sums", *sizes).out.splitlines()
    assert printed[0] == f"sums/train@1  41 examples  {parts['train']['id']}"


def test_a_version_shows_the_one_that_it_was_split_from(ftlab: Ftlab, sums: Path) -> None:
    whole = ftlab.document("data", "add", sums, "--name", "sums")["version"]
    ftlab("data", "split", "sums")
    part = ftlab.document("data", "show", "sums/test")["version"]
    assert part["parent"] == whole["id"]
    assert part["recipe"]["of"] == "sums@1"


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["add", "absent.jsonl", "--name", "x"], 3, "absent.jsonl does not exist"),
        (["split", "absent"], 4, "no dataset is called 'absent'"),
        (["show", "absent@3"], 4, "no dataset version is called 'absent@3'"),
        (["split", "absent", "--test", "some"], 3, "a fraction below 1 (0.1) or a whole number"),
    ],
)
def test_what_cannot_be_done_is_told_on_standard_error(
    ftlab: Ftlab, arguments: list[str], status: int, told: str
) -> None:
    refused = ftlab("data", *arguments)
    assert (refused.status, refused.out) == (status, "")
    assert told in refused.err


def test_an_empty_list_says_how_to_begin(ftlab: Ftlab) -> None:
    listed = ftlab("data", "list")
    assert (listed.status, listed.out) == (0, "")
    assert "ftlab data add FILE --name NAME" in listed.err


def test_escape_sequences_in_examples_do_not_reach_the_terminal(
    ftlab: Ftlab, tmp_path: Path
) -> None:
    file = _write(tmp_path / "evil.jsonl", [_chat("\x1b[2JWho?\u202e", "\x9b31mMe\r\nand you")])
    ftlab("data", "add", file, "--name", "evil")
    shown = ftlab("data", "show", "evil").out
    assert "user: Who?\n" in shown
    assert "assistant: Me\n  and you\n" in shown
    as_json = ftlab("data", "show", "evil", "--json").out
    assert not any(unsafe in as_json for unsafe in "\x1b\x9b\u202e")
    assert json.loads(as_json)["examples"] == [_chat("\x1b[2JWho?\u202e", "\x9b31mMe\r\nand you")]


def test_a_name_that_is_no_utf8_does_not_keep_a_file_out(ftlab: Ftlab, sums: Path) -> None:
    odd = sums.with_name("sums-\udcff.jsonl")
    sums.rename(odd)
    added = ftlab("data", "add", odd, "--name", "sums")
    assert (added.status, added.err) == (0, "")
    assert ftlab("data", "show", "sums").status == 0
