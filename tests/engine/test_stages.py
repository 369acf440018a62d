"""What a job begins with: nothing is trained here, models are recorded and their files made up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine import jobs, stages
from engine.data.versions.importing import Source
from engine.errors import LabError, RequestError
from engine.lab import Lab
from engine.planning import Plan, TrainingRequest
from store.errors import NotFoundError
from store.events import JobPlanned, ModelGone, ModelRegistered
from store.queries.jobs import job_detail
from store.queries.models import model as find


@pytest.fixture
def stocked(lab: Lab, sums_file: Path) -> Lab:
    """A lab with a dataset and three models: a full one, an adapter and a hosted one."""
    lab.datasets.add(Source(sums_file), "sums")
    _register(lab, "facts", "full", base="tiny-t5", files={"config.json": {}})
    adapter = {"r": 4, "lora_alpha": 8, "target_modules": ["v_proj", "q_proj"]}
    _register(lab, "tone", "adapter", base="some/hub-id", files={"adapter_config.json": adapter})
    _register(lab, "away", "hosted", base="gpt-4o-mini-2024-07-18", files={})
    return lab


def _register(lab: Lab, name: str, kind: Any, base: str, files: Mapping[str, object]) -> None:  # noqa: ANN401
    model = f"mdl_{name}"
    registered = ModelRegistered(
        id=model,
        name=name,
        kind=kind,
        base_model=base,
        hyperparameters={"learning_rate": 0.002, "batch_size": 16, "lora_rank": 4},
        path=f"models/{model}",
        provider="openai" if kind == "hosted" else "local",
        remote_id="ft:gpt-4o-mini:acme" if kind == "hosted" else None,
    )
    lab.log.append(f"model/{model}", registered)
    folder = lab.places.model(model)
    folder.mkdir(parents=True)
    for file, content in files.items():
        (folder / file).write_text(json.dumps(content))


def plan(lab: Lab, earlier: str | None = None, base: str = "", **fields: Any) -> Plan:  # noqa: ANN401
    options = {} if earlier is None else {stages.FROM: earlier}
    return lab.plan(TrainingRequest(dataset="sums", base_model=base, options=options, **fields))


def test_a_full_model_is_the_base_of_the_next_stage(stocked: Lab) -> None:
    planned = plan(stocked, "facts")
    assert planned.request.base_model == "mdl_facts"
    assert planned.method == "full"
    assert planned.options == {"from": "mdl_facts"}
    assert planned.hyperparameters["learning_rate"] == 0.0005
    assert planned.hyperparameters["batch_size"] == 16
    assert planned.notes[:3] == (
        "goes on from facts (full)",
        "learning rate 0.0005: a quarter of that of facts",
        "batch size 16: that of facts",
    )


def test_what_is_asked_for_counts_before_what_the_stage_before_had(stocked: Lab) -> None:
    planned = plan(stocked, "facts", hyperparameters={"learning_rate": 1e-4, "batch_size": 2})
    assert planned.hyperparameters["learning_rate"] == 1e-4
    assert planned.hyperparameters["batch_size"] == 2
    assert plan(stocked, "facts", method="lora").hyperparameters["learning_rate"] == 5e-4
    assert plan(stocked, "facts", method="lora").hyperparameters["batch_size"] == 4


def test_an_adapter_is_trained_on_where_it_is_and_keeps_its_shape(stocked: Lab) -> None:
    planned = plan(stocked, "tone")
    assert (planned.request.base_model, planned.method) == ("some/hub-id", "lora")
    assert planned.hyperparameters["lora_rank"] == 4
    assert planned.hyperparameters["lora_alpha"] == 8
    assert planned.hyperparameters["lora_target_modules"] == "q_proj,v_proj"
    assert planned.hyperparameters["learning_rate"] == 0.002
    with pytest.raises(RequestError, match=r"lora_rank is 4 in the adapter tone and cannot be 32"):
        plan(stocked, "tone", hyperparameters={"lora_rank": 32})


def test_full_fine_tuning_from_an_adapter_says_what_becomes_of_it(stocked: Lab) -> None:
    planned = plan(stocked, "tone", method="full")
    assert (planned.request.base_model, planned.method) == ("some/hub-id", "full")
    assert "added to its base" in planned.notes[-1]


def test_a_hosted_model_has_to_be_recreated_first(stocked: Lab) -> None:
    with pytest.raises(RequestError, match="`ftlab models recreate away` rebuilds it here first"):
        plan(stocked, "away")
    with pytest.raises(RequestError, match="--from goes on from a model of this machine"):
        plan(stocked, "facts", provider="openai")


def test_what_is_not_there_is_not_gone_on_from(stocked: Lab) -> None:
    with pytest.raises(NotFoundError, match="nobody"):
        plan(stocked, "nobody")
    (stocked.places.model("mdl_facts") / "config.json").unlink()
    with pytest.raises(LabError, match=r"the files of facts are not here: there is no config\.jso"):
        plan(stocked, "facts")
    stocked.log.append("model/mdl_tone", ModelGone(reason="deleted"))
    with pytest.raises(NotFoundError, match="tone is gone: deleted on "):
        plan(stocked, "tone")


def test_a_damaged_adapter_is_named(stocked: Lab) -> None:
    (stocked.places.model("mdl_tone") / "adapter_config.json").write_text("{}")
    with pytest.raises(LabError, match="is damaged: it does not tell what the adapter is like"):
        plan(stocked, "tone")


def test_random_weights_are_all_trained_and_faster(stocked: Lab) -> None:
    planned = plan(stocked, base="tiny-t5")
    assert (planned.request.base_model, planned.method) == ("tiny-t5", "full")
    assert planned.hyperparameters["learning_rate"] == 2e-3
    assert planned.hyperparameters["epochs"] > 3
    assert "epochs 100: found by ftlab" in planned.notes
    assert planned.options == {}
    with pytest.raises(RequestError, match="tiny-t5 begins with random weights"):
        plan(stocked, base="tiny-t5", method="lora")


def test_the_stages_before_are_told_the_nearest_first(stocked: Lab) -> None:
    for number, earlier in enumerate(("mdl_facts", "mdl_job1")):
        job = f"job_{number + 1}"
        planned = JobPlanned(
            name=job,
            provider="local",
            base_model=earlier,
            method="full",
            hyperparameters={},
            dataset="ds_1",
            options={"from": earlier},
        )
        stocked.log.append(f"job/{job}", planned)
        registered = ModelRegistered(
            id=f"mdl_job{number + 1}",
            name=job,
            kind="full",
            base_model=earlier,
            job=job,
            hyperparameters={},
        )
        stocked.log.append(f"model/mdl_job{number + 1}", registered)
    reader = stocked.database.reader
    assert [row.name for row in stages.earlier(reader, "job_2")] == ["job_1", "facts"]
    assert stages.earlier(reader, find(reader, "facts").job) == []


def test_a_job_is_started_from_an_adapter_and_knows_it_when_it_is_resumed(stocked: Lab) -> None:
    reader = stocked.database.reader
    assert stages.adapter_of(reader, {}) is None
    assert stages.adapter_of(reader, {"from": "mdl_facts"}) is None
    assert stages.adapter_of(reader, {"from": "mdl_tone"}) == "mdl_tone"


def test_the_plan_of_a_job_that_went_on_can_be_repeated(stocked: Lab) -> None:
    job = JobPlanned(
        name="second",
        provider="local",
        base_model="some/hub-id",
        method="lora",
        hyperparameters=plan(stocked, "tone").hyperparameters,
        dataset="sums",
        options={"from": "mdl_tone"},
    )
    stocked.log.append("job/job_9", job)
    found = job_detail(stocked.database.reader, "second")
    request = TrainingRequest(
        dataset="sums",
        base_model=found.base_model,
        method=found.method,
        hyperparameters=jobs._chosen(found),
        options=json.loads(found.options_json),
    )
    assert stocked.plan(request).options == {"from": "mdl_tone"}
