"""Labs with something of everything in them, and archives to look into and to spoil."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.archive.exporting import export_archive
from engine.archive.manifest import read_manifest
from engine.archive.selection import Wish
from engine.lab import Lab
from engine.places import Places
from store.events import (
    ChatOpened,
    ChatTurnRecorded,
    CheckpointSaved,
    DatasetCounted,
    DatasetImported,
    DatasetSplit,
    DatasetVersionRecorded,
    JobDataFound,
    JobImported,
    JobMessageReceived,
    JobPlanned,
    JobResumed,
    JobStatusChanged,
    JobSubmitted,
    JobSucceeded,
    MetricGroup,
    MetricsRecorded,
    ModelRegistered,
    ModelRetirementAnnounced,
    RemoteFileSaved,
    ResultFileSaved,
    StepRange,
)
from store.log import Entry

EVERYTHING = Wish()
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RESULTS = b"step,train_loss\n1,2.5\n2,2.0\n"
UPLOADED = b'{"messages": [{"role": "user", "content": "as it was uploaded"}]}\n'
Files = dict[str, bytes]
"""The files of an archive, by their names, in their order."""


def lab_at(home: Path) -> Lab:
    return Lab(Places(home, home / "ftlab.db"), role="cli")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Lab]:
    """A second lab where nothing was ever recorded."""
    with lab_at(tmp_path / "other") as opened:
        yield opened


@pytest.fixture(scope="session")
def _full_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("full") / "home"
    with lab_at(home) as lab:
        fill(lab)
    return home


@pytest.fixture
def full(tmp_path: Path, _full_home: Path) -> Iterator[Lab]:
    """A lab with local and hosted jobs, their data, models, files and conversations."""
    shutil.copytree(_full_home, tmp_path / "full")
    with lab_at(tmp_path / "full") as opened:
        yield opened


def fill(lab: Lab) -> None:
    add_dataset(lab, "sums", 1)
    add_dataset(lab, "sums/train", 1, parents=("ds_sums_1",))
    lab.log.append("dataset/sums", _split())
    add_dataset(lab, "unrelated", 1)
    _add_local_job(lab)
    _add_hosted_job(lab)
    lab.log.append("chat/chat_1", ChatOpened(model="mdl_1", system="Be brief."))
    lab.log.append("chat/chat_1", ChatTurnRecorded(question="1 + 1?", answer="2", seconds=0.5))
    lab.log.append("chat/chat_2", ChatOpened(model="smollm2-135m-instruct"))


def examples_of(name: str, version: int) -> bytes:
    asked = {"role": "user", "content": f"{name}, version {version}: 日本語?"}
    line = json.dumps({"messages": [asked]}, ensure_ascii=False)
    return (line + "\n").encode() * 3


def add_dataset(lab: Lab, name: str, version: int, parents: tuple[str, ...] = ()) -> str:
    """Record a version with three examples and their counts; return its id."""
    content = examples_of(name, version)
    found = f"ds_{name.replace('/', '_')}_{version}"
    lab.log.append(
        f"dataset/{name}",
        DatasetImported(source=f"{name}.jsonl", bytes=len(content), format="jsonl", rows=3),
        DatasetVersionRecorded(
            id=found,
            name=name,
            version=version,
            content=lab.blobs.put(content),
            examples=3,
            messages=3,
            characters=60,
            bytes=len(content),
            parents=parents,
            recipe={"made": "imported", "source": f"{name}.jsonl"},
        ),
        DatasetCounted(
            version=found,
            tokenizer="o200k_base",
            tokens=30,
            assistant_tokens=0,
            lengths=lab.blobs.put(b"\x0a\0\0\0" * 3 + name.encode()),
        ),
    )
    return found


def _split() -> DatasetSplit:
    parts = {"train": "ds_sums_train_1"}
    return DatasetSplit(version="ds_sums_1", parts=parts, seed=7, test=0, validation=0.1)


def _add_local_job(lab: Lab) -> None:
    lab.log.append(
        "job/job_1",
        planned("quick", dataset="ds_sums_train_1", model="mdl_1"),
        JobSubmitted(remote_id="4711"),
        JobStatusChanged(status="running"),
        Entry(measured(1, [3.0, 2.0], after_ms=[0, 1500]), NOON, "progress:200"),
        Entry(measured(3, [9.0], after_ms=[0]), NOON, "progress:250"),
        Entry(CheckpointSaved(step=2, path="checkpoints/checkpoint-2"), key="progress:300"),
        JobResumed(attempt=2, from_step=2),
        Entry(measured(3, [1.5], after_ms=[250]), NOON, "progress:400"),
        Entry(JobMessageReceived(level="warning", text="hot\nand cold"), key="progress:500"),
        JobSucceeded(model="mdl_1", step=3),
    )
    lab.log.append("model/mdl_1", _local_model())
    folder = lab.places.model("mdl_1")
    (folder / "tokenizer").mkdir(parents=True)
    (folder / "adapter_model.safetensors").write_bytes(b"weights" * 100)
    (folder / "tokenizer" / "tokenizer.json").write_text("{}")


def planned(name: str, **fields: Any) -> JobPlanned:  # noqa: ANN401 - fields of the fact
    given: dict[str, Any] = {
        "name": name,
        "provider": "local",
        "base_model": "smollm2-135m-instruct",
        "method": "lora",
        "hyperparameters": {"learning_rate": 0.0005},
        "dataset": "ds_sums_1",
    }
    return JobPlanned(**(given | fields))


def measured(first: int, losses: list[float], after_ms: list[int] | None = None) -> MetricsRecorded:
    steps = StepRange(first=first, count=len(losses))
    group = MetricGroup(steps=steps, after_ms=after_ms or [], values={"loss": losses})
    return MetricsRecorded(groups=[group])


def _local_model() -> ModelRegistered:
    return ModelRegistered(
        id="mdl_1",
        name="quick",
        kind="adapter",
        base_model="smollm2-135m-instruct",
        job="job_1",
        dataset="ds_sums_train_1",
        hyperparameters={"learning_rate": 0.0005},
        path="models/mdl_1",
    )


def _add_hosted_job(lab: Lab) -> None:
    kept = RemoteFileSaved(
        provider="openai",
        file="file-1",
        filename="my training data.jsonl",
        purpose="fine-tune",
        content=lab.blobs.put(UPLOADED),
        bytes=len(UPLOADED),
        dataset=add_dataset(lab, "rescued", 1),
    )
    lab.log.append("file/openai/file-1", kept)
    imported = JobImported(
        name="support/bot",
        provider="openai",
        remote_id="ftjob-1",
        base_model="gpt-4o-mini-2024-07-18",
        method="supervised",
        hyperparameters={"n_epochs": 3},
        report={"training_file": "file-1", "trained_tokens": 9000, "status": "succeeded"},
    )
    group = MetricGroup(steps=[1, 2], values={"train_loss": [2.5, 2.0]})
    lab.log.append(
        "job/job_2",
        Entry(imported, NOON, "imported"),
        JobDataFound(role="training", dataset="ds_rescued_1"),
        Entry(JobMessageReceived(level="info", text="Job started."), NOON, "event:ftevent-1"),
        MetricsRecorded(groups=[group], sources=["ftevent-2"]),
        CheckpointSaved(step=1, model="ft:gpt-4o-mini:acme::1:ckpt-1", metrics={"train_loss": 2.5}),
        ResultFileSaved(file="file-9", content=lab.blobs.put(RESULTS), bytes=len(RESULTS), rows=2),
        JobSucceeded(model="mdl_2"),
    )
    model = ModelRegistered(
        id="mdl_2",
        name="ft:gpt-4o-mini:acme::1",
        kind="hosted",
        base_model="gpt-4o-mini-2024-07-18",
        job="job_2",
        dataset="ds_rescued_1",
        hyperparameters={"n_epochs": 3},
        provider="openai",
        remote_id="ft:gpt-4o-mini:acme::1",
    )
    lab.log.append("model/mdl_2", model, ModelRetirementAnnounced(date="2027-01-14"))


def archive_of(lab: Lab, path: Path, wish: Wish = EVERYTHING) -> Path:
    """Export to a path and return it."""
    export_archive(lab, wish, path, replace=True)
    return path


def files_in(path: Path) -> Files:
    """Read a plain tar file the way everybody does."""
    with tarfile.open(path) as archive:
        return {each.name: _content(archive, each) for each in archive.getmembers()}


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    return file.read()


def write_tar(path: Path, files: Files) -> Path:
    """Put files into a tar file, in their order."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture
def spoiled(full: Lab, tmp_path: Path) -> Callable[[Callable[[Files], object]], Path]:
    """Make an archive of the full lab after somebody changed its files."""

    def spoil(change: Callable[[Files], object]) -> Path:
        files = files_in(archive_of(full, tmp_path / "sound.tar"))
        change(files)
        return write_tar(tmp_path / "spoiled.tar", files)

    return spoil


def with_true_manifest(files: Files) -> None:
    """Cover the traces of a change: put the hashes of the files as they are into the manifest."""
    manifest = read_manifest(files["manifest.json"], "archive").model_dump(mode="json")
    manifest["files"] = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
        if name != "manifest.json"
    }
    files["manifest.json"] = json.dumps(manifest).encode()
