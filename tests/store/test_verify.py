# ruff: noqa: S608 - what is forged is named by the tests themselves

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from store.chain import FIELDS, chain_hash
from store.database import Database, Journal
from store.events import JobMessageReceived
from store.log import EventLog
from store.tables import READ_MODELS
from store.verify import Verification, verify

if TYPE_CHECKING:
    import subprocess

    Scratch = Callable[[], AbstractContextManager[EventLog]]
    Change = Callable[[sqlite3.Connection], object]

COLUMNS = [*FIELDS.split(", "), "hash"]
INTEGERS = ("seq", "version", "schema", "cause")


@pytest.fixture(scope="module")
def sound(scratch: Scratch, fill: Callable[[EventLog], None], quick_folder: Path) -> Path:
    """A file that is whole and that nobody has open."""
    path = quick_folder / "sound.db"
    with scratch() as log:
        fill(log)
        log.database.backup(path)
    return path


@contextmanager
def _changed(sound: Path, change: Change) -> Iterator[Database]:
    """Change a copy behind ftlab's back, as anybody with sqlite3 could who covers the traces."""
    copy = sound.with_name("changed.db")
    shutil.copy(sound, copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = connection.execute(query).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        change(connection)
        for _, statement in triggers:
            connection.execute(statement)
    database = Database(copy)
    yield database
    database.close()


def _verified(sound: Path, change: Change) -> Verification:
    with _changed(sound, change) as database:
        return verify(database)


def _named(found: Verification) -> set[int | None]:
    return {finding.seq for finding in found.findings}


def _run(*statements: str) -> Change:
    return lambda connection: [connection.execute(statement) for statement in statements]


def _append_unreadable(log: EventLog, seq: int) -> None:
    """Add an event whose hash fits and whose data do not, as a faulty writer might."""
    *_, last = log.read()
    time = last.at
    fields = (seq, "job/job_9", 1, "JobSubmitted", 1, time, time, "x", None, None, "{}")
    digest = chain_hash(last.hash, fields)
    with log.database.transaction() as connection:
        connection.execute(
            f"INSERT INTO event ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * 12)})",
            (*fields, digest),
        )
        connection.execute("UPDATE projection SET seq = ?, hash = ?", (seq, digest))


def _events(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        count: int = connection.execute("SELECT COUNT(*) FROM event").fetchone()[0]
    return count


def test_a_store_that_nobody_touched_is_whole(filled: EventLog) -> None:
    found = verify(filled.database)

    *_, last = filled.read()
    assert found == Verification(filled.database.head(), last.hash.hex(), [])
    assert found.whole


def test_an_empty_store_is_whole(log: EventLog) -> None:
    assert verify(log.database) == Verification(0, "00" * 32, [])


def test_a_database_that_no_log_was_opened_on_is_whole(database: Database) -> None:
    assert verify(database).whole


def test_a_store_with_a_rollback_journal_is_verified_too(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "ftlab.db", journal="rollback")) as database:
        EventLog(database, "tester").append("job/a", JobMessageReceived(level="info", text="x"))
        assert verify(database).whole


def test_verifying_tells_how_far_it_has_come(filled: EventLog) -> None:
    heard: list[tuple[int, int]] = []

    verify(filled.database, lambda done, total: heard.append((done, total)))

    head = filled.database.head()
    assert heard == [(head, head), (head, head)]


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_one_changed_byte_in_any_column_of_any_event_is_found_and_named(
    sound: Path, data: st.DataObject
) -> None:
    seq = data.draw(st.integers(1, _events(sound)))
    column = data.draw(st.sampled_from(COLUMNS))
    replacement = data.draw(st.integers(1, 255))

    def change(connection: sqlite3.Connection) -> None:
        query = f"SELECT CAST({column} AS BLOB) FROM event WHERE seq = ?"
        value = bytearray(connection.execute(query, (seq,)).fetchone()[0] or b"")
        assume(value)
        place = data.draw(st.integers(0, len(value) - 1))
        if column in INTEGERS:
            digit = b"0123456789"[replacement % 10]
            assume(value[place] != digit)
            value[place] = digit
            new: int | bytes = int(value)
        else:
            value[place] ^= replacement
            new = bytes(value)
        kept = "CAST(? AS TEXT)" if column not in (*INTEGERS, "hash") else "?"
        try:
            connection.execute(f"UPDATE event SET {column} = {kept} WHERE seq = ?", (new, seq))
        except sqlite3.IntegrityError:
            assume(False)

    assert seq in _named(_verified(sound, change))


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_value_stored_as_another_type_is_found_even_if_its_bytes_are_the_same(
    sound: Path, data: st.DataObject
) -> None:
    seq = data.draw(st.integers(1, _events(sound)))
    column, other = data.draw(
        st.sampled_from(
            [(name, "BLOB") for name in COLUMNS[1:-1]] + [("hash", "TEXT")],
        )
    )

    def change(connection: sqlite3.Connection) -> None:
        statement = f"UPDATE event SET {column} = CAST({column} AS {other}) WHERE seq = ?"
        connection.execute(statement, (seq,))
        query = f"SELECT {column} IS NULL FROM event WHERE seq = ?"
        assume(connection.execute(query, (seq,)).fetchone() == (0,))

    assert _named(_verified(sound, change)) == {seq}


def test_a_changed_row_accuses_no_other(sound: Path) -> None:
    for statement in (
        "UPDATE event SET data = '{}' WHERE seq = 5",
        "UPDATE event SET hash = x'00' WHERE seq = 5",
        "UPDATE event SET actor = actor || 'x' WHERE seq = 5",
    ):
        assert _named(_verified(sound, _run(statement))) == {5}


def test_a_changed_hash_of_the_last_event_is_found(sound: Path) -> None:
    last = _events(sound)
    change = _run(f"UPDATE event SET hash = zeroblob(32) WHERE seq = {last}")

    assert _named(_verified(sound, change)) == {last}


def test_a_changed_event_with_its_hash_made_to_fit_betrays_itself_at_the_next(
    sound: Path,
) -> None:
    def forge(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE event SET actor = 'nobody' WHERE seq = 5")
        before = connection.execute("SELECT hash FROM event WHERE seq = 4").fetchone()[0]
        fields = connection.execute(f"SELECT {FIELDS} FROM event WHERE seq = 5").fetchone()
        forged = chain_hash(before, fields)
        connection.execute("UPDATE event SET hash = ? WHERE seq = 5", (forged,))

    assert _named(_verified(sound, forge)) == {6}


def test_a_changed_byte_in_the_file_itself_is_found(sound: Path) -> None:
    raw = sound.read_bytes()
    assert raw.count(b"train.jsonl") >= 2
    copy = sound.with_name("copy.db")
    for place in (raw.index(b"Be brief."), raw.index(b"checkpoint-2"), raw.index(b"tester")):
        copy.write_bytes(raw[:place] + b"#" + raw[place + 1 :])
        with closing(Database(copy)) as database:
            assert not verify(database).whole


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_removed_row_is_named(sound: Path, place: str) -> None:
    last = _events(sound)
    seq = {"first": 1, "middle": last // 2, "last": last}[place]

    found = _verified(sound, _run(f"DELETE FROM event WHERE seq = {seq}"))

    assert _named(found) == {seq}
    assert f"event {seq} is missing" in found.findings[0].what


def test_several_removed_rows_are_each_named(sound: Path) -> None:
    found = _verified(sound, _run("DELETE FROM event WHERE seq IN (2, 3, 7)"))

    assert _named(found) == {2, 3, 7}


def test_a_log_that_was_emptied_has_all_its_events_missing(sound: Path) -> None:
    last = _events(sound)

    found = _verified(sound, _run("DELETE FROM event"))

    assert _named(found) == set(range(1, last + 1))


def test_a_seq_far_beyond_the_last_is_told_in_few_words(sound: Path) -> None:
    last = _events(sound)
    change = _run(f"UPDATE event SET seq = {2**62} WHERE seq = {last}")

    found = _verified(sound, change)

    assert last in _named(found)
    assert len(found.findings) < 200
    assert any(f"to {2**62 - 1} are missing" in finding.what for finding in found.findings)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_two_swapped_rows_are_both_named(sound: Path, data: st.DataObject) -> None:
    seqs = st.integers(1, _events(sound))
    one, other = data.draw(st.tuples(seqs, seqs).filter(lambda pair: pair[0] != pair[1]))
    change = _run(
        f"UPDATE event SET seq = -1 WHERE seq = {one}",
        f"UPDATE event SET seq = {one} WHERE seq = {other}",
        f"UPDATE event SET seq = {other} WHERE seq = -1",
    )

    assert {one, other} <= _named(_verified(sound, change))


def test_swapped_contents_are_both_named(sound: Path) -> None:
    change = _run(
        "CREATE TEMP TABLE kept AS SELECT data FROM event WHERE seq = 3",
        "UPDATE event SET data = (SELECT data FROM event WHERE seq = 9) WHERE seq = 3",
        "UPDATE event SET data = (SELECT data FROM kept) WHERE seq = 9",
    )

    assert _named(_verified(sound, change)) == {3, 9}


def test_an_added_row_is_named(sound: Path) -> None:
    last = _events(sound)
    change = _run(
        f"INSERT INTO event SELECT {last + 1}, 'job/x', 1, type, schema, at, occurred, actor, "
        "cause, NULL, data, hash FROM event WHERE seq = 1"
    )

    assert last + 1 in _named(_verified(sound, change))


def test_an_added_row_before_the_first_is_named(sound: Path) -> None:
    change = _run(
        "INSERT INTO event SELECT -7, 'job/x', 1, type, schema, at, occurred, actor, cause, NULL, "
        "data, hash FROM event WHERE seq = 1"
    )

    assert _named(_verified(sound, change)) == {-7}


def test_bytes_that_are_no_text_do_not_stop_the_verification(sound: Path) -> None:
    change = _run("UPDATE event SET data = CAST(x'ff00fe' AS TEXT) WHERE seq = 4")

    found = _verified(sound, change)

    assert _named(found) == {4}
    assert "event 4 is not what was recorded" in found.findings[0].what


TABLES = [str(model.__tablename__) for model in READ_MODELS]


@pytest.mark.parametrize("table", TABLES)
def test_a_removed_row_of_a_read_model_is_found_and_named(sound: Path, table: str) -> None:
    change = _run(f"DELETE FROM {table} WHERE rowid = (SELECT MIN(rowid) FROM {table})")

    found = _verified(sound, change)

    assert len(found.findings) == 1
    assert f"of {table} is missing or changed: `ftlab rebuild`" in found.findings[0].what


@pytest.mark.parametrize("table", TABLES)
def test_an_added_row_of_a_read_model_is_found_and_named(sound: Path, table: str) -> None:
    def add(connection: sqlite3.Connection) -> None:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        keys = {row[1]: row[5] for row in connection.execute(f"PRAGMA table_info({table})")}
        last = max(keys, key=lambda name: keys[name])
        values = ", ".join(f"{name} || 9" if name == last else name for name in columns)
        connection.execute(f"INSERT INTO {table} SELECT {values} FROM {table} LIMIT 1")

    found = _verified(sound, add)

    assert len(found.findings) == 1
    assert f"of {table} is not what the log says" in found.findings[0].what


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (str(model.__tablename__), name)
        for model in READ_MODELS
        for name in model.model_fields
        if name not in ("id", "job", "name", "chat", "step", "ordinal")
    ],
)
def test_a_changed_value_of_a_read_model_is_found(sound: Path, table: str, column: str) -> None:
    change = _run(
        f"UPDATE {table} SET {column} = CASE WHEN {column} IS NULL THEN 'x' "
        f"ELSE {column} || '1' END WHERE rowid = (SELECT MAX(rowid) FROM {table})"
    )

    found = _verified(sound, change)

    assert [finding.seq for finding in found.findings] == [None, None]
    assert all(f"of {table} " in finding.what for finding in found.findings)


def test_bytes_that_are_no_text_in_a_read_model_are_found(sound: Path) -> None:
    found = _verified(sound, _run("UPDATE chat_turn SET answer = CAST(x'ff' AS TEXT)"))

    assert len(found.findings) == 2


def test_a_read_model_that_is_gone_is_found(sound: Path) -> None:
    found = _verified(sound, _run("DROP TABLE metric_series"))

    assert [finding.seq for finding in found.findings] == [None]
    assert "metric_series" in found.findings[0].what
    assert "`ftlab rebuild`" in found.findings[0].what


def test_read_models_that_are_behind_the_log_are_found(sound: Path) -> None:
    change = _run("UPDATE projection SET seq = seq - 2")
    last = _events(sound)

    assert _named(_verified(sound, change)) == {last - 1}


def test_read_models_that_lost_their_position_are_found(sound: Path) -> None:
    found = _verified(sound, _run("DELETE FROM projection"))

    assert "were never folded" in found.findings[0].what


def test_an_index_that_lost_an_event_is_found(sound: Path) -> None:
    change = _run(
        "PRAGMA writable_schema = ON",
        "CREATE TABLE other (stream, version)",
        "CREATE INDEX other_index ON other (stream)",
        "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master "
        "WHERE name = 'other_index') WHERE name = 'event_type'",
    )

    found = _verified(sound, change)

    assert not found.whole
    assert "the file is damaged" in found.findings[0].what


@pytest.mark.parametrize(
    ("statements", "what"),
    [
        (["DROP TRIGGER event_is_never_changed"], "trigger event_is_never_changed is missing"),
        (["DROP INDEX event_key"], "index event_key is missing"),
        (
            ["DROP INDEX event_type", "CREATE INDEX event_type ON event (stream)"],
            "index event_type was changed",
        ),
        (
            ["CREATE TRIGGER mine AFTER INSERT ON event BEGIN DELETE FROM job; END"],
            "trigger mine is none of ftlab's",
        ),
        (["CREATE INDEX mine ON event (at)"], "index mine is none of ftlab's"),
        (["DROP TABLE projection"], "table projection is missing"),
        (["DROP TABLE lease"], "table lease is missing"),
    ],
)
def test_what_guards_the_log_is_compared_with_a_new_files(
    filled: EventLog, statements: list[str], what: str
) -> None:
    for statement in statements:
        filled.database.writer.execute(statement)

    (finding,) = verify(filled.database).findings

    assert what in finding.what


def test_an_event_that_does_not_fit_its_type_is_named(filled: EventLog) -> None:
    seq = filled.database.head() + 1
    _append_unreadable(filled, seq)

    (finding,) = verify(filled.database).findings

    assert finding.seq == seq
    assert f"event {seq} does not fit its type JobSubmitted" in finding.what


def test_read_models_of_another_version_are_no_finding(filled: EventLog) -> None:
    filled.database.writer.execute("UPDATE projection SET version = version + 1")
    filled.database.writer.execute("DROP TABLE chat")

    assert verify(filled.database).whole


def test_a_rebuild_heals_the_read_models(sound: Path) -> None:
    with _changed(sound, _run("DELETE FROM job", "DROP TABLE chat")) as database:
        assert not verify(database).whole
        EventLog(database, "tester").rebuild()
        assert verify(database).whole


def test_verifying_while_another_process_writes_is_clean(
    filled: EventLog, child: Callable[..., subprocess.Popen[str]], journal: Journal, tmp_path: Path
) -> None:
    path = tmp_path / "busy.db"
    filled.database.backup(path)
    writer = child("append_many", path, journal, "writer", 1_000_000)
    assert writer.stdout is not None
    assert writer.stdin is not None
    assert writer.stdout.readline() == "ready\n"
    writer.stdin.write("go\n")
    writer.stdin.flush()

    with closing(Database(path, journal=journal)) as database:
        counts: list[int] = []
        while len(counts) < 5 or counts[-1] == counts[0]:
            found = verify(database)
            assert found.findings == []
            counts.append(found.events)
    assert writer.poll() is None
