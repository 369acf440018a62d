from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

from store.database import Database
from store.log import EventLog
from store.verify import verify

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

KILLS = 100
EVENTS_OF_A_BATCH = 5


def _kill_at_a_random_moment(
    server: subprocess.Popen[str], number: int, chance: random.Random
) -> dict[int, int]:
    """Let a process append for a while, kill it, and return what it had acknowledged."""
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(f"{number}\n")
    server.stdin.flush()
    _, pid = server.stdout.readline().split()
    heard = [server.stdout.readline().split() for _ in range(chance.randrange(5))]
    # The moment must not depend on anything that the process does.
    time.sleep(chance.uniform(0, 0.02))
    os.kill(int(pid), signal.SIGKILL)
    while (line := server.stdout.readline().split()) != ["ended", pid]:
        heard.append(line)
    return {int(batch): int(seq) for _, batch, seq in heard}


def test_what_was_acknowledged_outlives_a_hundred_kills_and_no_half_of_an_append_does(
    tmp_path: Path, child: Callable[..., subprocess.Popen[str]]
) -> None:
    path = tmp_path / "ftlab.db"
    chance = random.Random(20_261_121)  # noqa: S311 - moments, not secrets
    server = child("append_until_killed", path)
    acknowledged: dict[int, int] = {}
    for number in range(1, KILLS + 1):
        acknowledged |= _kill_at_a_random_moment(server, number, chance)

    with closing(Database(path)) as database:
        recorded: Counter[int] = Counter()
        first: dict[int, int] = {}
        for event in EventLog(database, "tester").read():
            if event.type != "ChatOpened":
                batch = _batch_of(event.type, json.loads(event.data))
                recorded[batch] += 1
                first.setdefault(batch, event.seq)
        assert set(recorded.values()) == {EVENTS_OF_A_BATCH}
        assert {batch: first.get(batch) for batch in acknowledged} == acknowledged
        assert len(acknowledged) > KILLS
        assert verify(database).whole


def _batch_of(kind: str, data: dict[str, object]) -> int:
    match kind, data:
        case "MetricsRecorded", {"groups": [{"values": dict(values)}]}:
            return int(*values)
        case "ChatTurnRecorded", {"question": str(text)}:
            return int(text)
        case _, {"text": str(text)}:
            return int(text)
    raise AssertionError(f"an event that nobody appended: {kind}")
