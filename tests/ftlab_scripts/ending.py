"""Ends in one of many ways: `ending.py WAY`."""

from __future__ import annotations

import signal
import subprocess
import sys

import ftlab

way = sys.argv[1]
# Python ends by the signal of Ctrl-C only if no other thread imports at that moment.
assert subprocess
signal.signal(signal.SIGINT, signal.default_int_handler)


def end() -> None:
    if way == "error":
        raise ValueError("no gradient, with sk-abcdefghijklmnop in it")
    if way == "interrupt":
        signal.raise_signal(signal.SIGINT)
    if way.startswith("exit"):
        sys.exit(int(way.removeprefix("exit-")))
    if way == "busy":
        sys.stdout.write("busy\n")
        sys.stdout.flush()
        sum(range(10**12))  # One long call, in which Python runs no signal handler.


if way.startswith("plain-"):
    way = way.removeprefix("plain-")
    run = ftlab.start("ending")
    run.log({"loss": 1.0})
    end()
    if way == "finish":
        run.finish()
else:
    with ftlab.start("ending") as run:
        run.log({"loss": 1.0})
        end()
