from __future__ import annotations

import dataclasses
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import engine
from engine.training.process import (
    AlreadyTrainingError,
    ProcessIdentity,
    hold_lock,
    is_alive,
    read_identity,
    write_identity,
)

_SOURCES = Path(engine.__file__).parents[1]
_BEAT = Path(__file__).parent / "children" / "beat_on.py"
_NAMESPACE = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]


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


def test_after_a_restart_no_name_in_common_with_a_living_machine_kills(
    tmp_path: Path, own: ProcessIdentity
) -> None:
    """Cloned machines have one name; badly cloned ones even one machine id."""
    beat = tmp_path / "heartbeat"
    beat.touch()
    for machine in ("another", None, own.machine):
        put(tmp_path, own, boot_id="another-boot", machine=machine)
        assert is_alive(tmp_path).alive, machine
    now = time.time()
    os.utime(beat, (now - 30, now - 30))
    # No machine has beaten, gone down and come up again in less than that; a clone may be busy.
    assert is_alive(tmp_path) == (False, "the machine restarted since")
    put(tmp_path, own, boot_id="another-boot", machine="another")
    named = f"on a machine called {socket.gethostname()} too, or on this one before it restarted"
    assert is_alive(tmp_path) == (True, f"it runs {named}")
    os.utime(beat, (now - 90, now - 90))
    assert is_alive(tmp_path) == (False, f"it ran {named}, which shows no heartbeat")


def test_a_process_of_another_container_lives_as_long_as_its_heartbeat(tmp_path: Path) -> None:
    if shutil.which("unshare") is None or subprocess.call([*_NAMESPACE, "true"]) != 0:
        pytest.skip("this system lets nobody make a container")
    with subprocess.Popen(
        [*_NAMESPACE, "--kill-child", sys.executable, str(_BEAT), str(tmp_path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(_SOURCES)},
    ) as container:
        assert container.stdout is not None
        assert container.stdout.readline() == b"begun\n"
        identity = read_identity(tmp_path)
        assert identity is not None
        # Here the id is another process's, or nobody's.
        assert identity.pid < 100
        where = f"in another container of this machine ({identity.host})"
        assert is_alive(tmp_path) == (True, f"it runs {where}")
        assert not was_killed_by_age(tmp_path, 30)
        container.kill()
    assert was_killed_by_age(tmp_path, 90)


def was_killed_by_age(run: Path, seconds: float) -> bool:
    """Tell whether a process without another heartbeat is dead after that time."""
    beat = run / "heartbeat"
    aged = beat.stat().st_mtime - seconds
    os.utime(beat, (aged, aged))
    return not is_alive(run).alive


def test_a_heartbeat_is_judged_by_the_clock_that_stamped_it(
    tmp_path: Path, own: ProcessIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, own, boot_id="another-boot", host="far-away")
    (tmp_path / "heartbeat").touch()
    now = time.time()
    for apart in (-3600, 3600):
        monkeypatch.setattr(time, "time", lambda moment=now + apart: moment)
        assert is_alive(tmp_path).alive
    assert {path.name for path in tmp_path.iterdir()} == {"heartbeat", "process.json"}


def test_what_older_and_newer_versions_wrote_is_read(tmp_path: Path, own: ProcessIdentity) -> None:
    fields = dataclasses.asdict(own)
    old = {name: fields[name] for name in fields if name not in ("pid_namespace", "machine")}
    (tmp_path / "process.json").write_text(json.dumps(old))
    found = read_identity(tmp_path)
    assert found == dataclasses.replace(own, pid_namespace=None, machine=None)
    assert is_alive(tmp_path).alive
    put(tmp_path, own, cores=64)
    assert read_identity(tmp_path) == own
    put(tmp_path, own, pid_namespace=None, host="a-container")
    assert not is_alive(tmp_path).alive


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
