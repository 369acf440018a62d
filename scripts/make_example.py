"""Make `ftlab.db.example` of real runs: `python scripts/make_example.py`.

Trains the embedded model a few times on the bundled sample (about fifteen minutes on two cores):
one job that finishes, one that is cancelled, one that is killed and resumed, one that is killed and
left. Everything is driven through the `ftlab` command, as a user would.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATABASE = ROOT / "ftlab.db.example"
_FTLAB = str(Path(sys.executable).with_name("ftlab"))
_MODEL = ("--model", "smollm2-135m-instruct")
_COMMON = ("--batch-size", "4", "--save-every", "4", "--evaluate-every", "8")


class Example:
    """A lab in a folder, driven by commands.

    Args:
        home: the folder.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._environment = os.environ | {"FTLAB_HOME": str(home), "FTLAB_ACTOR": "ada@workstation"}
        self._environment.pop("FTLAB_DB", None)

    def run(self, *command: str, may_fail: bool = False) -> str:
        """Run a command and return what it printed."""
        print("ftlab", *command, flush=True)
        finished = subprocess.run(
            [_FTLAB, *command], env=self._environment, capture_output=True, text=True, check=False
        )
        if finished.returncode != 0 and not may_fail:
            raise SystemExit(f"ftlab {' '.join(command)} failed: {finished.stderr}")
        return finished.stdout

    def json(self, *command: str) -> Any:  # noqa: ANN401 - whatever the command prints
        """Run a command with --json and return the document."""
        return json.loads(self.run(*command, "--json"))

    def train(self, name: str, steps: int, *options: str) -> str:
        """Start a job and return its id."""
        started = self.json(
            "train", "gsm8k/train", *_MODEL, *_COMMON,
            "--max-steps", str(steps), "--suffix", name, *options,
        )  # fmt: skip
        return str(started["job"])

    def wait_for_step(self, job: str, step: int) -> None:
        """Wait until a job has trained so far."""
        while True:
            self.run("poll", "--once")
            shown = self.json("jobs", "show", job)
            if shown["step"] >= step:
                return
            if shown["status"] not in {"planned", "queued", "running"}:
                raise SystemExit(f"{job} is {shown['status']}: {shown['reason']}")
            time.sleep(2)

    def kill(self, job: str) -> None:
        """Kill a job's process as a crash would, and let the poller find out."""
        identity = json.loads((self.home / "runs" / job / "process.json").read_text())
        os.kill(identity["pid"], signal.SIGKILL)
        while self.json("jobs", "show", job)["status"] != "interrupted":
            self.run("poll", "--once")
            time.sleep(2)


def main() -> None:
    """Make the database."""
    home = Path(tempfile.mkdtemp(prefix="ftlab-example-"))
    _live(Example(home))
    _keep(home / "ftlab.db")
    shutil.rmtree(home)


def _live(example: Example) -> None:
    """Do what a week with ftlab looks like, in some minutes."""
    sample = example.home / "gsm8k.jsonl"
    example.home.mkdir(exist_ok=True)
    shutil.copy(ROOT / "engine/sample/gsm8k.jsonl", sample)
    example.run(
        "data", "add", str(sample), "--name", "gsm8k",
        "--prompt", "{question}", "--completion", "{answer}",
    )  # fmt: skip
    example.run("data", "split", "gsm8k", "--test", "20", "--validation", "20")

    first = example.train("first-try", 24)
    example.run("jobs", "follow", first)

    hot = example.train("too-hot", 24, "--learning-rate", "5e-3")
    example.wait_for_step(hot, 7)
    example.run("jobs", "cancel", hot)

    resumed = example.train("long-run", 28, "--learning-rate", "3e-4")
    example.wait_for_step(resumed, 14)
    example.kill(resumed)
    example.run("jobs", "resume", resumed)
    example.run("jobs", "follow", resumed)

    lost = example.train("low-rank", 24, "--lora-rank", "4")
    example.wait_for_step(lost, 9)
    example.kill(lost)

    question = "A baker sells 12 loaves at $3 each and 7 cakes at $9 each. How much does he earn?"
    for model in ("smollm2-135m-instruct", "first-try", "long-run"):
        example.run("chat", model, "--prompt", question, "--max-tokens", "120")
    outcome = example.json("verify")
    print(f"verified: {outcome['events']} events")


def _keep(database: Path) -> None:
    """Write the database compacted, already in the mode in which ftlab opens it.

    So looking around in it leaves the file as it is.
    """
    DATABASE.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DELETE FROM lease")
        connection.commit()
        connection.execute("VACUUM INTO ?", (str(DATABASE),))
    with closing(sqlite3.connect(DATABASE)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


if __name__ == "__main__":
    main()
