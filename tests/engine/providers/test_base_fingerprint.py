"""A job goes on with the model and the data that it began with, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.data.versions.importing import Source
from engine.errors import LabError
from engine.lab import Lab
from engine.providers import base_fingerprint
from engine.training.plan import TrainingPlan
from store.events import JobInterrupted, JobPlanned
from store.queries import jobs

_JOB = "job_0000000001"
_WEIGHTS = 5_000_000


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "README.md").write_text("A model.")
    (folder / "model.safetensors").write_bytes(bytes(_WEIGHTS))
    return folder


@pytest.fixture
def interrupted(lab: Lab, sums_file: Path, base: Path) -> Lab:
    """A lab with a job that began with the model and was cut off."""
    dataset = lab.datasets.add(Source(sums_file), "sums").version
    planned = JobPlanned(
        name="sums",
        provider="local",
        base_model=str(base),
        method="lora",
        hyperparameters={},
        dataset=dataset.id,
        model="mdl_0000000001",
    )
    lab.log.append(f"job/{_JOB}", planned, JobInterrupted(reason="killed"))
    run = lab.places.run(_JOB)
    run.mkdir(parents=True)
    base_fingerprint.record(run, _plan(base))
    return lab


def _plan(base: Path, adapter: Path | None = None) -> TrainingPlan:
    return TrainingPlan.model_validate(
        {
            "job": _JOB,
            "base_model": str(base),
            "adapter": adapter,
            "method": "lora",
            "train": "train.jsonl",
            "output": "result",
            "hyperparameters": {},
        }
    )


@pytest.mark.parametrize("place", [0, _WEIGHTS // 2, _WEIGHTS - 1])
def test_a_job_is_not_gone_on_with_on_other_weights(
    interrupted: Lab, base: Path, place: int
) -> None:
    before = jobs.job_detail(interrupted.database.reader, _JOB)
    with (base / "model.safetensors").open("r+b") as file:
        # As training changes them: by a little, everywhere around.
        file.seek(max(0, place - 200_000))
        file.write(b"\x01" * min(400_000, _WEIGHTS - file.tell()))
    with pytest.raises(LabError, match=r"cannot go on: .*model\.safetensors is not as it was"):
        interrupted.resume_job(_JOB)
    assert jobs.job_detail(interrupted.database.reader, _JOB) == before


def test_a_job_is_not_gone_on_with_without_a_file_of_its_model(
    interrupted: Lab, base: Path
) -> None:
    (base / "model.safetensors").unlink()
    with pytest.raises(LabError, match=r"has no base/model\.safetensors any more"):
        interrupted.resume_job(_JOB)


def test_a_job_is_not_gone_on_with_on_other_data(interrupted: Lab) -> None:
    (version,) = interrupted.database.reader.execute("SELECT content FROM dataset_version")
    blob = interrupted.blobs.verified(version[0])
    blob.chmod(0o600)
    blob.write_text(blob.read_text().replace("What", "How"))
    with pytest.raises(LabError, match="cannot go on"):
        interrupted.resume_job(_JOB)


def test_what_does_not_matter_may_change(interrupted: Lab, base: Path, tmp_path: Path) -> None:
    (base / "README.md").write_text("A model that somebody described.")
    os.utime(base / "model.safetensors", (0, 0))
    moved = base.rename(tmp_path / "moved")
    base_fingerprint.check(interrupted.places.run(_JOB), _plan(moved))


def test_an_earlier_stages_adapter_counts_as_well(base: Path, tmp_path: Path) -> None:
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_model.safetensors").write_bytes(b"one")
    plan = _plan(base, adapter)
    base_fingerprint.record(tmp_path, plan)
    base_fingerprint.check(tmp_path, plan)
    (adapter / "adapter_model.safetensors").write_bytes(b"two")
    with pytest.raises(LabError, match=r"adapter_model\.safetensors is not as it was"):
        base_fingerprint.check(tmp_path, plan)
