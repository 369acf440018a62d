"""The dashboard beside another process that keeps the database locked, and beside the shell."""

from __future__ import annotations

import shlex
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.e2e.conftest import Ftlab
from tests.e2e.terminal import shell, terminal


@pytest.fixture
def environment(recorded: Ftlab) -> dict[str, str]:
    """A database that whoever writes has to himself: readers wait, too."""
    environment = recorded.environment | {"FTLAB_JOURNAL": "rollback"}
    assert recorded("jobs", FTLAB_JOURNAL="rollback").status == 0
    return environment


@contextmanager
def locked(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database, isolation_level=None, timeout=30)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield connection


def test_who_opens_it_is_told_what_is_waited_for(
    recorded: Ftlab, environment: dict[str, str]
) -> None:
    with terminal("jobs", environment=environment) as seen:
        with locked(recorded.database):
            seen.until_shown("another process keeps it locked")
        seen.until_shown("broken-off")
        assert seen.until_ended() == 0


def test_work_that_waits_for_it_says_so_and_goes_on(
    recorded: Ftlab, environment: dict[str, str]
) -> None:
    with terminal(environment=environment) as seen:
        seen.until_shown("broken-off", "q quit")
        with locked(recorded.database):
            seen.press("M")
            seen.until_shown("Another process keeps the database locked")
        seen.until_shown("54.60")
        seen.press("q")
        assert seen.until_ended() == 0


def test_leaving_meanwhile_gives_the_terminal_back_and_ctrl_c_ends_it(
    recorded: Ftlab, environment: dict[str, str]
) -> None:
    with terminal(environment=environment) as seen:
        seen.until_shown("broken-off", "q quit")
        with locked(recorded.database):
            seen.press("M")
            seen.until_shown("Another process keeps the database locked")
            seen.press("q")
            seen.until_shown("waiting for what was begun")
            assert b"\x1b[?1049l" in seen.sent
            seen.press("\x03")
            assert seen.until_ended(seconds=10) == 130


def test_it_can_be_left_for_the_shell_and_fetched_again(recorded: Ftlab) -> None:
    with shell(environment=recorded.environment) as seen:
        seen.press(f"{shlex.quote(sys.executable)} -m tui.cli\r")
        seen.until_shown("broken-off", "q quit")
        seen.press("\x1a")
        seen.until_shown("Stopped")
        seen.press("clear; echo between\r")
        seen.until_shown("between")
        seen.press("fg\r")
        seen.until_shown("broken-off", "q quit")
        seen.press("q")
        seen.until_shown("$")
