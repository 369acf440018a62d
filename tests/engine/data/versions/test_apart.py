from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.data.versions.apart import CheckApart, Sighting, main
from engine.data.versions.importing import Source
from engine.data.versions.recorded_checks import check_that_holds, recorded_check
from engine.errors import LabError
from engine.lab import Lab
from store.queries.datasets import DatasetRow, checks_of


def _version(lab: Lab, folder: Path, rows: int, words: int = 1) -> DatasetRow:
    file = folder / "talk.jsonl"
    with file.open("w") as lines:
        for number in range(rows):
            asked = {"role": "user", "content": f"What is {number} + 1?" + " please" * words}
            answered = {"role": "assistant", "content": f"{number + 1}."}
            lines.write(json.dumps({"messages": [asked, answered]}) + "\n")
    return lab.datasets.add(Source(file), "talk").version


def _told(lab: Lab, version: DatasetRow, model: str, out: pytest.CaptureFixture[str]) -> list[Any]:
    """What the process tells, without starting one."""
    places = lab.places
    main([str(places.home), str(places.database), "ui", version.id, model, ""])
    return [json.loads(line) for line in out.readouterr().out.splitlines()]


def test_a_local_tokenizer_counts_and_that_is_recorded(
    lab: Lab, tmp_path: Path, tiny_base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = _version(lab, tmp_path, 20)
    assert all("part" in news for news in _told(lab, version, str(tiny_base), capsys))
    (row,) = checks_of(lab.database.reader, version.id)
    assert (row.errors, row.model) == (0, str(tiny_base))
    assert json.loads(row.report_json)["tokens"]["total"]["examples"] == 20
    assert check_that_holds(lab, version.id, str(tiny_base), None) == row


def test_a_model_that_cannot_be_read_is_said_and_the_rest_is_checked(
    lab: Lab, tmp_path: Path, tiny_base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = _version(lab, tmp_path, 20)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "config.json").write_text((tiny_base / "config.json").read_text())
    told = _told(lab, version, str(tmp_path / "empty"), capsys)
    assert "The tokenizer of" in told[-1]["uncounted"]
    assert recorded_check(lab, version.id, None, None) is not None


def test_of_much_data_the_first_rows_are_told_first(lab: Lab, tmp_path: Path) -> None:
    version = _version(lab, tmp_path, 500, words=1_500)
    told: list[Sighting] = []
    CheckApart(lab, version.id, "gpt-4o-mini", "supervised").follow(told.append)
    assert told[0].rows is not None
    assert 0 < told[0].rows < 500
    assert told[-1].part == 1.0
    (row,) = checks_of(lab.database.reader, version.id)
    assert row.method == "supervised"


def test_what_cannot_be_checked_is_told(lab: Lab, tmp_path: Path) -> None:
    version = _version(lab, tmp_path, 20)
    for blob in lab.places.blobs.rglob(f"*{version.content}*"):
        blob.unlink()
    with pytest.raises(LabError, match=version.content[:8]):
        CheckApart(lab, version.id, None, None).follow(lambda _: None)


def test_a_check_that_is_stopped_records_nothing(lab: Lab, tmp_path: Path) -> None:
    version = _version(lab, tmp_path, 20)
    apart = CheckApart(lab, version.id, None, None)
    apart.stop()
    with pytest.raises(LabError, match="was ended"):
        apart.follow(lambda _: None)
    assert checks_of(lab.database.reader, version.id) == []
