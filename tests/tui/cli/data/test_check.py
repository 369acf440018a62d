"""What `data check` and `data tokens` print, and the status with which they end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tui.cli.data.conftest import Add, Run, chat

_MODEL = "gpt-4o-mini-2024-07-18"
_NOISY = [chat(f"{n}?", "a\x07b") for n in range(30)]
_GOOD = [chat(f"{n}?", f"{n}.") for n in range(12)]

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes rows to a file of JSON lines."""

    def written(name: str, *rows: dict[str, Any]) -> Path:
        file = tmp_path / name
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return file

    return written


def test_every_finding_can_be_had(run: Run, write: Write) -> None:
    file = write("rows.jsonl", *_NOISY)

    def listed(*options: str) -> int:
        return run("check", file, *options).out.count("[control-character]")

    assert (listed(), listed("--findings", "25"), listed("--findings", "0")) == (3, 25, 30)


@pytest.mark.parametrize(
    ("options", "listed"), [((), 20), (("--findings", "2"), 2), (("--findings", "0"), 30)]
)
def test_json_has_as_many_findings_and_says_where_a_list_was_cut(
    run: Run, write: Write, options: tuple[str, ...], listed: int
) -> None:
    report = json.loads(run("check", write("rows.jsonl", *_NOISY), "--json", *options).out)
    [rule] = [each for each in report["rules"] if each["rule"] == "control-character"]
    assert (rule["count"], rule["listed"], rule["cut"]) == (30, listed, listed < 30)
    assert sum(each["rule"] == rule["rule"] for each in report["findings"]) == listed


def test_a_legacy_file_is_checked_to_its_end(run: Run, write: Write) -> None:
    rows = ({"prompt": f"{n}?", "completion": "joe@example.com"} for n in range(12))
    file = write("old.jsonl", *rows)
    done = run("check", file)
    assert (done.status, done.err) == (0, "")
    assert f"{file}:1 completion: warning: There is something that looks like an e-" in done.out
    assert "ready with warnings" in done.out


def test_an_empty_set_has_no_epochs(run: Run, write: Write) -> None:
    done = run("check", write("rows.jsonl", {"messages": []}))
    assert done.status == 3
    assert "so many are  too few\n" in done.out


def test_files_are_held_against_files(run: Run, write: Write) -> None:
    train, test = write("train.jsonl", *_GOOD), write("test.jsonl", chat("3?", "3."))
    done = run("check", train, "--against", test, "--near")
    assert f"{train}:4: warning: The same example as in {test}:1 [overlap]" in done.out
    assert "[near-overlap]" in done.out


def test_that_nothing_is_shared_is_told_with_numbers(run: Run, write: Write) -> None:
    train, test = write("train.jsonl", *_GOOD), write("test.jsonl", chat("new?", "3."))
    done = run("check", train, "--against", test)
    assert f"against {test}  nothing of its 1 example is among these 12" in done.out
    shared = write("shared.jsonl", chat("3?", "3."), chat("else?", "5."))
    done = run("check", train, "--against", shared, "--against", test)
    assert "1 of 12 are among its 2 examples, or have a prompt of it" in done.out
    assert "nothing of its 1 example is among these 12" in done.out
    report = json.loads(run("check", train, "--against", shared, "--json").out)
    assert report["held_apart"] == [{"name": str(shared), "examples": 2, "found": 1}]


@pytest.mark.parametrize("arguments", [("nosuch.jsonl",), ("-", "--against", "nosuch.jsonl")])
def test_a_missing_file_is_told_as_such(run: Run, arguments: tuple[str, ...]) -> None:
    done = run("check", *arguments)
    assert done.status == 4
    assert done.err.startswith("ftlab: nosuch.jsonl: no such file, and no dataset is called")


def test_a_missing_package_is_no_bad_data(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    done = run("check", write("rows.jsonl", *_GOOD), "--model", "gpt-4o-2030-01-01")
    said = "ftlab: Counting tokens needs tiktoken: pip install 'ftlab[data]'\n"
    assert (done.status, done.err) == (1, said)


def test_tokens_are_described_beside_the_assistants_and_the_messages(run: Run, add: Add) -> None:
    add("talk", *_GOOD[:10], *[_GOOD[3]] * 3)
    counted = run("tokens", "talk", "--model", _MODEL, "--epochs", "3").out
    table = (
        "an example has   tokens  the assistant's  messages\n"
        "least                15                2         2\n"
        "5th percentile       15                2         2\n"
        "median               15                2         2\n"
        "mean                 15                2         2\n"
        "95th percentile      15                2         2\n"
        "most                 15                2         2\n"
        "in total            195               26        26\n"
    )
    assert table in counted
    assert "without the 3 duplicate examples" in counted
    assert table in run("check", "talk", "--model", _MODEL).out


def test_a_mean_of_few_is_told_to_its_tenths(run: Run, add: Add) -> None:
    longer = chat("a?", "b.")
    longer["messages"] *= 2
    add("talk", longer, *_GOOD[:2])
    [mean] = [
        line for line in run("tokens", "talk", "--model", _MODEL).out.splitlines() if "mean" in line
    ]
    assert mean.split()[-1] == "2.7"


def test_a_mistyped_model_is_told(run: Run, write: Write, add: Add) -> None:
    done = run("check", write("new.jsonl", *_GOOD), "--model", "gpt-4.1-mni")
    assert "Did you mean gpt-4.1-mini?" in done.out
    add("talk", *_GOOD)
    counted = run("tokens", "talk", "--model", "gpt-4.1-mni")
    assert (counted.status, "Training" in counted.out) == (0, False)
    assert "note: No price of training and no limit of an example is known" in counted.err
