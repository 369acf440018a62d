from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import engine
from engine.training.heartbeat import Heartbeat

_SOURCES = Path(engine.__file__).parents[1]
_BEAT = Path(__file__).parent / "children" / "beat_on.py"
_SECONDS = 10


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def wait_for_beats(file: Path, count: int = 3) -> None:
    # A touch makes the file anew: each time that it is back is another beat.
    for _ in range(count):
        file.unlink(missing_ok=True)
        wait_until(file.exists)


def test_it_beats_from_the_start_until_it_is_stopped(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat"
    heartbeat = Heartbeat(file, seconds=0.01)
    heartbeat.start()
    assert file.exists()
    wait_for_beats(file)
    heartbeat.stop()
    assert not file.exists()
    time.sleep(0.05)
    assert not file.exists()


def test_it_leaves_the_file_to_somebody_else(tmp_path: Path) -> None:
    heartbeat = Heartbeat(tmp_path / "heartbeat")
    heartbeat.start()
    heartbeat.stop(keep_file=True)
    assert (tmp_path / "heartbeat").exists()


def test_it_beats_while_a_long_call_keeps_the_interpreters_lock(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat"
    heartbeat = Heartbeat(file, seconds=0.02)
    heartbeat.start()
    wait_for_beats(file)
    begun = time.time()
    # Unlike CDLL, PyDLL keeps the lock: no thread of this process runs meanwhile.
    ctypes.PyDLL(None).usleep(800_000)
    assert file.stat().st_mtime - begun > 0.4
    heartbeat.stop()


def test_it_goes_on_when_the_disk_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    seen = []
    heartbeat = Heartbeat(folder / "heartbeat", 0.01, on_beat=lambda: seen.append(1))
    heartbeat.start()
    shutil.rmtree(folder)
    seen.clear()
    wait_until(lambda: len(seen) > 5)
    folder.mkdir()
    wait_for_beats(folder / "heartbeat")
    heartbeat.stop()


def test_it_goes_on_when_its_own_process_was_killed(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat"
    heartbeat = Heartbeat(file, seconds=0.01)
    heartbeat.start()
    wait_for_beats(file, 1)
    assert heartbeat._pulse is not None
    heartbeat._pulse.kill()
    heartbeat._pulse.wait()
    wait_for_beats(file)
    heartbeat.stop()


def test_it_beats_where_no_process_can_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **_options: object) -> None:
        raise OSError(11, "no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    heartbeat = Heartbeat(tmp_path / "heartbeat", seconds=0.01)
    heartbeat.start()
    wait_for_beats(tmp_path / "heartbeat")
    heartbeat.stop()


def test_it_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, str(_BEAT), str(tmp_path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(_SOURCES)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        (pulse,) = psutil.Process(process.pid).children()
        process.kill()
    pulse.wait(_SECONDS)
