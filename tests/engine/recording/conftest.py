"""A lab that knows a hosted model, its data rescued, and the service it can be asked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from engine.lab import Lab
from engine.providers.hosted.provider import HostedProvider
from engine.recording.plan import Wish
from engine.recording.planning import plan
from engine.recording.run import Outcome, record
from engine.rescue.history import rescue
from store.queries.models import ModelRow, model_list
from tests.engine.providers.hosted.conftest import lab, provider
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    from tests.standin.calls import Json
    from tests.standin.standin import Standin

__all__ = ["lab", "provider", "standin"]

CHAT, COMPLETIONS = "/chat/completions", "/completions"

Rescued = Callable[..., ModelRow]
RecordModel = Callable[..., Outcome]


def bodies(standin: Standin, path: str) -> list[Json]:
    """Return what was asked of an endpoint."""
    return [exchange.json or {} for exchange in standin.asked("POST", path)]


@pytest.fixture
def rescued(lab: Lab, provider: HostedProvider, standin: Standin) -> Rescued:
    """Gives the model of a past job (see `Past`) once its history has been rescued."""

    def make(**past: object) -> ModelRow:
        job = standin.past_job(**past)
        rescue(lab, provider)
        found = [row for row in model_list(lab.database.reader) if row.name == job.fine_tuned_model]
        return found[0]

    return make


@pytest.fixture
def record_model(lab: Lab) -> RecordModel:
    """Plans a recording of a model by the fields of `Wish`, and makes it."""

    def go(model: ModelRow, **wishes: object) -> Outcome:
        return record(lab, plan(lab, model.id, Wish(**wishes)))  # type: ignore[arg-type]

    return go
