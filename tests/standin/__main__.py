"""`python -m tests.standin`: the stand-in as a process, for benchmarks and a look by hand.

Prints one line of JSON (`base_url`, `azure_endpoint`, `key`) when it answers, and ends on SIGTERM
or Ctrl-C. `GET /_counts` tells what it was asked so far.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence

from tests.standin.standin import Standin


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop."""
    options = _parser().parse_args(arguments)
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    with Standin(port=options.port) as standin:
        standin.past_jobs(options.jobs, events=options.events, seed=options.seed)
        live = [standin.live_job().id for _ in range(options.live)]
        standin.behaviour.closed = options.closed
        _announce(standin)
        while not end.wait(options.step_seconds if live else None):
            for job in live:
                standin.advance(job, steps=1)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.standin", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--jobs", type=int, default=0, help="finished jobs")
    parser.add_argument("--events", type=int, default=20, help="events of each of them")
    parser.add_argument("--seed", type=int, default=0, help="which finished jobs")
    parser.add_argument("--live", type=int, default=0, help="running jobs")
    parser.add_argument(
        "--step-seconds", type=float, default=10.0, help="how often a running job makes a step"
    )
    parser.add_argument("--closed", action="store_true", help="refuse to create jobs")
    return parser


def _announce(standin: Standin) -> None:
    where = {
        "base_url": standin.base_url,
        "azure_endpoint": standin.azure_endpoint,
        "key": standin.key,
    }
    sys.stdout.write(json.dumps(where) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
