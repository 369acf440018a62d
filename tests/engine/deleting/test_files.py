"""Deleting files at a service: once, whatever happens, and nothing that is needed or not kept."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from engine import jobs
from engine.deleting.files import FilePlan, delete_files, plan_files
from engine.deleting.inventory import files_of_job, provider_of
from engine.deleting.refusals import NotKeptError, StillNeededError
from engine.errors import LabError, ProviderError, RequestError
from engine.lab import Lab
from store.errors import NotFoundError
from store.queries.jobs import job_detail, job_list
from store.times import now
from tests.engine.deleting.conftest import forget_leases, row_of, submitted, types
from tests.engine.deleting.dying import CUTS, start
from tests.engine.providers.hosted.conftest import Follow
from tests.standin import faults

if TYPE_CHECKING:
    from tests.standin.injection import Fault
    from tests.standin.standin import Standin
    from tests.standin.state import Job

FILES, ONE = "/files", "/files/*"


def planned(lab: Lab, *names: str) -> FilePlan:
    return plan_files(lab, "openai", names)


def delete(lab: Lab, *names: str, even_if_not_kept: bool = False) -> list[str]:
    """Delete files, and return what became of each; raise the first trouble."""
    done = delete_files(lab, planned(lab, *names), even_if_not_kept=even_if_not_kept)
    for trouble in done.troubles.values():
        raise trouble
    return [ended.outcome for ended in done.ended]


def deletions(standin: Standin) -> int:
    """How many deletions the service has done."""
    return sum(asked.acted for asked in standin.asked("DELETE", ONE, status=None))


def test_a_plan_tells_what_would_go_and_records_nothing(lab: Lab, past: Job) -> None:
    head = lab.database.head()
    [file] = planned(lab, past.training_file).files
    assert (file.file, file.purpose, file.kept) == (past.training_file, "fine-tune", "file")
    assert file.filename is not None
    assert file.filename.endswith("-train.jsonl")
    assert file.dataset is not None
    assert len(file.jobs) == 1
    assert (file.needed_by, file.unfinished) == ((), False)
    assert lab.database.head() == head


def test_a_file_is_deleted_between_two_facts(lab: Lab, standin: Standin, past: Job) -> None:
    assert delete(lab, past.training_file) == ["deleted"]
    assert standin.file(past.training_file) is None
    stream = f"file/openai/{past.training_file}"
    saved, asked, deleted = lab.log.read(stream=stream)
    assert (saved.type, asked.type) == ("RemoteFileSaved", "RemoteFileDeletionRequested")
    assert (deleted.type, deleted.cause) == ("RemoteFileDeleted", asked.seq)
    assert row_of(lab, past.training_file).state == "deleted"
    assert (row_of(lab, past.training_file).content or "") in lab.blobs


def test_what_is_gone_already_is_not_asked_for_again(lab: Lab, standin: Standin, past: Job) -> None:
    delete(lab, past.training_file)
    assert delete(lab, past.training_file) == ["gone before"]
    assert planned(lab, past.training_file).gone == (past.training_file,)
    assert standin.count("DELETE", ONE) == 1


def test_a_job_is_known_with_all_its_files_and_they_go_together(
    lab: Lab, standin: Standin, past: Job
) -> None:
    [job] = job_list(lab.database.reader)
    provider, found = files_of_job(lab, job.name)
    assert provider == "openai"
    assert set(found) == {past.training_file, past.validation_file, *past.result_files}
    assert delete(lab, *found) == ["deleted"] * len(found)
    assert all(standin.file(file) is None for file in found)


@pytest.mark.parametrize(
    "fault",
    [
        faults.reset_before(),
        faults.reset_after(),
        faults.server_error(500),
        faults.server_error(503),
        faults.truncated(),
        faults.rate_limited(0),
        faults.not_json(200),
        faults.with_fields(deleted=False),
    ],
    ids=["reset before", "reset after", "500", "503", "truncated", "429", "a page", "not deleted"],
)
def test_an_answer_that_is_lost_is_settled_by_looking(
    fault: Fault, lab: Lab, standin: Standin, past: Job
) -> None:
    standin.inject(fault, "DELETE", ONE)
    assert delete(lab, past.training_file) == ["deleted"]
    assert standin.file(past.training_file) is None
    assert deletions(standin) == 1
    assert types(lab, f"file/openai/{past.training_file}")[1:] == [
        "RemoteFileDeletionRequested",
        "RemoteFileDeleted",
    ]


def test_a_file_that_somebody_else_deleted_is_recorded_as_gone(
    lab: Lab, standin: Standin, past: Job
) -> None:
    standin.delete_file(past.training_file)
    assert delete(lab, past.training_file) == ["gone"]
    row = row_of(lab, past.training_file)
    assert row.state == "gone"
    assert "No such File object" in (row.reason or "")


def test_a_404_of_a_service_that_still_has_the_file_is_not_believed(
    lab: Lab, standin: Standin, past: Job
) -> None:
    standin.inject(faults.gone(), "DELETE", ONE, times=None)
    with pytest.raises(ProviderError, match="does not delete it") as refused:
        delete(lab, past.training_file)
    assert refused.value.refused
    assert row_of(lab, past.training_file).state == "deleting"


def test_a_refusal_leaves_the_request_open_and_the_next_time_goes_on(
    lab: Lab, standin: Standin, past: Job
) -> None:
    standin.inject(faults.missing_scope("files"), "DELETE", ONE)
    with pytest.raises(ProviderError, match="does not let this key"):
        delete(lab, past.training_file)
    [file] = planned(lab, past.training_file).files
    assert file.unfinished
    assert delete(lab, past.training_file) == ["deleted"]
    stream = types(lab, f"file/openai/{past.training_file}")
    assert stream.count("RemoteFileDeletionRequested") == 1
    assert standin.count("DELETE", ONE) == 2


def test_a_service_that_asks_to_wait_long_is_not_pressed(
    lab: Lab, standin: Standin, past: Job
) -> None:
    standin.inject(faults.rate_limited(90), "DELETE", ONE)
    with pytest.raises(ProviderError, match="asks to wait 90 s"):
        delete(lab, past.training_file)
    assert standin.count("DELETE", ONE) == 1


def test_a_service_that_fails_on_and_on_is_asked_twice_at_most(
    lab: Lab, standin: Standin, past: Job
) -> None:
    failing = standin.inject(faults.server_error(500), "DELETE", ONE, times=None)
    with pytest.raises(ProviderError, match="The same command again goes on") as failed:
        delete(lab, past.training_file)
    assert not failed.value.refused
    assert standin.count("DELETE", ONE) == 2
    failing.lift()
    assert delete(lab, past.training_file) == ["deleted"]


def test_where_looking_fails_too_nobody_claims_to_know(
    lab: Lab, standin: Standin, past: Job
) -> None:
    standin.inject(faults.reset_after(), "DELETE", ONE)
    standin.inject(faults.missing_scope("files"), "GET", ONE)
    with pytest.raises(ProviderError, match="is deleted is not known yet"):
        delete(lab, past.training_file)
    assert row_of(lab, past.training_file).state == "deleting"
    assert delete(lab, past.training_file) == ["deleted"]
    assert deletions(standin) == standin.count("DELETE", ONE) == 1


def test_one_files_trouble_does_not_keep_the_others(lab: Lab, standin: Standin, past: Job) -> None:
    standin.inject(faults.missing_scope("files"), "DELETE", f"/files/{past.training_file}")
    plan = planned(lab, past.training_file, past.validation_file or "")
    done = delete_files(lab, plan)
    assert list(done.troubles) == [past.training_file]
    assert [ended.name for ended in done.ended] == [past.validation_file]


def test_a_key_that_is_refused_is_not_tried_on_every_file(
    lab: Lab, standin: Standin, past: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(lab, past.training_file, past.validation_file or "")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    with pytest.raises(ProviderError, match="refused the key"):
        delete_files(lab, plan)
    assert standin.count("DELETE", ONE) == 0


@pytest.mark.parametrize("cut", CUTS)
def test_killed_at_any_record_the_next_time_finishes_it_with_one_more_deletion_at_most(
    cut: str, lab: Lab, standin: Standin, past: Job
) -> None:
    with start(lab, "files", past.training_file, cut) as child:
        child.communicate()
    assert child.returncode == -signal.SIGKILL
    forget_leases(lab.database.path)
    before = standin.count("DELETE", ONE)
    assert before == (0 if cut.startswith("1") else 1)
    outcome = "gone before" if cut == "2-after" else "deleted"
    assert delete(lab, past.training_file) == [outcome]
    assert deletions(standin) == standin.count("DELETE", ONE) == 1
    stream = types(lab, f"file/openai/{past.training_file}")
    assert stream[1:] == ["RemoteFileDeletionRequested", "RemoteFileDeleted"]


def test_what_a_killed_process_held_lapses_by_itself(lab: Lab, standin: Standin, past: Job) -> None:
    with start(lab, "files", past.training_file, "1-after") as child:
        child.communicate()
    assert delete(lab, past.training_file) == ["deleted"]
    assert deletions(standin) == 1


def test_two_processes_at_once_delete_a_file_once(lab: Lab, standin: Standin, past: Job) -> None:
    standin.inject(faults.slow(2), "DELETE", ONE)
    with (
        start(lab, "files", past.training_file) as one,
        start(lab, "files", past.training_file) as other,
    ):
        outcomes = {one.communicate()[0], other.communicate()[0]}
    assert outcomes == {"deleted", "gone before"}
    assert standin.count("DELETE", ONE) == 1
    assert types(lab, f"file/openai/{past.training_file}")[1:] == [
        "RemoteFileDeletionRequested",
        "RemoteFileDeleted",
    ]


@pytest.mark.parametrize("status", ["validating_files", "queued", "running", "paused"])
def test_a_file_of_a_job_that_goes_on_is_not_deleted(
    status: str, lab: Lab, standin: Standin, follow: Follow
) -> None:
    """The job is known here, and its file only by what the service tells of it."""
    live = standin.live_job(status)
    follow(live.id)
    plan = planned(lab, live.training_file)
    assert plan.files[0].needed_by == (f"{live.id} ({status})",)
    with pytest.raises(StillNeededError, match="Nothing was deleted"):
        plan.check(even_if_not_kept=True)
    with pytest.raises(StillNeededError):
        delete(lab, live.training_file, even_if_not_kept=True)
    assert standin.count("DELETE", ONE) == 0
    assert types(lab, f"file/openai/{live.training_file}") == []


def test_a_file_of_ours_is_needed_until_its_job_has_ended_there(lab: Lab, standin: Standin) -> None:
    job = job_detail(lab.database.reader, submitted(lab))
    file = job.training_file or ""
    assert planned(lab, file).files[0].needed_by == (f"{job.name} (validating_files)",)
    # Recorded as running here, but the service knows better.
    standin.advance(job.remote_id or "", "cancelled")
    assert planned(lab, file).files[0].needed_by == ()
    assert delete(lab, file) == ["deleted"]


def test_where_jobs_are_not_listed_those_that_are_known_here_count(
    lab: Lab, standin: Standin
) -> None:
    job = job_detail(lab.database.reader, submitted(lab))
    standin.inject(faults.missing_scope("jobs"), "GET", "/fine_tuning/jobs", times=None)
    assert planned(lab, job.training_file or "").files[0].needed_by != ()


def test_a_planned_job_of_the_same_data_is_about_to_need_the_file(
    lab: Lab, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = job_detail(lab.database.reader, submitted(lab))
    standin.advance(first.remote_id or "", "cancelled")
    monkeypatch.setattr(jobs, "_HOSTED_PATIENCE", 0)
    with standin.offline(), pytest.raises(LabError, match="is planned but not yet at openai"):
        submitted(lab)
    [needing] = planned(lab, first.training_file or "").files[0].needed_by
    assert needing == "sums-2 (planned)"


def test_a_job_that_began_since_the_plan_keeps_its_file(
    lab: Lab, standin: Standin, past: Job
) -> None:
    plan = planned(lab, past.training_file)
    plan.check()
    standin.live_job(training_file=past.training_file)
    with pytest.raises(StillNeededError):
        delete_files(lab, plan)
    assert standin.count("DELETE", ONE) == 0


def test_a_file_that_is_not_kept_here_stays_unless_that_is_wished(
    lab: Lab, standin: Standin
) -> None:
    file = standin.add_file("mine.jsonl", b"{}\n").id
    plan = planned(lab, file)
    assert (plan.files[0].kept, plan.files[0].filename) == (None, "mine.jsonl")
    with pytest.raises(NotKeptError, match="ftlab import openai --profile openai"):
        delete(lab, file)
    assert standin.file(file) is not None
    assert delete(lab, file, even_if_not_kept=True) == ["deleted"]


def test_a_blob_that_was_damaged_is_not_counted_as_kept(
    lab: Lab, standin: Standin, past: Job
) -> None:
    blob = lab.blobs.path(row_of(lab, past.training_file).content or "")
    blob.chmod(0o600)
    blob.write_bytes(b"damaged")
    with pytest.raises(NotKeptError):
        delete(lab, past.training_file)
    assert standin.file(past.training_file) is not None


def test_what_a_refused_creation_left_behind_is_kept_as_its_dataset_and_can_go(
    lab: Lab, standin: Standin, noted: str
) -> None:
    standin.close_organization()
    with pytest.raises(LabError):
        submitted(lab, noted)
    [job] = job_list(lab.database.reader)
    provider, found = files_of_job(lab, job.id)
    [file] = plan_files(lab, provider, found).files
    assert (file.kept, file.dataset, file.needed_by) == ("dataset", "noted@1", ())
    assert delete(lab, *found) == ["deleted"]
    assert standin.state.files == {}


def test_data_that_would_be_written_otherwise_today_is_not_counted_as_kept(
    lab: Lab, standin: Standin
) -> None:
    standin.close_organization()
    with pytest.raises(LabError):
        submitted(lab)
    [job] = job_list(lab.database.reader)
    _, [file] = files_of_job(lab, job.id)
    from store.events import FileUploaded

    other = FileUploaded(role="training", file=file, filename="x", content="0" * 64, bytes=1)
    lab.log.append(f"job/{job.id}", other)
    assert planned(lab, file).files[0].kept is None


def test_a_file_that_nobody_knows_is_not_found_and_makes_no_record(lab: Lab) -> None:
    head = lab.database.head()
    with pytest.raises(NotFoundError, match="openai has no file file-nonsense"):
        planned(lab, "file-nonsense")
    assert lab.database.head() == head


def test_where_files_are_is_known_if_all_are_at_one_service(lab: Lab, past: Job) -> None:
    assert provider_of(lab, [past.training_file, *past.result_files]) == "openai"
    with pytest.raises(RequestError, match="--provider"):
        provider_of(lab, [past.training_file, "file-nonsense"])


def test_a_deleted_file_is_sent_anew_when_a_job_needs_it(lab: Lab, standin: Standin) -> None:
    standin.clock.set(now())
    first = job_detail(lab.database.reader, submitted(lab))
    standin.advance(first.remote_id or "", "cancelled")
    delete(lab, first.training_file or "")
    second = job_detail(lab.database.reader, submitted(lab))
    assert second.training_file != first.training_file
    assert standin.count("POST", FILES) == 2
