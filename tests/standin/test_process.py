from __future__ import annotations

import http.client
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from engine.model_client import open_client

_ROOT = Path(__file__).parents[2]


def test_serves_as_a_process_and_tells_what_it_was_asked() -> None:
    command = [sys.executable, "-m", "tests.standin", "--jobs", "3", "--live", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=_ROOT) as process:
        try:
            assert process.stdout
            where = json.loads(process.stdout.readline())
            with open_client(where["base_url"], where["key"]) as client:
                statuses = [job.status for job in client.fine_tuning.jobs.list()]
            counts = _counts(where["azure_endpoint"])
        finally:
            process.terminate()
        assert process.wait() == 0
    assert (len(statuses), statuses[0]) == (4, "running")
    assert counts == {"requests": 1, "endpoints": {"GET /fine_tuning/jobs": 1}, "violations": []}


def _counts(address: str) -> object:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request("GET", "/_counts")
    found = json.loads(connection.getresponse().read())
    connection.close()
    return found
