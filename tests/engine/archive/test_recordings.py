"""Recordings and suites in archives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from engine.archive.importing import import_archive
from engine.archive.selection import Wish
from engine.lab import Lab
from engine.places import Places
from engine.suites.defining import define
from store.queries.recordings import answers_of, recording_list
from tests.engine.archive.conftest import archive_of, files_in
from tests.engine.recording.conftest import (
    CHAT,
    RecordModel,
    Rescued,
    lab,
    provider,
    record_model,
    rescued,
    standin,
)
from tests.standin import faults

if TYPE_CHECKING:
    from tests.standin.standin import Standin

__all__ = ["lab", "provider", "record_model", "rescued", "standin"]


def test_a_recording_and_its_suite_can_be_read_by_anybody(
    lab: Lab, rescued: Rescued, record_model: RecordModel, tmp_path: Path
) -> None:
    model = rescued(suffix="bakery")
    define(lab, "sums", "sums")
    recording = record_model(model, suite="sums", samples=1).recording
    files = files_in(archive_of(lab, tmp_path / "all.tar"))
    [name] = [name for name in files if name.startswith("recordings/") and name.endswith("jsonl")]
    assert recording.id in name
    told = [json.loads(line) for line in files[name].splitlines()]
    assert [len(line["answers"]) for line in told] == [2] * 20
    facts = json.loads(files[name.removesuffix("l")])
    assert (facts["agreement"], facts["cost"]) == (recording.agreement, recording.cost)
    assert len(files["suites/sums@1.jsonl"].splitlines()) == 20
    assert json.loads(files["suites/sums@1.json"])["prompts"] == 20
    assert "1 recording and 1 suite" in files["README.txt"].decode()


def test_what_there_is_of_a_recording_that_was_broken_off_is_in_it_too(
    lab: Lab,
    standin: Standin,
    rescued: Rescued,
    record_model: RecordModel,
    tmp_path: Path,
) -> None:
    model = rescued()
    standin.inject(faults.out_of_quota(), "POST", CHAT, times=None, after=3)
    recording = record_model(model, from_data=6, samples=1).recording
    files = files_in(archive_of(lab, tmp_path / "all.tar"))
    [name] = [name for name in files if name.startswith("recordings/") and name.endswith("jsonl")]
    told = [json.loads(line) for line in files[name].splitlines()]
    assert len(told) == recording.answers == 3


def test_an_archive_of_a_model_brings_its_recording_into_another_lab(
    lab: Lab, rescued: Rescued, record_model: RecordModel, tmp_path: Path
) -> None:
    model = rescued()
    recording = record_model(model, from_data=4, samples=1).recording
    archive = archive_of(lab, tmp_path / "model.tar", Wish(models=(model.id,)))
    home = tmp_path / "elsewhere"
    with Lab(Places(home, home / "ftlab.db")) as other:
        import_archive(other, archive)
        assert recording_list(other.database.reader) == [recording]
        assert answers_of(other.database.reader, model.id) == answers_of(
            lab.database.reader, model.id
        )
        assert recording.content is not None
        assert other.blobs.read(recording.content) == lab.blobs.read(recording.content)
