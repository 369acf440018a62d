"""What is known of the files at services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.deleting.files import delete_files, plan_files
from engine.deleting.inventory import KnownFile, known_files
from engine.lab import Lab
from engine.providers.hosted.provider import HostedProvider
from engine.rescue.history import rescue
from tests.engine.deleting.conftest import submitted

if TYPE_CHECKING:
    from tests.standin.standin import Standin
    from tests.standin.state import Job


def listed(lab: Lab, provider: str | None = None) -> dict[str, KnownFile]:
    return {file.file: file for file in known_files(lab, lab.database.reader, provider)}


def test_every_file_is_listed_with_what_it_was_for(lab: Lab, past: Job) -> None:
    found = listed(lab)
    assert set(found) == {past.training_file, past.validation_file, *past.result_files}
    trained = found[past.training_file]
    assert (trained.purpose, trained.state, trained.kept) == ("fine-tune", "kept", "file")
    assert trained.dataset is not None
    result = found[past.result_files[0]]
    assert (result.purpose, result.state, result.kept) == ("fine-tune-results", "kept", "file")
    assert trained.jobs == result.jobs
    assert listed(lab, "elsewhere") == {}


def test_files_shared_by_jobs_name_all_of_them(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    first = standin.past_job()
    standin.past_job(training_file=first.training_file)
    rescue(lab, provider)
    assert len(listed(lab)[first.training_file].jobs) == 2


def test_what_was_sent_from_here_is_kept_as_the_data_that_it_was_written_of(
    lab: Lab, standin: Standin, noted: str
) -> None:
    submitted(lab, noted)
    [file] = listed(lab).values()
    assert (file.state, file.kept, file.dataset) == ("uploaded", "dataset", "noted@1")
    assert file.file in standin.state.files


def test_what_is_gone_or_deleted_says_so(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    job = standin.past_job(gone=frozenset({"training", "results"}), validated=True)
    rescue(lab, provider)
    [validation] = [file for file in listed(lab).values() if file.is_there]
    assert validation.file == job.validation_file
    delete_files(lab, plan_files(lab, "openai", [validation.file]))
    assert {file.state for file in listed(lab).values()} == {"gone", "deleted"}


def test_a_deleted_result_file_stays_known_as_what_it_was(lab: Lab, past: Job) -> None:
    [result] = past.result_files
    delete_files(lab, plan_files(lab, "openai", [result]))
    file = listed(lab)[result]
    assert (file.state, file.purpose, file.kept) == ("deleted", "fine-tune-results", "file")


def test_a_lab_without_hosted_jobs_has_no_files(lab: Lab) -> None:
    assert listed(lab) == {}
