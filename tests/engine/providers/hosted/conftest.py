"""A lab whose jobs run at a stand-in of OpenAI's API, asked without pauses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.data.versions.importing import Source
from engine.keys import Key
from engine.lab import Lab
from engine.places import Places
from engine.profiles import make
from engine.providers.hosted.pace import Pace
from engine.providers.hosted.provider import HostedProvider
from store.events import JobImported, JobPlanned, JobSubmitted
from store.ids import new_id
from store.queries.datasets import dataset
from store.queries.jobs import JobDetail, job_detail
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    from tests.standin.standin import Standin

__all__ = ["standin"]

MODEL = "gpt-4o-mini-2024-07-18"
LIVES_ON = f'[models."{MODEL}"]\nretires = 2099-01-01\n'
"""A user's own figure, so that what is tested does not end with the model."""

QUICK = 1e6
"""Requests a second."""

Follow = Callable[[str], str]


@pytest.fixture
def lab(tmp_path: Path, standin: Standin, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A lab with the dataset `sums`, whose profile `openai` is the stand-in."""
    monkeypatch.setenv("OPENAI_API_KEY", standin.key)
    monkeypatch.setenv("OPENAI_BASE_URL", standin.base_url)
    home = tmp_path / "home"
    home.mkdir()
    (home / "pricing.toml").write_text(LIVES_ON)
    with Lab(Places(home, home / "ftlab.db"), role="cli") as opened:
        opened._paces["openai"] = Pace(QUICK)
        file = tmp_path / "sums.jsonl"
        file.write_text("".join(map(_sum, range(20))))
        opened.datasets.add(Source(file), "sums")
        yield opened


def _sum(number: int) -> str:
    asked = {"role": "user", "content": f"What is {number} + {number}?"}
    answered = {"role": "assistant", "content": f"It is {2 * number}."}
    return json.dumps({"messages": [asked, answered]}) + "\n"


@pytest.fixture
def provider(lab: Lab, standin: Standin) -> HostedProvider:
    profile = make("openai", {"base_url": standin.base_url})
    return HostedProvider(lab, profile, Key(standin.key, "the test"), Pace(QUICK))


@pytest.fixture
def follow(lab: Lab) -> Follow:
    """Makes a job here that the stand-in has already, and returns its id."""

    def known(remote: str) -> str:
        job = new_id("job")
        planned = JobPlanned(
            name=remote,
            provider="openai",
            base_model=MODEL,
            method="supervised",
            hyperparameters={},
            dataset="sums",
            model=new_id("mdl"),
        )
        lab.log.append(f"job/{job}", planned, JobSubmitted(remote_id=remote))
        return job

    return known


def plan(lab: Lab, **fields: object) -> str:
    """Record a job as planned on the dataset `sums`; nothing is sent."""
    version = dataset(lab.database.reader, "sums").id
    job = new_id("job")
    fact = JobPlanned(
        **{
            "name": "sums-1",
            "provider": "openai",
            "base_model": MODEL,
            "method": "supervised",
            "hyperparameters": {"n_epochs": 2},
            "dataset": version,
            "seed": 7,
            "model": new_id("mdl"),
        }
        | fields
    )
    lab.log.append(f"job/{job}", fact)
    return job


def look(lab: Lab, provider: HostedProvider, job: str) -> JobDetail:
    """Bring in the news of a job."""
    for writes in provider.news(job_detail(lab.database.reader, job)):
        lab.log.append_all(writes)
    return job_detail(lab.database.reader, job)


def imported(lab: Lab, remote: str) -> str:
    """Record a job as one that was found at the service."""
    job = new_id("job")
    fact = JobImported(
        name=remote,
        provider="openai",
        remote_id=remote,
        base_model=MODEL,
        method="supervised",
        hyperparameters={},
    )
    lab.log.append(f"job/{job}", fact)
    return job
