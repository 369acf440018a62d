"""What ids of jobs and models stand for."""

from __future__ import annotations

import pytest

from engine.comparing.subjects import subject, subjects
from engine.lab import Lab
from store.errors import AmbiguousError, NotFoundError
from store.events import ModelDeleted
from tests.engine.comparing.conftest import AddVersion, PlanJob, RegisterModel


def test_a_job_and_its_model_are_one_thing_by_either_id(
    lab: Lab, plan_job: PlanJob, register: RegisterModel
) -> None:
    register("a", plan_job("a", {"loss": [1.0]}))
    by_job, by_model = (subject(lab.database.reader, each) for each in ("job_a", "mdl_a"))
    assert (by_job.id, by_model.id) == ("job_a", "mdl_a")
    assert by_job.model == by_model.model is not None
    assert by_job.job == by_model.job is not None
    assert by_model.series["loss"].last == 1.0
    assert by_job.streams == ("job/job_a", "model/mdl_a", "answers/mdl_a")
    assert len(subjects(lab.database.reader, ["job_a", "mdl_a", "a"])) == 1


def test_a_model_may_be_of_no_job_that_is_known_here(
    lab: Lab, register: RegisterModel, add_version: AddVersion
) -> None:
    register("rescued", "job_elsewhere", dataset=add_version("sums", 1, ["1"]))
    found = subject(lab.database.reader, "mdl_rescued")
    assert found.job is None
    assert found.name == "rescued"
    assert found.data is not None
    assert found.lineage == ("tiny",)
    assert found.streams == ("model/mdl_rescued", "answers/mdl_rescued")


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
