from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from engine.training.process import (
    AlreadyTrainingError,
    ProcessIdentity,
    hold_lock,
    is_alive,
    read_identity,
    write_identity,
)


def put(run: Path, identity: ProcessIdentity, **changed: object) -> None:
    fields = dataclasses.asdict(identity) | changed
    (run / "process.json").write_text(json.dumps(fields))


@pytest.fixture
def own(tmp_path: Path) -> ProcessIdentity:
    return write_identity(tmp_path)


def test_the_process_that_is_running_is_alive(tmp_path: Path, own: ProcessIdentity) -> None:
    assert own.pid == os.getpid()
    assert is_alive(tmp_path) == (True, f"process {own.pid} is running")


def test_attempts_are_counted(tmp_path: Path, own: ProcessIdentity) -> None:
    assert (own.attempt, write_identity(tmp_path).attempt) == (1, 2)


def test_where_nothing_trained_nothing_is_alive(tmp_path: Path) -> None:
    assert is_alive(tmp_path) == (False, "no training process has begun")


def test_a_process_that_was_killed_is_gone(tmp_path: Path, own: ProcessIdentity) -> None:
    put(tmp_path, own, pid=_ended_pid())
    alive, reason = is_alive(tmp_path)
    assert not alive
    assert reason.endswith("is gone")


def _ended_pid() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_a_pid_that_was_given_anew_is_another_process(tmp_path: Path, own: ProcessIdentity) -> None:
    put(tmp_path, own, since_boot=own.since_boot - 60)
    alive, reason = is_alive(tmp_path)
    assert not alive
    assert reason.endswith("its id is another process's now")


def test_a_corrected_clock_does_not_kill(
    tmp_path: Path, own: ProcessIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, booted = psutil.Process().create_time(), psutil.boot_time()
    monkeypatch.setattr(psutil.Process, "create_time", lambda _process: started + 3600)
    monkeypatch.setattr(psutil, "boot_time", lambda: booted + 3600)
    assert own.create_time == started
    assert is_alive(tmp_path).alive


def test_no_process_survives_a_reboot(tmp_path: Path, own: ProcessIdentity) -> None:
    put(tmp_path, own, boot_id="another-boot")
    assert is_alive(tmp_path) == (False, "the machine restarted since")


def test_a_zombie_is_dead(tmp_path: Path, own: ProcessIdentity) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        zombie = psutil.Process(process.pid)
        since_boot = zombie.create_time() - psutil.boot_time()
        put(tmp_path, own, pid=process.pid, since_boot=since_boot)
        assert is_alive(tmp_path) == (False, f"process {process.pid} has ended")


def test_a_process_elsewhere_lives_as_long_as_its_heartbeat(
    tmp_path: Path, own: ProcessIdentity
) -> None:
    put(tmp_path, own, boot_id="another-boot", host="far-away")
    assert not is_alive(tmp_path).alive
    beat = tmp_path / "heartbeat"
    beat.touch()
    assert is_alive(tmp_path) == (True, "it runs on the machine far-away")
    os.utime(beat, (0, 0))
    assert not is_alive(tmp_path).alive


def test_a_torn_identity_is_none(tmp_path: Path) -> None:
    (tmp_path / "process.json").write_text('{"pid": 12')
    assert read_identity(tmp_path) is None


def test_only_one_process_has_the_folder(tmp_path: Path) -> None:
    held = hold_lock(tmp_path)
    with pytest.raises(AlreadyTrainingError, match="another process trains in"):
        hold_lock(tmp_path)
    os.close(held)
    os.close(hold_lock(tmp_path))
