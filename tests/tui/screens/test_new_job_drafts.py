from __future__ import annotations

from typing import Any

import pytest

from store.events import DatasetSplit, JobPlanned
from tests.tui.conftest import NOW as MOMENT
from tests.tui.conftest import StillLab, Story
from tui.command_line import line_of
from tui.screens.new_job_drafts import draft_like, forget, keep, kept, usual
from tui.screens.new_job_offers import (
    Offer,
    base_model_offers,
    dataset_offers,
    matching,
    model_offers,
)

NOW = MOMENT.date()
LORA = {
    "epochs": 3.0,
    "batch_size": 4,
    "gradient_accumulation": 1,
    "learning_rate": 0.0005,
    "lora_rank": 16,
    "max_steps": None,
    "packing": False,
    "save_epochs": True,
}


def planned(story: Story, **fields: object) -> str:
    plan = JobPlanned(
        **{
            "name": "before",
            "provider": "local",
            "base_model": "smollm2-135m-instruct",
            "method": "lora",
            "hyperparameters": LORA,
            "dataset": "ds_1",
            "model": "mdl_before",
        }
        | fields
    )
    story.log.append("job/job_before", plan)
    return "before"


def line(lab: StillLab, job: str) -> str:
    return line_of(draft_like(lab.database.reader, job))


BEGIN = "ftlab train gsm8k/train@1 --model smollm2-135m-instruct --method lora"


def test_a_job_like_another_says_only_what_is_not_usual(lab: StillLab, story: Story) -> None:
    assert line(lab, planned(story)) == BEGIN


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"epochs": 1.5, "lora_rank": 8}, "--epochs 1.5 --lora-rank 8"),
        ({"packing": True, "save_epochs": False}, "--packing --no-save-epochs"),
        ({"max_steps": 10, "learning_rate": 2e-05}, "--max-steps 10 --learning-rate 2e-05"),
    ],
)
def test_what_differs_is_said(
    lab: StillLab, story: Story, settings: dict[str, Any], words: str
) -> None:
    assert line(lab, planned(story, hyperparameters=LORA | settings)) == f"{BEGIN} {words}"


def test_a_beginning_that_settles_values_itself_has_them_said(lab: StillLab, story: Story) -> None:
    full = {"epochs": 3.0, "batch_size": 4, "gradient_accumulation": 1, "learning_rate": 2e-05}
    job = planned(story, base_model="tiny-t5", method="full", hyperparameters=full, seed=7)
    assert line(lab, job) == (
        "ftlab train gsm8k/train@1 --model tiny-t5 --method full --epochs 3 --batch-size 4 "
        "--learning-rate 2e-05 --gradient-accumulation 1 --seed 7"
    )


def test_a_job_that_went_on_from_a_model_does_so_again(lab: StillLab, story: Story) -> None:
    job = planned(story, options={"from": "mdl_1"})
    assert " --from gsm8k-1 " in line(lab, job)
    assert "--model" not in line(lab, job)


def test_a_hosted_job_keeps_its_place_and_its_own_names(lab: StillLab, story: Story) -> None:
    job = planned(
        story,
        provider="openai",
        base_model="gpt-4o-mini",
        method="supervised",
        hyperparameters={"n_epochs": 2, "batch_size": "auto"},
        options={"integrations": [{"type": "wandb", "wandb": {"project": "talk"}}], "suffix": "x"},
    )
    assert line(lab, job) == (
        "ftlab train gsm8k/train@1 --model gpt-4o-mini --provider openai --method supervised "
        "--epochs 2 --wandb talk"
    )


def test_a_validation_set_that_comes_by_itself_is_not_said(lab: StillLab, story: Story) -> None:
    job = planned(story, validation="ds_2")
    assert line(lab, job).endswith("--validation gsm8k/validation@1")
    story.log.append(
        "dataset/gsm8k",
        DatasetSplit(
            version="ds_0",
            parts={"train": "ds_1", "validation": "ds_2"},
            seed=0,
            test=0,
            validation=1,
        ),
    )
    assert line(lab, job) == BEGIN


def test_data_that_is_not_here_is_named_by_its_id(lab: StillLab, story: Story) -> None:
    assert line(lab, planned(story, dataset="ds_gone")).startswith("ftlab train ds_gone ")


def test_what_was_left_is_kept_for_each_job_that_it_is_like(lab: StillLab) -> None:
    keep(lab, None, {"dataset": "one"})
    keep(lab, "job_1", {"dataset": "two"})
    assert (kept(lab, None), kept(lab, "job_1")) == ({"dataset": "one"}, {"dataset": "two"})
    forget(lab, None)
    assert (kept(lab, None), kept(lab, "job_1")) == (None, {"dataset": "two"})


def test_a_form_begins_with_the_base_model_that_was_trained_last(
    lab: StillLab, empty_lab: StillLab, story: Story
) -> None:
    assert usual(empty_lab.database.reader) == {"model": "smollm2-135m-instruct"}
    planned(story, base_model="tiny-gpt2")
    assert usual(lab.database.reader)["model"] in ("tiny-gpt2", "smollm2-135m-instruct")


def test_lists_offer_what_there_is(lab: StillLab, story: Story) -> None:
    planned(story, base_model="/models/mine")
    reader = lab.database.reader
    assert [offer.value for offer in dataset_offers(reader)] == ["gsm8k/validation", "gsm8k/train"]
    assert model_offers(reader) == [Offer("gsm8k-1", "adapter on smollm2-135m-instruct")]
    here = base_model_offers(lab, "", NOW)
    assert [offer.value for offer in here] == [
        "smollm2-135m-instruct", "tiny-t5", "tiny-gpt2", "/models/mine",
    ]  # fmt: skip
    there = base_model_offers(lab, "openai", NOW)
    assert "gpt-4o-mini-2024-07-18" in [offer.value for offer in there]


def test_what_begins_so_comes_before_what_has_it() -> None:
    offers = [Offer("my-t5", ""), Offer("t5-small", ""), Offer("other", "")]
    assert [offer.value for offer in matching(offers, " T5")] == ["t5-small", "my-t5"]
    assert matching(offers, "") == offers
