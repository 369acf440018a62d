from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import openai
import pytest

if TYPE_CHECKING:
    from tests.standin.standin import Standin


def test_a_fine_tuned_model_ends_on_the_day_of_its_base_model(
    standin: Standin, client: openai.OpenAI
) -> None:
    job = standin.past_job(model="gpt-4o-mini-2024-07-18")
    assert job.fine_tuned_model
    found = client.models.retrieve(job.fine_tuned_model)
    assert (found.shutdown_date, found.owned_by) == ("2027-01-14", standin.state.organization_id)
    assert client.models.retrieve("babbage-002").shutdown_date is None
    standin.clock.set(datetime(2027, 1, 14, tzinfo=UTC))
    with pytest.raises(openai.NotFoundError, match="deprecated"):
        client.models.retrieve(job.fine_tuned_model)
    assert job.fine_tuned_model not in [model.id for model in client.models.list()]
    assert client.fine_tuning.jobs.retrieve(job.id).fine_tuned_model == job.fine_tuned_model


def test_lists_snapshots_aliases_and_our_own(standin: Standin, client: openai.OpenAI) -> None:
    job = standin.past_job()
    listed = [model.id for model in client.models.list()]
    assert {"gpt-4o", "gpt-4o-2024-08-06", job.fine_tuned_model} <= set(listed)
    assert "gpt-3.5-turbo-0125" not in listed


def test_deletes_our_own_models_only(standin: Standin, client: openai.OpenAI) -> None:
    job = standin.past_job()
    assert job.fine_tuned_model
    assert client.models.delete(job.fine_tuned_model).deleted
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve(job.fine_tuned_model)
    with pytest.raises(openai.PermissionDeniedError):
        client.models.delete("gpt-4o")
