"""`ftlab data`: files into dataset versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab


def _chat(question: str, answer: str) -> dict[str, Any]:
    asked = {"role": "user", "content": question}
    return {"messages": [asked, {"role": "assistant", "content": answer}]}


@pytest.fixture
def half_bad(tmp_path: Path) -> Path:
    file = tmp_path / "half-bad.jsonl"
    good = json.dumps(_chat("What is 1 + 1?", "It is 2."))
    file.write_text(f'{good}\n{{"messages": []}}\n{good[:-5]}\n{good}\n', encoding="utf-8")
    return file


def test_an_added_file_is_listed_and_shown(with_sums: Ftlab) -> None:
    assert "sums@1" in with_sums("data", "list").out
    shown = with_sums("data", "show", "sums", "--rows", "1").out
    assert "50 (100 messages)" in shown
    assert "user: What is 0 + 0?" in shown
    assert "assistant: It is 0." in shown
    assert "What is 1 + 1?" not in shown


def test_the_same_content_makes_no_second_version(with_sums: Ftlab, sums: Path) -> None:
    before = with_sums.rows("data", "list")
    again = with_sums("data", "add", sums, "--name", "sums")
    assert again.out.startswith("sums@1 has this very content already: 50 examples  ds_")
    assert with_sums.rows("data", "list") == before


def test_other_content_of_the_same_name_makes_the_next_version(
    with_sums: Ftlab, tmp_path: Path
) -> None:
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps(_chat("What is 2 * 3?", "It is 6.")), encoding="utf-8")
    added = with_sums.document("data", "add", more, "--name", "sums")
    assert (added["new"], added["left_out"], added["version"]["version"]) == (True, 0, 2)
    assert with_sums.document("data", "show", "sums")["version"]["examples"] == 1
    assert with_sums.document("data", "show", "sums@1")["version"]["examples"] == 50


def test_a_table_becomes_examples_through_templates(ftlab: Ftlab, tmp_path: Path) -> None:
    table = tmp_path / "cities.csv"
    table.write_text('city,country\nBergen,Norway\n"Porto, city of",Portugal\n', encoding="utf-8")
    templates = ("--prompt", "Where is {city}?", "--completion", "{country}")
    added = ftlab("data", "add", table, "--name", "cities", *templates)
    assert added.out.startswith("cities@1 recorded: 2 examples  ds_")
    shown = ftlab.document("data", "show", "cities")
    asked = _chat("Where is Porto, city of?", "Portugal")
    assert shown["examples"][1] == {**asked, "city": "Porto, city of"}


def test_bad_rows_are_named_and_nothing_is_recorded(recorded: Ftlab, half_bad: Path) -> None:
    before = recorded.lines("history")
    refused = recorded("data", "add", half_bad, "--name", "half")
    assert (refused.status, refused.out) == (3, "")
    assert f"{half_bad}, line 2 has no assistant message" in refused.err
    assert f"{half_bad}, line 3 " in refused.err
    assert "2 bad rows, so nothing was recorded" in refused.err
    assert recorded.lines("history") == before


def test_with_json_asked_for_a_refusal_is_a_sentence_and_no_document(
    recorded: Ftlab, half_bad: Path
) -> None:
    refused = recorded("data", "add", half_bad, "--name", "half", "--json")
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


def test_a_split_has_exact_sizes_and_is_the_same_again(with_sums: Ftlab) -> None:
    before = with_sums.rows("data", "list")
    sizes = ("--test", "0.1", "--validation", "4", "--seed", "3")
    parts = with_sums("data", "split", "sums", *sizes).out.splitlines()
    assert [line.split("  ")[:2] for line in parts] == [
        ["sums/train@1", "41 examples"],
        ["sums/validation@1", "4 examples"],
        ["sums/test@1", "5 examples"],
    ]
    assert with_sums.rows("data", "list") == before


def test_a_part_tells_which_version_it_was_split_from(with_sums: Ftlab) -> None:
    whole = with_sums.document("data", "show", "sums")["version"]
    shown = with_sums.document("data", "show", "sums/test")
    part, [parent] = shown["version"], shown["lineage"]
    assert (parent["id"], parent["distance"]) == (whole["id"], 1)
    assert part["recipe"] == {
        "made": "split",
        "part": "test",
        "of": "sums@1",
        "test": 0.1,
        "validation": 4,
        "seed": 3,
    }


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["add", "absent.jsonl", "--name", "x"], 3, "absent.jsonl does not exist"),
        (["split", "absent"], 4, "no dataset is called 'absent'"),
        (["show", "absent@3"], 4, "no dataset version is called 'absent@3'"),
        (["split", "absent", "--test", "some"], 2, "a fraction below 1 (0.1) or a whole number"),
    ],
)
def test_what_cannot_be_done_is_told_on_standard_error(
    recorded: Ftlab, arguments: list[str], status: int, told: str
) -> None:
    refused = recorded("data", *arguments)
    assert (refused.status, refused.out) == (status, "")
    assert told in refused.err


def test_escape_sequences_in_examples_do_not_reach_the_terminal(
    ftlab: Ftlab, tmp_path: Path
) -> None:
    evil = _chat("\x1b[2JWho?\u202e", "\x9b31mMe\r\nand you")
    file = tmp_path / "evil.jsonl"
    file.write_text(json.dumps(evil), encoding="utf-8")
    ftlab("data", "add", file, "--name", "evil")
    shown = ftlab("data", "show", "evil").out
    assert "user: Who?\n" in shown
    assert "assistant: Me\n    and you\n" in shown
    as_json = ftlab("data", "show", "evil", "--json").out
    assert not any(unsafe in as_json for unsafe in "\x1b\x9b\u202e")
    assert json.loads(as_json)["examples"] == [evil]


def test_a_name_that_is_no_utf8_does_not_keep_a_file_out(ftlab: Ftlab, tmp_path: Path) -> None:
    odd = tmp_path / "caf\udcff.jsonl"
    odd.write_text(json.dumps(_chat("Who?", "Me.")), encoding="utf-8")
    added = ftlab("data", "add", odd, "--name", "odd")
    assert (added.status, added.err) == (0, "")
