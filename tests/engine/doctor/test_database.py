"""A look at the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.doctor import database
from engine.doctor.examination import examine
from engine.doctor.finding import Finding
from engine.lab import Lab
from engine.places import Places
from store.events import JobPlanned, JobQueued
from store.leases import POLLER, Lease


@pytest.fixture
def places(tmp_path: Path) -> Places:
    home = tmp_path / "home"
    return Places(home, home / "ftlab.db")


def _look(places: Places) -> list[Finding]:
    return examine([database.probe(places)])


def test_a_database_that_is_not_there_yet_is_not_begun(places: Places) -> None:
    (found,) = _look(places)
    assert found.status == "ok"
    assert found.what.startswith(f"none yet at {places.database}")
    assert not places.home.exists()


def test_a_whole_one_is_told_with_its_schema_and_length(places: Places) -> None:
    Lab(places).close()
    whole, poller = _look(places)
    assert (whole.status, poller.status) == ("ok", "ok")
    assert whole.what.startswith(f"{places.database}, schema ")
    assert whole.what.endswith(", 1 events")
    assert poller.what.startswith("nobody polls")


def test_who_polls_is_told(places: Places) -> None:
    with Lab(places) as lab:
        assert Lease(lab.database, POLLER, "ada (pid 4711)").acquire()
        assert _look(places)[1].what == "ada (pid 4711) polls"


def test_that_nobody_starts_what_waits_is_a_warning(places: Places) -> None:
    plan = JobPlanned(
        name="late",
        provider="local",
        base_model="b",
        method="lora",
        hyperparameters={},
        dataset="d",
    )
    with Lab(places) as lab:
        lab.log.append("job/job_1", plan, JobQueued())
        poller = _look(places)[1]
        assert (poller.status, poller.what.endswith("waits in the queue (`ftlab queue`): 1")) == (
            "warning",
            True,
        )
        assert Lease(lab.database, POLLER, "ada (pid 4711)").acquire()
        assert _look(places)[1].status == "ok"


def test_a_damaged_one_is_a_failure_with_what_to_do(places: Places) -> None:
    Lab(places).close()
    content = bytearray(places.database.read_bytes())
    content[4096 * 2 : 4096 * 4] = b"\xff" * 4096 * 2
    places.database.write_bytes(content)
    found = _look(places)
    assert found[0].status == "failure"
    assert "damaged" in found[0].what


def test_another_programs_file_is_a_failure(places: Places) -> None:
    places.home.mkdir()
    places.database.write_text("a letter to my aunt, which is no database at all" * 100)
    (found,) = _look(places)
    assert found.status == "failure"
    assert str(places.database) in found.what


def test_a_large_one_is_not_looked_through_for_long(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    Lab(places).close()
    monkeypatch.setattr(database, "_SECONDS", -1.0)
    monkeypatch.setattr(database, "_INSTRUCTIONS", 1)
    whole = _look(places)[0]
    assert whole.status == "ok"
    assert "`ftlab verify` does" in whole.what
