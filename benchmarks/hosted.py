"""A hosted service's history rescued, and its jobs followed: seconds, requests, processor time.

Against a stand-in of the service in a process of its own: the seconds include its time, the
processor time does not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.table import Result, Row
from engine.keys import Key
from engine.lab import Lab
from engine.places import Places
from engine.poller import Poller
from engine.profiles import make
from engine.providers.hosted.pace import Pace
from engine.providers.hosted.provider import HostedProvider
from engine.rescue.history import rescue

JOBS = int(os.environ.get("FTLAB_BENCH_JOBS", "1000"))
EVENTS = 20
_UNHELD = 1e6
_MINUTE = 60.0


def measure(folder: Path) -> list[Result]:
    rescued = f"{JOBS:,} past jobs of {EVENTS} events each"
    with _service("--jobs", str(JOBS), "--events", str(EVENTS)) as service:
        taken, used, asked = _rescued(folder / "past", service)
        again, used_again, asked_again = _rescued(folder / "past", service)
    with _service("--jobs", "0", "--live", str(JOBS), "--step-seconds", "600") as service:
        requests, processor = _followed(folder / "live", service)
    return [
        Result(
            f"{rescued} rescued, without pauses between requests",
            "s",
            [Row("ftlab", taken, ours=True), Row("ftlab: once more, nothing new", again)],
        ),
        Result(
            f"{rescued}: processor time",
            "s",
            [Row("ftlab", used, ours=True), Row("ftlab: once more, nothing new", used_again)],
        ),
        Result(
            f"{rescued}: requests",
            "requests",
            [
                Row("ftlab", asked, ours=True),
                Row("ftlab: once more, nothing new", asked_again),
                Row("one for each thing: job, events, checkpoints, 3 files twice", JOBS * 9.0),
            ],
        ),
        Result(
            f"{JOBS:,} running jobs followed: requests a minute",
            "requests",
            [
                Row("ftlab", requests, ours=True),
                Row("job and events of each every 10 s", JOBS * 2 * 6.0),
            ],
        ),
        Result(
            f"{JOBS:,} running jobs followed: processor time of a round",
            "s",
            [Row("ftlab", processor, ours=True)],
        ),
    ]


@contextmanager
def _service(*options: str) -> Iterator[dict[str, str]]:
    command = [sys.executable, "-m", "tests.standin", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def _rescued(home: Path, service: dict[str, str]) -> tuple[float, float, float]:
    """Return the seconds, the processor time and the requests of a rescue."""
    with Lab(Places(home, home / "ftlab.db")) as lab:
        before, used = _requests(service), time.process_time()
        start = time.perf_counter()
        found = rescue(lab, _provider(lab, service))
        took, used = time.perf_counter() - start, time.process_time() - used
        assert (found.jobs, found.troubles) == (JOBS, {})
        return took, used, _requests(service) - before


def _followed(home: Path, service: dict[str, str]) -> tuple[float, float]:
    """Return the requests of a minute and the processor time of a round of looking at all jobs."""
    with Lab(Places(home, home / "ftlab.db")) as lab:
        provider = _provider(lab, service)
        rescue(lab, provider, files=False)
        poller = Poller(lab)
        os.environ["OPENAI_API_KEY"], os.environ["OPENAI_BASE_URL"] = (
            service["key"],
            service["base_url"],
        )
        before, used = _requests(service), time.process_time()
        start = time.perf_counter()
        poller.look_at_profile("openai")
        took = time.perf_counter() - start
        # At the pace that is kept, a round takes this long, and one begins every ten seconds.
        a_minute = (_requests(service) - before) * min(6.0, _MINUTE / took)
        return a_minute, time.process_time() - used


def _provider(lab: Lab, service: dict[str, str]) -> HostedProvider:
    profile = make("openai", {"base_url": service["base_url"]})
    return HostedProvider(lab, profile, Key(service["key"], "the benchmark"), Pace(_UNHELD))


def _requests(service: dict[str, str]) -> float:
    address = service["base_url"].removesuffix("/v1") + "/_counts"
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - on loopback
        counts: dict[str, Any] = json.load(answer)
    return float(counts["requests"])
