"""`ftlab poll` and `ftlab daemon`."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab


def test_one_look_tells_how_much_is_new(recorded: Ftlab) -> None:
    assert recorded("poll", "--once").out == "0 new events.\n"
    assert recorded.document("poll", "--once") == {"events": 0, "polled_by": None}


def test_a_daemon_polls_until_it_is_told_to_end(recorded: Ftlab) -> None:
    with recorded.running("daemon", "--seconds", "0.1") as process:
        assert process.stderr is not None
        assert process.stderr.readline() == f"polling {recorded.database} every 0.1 s\n"
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == 0
