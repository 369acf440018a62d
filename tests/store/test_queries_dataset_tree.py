"""Dataset versions as a list asks for them."""

from __future__ import annotations

from store.database import Database
from store.events import DatasetChecked, DatasetVersionRecorded, JobPlanned, ModelRegistered
from store.log import EventLog
from store.queries.dataset_tree import (
    DATASETS,
    dataset_signature,
    family,
    users_of,
    version_count,
    version_nodes,
    version_rows,
)


def _record(log: EventLog, key: str, name: str, *parents: str, examples: int = 3) -> None:
    fact = DatasetVersionRecorded(
        id=f"ds_{key}",
        name=name,
        version=1,
        content=key[0] * 64,
        examples=examples,
        messages=6,
        characters=60,
        bytes=90,
        parents=tuple(f"ds_{parent}" for parent in parents),
        recipe={"made": "merged" if len(parents) > 1 else "cleaned"},
    )
    log.append(f"dataset/{name}", fact)


def _check(log: EventLog, key: str, name: str, errors: int, method: str = "supervised") -> None:
    fact = DatasetChecked(version=f"ds_{key}", method=method, errors=errors, warnings=1)
    log.append(f"dataset/{name}", fact)


def _plan(log: EventLog, job: str, dataset: str, validation: str | None = None) -> None:
    fact = JobPlanned(
        name=job,
        provider="local",
        base_model="base",
        method="lora",
        hyperparameters={},
        dataset=dataset,
        validation=validation,
        seed=1,
    )
    log.append(f"job/{job}", fact)


def _ids(database: Database, search: str) -> list[str]:
    return [node.id for node in version_nodes(database.reader, DATASETS.search(search))]


def test_a_version_stands_under_the_first_of_its_parents(database: Database, log: EventLog) -> None:
    _record(log, "a", "one")
    _record(log, "b", "two")
    _record(log, "c", "both", "b", "a")
    found = {node.id: node.parent for node in version_nodes(database.reader)}
    assert found == {"ds_c": "ds_b", "ds_b": None, "ds_a": None}
    assert version_count(database.reader) == 3


def test_a_family_is_all_that_a_version_comes_of_and_all_that_comes_of_it(
    database: Database, log: EventLog
) -> None:
    _record(log, "a", "one")
    _record(log, "b", "two")
    _record(log, "c", "both", "b", "a")
    _record(log, "d", "of-one", "a")
    _record(log, "e", "of-both", "c")
    found = {node.id: node.parent for node in family(database.reader, "ds_a")}
    assert found == {"ds_a": None, "ds_c": "ds_a", "ds_d": "ds_a", "ds_e": "ds_c"}


def test_a_row_has_the_newest_check_and_counts_what_uses_the_version(
    database: Database, log: EventLog
) -> None:
    _record(log, "a", "one")
    _record(log, "b", "two")
    _check(log, "a", "one", 9)
    _check(log, "a", "one", 2, "dpo")
    _plan(log, "job_1", "ds_a", "ds_b")
    _plan(log, "job_2", "ds_a", "ds_a")
    model = ModelRegistered(
        id="mdl_1", name="m", kind="adapter", base_model="base", dataset="ds_a", hyperparameters={}
    )
    log.append("model/mdl_1", model)
    rows = {row.id: row for row in version_rows(database.reader, ["ds_a", "ds_b", "ds_gone"])}
    one, two = rows["ds_a"], rows["ds_b"]
    assert (one.reference, one.errors, one.warnings, one.jobs, one.models) == ("one@1", 2, 1, 2, 1)
    assert (two.errors, two.jobs, two.models) == (None, 1, 0)
    users = [(user.id, user.role) for user in users_of(database.reader, "ds_b")]
    assert users == [("job_1", "validation")]
    assert [user.is_job for user in users_of(database.reader, "ds_a")] == [True, True, False]


def test_versions_are_searched_by_what_is_known_of_them(database: Database, log: EventLog) -> None:
    _record(log, "a", "one", examples=5_000)
    _record(log, "b", "two", "a")
    _check(log, "b", "two", 4)
    _plan(log, "job_1", "ds_a")
    assert _ids(database, "examples>1000") == ["ds_a"]
    assert _ids(database, "errors>0") == ["ds_b"]
    assert _ids(database, "errors:none") == ["ds_a"]
    assert _ids(database, "jobs=1") == ["ds_a"]
    assert _ids(database, "made:clean two@1") == ["ds_b"]
    assert _ids(database, "name:two@1 age<1d") == ["ds_b"]
    assert _ids(database, "TW") == ["ds_b"]


def test_the_signature_changes_with_whatever_a_list_shows(
    database: Database, log: EventLog
) -> None:
    seen = [dataset_signature(database.reader)]
    _record(log, "a", "one")
    seen.append(dataset_signature(database.reader))
    _check(log, "a", "one", 2)
    seen.append(dataset_signature(database.reader))
    _check(log, "a", "one", 0)
    seen.append(dataset_signature(database.reader))
    _plan(log, "job_1", "ds_a")
    seen.append(dataset_signature(database.reader))
    assert len(set(seen)) == 5
    assert dataset_signature(database.reader) == seen[-1]
