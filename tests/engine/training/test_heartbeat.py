from __future__ import annotations

import time
from pathlib import Path

from engine.training.heartbeat import Heartbeat


def test_it_beats_from_the_start_until_it_is_stopped(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat"
    heartbeat = Heartbeat(file, seconds=0.01)
    heartbeat.start()
    # A touch makes the file anew: each time that it is back is another beat.
    for _ in range(3):
        assert file.exists()
        file.unlink()
        wait_for(file)
    heartbeat.stop()
    file.unlink()
    assert not file.exists()


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 10
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.001)
