from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.data.checking.report import Report
from engine.data.errors import WishError
from engine.data.tokens.distribution import Distribution
from engine.data.versions.checks import ALL, CheckWish
from engine.data.versions.row_sources import file_or_version
from engine.lab import Lab
from store.errors import NotFoundError
from store.queries.datasets import checks_of, counts_of, dataset
from tests.engine.data.versions.conftest import Add, row

_MODEL = "gpt-4o-mini-2024-07-18"
_TODAY = date(2026, 11, 21)
_QUESTION = (
    "Natalia sold some clips to many of her friends in April, and then she sold half as many of "
    "them to people whom she had never met before in May. How many clips did she sell altogether?"
)
_LIKE_IT = _QUESTION.replace("altogether", "in all")

Write = Callable[[str, Iterable[dict[str, Any]]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write rows to a file of JSON lines."""

    def written(name: str, rows: Iterable[dict[str, Any]]) -> Path:
        file = tmp_path / name
        file.write_text("".join(json.dumps(found) + "\n" for found in rows))
        return file

    return written


def said(report: Report, rule: str) -> list[str]:
    """What a rule says in a report."""
    return [finding.message for finding in report.findings if finding.rule == rule]


def test_what_was_found_and_counted_is_kept_with_the_version(lab: Lab, add: Add) -> None:
    add("talk", *(row(f"What is {n}?", f"It is {n}.") for n in range(12)))
    version, report = lab.datasets.check("talk", CheckWish(model=_MODEL))
    assert report.total("error") == 0
    [kept] = checks_of(lab.database.reader, version.id)
    assert (kept.model, kept.errors, kept.warnings) == (_MODEL, 0, report.total("warning"))
    assert json.loads(kept.report_json)["examples"] == 12
    [count] = counts_of(lab.database.reader, version.id)
    assert report.tokens is not None
    lengths = Distribution.unpack(lab.blobs.read(str(count.lengths)))
    assert list(lengths.values) == list(report.tokens.total.values)
    assert count.tokens == sum(lengths.values) == dataset(lab.database.reader, "talk").tokens


def test_without_a_model_nothing_is_counted(lab: Lab, add: Add) -> None:
    version = add("talk", row("a", "1"))
    lab.datasets.check("talk", CheckWish())
    assert counts_of(lab.database.reader, version.id) == []
    assert len(checks_of(lab.database.reader, version.id)) == 1


def test_examples_of_another_version_are_found(lab: Lab, add: Add) -> None:
    add("train", *(row(f"{n}?", f"{n}.") for n in range(12)))
    add("test", row("3?", "3."), row("new?", "new."))
    _, report = lab.datasets.check("train", CheckWish(against=("test",)))
    assert any("overlap" in rule for rule in report.counts)


def test_a_file_is_checked_as_it_stands_and_nothing_is_recorded(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row("a", "1")) + "\n{\n" + '{"messages": []}\n')
    head = lab.database.head()
    report = lab.datasets.check_file(file, CheckWish())
    assert report.rows == 3
    assert {finding.line for finding in report.findings if finding.severity == "error"} >= {2, 3}
    assert lab.database.head() == head


def test_a_file_is_held_against_files_and_versions(lab: Lab, add: Add, write: Write) -> None:
    add("test", row("3?", "3."))
    other = write("other.jsonl", [{"prompt": "5?", "completion": "5."}])
    train = write("train.jsonl", (row(f"{n}?", f"{n}.") for n in range(12)))
    report = lab.datasets.check_file(train, CheckWish(against=("test", str(other))))
    assert said(report, "overlap") == [
        "The same example as in test:1",
        f"The same example as in {other}:1",
    ]


def test_near_duplicates_are_looked_for_in_files_too(lab: Lab, add: Add, write: Write) -> None:
    rows = [row(_QUESTION, "24."), {"messages": []}, row("Else?", "No."), row(_LIKE_IT, "24.")]
    file = write("{rows}.jsonl", rows)
    add("test", row("New?", "Yes."), row(_LIKE_IT, "Thirty."))
    report = lab.datasets.check_file(file, CheckWish(against=("test",), near=True))
    assert said(report, "near-duplicate") == ["It is nearly the same as line 1"]
    near = [each for each in report.findings if each.rule == "near-overlap"]
    assert [(each.line, each.message) for each in near] == [
        (1, "Its prompt is nearly that of test@1, row 2"),
        (4, "Its prompt is nearly that of test@1, row 2"),
    ]
    version = add("train", *(found for found in rows if found["messages"]))
    _, report = lab.datasets.check(version.id, CheckWish(against=(str(file),), near=True))
    assert said(report, "near-overlap")[0] == f"Its prompt is nearly that of {file}, line 1"


def test_what_can_be_read_once_has_no_second_reading(lab: Lab) -> None:
    with pytest.raises(WishError, match="- can be read only once, and near duplicates"):
        lab.datasets.check_file(Path("-"), CheckWish(near=True))


def test_a_dataset_folder_is_checked(lab: Lab, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    folder = tmp_path / "saved"
    datasets.Dataset.from_list([row(f"{n}?", f"{n}.") for n in range(12)]).save_to_disk(folder)
    assert file_or_version(lab, str(folder)) == folder
    assert lab.datasets.check_file(folder, CheckWish()).examples == 12


def test_a_name_means_a_file_first_and_then_a_version(
    lab: Lab, add: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = add("talk", row("a", "1"))
    monkeypatch.chdir(tmp_path)
    assert file_or_version(lab, "talk") == version
    Path("talk").mkdir()
    assert file_or_version(lab, "talk") == version
    Path("other").mkdir()
    assert file_or_version(lab, "other") == Path("other")
    Path("talk").rmdir()
    Path("talk").touch()
    assert file_or_version(lab, "talk") == Path("talk")
    assert file_or_version(lab, "-") == Path("-")


def test_a_missing_file_is_told_as_such(lab: Lab) -> None:
    with pytest.raises(NotFoundError, match=r"^nosuch\.jsonl: no such file, and no dataset is"):
        file_or_version(lab, "nosuch.jsonl")
    with pytest.raises(NotFoundError, match="no such file"):
        lab.datasets.check_file(Path("-"), CheckWish(against=("nosuch.jsonl",)))


def test_as_many_findings_are_kept_as_are_wanted(lab: Lab, add: Add) -> None:
    version = add("talk", *(row(f"{n}?", "a\x07b") for n in range(30)))
    for wish, kept in (
        (CheckWish(), 20),
        (CheckWish(findings=25), 25),
        (CheckWish(findings=ALL), 30),
    ):
        _, report = lab.datasets.check(version.id, wish)
        assert len(said(report, "control-character")) == kept
        [recorded] = checks_of(lab.database.reader, version.id)
        findings = json.loads(recorded.report_json)["findings"]
        assert sum(each["rule"] == "control-character" for each in findings) == 20


@pytest.mark.parametrize(
    ("model", "rule", "verdict"),
    [
        ("gpt-3.5-turbo", "model-shut-down", "not ready"),
        ("davinci-002", "model-method", "not ready"),
        ("gpt-4.1-mni", "model-unknown", "ready with warnings"),
        ("gpt-4.1-mini", None, "ready"),
    ],
)
def test_what_speaks_against_a_hosted_model_is_found(
    lab: Lab, write: Write, model: str, rule: str | None, verdict: str
) -> None:
    file = write("rows.jsonl", (row(f"{n}?", f"{n}.") for n in range(60)))
    report = lab.datasets.check_file(file, CheckWish(model=model, day=_TODAY))
    found = [name for name in report.counts if name.startswith("model-")]
    assert (found, report.verdict) == ([rule] if rule else [], verdict)
    assert report.tokens is not None


def test_nothing_of_the_kind_speaks_against_a_local_model(
    lab: Lab, write: Write, tiny_base: Path
) -> None:
    file = write("rows.jsonl", [row("1?", "1.")])
    report = lab.datasets.check_file(file, CheckWish(model=str(tiny_base)))
    assert not any(name.startswith("model-") for name in report.counts)


def test_a_version_made_of_prompts_and_completions_is_checked_as_such(lab: Lab, add: Add) -> None:
    rows = [{"prompt": f"{n}?", "completion": f" {n}", "source": "old"} for n in range(60)]
    version = add("old", *rows)
    wish = CheckWish(model="davinci-002", method="completion", day=_TODAY)
    _, report = lab.datasets.check(version.id, wish)
    assert (report.total("error"), report.total("warning"), report.examples) == (0, 0, 60)
    assert report.tokens is not None
    assert report.tokens.total.total == lab.datasets.count_tokens("old", "davinci-002").tokens.total
    as_chat = lab.datasets.count_tokens("old", "gpt-3.5-turbo").tokens.total
    assert as_chat == report.tokens.total.total + 60 * (3 + 2 * 3 + 2)


def test_why_a_chat_is_no_prompt_with_its_completion_is_said(lab: Lab, add: Add) -> None:
    system = {"role": "system", "content": "Be brief."}
    longer = row("a", "b")
    longer["messages"] *= 2
    told = {"messages": [system, *row("c", "d")["messages"]]}
    add("talk", row("e", "f"), longer, told)
    _, report = lab.datasets.check("talk", CheckWish(method="completion"))
    found = [each for each in report.findings if each.rule == "missing-prompt"]
    assert [each.line for each in found] == [2, 3]
    assert "one question and its answer" in found[0].message
    assert report.examples == 1
