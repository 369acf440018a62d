"""Training on this machine: `ftlab train` beside the same Trainer script without ftlab.

All do the same steps: the same data in the same order, the same model, optimizer and threads. That
the mean loss is the same is checked. No checkpoint falls into what is timed. The script logs
nothing on the way, for Trainer's default is every 500 steps, while ftlab tells every step.

ftlab does not compute the logits of the prompt, of which nothing is learned. So that its speed is
told apart from that of telling, the script runs once as people write it and once with the same.

They run in turns, in an order that changes, for a machine's speed changes in the course of minutes;
what is compared is each round's pair.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.table import Result, Row

STEPS = int(os.environ.get("FTLAB_BENCH_STEPS", "120"))
ROUNDS = int(os.environ.get("FTLAB_BENCH_ROUNDS", "5"))
_WARM_UP = max(1, STEPS // 6)
_BATCH = 8
# More than are trained on: no epoch ends, so that no checkpoint is saved on the way.
_EXAMPLES = (STEPS + 1) * _BATCH
_BETWEEN_LOOKS = 0.2
_SECONDS = 600
_SOURCES = Path(__file__).parents[1]
_PLAIN = Path(__file__).with_name("plain_trainer.py")
_FTLAB = str(Path(sys.executable).with_name("ftlab"))
_OURS, _SCRIPT, _TRIMMED = (
    "ftlab train",
    "transformers' Trainer",
    "Trainer, without the prompt's logits",
)
_MODEL = """
import sys
from tokenizers import ByteLevelBPETokenizer
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
import torch
folder, data = sys.argv[1:]
trained = ByteLevelBPETokenizer()
trained.train([data], vocab_size=2000, special_tokens=["<|end|>"], show_progress=False)
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=trained._tokenizer, eos_token="<|end|>", pad_token="<|end|>",
    chat_template="{% for m in messages %}{{ m['role'] }}:\\n{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}assistant:\\n{% endif %}",
)
tokenizer.save_pretrained(folder)
torch.manual_seed(1)
LlamaForCausalLM(LlamaConfig(
    vocab_size=len(tokenizer), hidden_size=128, intermediate_size=384, num_hidden_layers=3,
    num_attention_heads=8, num_key_value_heads=8, eos_token_id=tokenizer.eos_token_id,
    pad_token_id=tokenizer.pad_token_id, bos_token_id=None,
)).save_pretrained(folder)
"""


@dataclass(frozen=True)
class Ran:
    """How a run went.

    Attributes:
        speed: steps a second, after the warm-up.
        returned: seconds until the command had returned.
        first_step: seconds from the command to the end of the first step.
        megabytes: memory of the process that trains, at its highest.
        loss: mean of all steps.
    """

    speed: float
    returned: float
    first_step: float
    megabytes: float
    loss: float


def measure(folder: Path) -> list[Result]:
    data, model, home = folder / "train.jsonl", folder / "model", folder / "home"
    data.write_text("".join(map(_example, range(_EXAMPLES))))
    _run([sys.executable, "-c", _MODEL, str(model), str(data)], home)
    _run([_FTLAB, "data", "add", str(data), "--name", "bench"], home)

    def script(*options: str) -> Callable[[int], Ran]:
        return lambda number: _script(
            model, data, folder / f"plain-{number}-{len(options)}", home, options
        )

    kinds: dict[str, Callable[[int], Ran]] = {
        _OURS: lambda number: _ours(model, home, f"bench-{number}"),
        _SCRIPT: script(),
        _TRIMMED: script("--trim"),
    }
    rounds = [_round(kinds, number) for number in range(ROUNDS)]
    return [*_tables(rounds), _ratios(rounds)]


def _round(kinds: dict[str, Callable[[int], Ran]], number: int) -> dict[str, Ran]:
    names = list(kinds)
    first = number % len(names)
    ran = {name: kinds[name](number) for name in names[first:] + names[:first]}
    for each in ran.values():
        assert math.isclose(each.loss, ran[_OURS].loss, rel_tol=1e-4), ran
    return ran


def _tables(rounds: list[dict[str, Ran]]) -> Iterator[Result]:
    def rows(value: Callable[[Ran], float]) -> list[Row]:
        return [
            Row(name, statistics.median(value(ran[name]) for ran in rounds), ours=name == _OURS)
            for name in (_OURS, _SCRIPT, _TRIMMED)
        ]

    title = f"Training, {STEPS} steps, median of {ROUNDS} rounds"
    yield Result(title, "steps/s", rows(lambda ran: ran.speed), more_is_better=True)
    starts = rows(lambda ran: ran.first_step)
    returned = statistics.median(ran[_OURS].returned for ran in rounds)
    starts.insert(1, Row(f"{_OURS}, until it has returned", returned))
    yield Result("From the command to the end of the first step", "s", starts)
    yield Result(
        "Memory of the process that trains, at its highest", "MB", rows(lambda ran: ran.megabytes)
    )


def _ratios(rounds: list[dict[str, Ran]]) -> Result:
    """Return ftlab's steps a second divided by each other's, pair by pair."""
    rows = []
    for other in (_SCRIPT, _TRIMMED):
        found = [ran[_OURS].speed / ran[other].speed for ran in rounds]
        rows.append(Row(f"beside {other}: median", statistics.median(found)))
        rows += [Row("  lowest", min(found)), Row("  highest", max(found))]
    return Result(f"Steps a second of {_OURS}, divided by the other's", "ratio", rows)


def _example(number: int) -> str:
    said = " ".join(f"word{(number * 31 + place * 7) % 997}" for place in range(40))
    turns = [{"role": "user", "content": said[:120]}, {"role": "assistant", "content": said}]
    return json.dumps({"messages": turns}) + "\n"


def _ours(model: Path, home: Path, name: str) -> Ran:
    options = {
        "--model": model,
        "--method": "full",
        "--max-steps": STEPS,
        "--epochs": 1,
        "--batch-size": _BATCH,
        "--save-every": STEPS,
        "--suffix": name,
    }
    words = [str(word) for option in options.items() for word in option]
    began = time.time()
    told = _run([_FTLAB, "train", "bench", *words, "--json"], home)
    returned = time.time() - began
    run = home / "runs" / json.loads(told)["job"]
    highest = _followed(run)
    lines = list(map(json.loads, (run / "progress.jsonl").read_text().splitlines()))
    assert lines[-1]["kind"] == "finished", lines[-1]
    steps = [line for line in lines if line["kind"] == "metrics"]
    losses = [line["values"]["loss"] for line in steps]
    return _ran([line["at"] for line in steps], began, returned, highest, statistics.mean(losses))


def _followed(run: Path) -> int:
    """Wait until the process of a run has ended; return the most bytes that it had."""
    identity = run / "process.json"
    deadline = time.monotonic() + _SECONDS
    while not identity.exists():
        assert time.monotonic() < deadline, f"nothing trains in {run}"
        time.sleep(_BETWEEN_LOOKS / 10)
    return _watched(json.loads(identity.read_text())["pid"])


def _script(model: Path, data: Path, folder: Path, home: Path, options: tuple[str, ...]) -> Ran:
    folder.mkdir()
    command = [
        str(word) for word in (sys.executable, _PLAIN, model, data, folder, STEPS, _BATCH, *options)
    ]
    said = folder / "said.txt"
    began = time.time()
    with (
        said.open("w") as output,
        subprocess.Popen(command, stdout=output, stderr=output, env=_environment(home)) as process,
    ):
        highest = _watched(process.pid)
    returned = time.time() - began
    assert process.returncode == 0, said.read_text()
    told: dict[str, Any] = json.loads((folder / "told.json").read_text())
    return _ran(told["ends"], began, returned, highest, told["loss"])


def _watched(pid: int) -> int:
    """Wait until a process has ended; return the most bytes of memory that it had."""
    highest = 0
    try:
        process = psutil.Process(pid)
        while process.status() != psutil.STATUS_ZOMBIE:
            highest = max(highest, process.memory_info().rss)
            time.sleep(_BETWEEN_LOOKS)
    except psutil.NoSuchProcess:
        pass
    return highest


def _ran(ends: list[float], began: float, returned: float, highest: int, loss: float) -> Ran:
    assert len(ends) == STEPS, f"{len(ends)} steps"
    speed = (STEPS - _WARM_UP) / (ends[-1] - ends[_WARM_UP - 1])
    return Ran(speed, returned, ends[0] - began, highest / 1e6, loss)


def _run(command: list[str], home: Path) -> str:
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", env=_environment(home), check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _environment(home: Path) -> dict[str, str]:
    """Return what all run in: the processor alone, and as many threads for each."""
    return os.environ | {
        "FTLAB_HOME": str(home),
        "PYTHONPATH": str(_SOURCES),
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "GOMP_SPINCOUNT": "1000",
    }
