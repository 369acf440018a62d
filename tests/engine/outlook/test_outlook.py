from __future__ import annotations

from pathlib import Path

import pytest

from engine.data.versions.checks import CheckWish
from engine.lab import Lab
from engine.outlook.outlook import look_ahead
from engine.planning import TrainingRequest
from store.queries.datasets import checks_of, dataset


def test_a_local_training_is_planned_without_a_check_of_its_data(lab: Lab, tiny_base: Path) -> None:
    head = lab.database.head()
    found = look_ahead(lab, TrainingRequest("sums/train", str(tiny_base)))
    assert found.faults == ()
    assert found.plan is not None
    assert found.plan.total_steps == 36
    assert found.plan.validation is not None
    assert found.findings is None
    assert found.wanted is not None
    assert found.wanted.model == str(tiny_base)
    assert lab.database.head() == head


def test_everything_that_is_wrong_is_told_at_once_beside_its_part(lab: Lab) -> None:
    request = TrainingRequest(
        "nosuch", "no model", validation="neither", suffix=" ", hyperparameters={"epochs": 0}
    )
    found = look_ahead(lab, request)
    assert {fault.part for fault in found.faults} == {
        "dataset", "base_model", "validation", "suffix", "epochs",
    }  # fmt: skip
    assert found.plan is None
    assert not found.waits_for_check


@pytest.mark.parametrize(
    ("settings", "parts"),
    [
        ({"epochs": -1, "batch_size": 0}, ["epochs", "batch_size"]),
        ({"learning_rate_multiplier": 2}, ["learning_rate_multiplier"]),
        ({"early_stopping": 2, "packing": True, "group_by_length": True}, ["packing"]),
    ],
)
def test_a_refused_hyperparameter_is_told_beside_it(
    lab: Lab, tiny_base: Path, settings: dict[str, object], parts: list[str]
) -> None:
    request = TrainingRequest("sums/train", str(tiny_base), hyperparameters=settings)
    assert [fault.part for fault in look_ahead(lab, request).faults] == parts


def test_a_method_that_is_none_is_told_beside_the_method(lab: Lab, tiny_base: Path) -> None:
    request = TrainingRequest("sums/train", str(tiny_base), method="dpo")
    (fault,) = look_ahead(lab, request).faults
    assert fault.part == "method"


def test_what_was_found_in_the_data_comes_along(lab: Lab, tiny_base: Path) -> None:
    row, _ = lab.datasets.check("sums/train", CheckWish(model=str(tiny_base)))
    found = look_ahead(lab, TrainingRequest("sums/train", str(tiny_base))).findings
    assert found is not None
    assert (found.errors, found.examples) == (0, row.examples)
    assert found.tokens is not None
    assert found.tokens > 500
    assert found.longest is not None


def test_what_was_found_for_another_model_is_told_meanwhile(lab: Lab, tiny_base: Path) -> None:
    lab.datasets.check("sums/train", CheckWish(model="gpt-4o-mini", method="supervised"))
    found = look_ahead(lab, TrainingRequest("sums/train", str(tiny_base)))
    assert found.findings is None
    assert found.earlier is not None
    assert found.earlier.model == "gpt-4o-mini"


def test_a_base_model_of_random_weights_has_no_tokenizer_yet(lab: Lab) -> None:
    wanted = look_ahead(lab, TrainingRequest("sums/train", "tiny-t5")).wanted
    assert wanted is not None
    assert (wanted.model, wanted.uncounted) == (None, "its tokenizer is made of the data itself")


def test_this_machine_is_looked_at(lab: Lab, tiny_base: Path) -> None:
    request = TrainingRequest("sums/train", str(tiny_base), method="full")
    found = look_ahead(lab, request)
    assert found.machine is not None
    assert (found.machine.slots, found.machine.free, found.machine.running) == (1, 1, ())
    assert found.machine.disk > 0
    assert found.need is not None
    assert found.need.memory > 4 * (tiny_base / "model.safetensors").stat().st_size - 100


MODEL = "gpt-4o-mini-2024-07-18"


@pytest.fixture
def alive(lab: Lab) -> Lab:
    """The lab, with a figure of the user's own, so that what is tested outlives the model."""
    lab.places.prices.write_text(f'[models."{MODEL}"]\nretires = 2099-01-01\n')
    return lab


def hosted(**more: object) -> TrainingRequest:
    return TrainingRequest("sums/train", MODEL, provider="openai", **more)  # type: ignore[arg-type]


def test_a_hosted_training_is_planned_when_its_data_was_checked_and_not_before(alive: Lab) -> None:
    head = alive.database.head()
    first = look_ahead(alive, hosted())
    assert first.waits_for_check
    assert alive.database.head() == head
    assert first.wanted is not None
    wish = CheckWish(model=first.wanted.model, method="supervised")
    assert first.wanted.method == wish.method
    alive.datasets.check(first.wanted.version, wish)
    head = alive.database.head()
    found = look_ahead(alive, hosted())
    assert found.plan is not None
    assert found.plan.estimate is not None
    assert found.plan.estimate.usd > 0
    assert alive.database.head() == head


def test_the_terms_of_a_service_come_along(alive: Lab) -> None:
    terms = look_ahead(alive, hosted()).terms
    assert terms is not None
    assert (terms.profile, terms.host, terms.on_this_machine) == ("openai", "api.openai.com", False)
    assert terms.retires is not None
    assert terms.retires.value.year == 2099
    assert terms.closes is not None
    assert terms.closes.value.isoformat() == "2027-01-06"
    assert terms.methods == ("supervised", "dpo")


def test_a_limit_is_told_beside_the_limit_and_a_lost_profile_beside_the_place(alive: Lab) -> None:
    version = dataset(alive.database.reader, "sums/train").id
    alive.datasets.check(version, CheckWish(model=MODEL, method="supervised"))
    (fault,) = look_ahead(alive, hosted(max_cost=0.0)).faults
    assert fault.part == "max_cost"
    lost = TrainingRequest("sums/train", MODEL, provider="nowhere")
    assert [fault.part for fault in look_ahead(alive, lost).faults] == ["provider"]


def test_planning_a_hosted_job_twice_checks_its_data_once(alive: Lab) -> None:
    alive.plan(hosted())
    version = dataset(alive.database.reader, "sums/train").id
    (first,) = checks_of(alive.database.reader, version)
    alive.plan(hosted())
    assert checks_of(alive.database.reader, version) == [first]
