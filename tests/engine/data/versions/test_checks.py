from __future__ import annotations

import json
from pathlib import Path

from engine.data.tokens.distribution import Distribution
from engine.data.versions.checks import CheckWish
from engine.lab import Lab
from store.queries.datasets import checks_of, counts_of, dataset
from tests.engine.data.versions.conftest import Add, row

_MODEL = "gpt-4o-mini-2024-07-18"


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
