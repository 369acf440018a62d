from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.errors import LabError, RequestError
from engine.lab import Lab
from engine.providers.hosted.provider import HostedProvider
from engine.rescue.history import rescue
from engine.rescue.recreation import plan_recreation
from engine.rescue.retirement import retirements
from store.queries.jobs import job_detail
from store.queries.models import model_list
from tests.engine.rescue.test_retirement import TODAY

if TYPE_CHECKING:
    from tests.standin.standin import Standin

BASE = "smollm2-135m-instruct"
RATE = (
    "learning rate 0.00036: learning_rate_multiplier 1.8 times 0.0002, the usual rate of adapters"
)


def test_a_model_is_rebuilt_from_its_own_data_with_hyperparameters_that_come_near(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job(validated=True)
    rescue(lab, provider)
    name = past.fine_tuned_model or ""
    planned = plan_recreation(lab, name, "local", BASE, {"max_steps": 2})
    [model] = model_list(lab.database.reader)
    assert planned.dataset.id == model.dataset
    assert planned.validation is not None
    assert planned.validation.id == job_detail(lab.database.reader, model.job or "").validation
    assert planned.hyperparameters["epochs"] == 3
    assert planned.hyperparameters["max_steps"] == 2
    assert planned.options == {"recreates": model.id}


def test_each_hyperparameter_says_where_it_comes_from(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job()
    past.hyperparameters = {"n_epochs": "auto", "batch_size": 64, "learning_rate_multiplier": 1.8}
    past.hyperparameters |= {"surprise": 7}
    rescue(lab, provider)
    planned = plan_recreation(lab, past.fine_tuned_model or "", "local", BASE, {})
    what, *reasons = planned.notes
    assert what == f"rebuilds {past.fine_tuned_model}"
    assert planned.dataset.examples == 20
    assert reasons == [
        "epochs 5: what the service takes for 20 examples, because n_epochs was auto",
        "batch size 16: the largest for a usual machine, 64 there",
        RATE,
        "surprise 7: nothing here corresponds to it",
    ]


def test_what_is_said_otherwise_needs_no_reason(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job()
    past.hyperparameters = {}
    rescue(lab, provider)
    name = past.fine_tuned_model or ""
    planned = plan_recreation(lab, name, "local", BASE, {"epochs": 1})
    assert planned.hyperparameters["epochs"] == 1
    assert planned.notes[1:] == (
        "batch size: the usual one here, because batch_size was not told",
        "learning rate: the usual one here, because learning_rate_multiplier was not told",
    )


def test_a_model_whose_data_is_gone_cannot_be_rebuilt(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job(gone=frozenset({"training"}))
    rescue(lab, provider)
    with pytest.raises(LabError, match=r"is not kept here: its file was deleted at openai"):
        plan_recreation(lab, past.fine_tuned_model or "", "local", BASE, {})


def test_one_whose_data_was_left_for_later_says_how_to_take_it_in(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job()
    rescue(lab, provider, files=False)
    with pytest.raises(LabError, match=r"`ftlab import openai --profile openai` takes it in"):
        plan_recreation(lab, past.fine_tuned_model or "", "local", BASE, {})


def test_one_whose_rows_are_no_examples_says_that_the_file_is_kept(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job(model="o4-mini-2025-04-16", method="reinforcement")
    rescue(lab, provider)
    with pytest.raises(LabError, match=r"is kept here as a file, .* no assistant message"):
        plan_recreation(lab, past.fine_tuned_model or "", "local", BASE, {})


def test_preferences_are_nothing_to_train_on_here(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    past = standin.past_job(model="gpt-4.1-mini-2025-04-14", method="dpo")
    rescue(lab, provider)
    [model] = retirements(lab, TODAY)
    assert (model.data, model.recreate) == ("rescued", None)
    with pytest.raises(RequestError, match="preference examples"):
        plan_recreation(lab, past.fine_tuned_model or "", "local", BASE, {})


def test_a_model_made_of_a_model_says_what_is_missing(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    first = standin.past_job()
    second = standin.past_job(
        model=first.fine_tuned_model, training_file=first.training_file, suffix="second"
    )
    rescue(lab, provider)
    planned = plan_recreation(lab, second.fine_tuned_model or "", "local", BASE, {})
    assert f"trained on from {first.fine_tuned_model}" in planned.notes[1]
