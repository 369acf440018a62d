"""Logs from threads and from a forked child, which ends before the run does."""

from __future__ import annotations

import os
import sys
import threading

import ftlab

with ftlab.start("forking") as run:

    def log(name: str) -> None:
        for step in range(1, 501):
            run.log({name: float(step)}, step)

    threads = [threading.Thread(target=log, args=(f"thread_{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    child = os.fork()
    if child == 0:
        log("child")
        sys.exit(3)
    for thread in threads:
        thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
