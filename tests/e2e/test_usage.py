"""Choosing a database, wrong usage, and what the command says of itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.lab import VERSION

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab


@pytest.mark.parametrize("arguments", [["nonsense"], ["jobs", "--at", "someday"], ["chat", "x"]])
def test_wrong_usage_ends_with_2_and_prints_nothing(recorded: Ftlab, arguments: list[str]) -> None:
    done = recorded(*arguments)
    assert (done.status, done.out) == (2, "")
    assert "Usage: ftlab" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--db", "{db}", "jobs", "show", "quick"],
        ["jobs", "--db", "{db}", "show", "quick"],
        ["jobs", "show", "quick", "--db", "{db}"],
        ["--db", "nowhere.db", "jobs", "show", "quick", "--db", "{db}"],
    ],
)
def test_the_database_is_named_anywhere_and_the_last_name_counts(
    recorded: Ftlab, tmp_path: Path, arguments: list[str]
) -> None:
    chosen = recorded.database.rename(tmp_path / "moved.db")
    done = recorded(*(argument.format(db=chosen) for argument in arguments))
    assert (done.status, done.err) == (0, "")
    assert not recorded.database.exists()


def test_the_database_is_named_by_the_environment_unless_an_option_does(
    recorded: Ftlab, tmp_path: Path
) -> None:
    chosen = recorded.database.rename(tmp_path / "moved.db")
    other = tmp_path / "other.db"
    assert recorded("jobs", "show", "quick", FTLAB_DB=str(chosen)).status == 0
    assert recorded("--db", chosen, "jobs", "show", "quick", FTLAB_DB=str(other)).status == 0
    assert not other.exists()


def test_another_programs_database_is_left_alone(ftlab: Ftlab, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other, other:
        other.execute("CREATE TABLE mine (x)")
    before = (tmp_path / "other.db").read_bytes()
    refused = ftlab("--db", tmp_path / "other.db", "jobs")
    assert (refused.status, refused.out) == (1, "")
    assert "another program's database" in refused.err
    assert (tmp_path / "other.db").read_bytes() == before


def test_a_folder_is_no_database(ftlab: Ftlab, tmp_path: Path) -> None:
    refused = ftlab("--db", tmp_path, "jobs")
    assert refused.status == 1
    assert refused.err == f"ftlab: {tmp_path} is a folder: name a database file in it\n"


def test_an_unforeseen_error_is_told_in_a_sentence_and_kept_as_a_report(
    recorded: Ftlab,
) -> None:
    with closing(sqlite3.connect(recorded.database)) as connection, connection:
        connection.execute("UPDATE job SET hyperparameters_json = '{'")
    done = recorded("jobs", "show", "quick")
    assert (done.status, done.out) == (1, "")
    assert "this should not have happened: JSONDecodeError" in done.err
    assert "Traceback" not in done.err
    (report,) = (recorded.home / "reports").iterdir()
    assert str(report) in done.err
    assert "Traceback" in report.read_text()


def test_a_missing_column_is_told_with_what_to_do(recorded: Ftlab) -> None:
    with closing(sqlite3.connect(recorded.database)) as connection, connection:
        connection.execute("ALTER TABLE job RENAME COLUMN name TO called")
    done = recorded("jobs")
    assert (done.status, done.out) == (1, "")
    assert "no such column: job.name" in done.err
    assert "`ftlab verify` tells what is wrong" in done.err


def test_a_new_store_says_how_to_begin(ftlab: Ftlab) -> None:
    for command, told in (
        (["jobs"], "`ftlab demo` makes the first"),
        (["models"], "No models yet"),
        (["data", "list"], "ftlab data add FILE --name NAME"),
    ):
        listed = ftlab(*command)
        assert (listed.status, listed.out) == (0, "")
        assert told in listed.err
        assert ftlab.rows(*command) == []
    assert [event["type"] for event in ftlab.lines("history")] == ["LabCreated"]


def test_it_tells_its_version(ftlab: Ftlab) -> None:
    assert ftlab("--version").out == f"ftlab {VERSION}\n"
    assert not ftlab.home.exists()


def test_without_a_terminal_there_is_no_dashboard(ftlab: Ftlab) -> None:
    assert "the dashboard needs a terminal" in ftlab().err
    assert not ftlab.home.exists()


def test_a_database_that_does_not_exist_is_begun_only_by_what_brings_something_in(
    ftlab: Ftlab, sums: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mistyped.db"
    done = ftlab("jobs", "--db", file)
    assert (done.status, file.exists()) == (1, False)
    assert f"there is no database at {file}" in done.err
    assert ftlab("data", "add", sums, "--name", "sums", "--db", file).status == 0
    assert ftlab("jobs", "--db", file).status == 0
