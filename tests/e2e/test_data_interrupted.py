"""Large files whose reading is broken off: by a keyboard, a service manager, a full disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROW = b'{"prompt": "What is a clip?", "completion": "A clip holds sheets of paper together."}\n'


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("large") / "rows.jsonl"
    file.write_bytes(ROW * 600_000)
    return file


def adding(rows: Path, home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tui.cli", "data", "add", str(rows), "--name", "rows"],
        env=os.environ | {"FTLAB_HOME": str(home)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("seconds", [0.3, 0.6, 0.9])
def test_ctrl_c_at_any_moment_leaves_nothing_behind_and_shows_no_traceback(
    seconds: float, rows: Path, tmp_path: Path
) -> None:
    process = adding(rows, tmp_path)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode in (130, -signal.SIGINT)
    assert "Traceback" not in said
    assert "panicked" not in said
    assert list(tmp_path.glob("blobs/.partial-*")) == []


def test_a_terminated_command_ends_its_processes_and_removes_what_is_half_done(
    rows: Path, tmp_path: Path
) -> None:
    process = adding(rows, tmp_path)
    while not list(tmp_path.glob("blobs/.partial-*")):
        time.sleep(0.01)
    time.sleep(0.5)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    _, said = process.communicate()
    assert (process.returncode, said) == (143, "")
    assert list(tmp_path.glob("blobs/.partial-*")) == []
    assert psutil.wait_procs(workers, timeout=10)[1] == []
