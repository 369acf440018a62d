"""Deleting models: at a service, and folders of this machine."""

from __future__ import annotations

import shutil
import signal
from datetime import date
from typing import TYPE_CHECKING

import pytest

from engine.deleting.models import ModelPlan, delete_models, plan_models
from engine.deleting.refusals import StillNeededError
from engine.errors import LabError, ProviderError
from engine.lab import Lab
from store.errors import NotFoundError
from store.events import (
    EventsImported,
    Fact,
    JobCancelled,
    JobInterrupted,
    JobPlanned,
    JobStatusChanged,
    ModelRegistered,
)
from store.log import Entry
from store.queries.models import ModelRow, model, model_list
from tests.engine.deleting.conftest import forget_leases, types
from tests.engine.deleting.dying import CUTS, start
from tests.standin import faults

if TYPE_CHECKING:
    from pathlib import Path

    from tests.standin.injection import Fault
    from tests.standin.standin import Standin
    from tests.standin.state import Job

TODAY = date(2026, 11, 21)
ONE = "/models/**"


def planned(lab: Lab, *names: str) -> ModelPlan:
    return plan_models(lab, names, TODAY)


def delete(lab: Lab, *names: str) -> list[str]:
    done = delete_models(lab, planned(lab, *names))
    for trouble in done.troubles.values():
        raise trouble
    return [ended.outcome for ended in done.ended]


@pytest.fixture
def hosted(past: Job) -> str:
    """The name of a hosted model that was taken in."""
    return past.fine_tuned_model or ""


@pytest.fixture
def here(lab: Lab) -> ModelRow:
    """A model of this machine."""
    return register(lab, "mdl_0000000001")


def register(lab: Lab, name: str, *, files: bool = True, **fields: object) -> ModelRow:
    given = {
        "id": name,
        "name": f"run-{name}",
        "kind": "full",
        "base_model": "tiny",
        "hyperparameters": {},
        "path": f"models/{name}",
    }
    lab.log.append(f"model/{name}", ModelRegistered(**given | fields))
    if files:
        folder = lab.places.model(name)
        folder.mkdir(parents=True)
        (folder / "config.json").write_text("{}")
        (folder / "model.safetensors").write_bytes(b"0" * 1000)
    return model(lab.database.reader, name)


def test_a_plan_tells_when_a_model_ends_anyway_and_whether_it_can_be_rebuilt(
    lab: Lab, hosted: str
) -> None:
    [found] = planned(lab, hosted).models
    assert (found.name, found.provider, found.folder) == (hosted, "openai", None)
    assert found.retires_on == "2027-01-14"
    assert found.data_kept
    assert found.dataset is not None
    assert found.recreate is not None
    assert found.job is not None


def test_a_hosted_model_is_deleted_between_two_facts(
    lab: Lab, standin: Standin, hosted: str
) -> None:
    assert delete(lab, hosted) == ["deleted"]
    assert hosted not in standin.state.models
    row = model(lab.database.reader, hosted)
    assert row.gone_reason == "deleted"
    *_, asked, deleted = lab.log.read(stream=f"model/{row.id}")
    assert (asked.type, deleted.type) == ("ModelDeletionRequested", "ModelDeleted")
    assert deleted.cause == asked.seq
    assert delete(lab, hosted) == ["gone before"]
    assert standin.count("DELETE", ONE) == 1


@pytest.mark.parametrize(
    "fault",
    [
        faults.reset_before(),
        faults.reset_after(),
        faults.server_error(500),
        faults.truncated(),
        faults.rate_limited(0),
    ],
    ids=["reset before", "reset after", "500", "truncated", "429"],
)
def test_an_answer_that_is_lost_is_settled_by_looking(
    fault: Fault, lab: Lab, standin: Standin, hosted: str
) -> None:
    standin.inject(fault, "DELETE", ONE)
    assert delete(lab, hosted) == ["deleted"]
    assert sum(asked.acted for asked in standin.asked("DELETE", ONE)) == 1


def test_a_model_that_is_not_there_any_more_is_recorded_as_gone(
    lab: Lab, standin: Standin, hosted: str
) -> None:
    del standin.state.models[hosted]
    assert delete(lab, hosted) == ["gone"]
    assert "does not exist" in (model(lab.database.reader, hosted).gone_reason or "")


def test_a_key_without_the_right_is_told_and_nothing_is_claimed(
    lab: Lab, standin: Standin, hosted: str
) -> None:
    standin.inject(faults.missing_scope("model.delete"), "DELETE", ONE)
    with pytest.raises(ProviderError) as refused:
        delete(lab, hosted)
    assert refused.value.refused
    assert model(lab.database.reader, hosted).gone_at is None
    assert planned(lab, hosted).models[0].unfinished


@pytest.mark.parametrize("cut", CUTS)
def test_killed_at_any_record_the_next_time_finishes_it(
    cut: str, lab: Lab, standin: Standin, hosted: str
) -> None:
    with start(lab, "models", hosted, cut) as child:
        child.communicate()
    assert child.returncode == -signal.SIGKILL
    forget_leases(lab.database.path)
    assert delete(lab, hosted) == ["gone before" if cut == "2-after" else "deleted"]
    assert standin.count("DELETE", ONE) == 1
    row = model(lab.database.reader, hosted)
    told = types(lab, f"model/{row.id}")
    assert told[-2:] == ["ModelDeletionRequested", "ModelDeleted"]
    assert told.count("ModelDeleted") == 1


def test_a_model_that_a_job_at_the_service_goes_on_from_stays(
    lab: Lab, standin: Standin, hosted: str
) -> None:
    live = standin.live_job(model=hosted)
    with pytest.raises(StillNeededError, match=live.id):
        planned(lab, hosted).check()
    with pytest.raises(StillNeededError):
        delete(lab, hosted)
    standin.advance(live, "cancelled")
    assert delete(lab, hosted) == ["deleted"]


def test_a_model_of_this_machine_loses_its_folder_and_keeps_its_history(
    lab: Lab, here: ModelRow
) -> None:
    other = register(lab, "mdl_0000000002")
    [found] = planned(lab, here.name).models
    assert (found.folder, found.bytes) == (str(lab.places.model(here.id)), 1002)
    assert delete(lab, here.name) == ["deleted"]
    assert [path.name for path in lab.places.models.iterdir()] == [other.id]
    assert types(lab, f"model/{here.id}") == [
        "ModelRegistered",
        "ModelDeletionRequested",
        "ModelDeleted",
    ]
    assert {row.id for row in model_list(lab.database.reader)} == {here.id, other.id}


def test_a_model_of_this_machine_needs_no_service(lab: Lab, standin: Standin) -> None:
    register(lab, "mdl_0000000001")
    with standin.offline():
        assert delete(lab, "mdl_0000000001") == ["deleted"]
    assert standin.requests == []


def test_a_folder_that_somebody_removed_is_recorded_as_gone(lab: Lab, here: ModelRow) -> None:
    shutil.rmtree(lab.places.model(here.id))
    assert delete(lab, here.name) == ["gone"]
    assert types(lab, f"model/{here.id}")[-1] == "ModelGone"


@pytest.mark.parametrize("cut", CUTS)
def test_killed_at_any_record_the_folder_and_the_record_agree_in_the_end(
    cut: str, lab: Lab, here: ModelRow
) -> None:
    with start(lab, "models", here.id, cut) as child:
        child.communicate()
    assert child.returncode == -signal.SIGKILL
    forget_leases(lab.database.path)
    assert delete(lab, here.id) == ["gone before" if cut == "2-after" else "deleted"]
    assert list(lab.places.models.iterdir()) == []
    assert types(lab, f"model/{here.id}")[1:] == ["ModelDeletionRequested", "ModelDeleted"]


def test_half_of_a_folder_that_a_killed_process_left_goes_too(lab: Lab, here: ModelRow) -> None:
    with start(lab, "models", here.id, "1-after") as child:
        child.communicate()
    forget_leases(lab.database.path)
    lab.places.model(here.id).rename(lab.places.models / f".{here.id}.deleted")
    assert delete(lab, here.id) == ["deleted"]
    assert list(lab.places.models.iterdir()) == []


def goes_on(lab: Lab, base: str, *facts: Fact) -> None:
    plan = JobPlanned(
        name="next",
        provider="local",
        base_model=base,
        method="lora",
        hyperparameters={},
        dataset="sums",
    )
    lab.log.append("job/job_0000000001", plan, *facts)


@pytest.mark.parametrize("by", ["id", "folder"])
@pytest.mark.parametrize("fact", [JobStatusChanged(status="running"), JobInterrupted(reason="x")])
def test_a_model_that_a_job_here_goes_on_from_stays(
    by: str, fact: Fact, lab: Lab, here: ModelRow
) -> None:
    base = here.id if by == "id" else str(lab.places.model(here.id))
    goes_on(lab, base, JobStatusChanged(status="running"), fact)
    with pytest.raises(StillNeededError, match="next"):
        planned(lab, here.name).check()
    with pytest.raises(StillNeededError):
        delete(lab, here.name)
    assert lab.places.model(here.id).is_dir()
    assert types(lab, f"model/{here.id}") == ["ModelRegistered"]


def test_when_that_job_was_cancelled_the_model_may_go(lab: Lab, here: ModelRow) -> None:
    goes_on(lab, here.id, JobCancelled())
    assert delete(lab, here.name) == ["deleted"]


def test_a_model_whose_adapter_lives_on_stays(lab: Lab, here: ModelRow) -> None:
    adapter = register(
        lab, "mdl_0000000002", kind="adapter", base_model=str(lab.places.model(here.id))
    )
    with pytest.raises(StillNeededError, match="an adapter of it"):
        planned(lab, here.name).check()
    delete(lab, adapter.name)
    assert delete(lab, here.name) == ["deleted"]


@pytest.mark.parametrize("path", ["models", "models/../..", "models/base", "elsewhere", None])
def test_nothing_is_deleted_that_is_no_models_own_folder(path: str | None, lab: Lab) -> None:
    (lab.places.models / "base").mkdir(parents=True)
    register(lab, "mdl_0000000009", path=path)
    with pytest.raises(LabError, match="no model's folder"):
        delete(lab, "mdl_0000000009")
    assert (lab.places.models / "base").is_dir()


def test_of_a_folder_that_lies_elsewhere_only_the_link_goes(
    lab: Lab, here: ModelRow, tmp_path: Path
) -> None:
    folder = lab.places.model(here.id)
    folder.rename(tmp_path / "disk")
    folder.symlink_to(tmp_path / "disk")
    assert delete(lab, here.name) == ["deleted"]
    assert (tmp_path / "disk" / "config.json").exists()


def test_a_model_of_another_lab_is_not_this_labs_to_delete(lab: Lab) -> None:
    [taken_in] = lab.log.append(
        "archive/abc",
        EventsImported(archive="abc", origins=()),
    )
    registered = ModelRegistered(
        id="mdl_0000000003",
        name="theirs",
        kind="full",
        base_model="tiny",
        hyperparameters={},
        path="models/mdl_0000000003",
    )
    lab.log.append("model/mdl_0000000003", Entry(registered, cause=taken_in.seq))
    with pytest.raises(LabError, match="another lab"):
        delete(lab, "theirs")


def test_a_model_that_nobody_knows_is_not_found(lab: Lab) -> None:
    with pytest.raises(NotFoundError):
        planned(lab, "nobody")
