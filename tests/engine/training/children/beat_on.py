"""Says who it is in a run folder, and beats its heartbeat there until it is killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from engine.training.heartbeat import Heartbeat
from engine.training.process import write_identity

if __name__ == "__main__":
    run = Path(sys.argv[1])
    write_identity(run)
    Heartbeat(run / "heartbeat", seconds=0.05).start()
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    time.sleep(600)
