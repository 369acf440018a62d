from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from engine.errors import LabError
from engine.lab import Lab
from engine.providers.hosted.provider import HostedProvider
from engine.rescue.history import rescue
from engine.rescue.retirement import plan_recreation, retirements
from store.queries.models import model_list

if TYPE_CHECKING:
    from tests.standin.standin import Standin

TODAY = date(2026, 11, 21)


def test_models_are_listed_with_the_day_they_die_and_what_is_left_of_them(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    late = standin.past_job()
    lost = standin.past_job(gone=frozenset({"training"}))
    rescue(lab, provider)
    found = {model.name: model for model in retirements(lab, TODAY)}
    kept = found[late.fine_tuned_model or ""]
    assert (kept.retires_on, kept.days_left, kept.source) == ("2027-01-14", 54, "openai")
    assert kept.is_rescued
    assert kept.recreate is not None
    assert kept.recreate.startswith("ftlab models recreate ft:")
    gone = found[lost.fine_tuned_model or ""]
    assert (gone.is_rescued, gone.recreate) == (False, None)


def test_those_that_die_first_stand_at_the_top(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_jobs(12)
    rescue(lab, provider)
    days = [model.retires_on or "9999" for model in retirements(lab, TODAY)]
    assert days == sorted(days)


def test_a_model_is_rebuilt_from_its_own_data_with_hyperparameters_that_come_near(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job()
    rescue(lab, provider)
    name = past.fine_tuned_model or ""
    planned = plan_recreation(lab, name, "local", "smollm2-135m-instruct", {"max_steps": 2})
    [model] = model_list(lab.database.reader)
    assert planned.dataset.id == model.dataset
    assert planned.hyperparameters["epochs"] == 3
    assert planned.hyperparameters["max_steps"] == 2
    assert planned.options == {"recreates": model.id}


def test_a_model_whose_data_is_gone_cannot_be_rebuilt(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job(gone=frozenset({"training"}))
    rescue(lab, provider)
    with pytest.raises(LabError, match="is not kept here"):
        plan_recreation(lab, past.fine_tuned_model or "", "local", "smollm2-135m-instruct", {})
