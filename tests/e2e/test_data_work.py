"""A messy file on its way to a version that a trainer accepts, by the real commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import Ftlab
from tests.e2e.terminal import terminal

_MODEL = "gpt-4o-mini-2024-07-18"
_TEMPLATES = ("--prompt", "{Question}", "--completion", "{reply}")


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """An export with wrong decodings, blanks, an empty answer, a repetition and an address."""
    rows = [f"{n};What is {n} plus {n}?;It is {n + n}." for n in range(12)]
    rows[3] += "  "
    rows += ["12;What\u2019s a caf\u00c3\u00a9?;A bar", "13;Empty?;", rows[3]]
    rows.append("15;Whom do I ask?;Write to bob@example.com")
    file = tmp_path / "export.csv"
    file.write_text("id;Question;reply\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return file


def test_a_messy_table_becomes_a_clean_version(ftlab: Ftlab, messy: Path) -> None:
    preview = ftlab(
        "data", "add", messy, "--name", "faq", *_TEMPLATES, "--clean", "all", "--preview"
    )
    assert preview.status == 0, preview.err
    assert "line 15  left out by drop-empty" in preview.out
    assert "[-caf\u00c3\u00a9-]" in preview.out
    assert not ftlab.database.exists()
    ftlab.home.mkdir()
    # A figure of the user's own, so that what is tested does not end with the model.
    (ftlab.home / "pricing.toml").write_text(f'[models."{_MODEL}"]\nretires = 2099-01-01\n')
    added = ftlab("data", "add", messy, "--name", "faq", *_TEMPLATES, "--clean", "all")
    assert added.status == 0, added.err
    assert "faq@1 recorded: 14 examples" in added.out
    checked = ftlab.document("data", "check", "faq", "--model", _MODEL)
    assert (checked["errors"], checked["examples"]) == (0, 14)
    assert checked["tokens"]["total"]["total"] > 0


def test_a_check_tells_by_its_status_whether_there_are_errors(ftlab: Ftlab, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    good = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    lines = [json.dumps(good | {"n": n}) for n in range(10)]
    file.write_text("\n".join([*lines, '{"messages": [{"role": "robot"}]}']) + "\n")
    bad = ftlab("data", "check", file)
    assert bad.status == 3
    assert f"{file}:11" in bad.out
    assert "not ready" in bad.out


def test_tokens_and_cost_are_told_once_counted(with_sums: Ftlab) -> None:
    first = with_sums.document("data", "tokens", "sums", "--model", _MODEL)
    before = len(with_sums.lines("history"))
    again = with_sums.document("data", "tokens", "sums", "--model", _MODEL, "--epochs", "1")
    assert len(with_sums.lines("history")) == before
    assert first["tokens"] == again["tokens"]
    assert again["cost"]["usd"] == pytest.approx(3 * again["tokens"]["total"] / 1e6)
    shown = with_sums("data", "tokens", "sums", "--model", _MODEL)
    assert "95th percentile" in shown.out
    assert "shuts down" in shown.out


def test_cleaning_shows_first_and_then_makes_a_version(with_sums: Ftlab, sums: Path) -> None:
    twice = sums.with_name("twice.jsonl")
    twice.write_text(sums.read_text() + sums.read_text())
    with_sums.document("data", "add", twice, "--name", "twice")
    preview = with_sums.rows("data", "clean", "twice", "--steps", "dedupe", "--preview")
    assert [change["dropped_by"] for change in preview] == ["dedupe"] * 10
    cleaned = with_sums.document("data", "clean", "twice", "--steps", "dedupe")
    assert cleaned["version"]["examples"] == 50
    assert cleaned["cleaned"]["did"]["dedupe"]["dropped"] == 50
    steps = with_sums("data", "clean", "--list")
    assert "near-dedupe" in steps.out


def test_versions_are_merged_sampled_and_compared(with_sums: Ftlab) -> None:
    merged = with_sums.document(
        "data", "merge", "sums/train", "sums/test", "--name", "both", "--dedupe"
    )
    assert merged["version"]["examples"] == 46
    sample = with_sums.document("data", "sample", "both", "--size", "0.5", "--name", "half")
    assert sample["examples"] == 23
    diff = with_sums.document("data", "diff", "both", "half")
    assert (diff["same"], diff["removed"], diff["added"]) == (23, 23, 0)
    told = with_sums("data", "diff", "both", "half", "--rows", "1")
    assert "both@1 -> half@1: 23 the same" in told.out
    family = with_sums.document("data", "show", "half")["lineage"]
    assert {relative["name"] for relative in family} == {"both", "sums/train", "sums/test", "sums"}


@pytest.mark.parametrize(
    ("columns", "shown"),
    [(100, [" | assistant: two"]), (99, ["- assistant: 2", "+ assistant: two"])],
)
def test_a_wide_terminal_shows_old_and_new_side_by_side(
    ftlab: Ftlab, columns: int, shown: list[str]
) -> None:
    for answer in ("2", "two"):
        row = json.dumps({"prompt": "1 + 1?", "completion": answer}) + "\n"
        ftlab("data", "add", "-", "--name", "sums", text=row)
    diff = ("data", "diff", "sums@1", "sums@2")
    with terminal(*diff, environment=ftlab.environment, columns=columns) as screen:
        assert screen.until_ended() == 0
        assert all(text in screen.shown() for text in shown)
        assert b"\x1b[31m2\x1b[0m" in screen.sent


@pytest.mark.parametrize("to", ["openai", "prompt-completion", "alpaca", "sharegpt", "csv"])
def test_what_is_exported_is_taken_in_again(with_sums: Ftlab, tmp_path: Path, to: str) -> None:
    out = tmp_path / f"out.{'csv' if to == 'csv' else 'jsonl'}"
    exported = with_sums.document("data", "export", "sums", out, "--to", to)
    assert exported["written"] == 50
    added = with_sums.document("data", "add", out, "--name", "again")
    original = with_sums.document("data", "show", "sums")["version"]
    assert added["version"]["content"] == original["content"]
    refused = with_sums("data", "export", "sums", out, "--to", to)
    assert refused.status == 3
    assert "--replace" in refused.err


def test_rows_may_come_through_a_pipe(ftlab: Ftlab) -> None:
    done = ftlab("data", "add", "-", "--name", "piped", text='{"prompt":"a","completion":"b"}\n')
    assert done.status == 0, done.err
    assert "piped@1 recorded: 1 example " in done.out


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ("did you mean 'strip'", ["clean", "sums", "--steps", "stripp"]),
        ("cannot name a dataset", ["merge", "sums", "sums/test", "--name", "a b"]),
        ("fraction below 1", ["split", "sums", "--test", "nan"]),
    ],
)
def test_wishes_that_cannot_be_are_wrong_usage(
    with_sums: Ftlab, words: str, arguments: list[str]
) -> None:
    done = with_sums("data", *arguments)
    assert words in done.err
    assert done.status == 2
