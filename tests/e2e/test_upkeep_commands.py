"""`ftlab verify`, `rebuild` and `backup`."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab

_WRITER = Path(__file__).parent / "children" / "write_on.py"


def _tamper(ftlab: Ftlab, *statements: str) -> None:
    with closing(sqlite3.connect(ftlab.database)) as connection, connection:
        query = "SELECT sql FROM sqlite_master WHERE name = 'event_is_never_changed'"
        (trigger,) = connection.execute(query).fetchone()
        connection.execute("DROP TRIGGER event_is_never_changed")
        for statement in statements:
            connection.execute(statement)
        connection.execute(trigger)


def test_a_whole_store_is_proved_and_its_last_hash_told(recorded: Ftlab) -> None:
    head = recorded.lines("history", "--limit", "1")[0]["hash"]
    done = recorded("verify")
    assert (done.status, done.out) == (0, f"15 events, whole; the last hash is {head}\n")


def test_a_changed_byte_is_found_and_named_by_its_seq(recorded: Ftlab) -> None:
    _tamper(recorded, "UPDATE event SET data = replace(data, '4711', '4710') WHERE seq = 4")
    done = recorded("verify")
    assert done.status == 1
    assert "event 4 is not what was recorded" in done.out
    as_json = recorded("verify", "--json")
    assert as_json.status == 1
    proof = json.loads(as_json.out)
    assert not proof["whole"]
    assert {finding["seq"] for finding in proof["findings"]} == {4}


def test_a_damaged_event_that_keeps_all_from_being_folded_anew_is_named(recorded: Ftlab) -> None:
    damage = "UPDATE event SET data = '{' WHERE seq = 4"
    _tamper(recorded, damage, "UPDATE projection SET version = 0")
    done = recorded("jobs")
    assert (done.status, done.out) == (1, "")
    assert done.err == "ftlab: event 4 (JobSubmitted) cannot be read: `ftlab verify` tells more\n"
    proof = recorded("verify")
    assert (proof.status, proof.err) == (1, "")
    assert "event 4 is not what was recorded" in proof.out
    assert "15 events, 1 finding; the last hash is " in proof.out


def test_a_missing_table_is_told_in_words(recorded: Ftlab) -> None:
    _tamper(recorded, "DROP TABLE projection")
    done = recorded("jobs")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"ftlab: {recorded.database}: no such table: projection: `ftlab ver")
    proof = recorded("verify")
    assert (proof.status, proof.err) == (1, "")
    assert "the table projection is missing" in proof.out


def test_a_changed_read_model_is_found_and_rebuilt(recorded: Ftlab) -> None:
    _tamper(recorded, "UPDATE job SET loss = 0.001")
    found = recorded("verify")
    assert found.status == 1
    assert "`ftlab rebuild`" in found.out
    assert recorded.document("rebuild") == {"events": 15}
    assert recorded.document("verify")["whole"]
    assert recorded.rows("jobs")[0]["loss"] == 2.5


def test_a_copy_made_while_another_process_writes_is_whole(recorded: Ftlab, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    writer = subprocess.Popen(
        [sys.executable, _WRITER, recorded.database],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | recorded.environment,
    )
    with writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "writing\n"
            made = recorded.document("backup", copy)
            assert writer.poll() is None
        finally:
            writer.kill()
    assert made == {"file": str(copy), "bytes": copy.stat().st_size}
    proof = recorded.document("--db", copy, "verify")
    assert proof["whole"]
    assert proof["events"] > 15


def test_a_copy_never_overwrites_a_file(recorded: Ftlab, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    refused = recorded("backup", tmp_path / "copy.db")
    assert (refused.status, refused.out) == (1, "")
    assert "exists already" in refused.err
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_copy_says_where_it_is(recorded: Ftlab, tmp_path: Path) -> None:
    assert recorded("backup", tmp_path / "copy.db").out == f"{tmp_path / 'copy.db'}\n"
