from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from store.errors import AmbiguousError, NotFoundError
from store.events import ChatOpened, DatasetVersionRecorded, ModelRegistered
from store.log import EventLog
from store.queries.find import find, names_and_ids

if TYPE_CHECKING:
    from tests.store.conftest import Planned


def _version(number: int, name: str, version: int) -> DatasetVersionRecorded:
    counts: dict[str, Any] = {"examples": 1, "messages": 2, "characters": 3, "bytes": 4}
    return DatasetVersionRecorded(
        id=f"ds_1a{number}", name=name, version=version, content="ab" * 32, **counts
    )


@pytest.fixture
def jobs(log: EventLog, planned: Planned) -> EventLog:
    for job, name in [
        ("job_1aaa", "night-run"),
        ("job_1aab", "night-run"),
        ("job_2ccc", "day-run"),
        ("job_3ddd", "50%_off"),
        ("job_4eee", "50x_off"),
        ("job_5fff", "day"),
    ]:
        log.append(f"job/{job}", planned(name))
    return log


@pytest.fixture
def versions(log: EventLog) -> EventLog:
    log.append("dataset/gsm8k", _version(1, "gsm8k", 1), _version(2, "gsm8k", 2))
    log.append("dataset/gsm8k/train", _version(3, "gsm8k/train", 1))
    log.append("dataset/odd", _version(4, "ann@home", 1))
    return log


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("job_2ccc", "job_2ccc"),
        ("job_2", "job_2ccc"),
        ("JOB_2C", "job_2ccc"),
        ("job_1aaa", "job_1aaa"),
        ("night-run", "job_1aab"),
        ("day", "job_5fff"),
        ("day-", "job_2ccc"),
        ("50%", "job_3ddd"),
        ("50%_", "job_3ddd"),
        ("50x_off", "job_4eee"),
    ],
)
def test_a_job_is_found_by_id_name_or_unique_beginning(
    jobs: EventLog, reference: str, found: str
) -> None:
    assert find(jobs.database.reader, "job", reference) == found


@pytest.mark.parametrize("reference", ["", "job_9", "run", "%", "_", "job%", "night-run "])
def test_what_is_not_there_is_not_found(jobs: EventLog, reference: str) -> None:
    with pytest.raises(NotFoundError, match=f"no job is called '{reference}': `ftlab jobs` lists"):
        find(jobs.database.reader, "job", reference)


def test_a_beginning_that_fits_several_names_them(jobs: EventLog) -> None:
    with pytest.raises(AmbiguousError, match=r"'job_1' fits several: job_1aaa, job_1aab\. Type"):
        find(jobs.database.reader, "job", "job_1")


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("gsm8k", "ds_1a2"),
        ("gsm8k@1", "ds_1a1"),
        ("gsm8k@2", "ds_1a2"),
        ("gsm8k/train", "ds_1a3"),
        ("gsm8k/", "ds_1a3"),
        ("ds_1a1", "ds_1a1"),
        ("ann@home", "ds_1a4"),
        ("ann@home@1", "ds_1a4"),
        ("ann@", "ds_1a4"),
    ],
)
def test_a_dataset_is_found_by_id_name_or_version(
    versions: EventLog, reference: str, found: str
) -> None:
    assert find(versions.database.reader, "dataset_version", reference) == found


@pytest.mark.parametrize("reference", ["gsm8k@3", "gsm8k@01", "gsm8k@latest", "other", "@1"])
def test_a_dataset_version_that_is_not_there_is_not_found(
    versions: EventLog, reference: str
) -> None:
    with pytest.raises(NotFoundError, match="`ftlab data list` lists them"):
        find(versions.database.reader, "dataset_version", reference)


def test_the_versions_of_one_dataset_are_one_to_a_beginning_of_its_name(
    log: EventLog,
) -> None:
    log.append("dataset/gsm8k", _version(1, "gsm8k", 1), _version(2, "gsm8k", 2))

    assert find(log.database.reader, "dataset_version", "gsm") == "ds_1a2"


def test_a_beginning_that_fits_the_ids_of_several_versions_is_ambiguous(
    log: EventLog,
) -> None:
    log.append("dataset/gsm8k", _version(1, "gsm8k", 1), _version(2, "gsm8k", 2))

    with pytest.raises(AmbiguousError, match="ds_1a1, ds_1a2"):
        find(log.database.reader, "dataset_version", "ds_1")


def test_models_and_chats_are_found_too(log: EventLog) -> None:
    model = ModelRegistered(
        id="model_1",
        name="m",
        kind="full",
        base_model="b",
        job="j",
        dataset="d",
        hyperparameters={},
    )
    log.append("model/model_1", model)
    log.append("chat/chat_1", ChatOpened(model="model_1"))

    reader = log.database.reader
    assert find(reader, "model", "m") == "model_1"
    assert find(reader, "chat", "chat_") == "chat_1"
    with pytest.raises(NotFoundError, match="no model is called"):
        find(reader, "model", "x")
    with pytest.raises(NotFoundError, match="no chat is called"):
        find(reader, "chat", "x")
    assert names_and_ids(reader, "model") == ["m", "model_1"]
    assert names_and_ids(reader, "chat") == ["chat_1"]


def test_what_is_called_nearly_so_is_told(jobs: EventLog) -> None:
    with pytest.raises(NotFoundError, match=r"lists them\. Did you mean night-run\?"):
        find(jobs.database.reader, "job", "Nihgt-run")
    with pytest.raises(NotFoundError, match=r"lists them$"):
        find(jobs.database.reader, "job", "zzz")
