"""Training on this machine: an ftlab job beside the same Trainer script without ftlab."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.table import Result, Row

STEPS = int(os.environ.get("FTLAB_BENCH_STEPS", "150"))
_EXAMPLES, _BATCH = 400, 8
_WARM_UP = 20
_ROUNDS = 3
_SOURCES = Path(__file__).parents[1]
_PLAIN = Path(__file__).with_name("plain_trainer.py")
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
    chat_template="{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}",
)
tokenizer.save_pretrained(folder)
torch.manual_seed(1)
LlamaForCausalLM(LlamaConfig(
    vocab_size=len(tokenizer), hidden_size=128, intermediate_size=384, num_hidden_layers=3,
    num_attention_heads=8, num_key_value_heads=8, eos_token_id=tokenizer.eos_token_id,
    pad_token_id=tokenizer.pad_token_id, bos_token_id=None,
)).save_pretrained(folder)
"""


def measure(folder: Path) -> list[Result]:
    data, model = folder / "train.jsonl", folder / "model"
    data.write_text("".join(map(_example, range(_EXAMPLES))))
    _run(["-c", _MODEL, str(model), str(data)])
    ours: list[tuple[float, float]] = []
    plain: list[tuple[float, float]] = []
    for number in range(_ROUNDS):
        # Taken in turns, for a machine's speed changes in the course of minutes.
        ours.append(_ours(folder / f"run-{number}", model, data))
        plain.append(_without(folder / f"plain-{number}", model, data))
    speeds = [
        Row("ftlab job", statistics.median(speed for speed, _ in ours), ours=True),
        Row("transformers' Trainer", statistics.median(speed for speed, _ in plain)),
    ]
    starts = [
        Row("ftlab job", statistics.median(start for _, start in ours), ours=True),
        Row("transformers' Trainer", statistics.median(start for _, start in plain)),
    ]
    return [
        Result(f"Training, {STEPS} steps", "steps/s", speeds, more_is_better=True),
        Result("From the start of the process to the end of the first step", "s", starts),
    ]


def _example(number: int) -> str:
    said = " ".join(f"word{(number * 31 + place * 7) % 997}" for place in range(40))
    turns = [{"role": "user", "content": said[:120]}, {"role": "assistant", "content": said}]
    return json.dumps({"messages": turns}) + "\n"


def _ours(run: Path, model: Path, data: Path) -> tuple[float, float]:
    run.mkdir()
    plan = {
        "job": "job_bench",
        "base_model": str(model),
        "method": "full",
        "train": str(data),
        "output": str(run / "result"),
        "hyperparameters": {
            "batch_size": _BATCH,
            "max_steps": STEPS,
            "epochs": 1000,
            # The same work: what is saved at the end alone is left out of the count.
            "save_every": STEPS,
            "save_epochs": False,
        },
    }
    (run / "plan.json").write_text(json.dumps(plan))
    began = time.time()
    _run(["-m", "engine.training.worker", str(run)])
    lines = map(json.loads, (run / "progress.jsonl").read_text().splitlines())
    return _figures([line["at"] for line in lines if line["kind"] == "metrics"], began)


def _without(folder: Path, model: Path, data: Path) -> tuple[float, float]:
    folder.mkdir()
    began = time.time()
    told = _run([str(_PLAIN), str(model), str(data), str(folder), str(STEPS), str(_BATCH)])
    return _figures(json.loads(told.splitlines()[-1]), began)


def _figures(ends: list[float], began: float) -> tuple[float, float]:
    """Return the steps a second after the warm-up, and the seconds until the first step's end."""
    assert len(ends) == STEPS
    return (STEPS - _WARM_UP) / (ends[-1] - ends[_WARM_UP - 1]), ends[0] - began


def _run(arguments: list[str]) -> str:
    environment: dict[str, Any] = os.environ | {
        "PYTHONPATH": str(_SOURCES),
        "HF_HUB_OFFLINE": "1",
        "GOMP_SPINCOUNT": "1000",
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
