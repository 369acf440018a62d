"""Comes to the end of its disk, and gets room again later."""

from __future__ import annotations

import resource
import sys

import ftlab

run = ftlab.start("full")
assert run.folder is not None
for step in range(1, 101):
    if step == 50:
        # Room for half a line more.
        room = (run.folder / "progress.jsonl").stat().st_size + 40
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    if step == 60:
        infinity = resource.RLIM_INFINITY
        resource.setrlimit(resource.RLIMIT_FSIZE, (infinity, infinity))
    run.log({"loss": 1 / step}, step)
run.finish()
sys.stdout.write("trained\n")
