"""What ids of jobs and models stand for."""

from __future__ import annotations

import pytest

from engine.comparing.subjects import subject, subjects
from engine.lab import Lab
from store.errors import AmbiguousError, NotFoundError
from store.events import ModelDeleted, ModelTagged
from tests.engine.comparing.conftest import AddVersion, PlanJob, Record, RegisterModel, asked
from tests.engine.comparing.evaluations import Evaluations, right


def test_a_job_and_its_model_are_one_thing_by_either_id(
    lab: Lab, plan_job: PlanJob, register: RegisterModel
) -> None:
    register("a", plan_job("a", {"loss": [1.0]}))
    by_job, by_model = (subject(lab.database.reader, each) for each in ("job_a", "mdl_a"))
    assert (by_job.id, by_model.id) == ("job_a", "mdl_a")
    assert by_job.model == by_model.model is not None
    assert by_job.job == by_model.job is not None
    assert by_model.series["loss"].last == 1.0
    assert by_job.streams == ("job/job_a", "model/mdl_a", "answers/mdl_a", "scores/mdl_a")
    assert len(subjects(lab.database.reader, ["job_a", "mdl_a", "a"])) == 1


def test_its_evaluations_tell_of_a_model_too(
    lab: Lab, plan_job: PlanJob, register: RegisterModel, evaluations: Evaluations
) -> None:
    suite = evaluations.suite("sums", 1)
    evaluated = evaluations.evaluate(suite, register("a", plan_job("a")), [right()])
    assert subject(lab.database.reader, "job_a").streams[-1] == f"evaluation/{evaluated}"


def test_a_model_may_be_of_no_job_that_is_known_here(
    lab: Lab, register: RegisterModel, add_version: AddVersion
) -> None:
    register("rescued", "job_elsewhere", dataset=add_version("sums", 1, ["1"]))
    found = subject(lab.database.reader, "mdl_rescued")
    assert found.job is None
    assert found.name == "rescued"
    assert found.data is not None
    assert found.lineage == ("tiny",)
    assert found.streams == (
        "model/mdl_rescued",
        "answers/mdl_rescued",
        "scores/mdl_rescued",
    )


def test_a_job_without_a_model_has_not_one_whose_id_begins_like_its_own(
    lab: Lab, plan_job: PlanJob, register: RegisterModel
) -> None:
    plan_job("a")
    register("ab", plan_job("ab"))
    found = subject(lab.database.reader, "job_a")
    assert found.model is None
    # The one that it will make is waited for.
    assert found.streams[1] == "model/mdl_a"


def test_a_model_that_was_deleted_is_known_to_be_gone(
    lab: Lab, plan_job: PlanJob, register: RegisterModel
) -> None:
    register("a", plan_job("a"))
    assert not subject(lab.database.reader, "a").is_gone
    lab.log.append("model/mdl_a", ModelDeleted())
    assert subject(lab.database.reader, "a").is_gone


def test_what_is_not_there_or_could_be_several_things_is_told(
    lab: Lab, plan_job: PlanJob, register: RegisterModel
) -> None:
    with pytest.raises(NotFoundError, match="no job and no model is called 'x'"):
        subject(lab.database.reader, "x")
    register("one-1")
    register("one-2")
    with pytest.raises(AmbiguousError):
        subject(lab.database.reader, "one")
    plan_job("one")
    assert subject(lab.database.reader, "one").id == "job_one"


def test_other_models_are_known_by_their_whole_names_once_they_were_asked(
    lab: Lab, evaluations: Evaluations, plan_job: PlanJob, record: Record
) -> None:
    plan_job("base-tuned")
    assert subject(lab.database.reader, "base").name == "base-tuned"
    evaluations.evaluate(evaluations.suite("sums", 1), "local/base", [right()])
    for reference in ("base", "local/base"):
        found = subject(lab.database.reader, reference)
        assert (found.id, found.name) == ("local/base", "base")
        assert (found.job, found.model, found.lineage) == (None, None, ())
        assert found.recorded_as == "local/base"
        assert found.streams == (
            "model/local/base",
            "answers/local/base",
            "scores/local/base",
            "evaluation/eval_0001",
        )
    assert subject(lab.database.reader, "bas").name == "base-tuned"
    record("openai/gpt-x", (asked("1 + 1?"), "2"))
    assert subject(lab.database.reader, "openai/gpt-x").recorded_as == "openai/gpt-x"


def test_a_job_of_that_name_is_meant_rather_than_another_model(
    lab: Lab, evaluations: Evaluations, plan_job: PlanJob
) -> None:
    evaluations.evaluate(evaluations.suite("sums", 1), "local/base", [right()])
    plan_job("base")
    assert subject(lab.database.reader, "base").job is not None
    assert subject(lab.database.reader, "local/base").job is None


def test_a_name_that_two_providers_have_has_to_be_written_out(
    lab: Lab, evaluations: Evaluations
) -> None:
    suite = evaluations.suite("sums", 1)
    for model in ("openai/gpt-x", "mirror/gpt-x"):
        evaluations.evaluate(suite, model, [right()])
    with pytest.raises(AmbiguousError, match="fits several: mirror/gpt-x, openai/gpt-x"):
        subject(lab.database.reader, "gpt-x")
    assert subject(lab.database.reader, "mirror/gpt-x").recorded_as == "mirror/gpt-x"


def test_a_tag_is_not_taken_for_the_beginning_of_a_jobs_name(
    lab: Lab, plan_job: PlanJob, register: RegisterModel
) -> None:
    plan_job("production-run")
    made = register("facts")
    assert subject(lab.database.reader, "prod").name == "production-run"
    lab.log.append(f"model/{made}", ModelTagged(tag="prod"))
    assert subject(lab.database.reader, "prod").name == "facts"
