from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import psutil
import pytest

import store.database
from store import filesystem, migrations
from store.database import Database, Journal, is_locked, told
from store.errors import StoreBusyError, StoreError
from store.events import JobMessageReceived
from store.log import EventLog
from store.past import as_of
from store.queries.history import history
from store.queries.jobs import job_list
from store.verify import verify

if TYPE_CHECKING:
    import subprocess


def _said() -> JobMessageReceived:
    return JobMessageReceived(level="info", text="hello")


def test_opening_makes_the_file_and_its_folder_for_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lab" / "ftlab.db"

    Database(path).close()

    assert path.is_file()
    assert path.parent.stat().st_mode & 0o077 == 0


def test_opening_an_existing_file_again_keeps_what_it_holds(filled: EventLog) -> None:
    head = filled.database.head()
    filled.database.close()

    with closing(Database(filled.database.path, create=False)) as again:
        assert again.head() == head


def test_where_an_open_file_was_removed_no_empty_one_takes_its_place(database: Database) -> None:
    database.path.unlink()
    with ThreadPoolExecutor(1) as other, pytest.raises(StoreError, match="cannot be opened"):
        other.submit(lambda: database.reader).result()
    assert not database.path.exists()


def test_a_new_database_is_empty_and_has_the_present_schema(database: Database) -> None:
    assert database.head() == 0
    assert migrations.is_current(database.writer)
    assert (database.journal, database.notice, database.read_only) == ("wal", None, False)


def test_a_relative_path_goes_on_meaning_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(Database(Path("ftlab.db"))) as database:
        EventLog(database, "tester").append("job/a", _said())
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        monkeypatch.chdir(elsewhere)
        assert database.head() == 1


@pytest.mark.parametrize("name", ["a b.db", "50%.db", "what?.db", "#1.db", "dépôt.db", "file:x.db"])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    with closing(Database(tmp_path / name)) as database:
        EventLog(database, "tester").append("job/a", _said())
        assert verify(database).whole
        as_of(database, 1).close()
    assert (tmp_path / name).is_file()


def test_a_newer_schema_is_refused_in_plain_words(database: Database) -> None:
    database.writer.execute("PRAGMA user_version = 99")
    database.close()

    with pytest.raises(StoreError, match=r"a newer ftlab wrote this .* update ftlab"):
        Database(database.path)


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")

    with pytest.raises(StoreError, match="another program's database"):
        Database(path)

    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database, whatever its name says\n" * 100)

    with pytest.raises(StoreError, match=r"notes\.txt is damaged or no SQLite database"):
        Database(path)

    assert path.read_text().startswith("no database")


def test_damage_in_the_middle_is_named_as_such(filled: EventLog) -> None:
    path = filled.database.path
    filled.database.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))

    with pytest.raises(StoreError, match="is damaged"), closing(Database(path)) as database:
        verify(database)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder: name a database file in it"):
        Database(tmp_path)


def test_a_missing_file_is_not_made_when_it_should_be_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database at"):
        Database(tmp_path / "lab" / "ftlab.db", create=False)

    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "lab").write_text("")

    with pytest.raises(StoreError, match="lab cannot be made"):
        Database(tmp_path / "lab" / "ftlab.db")


def test_a_failed_opening_leaves_no_connection_behind(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database" * 1000)

    with pytest.raises(StoreError):
        Database(path)

    assert str(path) not in {file.path for file in psutil.Process().open_files()}


@contextmanager
def _somebody_else() -> Iterator[None]:
    """Be a user without rights for a while; root may write everything."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.fixture
def shown(quick_folder: Path, filled: EventLog) -> Iterator[Path]:
    """A database that lies in a read-only folder."""
    folder = quick_folder / "shown"
    folder.mkdir()
    filled.database.close()
    path = Path(shutil.copy(filled.database.path, folder / "ftlab.db"))
    path.chmod(0o444)
    quick_folder.chmod(0o755)
    folder.chmod(0o555)
    yield path
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_read_only_file_can_be_read_and_verified_and_looked_back_in(shown: Path) -> None:
    with _somebody_else(), closing(Database(shown)) as database:
        assert database.read_only
        assert database.notice == f"{shown} is read-only: nothing new will be recorded."
        assert len(job_list(database.reader)) == 4
        assert verify(database).whole
        with closing(as_of(database, 3)) as past:
            assert job_list(past) == []


def test_a_read_only_file_refuses_writing_in_plain_words(shown: Path) -> None:
    with _somebody_else(), closing(Database(shown)) as database:
        log = EventLog(database, "tester")
        with pytest.raises(StoreError, match="is read-only: nothing new will be recorded"):
            log.append("job/a", _said())


def test_a_read_only_user_sees_what_a_running_writer_adds(shown: Path) -> None:
    shown.parent.chmod(0o755)
    shown.chmod(0o644)
    with closing(Database(shown)) as database:
        log = EventLog(database, "owner")
        log.append("job/a", _said())
        head = database.head()
        with _somebody_else(), closing(Database(shown)) as visitor:
            assert visitor.read_only
            assert visitor.head() == head
            log.append("job/a", _said())
            assert visitor.head() == head + 1


def test_a_read_only_user_who_came_first_sees_what_a_later_writer_adds(shown: Path) -> None:
    shown.parent.chmod(0o755)
    shown.chmod(0o644)
    with _somebody_else():
        visitor = Database(shown)
        head = visitor.head()
    with closing(visitor):
        with closing(Database(shown)) as database:
            EventLog(database, "owner").append("job/a", _said())
            with _somebody_else():
                assert visitor.head() == head + 1
        with _somebody_else():
            assert visitor.head() == head + 1
            assert len(list(history(visitor.reader))) == head + 1


def test_a_network_file_system_gets_a_rollback_journal_and_a_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/ {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(filesystem, "_MOUNTS", mounts)

    with closing(Database(tmp_path / "ftlab.db")) as database:
        EventLog(database, "tester").append("job/a", _said())
        assert database.journal == "delete"
        assert database.notice is not None
        assert "is on a network file system (nfs4): using a rollback journal" in database.notice
        assert not list(tmp_path.glob("*-wal"))
        assert verify(database).whole


def test_a_journal_can_be_chosen_without_a_notice(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "ftlab.db", journal="rollback")) as database:
        assert (database.journal, database.notice) == ("delete", None)


def test_a_file_system_without_shared_memory_gets_a_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.database, "_set_journal", lambda *_: "delete")

    with closing(Database(tmp_path / "ftlab.db")) as database:
        assert database.notice is not None
        assert "allows no write-ahead log" in database.notice


def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    def give_up_half_way() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO lease VALUES ('poller', 'a', 'b', 0)")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_up_half_way()

    assert database.reader.execute("SELECT COUNT(*) FROM lease").fetchone() == (0,)
    with database.transaction() as connection:
        connection.execute("INSERT INTO lease VALUES ('poller', 'a', 'b', 0)")
    assert database.reader.execute("SELECT COUNT(*) FROM lease").fetchone() == (1,)


def test_a_reader_refuses_to_write(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.reader.execute("DELETE FROM lease")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.database, "BUSY_SECONDS", 0.05)


@pytest.mark.usefixtures("impatient")
def test_who_waits_too_long_for_another_writer_is_told_so(tmp_path: Path) -> None:
    with (
        closing(Database(tmp_path / "ftlab.db")) as one,
        closing(Database(tmp_path / "ftlab.db")) as other,
        one.transaction(),
        pytest.raises(StoreBusyError, match=r"another process has kept .*ftlab\.db locked"),
        other.transaction(),
    ):
        pass


@pytest.mark.usefixtures("impatient")
def test_a_reader_that_finds_the_file_locked_is_told_so(tmp_path: Path) -> None:
    with (
        closing(Database(tmp_path / "ftlab.db", journal="rollback")) as database,
        closing(sqlite3.connect(database.path, isolation_level=None)) as stuck,
    ):
        stuck.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusyError), told(database.path):
            database.head()


def test_told_lets_a_store_error_through_unchanged(tmp_path: Path) -> None:
    given = StoreError("mine")

    with pytest.raises(StoreError) as caught, told(tmp_path):
        raise given

    assert caught.value is given


def test_a_full_disk_is_told_in_plain_words(database: Database) -> None:
    pages = database.writer.execute("PRAGMA page_count").fetchone()[0]
    database.writer.execute(f"PRAGMA max_page_count = {pages}")

    with (
        pytest.raises(StoreError, match=r"the disk that holds .* is full: nothing was recorded"),
        database.transaction() as connection,
    ):
        connection.execute("INSERT INTO lease VALUES ('poller', ?, 'b', 0)", ("x" * 1_000_000,))


@pytest.mark.parametrize(("free", "words"), [(4096, "is full"), (10**9, "disk I/O error")])
def test_an_io_error_where_nothing_is_free_is_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, words: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    failure = sqlite3.OperationalError("disk I/O error")
    failure.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE

    with pytest.raises(StoreError, match=words), told(tmp_path / "lab.db"):
        raise failure


def test_what_is_on_a_full_disk_can_be_read(
    log: EventLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.append("job/a", _said())
    log.database.close()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with closing(Database(log.database.path)) as database:
        assert database.notice is not None
        assert "is on a full disk: nothing new will be recorded" in database.notice
        assert database.head() == 1
        with pytest.raises(StoreError, match="is on a full disk"), database.transaction():
            pass
        assert sorted(each.name for each in tmp_path.iterdir()) == [log.database.path.name]


def test_a_disk_that_fills_up_while_rows_are_folded_is_told_in_plain_words(
    log: EventLog,
) -> None:
    log.append("job/a", _said())
    pages = log.database.writer.execute("PRAGMA page_count").fetchone()[0]
    log.database.writer.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreError, match="is full: nothing was recorded"):
        log.append("job/a", JobMessageReceived(level="info", text="x" * 100_000))

    assert log.database.head() == 1


def test_it_is_told_whether_another_process_keeps_it_locked(database: Database) -> None:
    assert not is_locked(database.path)
    with database.transaction():
        assert is_locked(database.path)
    assert not is_locked(database.path)
    assert not is_locked(database.path.with_name("nothing.db"))


def test_using_a_closed_database_is_no_damage(database: Database) -> None:
    database.close()

    with pytest.raises(StoreError, match="closed database"), database.transaction():
        pass


def test_each_thread_has_a_reader_of_its_own(database: Database) -> None:
    with ThreadPoolExecutor(1) as threads:
        other = threads.submit(lambda: database.reader).result()

        assert other is not database.reader
        assert threads.submit(lambda: database.reader).result() is other
    assert database.reader is database.reader


def test_threads_that_ended_leave_no_connection_open(database: Database) -> None:
    before = len(psutil.Process().open_files())
    for _ in range(20):
        thread = threading.Thread(target=lambda: database.reader.execute("SELECT 1").fetchall())
        thread.start()
        thread.join()
    assert len(psutil.Process().open_files()) <= before + 2


def test_closing_closes_the_connections_of_this_thread(database: Database) -> None:
    reader = database.reader
    database.close()
    for connection in (reader, database.writer):
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")
    database.close()


def test_a_backup_holds_everything_and_is_one_plain_file(filled: EventLog, tmp_path: Path) -> None:
    target = tmp_path / "backup" / "copy.db"
    target.parent.mkdir()

    filled.database.backup(target)

    assert [path.name for path in target.parent.iterdir()] == ["copy.db"]
    with closing(Database(target)) as copy:
        assert history(copy.reader) == history(filled.database.reader)
        assert verify(copy) == verify(filled.database)
        assert verify(copy).whole


def test_a_backup_tells_how_far_it_has_come(filled: EventLog, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []

    filled.database.backup(tmp_path / "copy.db", lambda done, total: heard.append((done, total)))

    done, total = heard[-1]
    assert done == total > 10


def test_a_backup_holds_the_moment_at_which_it_began_however_long_it_takes(
    log: EventLog, tmp_path: Path
) -> None:
    long = JobMessageReceived(level="info", text="x" * 1_000_000)
    log.append("job/a", *[long] * 10)
    calls = 0

    def append_meanwhile(*_: int) -> None:
        nonlocal calls
        calls += 1
        assert calls < 100
        log.append("job/a", _said())

    log.database.backup(tmp_path / "copy.db", append_meanwhile)

    with closing(Database(tmp_path / "copy.db")) as copy:
        assert copy.head() == 10
        assert verify(copy).whole
    assert 2 <= calls == log.database.head() - 10


def test_a_backup_does_not_overwrite_anything(filled: EventLog, tmp_path: Path) -> None:
    target = tmp_path / "precious.txt"
    target.write_text("mine")

    with pytest.raises(StoreError, match=r"precious\.txt exists already: name a new file"):
        filled.database.backup(target)
    with pytest.raises(StoreError, match="exists already"):
        filled.database.backup(filled.database.path)

    assert target.read_text() == "mine"


def test_a_backup_into_a_missing_folder_is_refused_in_plain_words(
    filled: EventLog, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="cannot be opened: there is no folder"):
        filled.database.backup(tmp_path / "missing" / "copy.db")


def test_a_backup_that_breaks_off_leaves_nothing(filled: EventLog, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    folder.mkdir()

    def give_up(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filled.database.backup(folder / "copy.db", give_up)

    assert list(folder.iterdir()) == []


def test_a_backup_while_another_process_appends_is_whole(
    filled: EventLog, tmp_path: Path, child: Callable[..., subprocess.Popen[str]], journal: Journal
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
        heads: list[int] = []
        while len(heads) < 5 or heads[-1] == heads[0]:
            target = tmp_path / f"copy{len(heads)}.db"
            before = database.head()
            database.backup(target)
            with closing(Database(target)) as copy:
                assert verify(copy).whole
                assert before <= copy.head() <= database.head()
                heads.append(copy.head())
    assert writer.poll() is None


def test_closing_does_not_disturb_the_question_of_another_thread(
    child: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    """In a process of its own: what may go wrong is a crash of the interpreter."""
    process = child("close_while_reading", tmp_path / "x.db")
    process.communicate(timeout=120)
    assert process.returncode == 0
