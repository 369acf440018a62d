"""A large JSONL: added, checked and counted, beside OpenAI's notebook logic and `datasets`."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from benchmarks.table import Result, Row

ROWS = int(os.environ.get("FTLAB_BENCH_ROWS", "1000000"))
_SAMPLE = Path(__file__).parents[1] / "engine" / "sample" / "gsm8k.jsonl"
_FTLAB = str(Path(sys.executable).with_name("ftlab"))
_MODEL = "gpt-4o-mini-2024-07-18"
_BETWEEN_LOOKS = 0.05

_DATASETS = """
import sys
from datasets import load_dataset
import tiktoken
encoding = tiktoken.get_encoding("o200k_base")
rows = load_dataset("json", data_files=sys.argv[1], split="train", cache_dir=sys.argv[2])
counted = rows.map(
    lambda row: {"tokens": sum(len(encoding.encode(m["content"])) for m in row["messages"])},
    num_proc=2,
)
print(len(counted))
"""


class Run(NamedTuple):
    """What a command took: seconds, and at most how many MB of memory with its children."""

    seconds: float
    megabytes: float


def measure(folder: Path) -> list[Result]:
    file = folder / "rows.jsonl"
    size = _write(file)
    environment = os.environ | {"FTLAB_HOME": str(folder / "home")}
    environment |= {"HF_HOME": str(folder / "hf"), "HF_HUB_OFFLINE": "1"}
    environment |= {"TIKTOKEN_CACHE_DIR": _tiktoken_cache(folder)}
    added = _run([_FTLAB, "data", "add", str(file), "--name", "rows"], environment)
    checked = _run([_FTLAB, "data", "check", "rows", "--model", _MODEL], environment)
    ours = added.seconds + checked.seconds
    rows = [
        Row("ftlab: added, checked and counted", ROWS / ours, ours=True),
        Row("ftlab: added", ROWS / added.seconds),
        Row("ftlab: checked and counted", ROWS / checked.seconds),
    ]
    memory = [Row("ftlab", max(added.megabytes, checked.megabytes), ours=True)]
    for name, command in _peers(file, folder):
        run = _run(command, environment)
        rows.append(Row(name, ROWS / run.seconds))
        memory.append(Row(name, run.megabytes))
    title = f"A JSONL of {ROWS:,} rows, {size / 1e6:.0f} MB"
    return [
        Result(title, "rows/s", rows, more_is_better=True),
        Result(f"{title}: memory at its highest, all processes", "MB", memory),
    ]


def _peers(file: Path, folder: Path) -> list[tuple[str, list[str]]]:
    notebook = [sys.executable, "-m", "benchmarks.notebook", str(file)]
    peers = [("OpenAI's notebook, written plainly: checked and counted", notebook)]
    if importlib.util.find_spec("datasets") is not None:
        command = [sys.executable, "-c", _DATASETS, str(file), str(folder / "cache")]
        peers.append(("datasets: loaded and counted by map, two processes", command))
    return peers


def _tiktoken_cache(folder: Path) -> str:
    """Unpack the vocabulary for the peers too: a download is nobody's speed."""
    from engine.data.tokens.encodings import unpacked

    cache = folder / "tiktoken"
    unpacked("o200k_base", cache)
    return str(cache)


def _write(file: Path) -> int:
    """Write the rows of the sample again and again, each with a number of its own."""
    sample = [json.loads(line) for line in _SAMPLE.read_text("utf-8").splitlines()]
    with file.open("w", encoding="utf-8") as out:
        for number in range(ROWS):
            row = sample[number % len(sample)]
            asked = {"role": "user", "content": f"{row['question']} ({number})"}
            answered = {"role": "assistant", "content": row["answer"]}
            out.write(json.dumps({"messages": [asked, answered]}) + "\n")
    return file.stat().st_size


def _run(command: list[str], environment: dict[str, str]) -> Run:
    start = time.perf_counter()
    highest = 0
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            highest = max(highest, _memory(process.pid))
            time.sleep(_BETWEEN_LOOKS)
    took = time.perf_counter() - start
    if process.returncode != 0:
        raise RuntimeError(f"{command[:4]} ended with status {process.returncode}")
    return Run(took, highest / 1e6)


def _memory(pid: int) -> int:
    """Return the bytes of a process and its children, shared ones counted once (PSS on Linux)."""
    try:
        parent = psutil.Process(pid)
        return sum(_bytes(process) for process in [parent, *parent.children(recursive=True)])
    except psutil.NoSuchProcess:
        return 0


def _bytes(process: psutil.Process) -> int:
    try:
        found = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(found, "pss", found.rss))
