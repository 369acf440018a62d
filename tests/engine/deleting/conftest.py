"""A lab, a service with a past, and what was taken in of it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.data.versions.importing import Source
from engine.lab import Lab
from engine.planning import TrainingRequest
from engine.providers.hosted.provider import HostedProvider
from engine.rescue.history import rescue
from store.queries.hosted import RemoteFileRow, remote_file
from tests.engine.providers.hosted.conftest import MODEL, follow, lab, provider
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    from tests.standin.standin import Standin
    from tests.standin.state import Job

__all__ = ["follow", "lab", "provider", "standin"]


@pytest.fixture
def past(lab: Lab, provider: HostedProvider, standin: Standin) -> Job:
    """A job of the past with training, validation and result files, all of it taken in."""
    job = standin.past_job(validated=True)
    rescue(lab, provider)
    return job


@pytest.fixture
def noted(lab: Lab, tmp_path: Path) -> str:
    """A dataset with a column that no service is sent: its bytes there are others than here."""
    file = tmp_path / "noted.jsonl"
    file.write_text("".join(map(_noted, range(20))))
    lab.datasets.add(Source(file), "noted")
    return "noted"


def _noted(number: int) -> str:
    asked = {"role": "user", "content": f"What is {number} times 3?"}
    answered = {"role": "assistant", "content": f"It is {3 * number}."}
    return json.dumps({"messages": [asked, answered], "note": number}) + "\n"


def submitted(lab: Lab, dataset: str = "sums") -> str:
    """Train a dataset at the service; return the job's id."""
    request = TrainingRequest(dataset=dataset, base_model=MODEL, provider="openai")
    return lab.train(lab.plan(request))


def row_of(lab: Lab, file: str) -> RemoteFileRow:
    row = remote_file(lab.database.reader, "openai", file)
    assert row is not None
    return row


def types(lab: Lab, stream: str) -> list[str]:
    return [event.type for event in lab.log.read(stream=stream)]


def forget_leases(database: Path) -> None:
    """Do as if what a killed process held had lapsed."""
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM lease")
    connection.close()
