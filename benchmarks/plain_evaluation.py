"""What people write without ftlab: load a model, answer in batches, compute losses in batches.

Writes JSON to standard output: the seconds that each part took, the answers, and the mean loss.

Usage: plain_evaluation.py MODEL QUESTIONS BATCH LIMIT
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def main() -> None:
    base, questions, batch, limit = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    rows = [json.loads(line) for line in Path(questions).read_text("utf-8").splitlines()]
    began = time.perf_counter()
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForCausalLM.from_pretrained(base, dtype="auto").eval()
    loaded = time.perf_counter()
    with torch.inference_mode():
        loss, first = _loss(model, tokenizer, rows, batch)
        weighed = time.perf_counter()
        answers = _answers(model, tokenizer, rows, batch, limit)
    answered = time.perf_counter()
    told = {
        "load": loaded - began,
        "references": weighed - first,
        "answers": answered - weighed,
        "processor": time.process_time(),
        "loss": loss,
        "said": answers,
    }
    print(json.dumps(told))


def _prompt(tokenizer: Any, row: dict[str, str]) -> str:  # noqa: ANN401 (transformers' own)
    turns = [{"role": "user", "content": row["question"]}]
    return str(tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False))


def _answers(
    model: Any,  # noqa: ANN401
    tokenizer: Any,  # noqa: ANN401
    rows: list[dict[str, str]],
    batch: int,
    limit: int,
) -> dict[str, str]:
    tokenizer.padding_side = "left"
    prompts = [_prompt(tokenizer, row) for row in rows]
    order = sorted(range(len(rows)), key=lambda place: -len(prompts[place]))
    said: dict[str, str] = {}
    for start in range(0, len(order), batch):
        places = order[start : start + batch]
        read = tokenizer(
            [prompts[place] for place in places],
            padding=True,
            add_special_tokens=False,
            return_tensors="pt",
        )
        made = model.generate(**read, max_new_tokens=limit, do_sample=False)
        texts = tokenizer.batch_decode(
            made[:, read["input_ids"].shape[1] :], skip_special_tokens=True
        )
        said |= {rows[place]["question"]: text for place, text in zip(places, texts, strict=True)}
    return said


def _loss(
    model: Any,  # noqa: ANN401
    tokenizer: Any,  # noqa: ANN401
    rows: list[dict[str, str]],
    batch: int,
) -> tuple[float, float]:
    """Return the mean loss of a token of the references, the mark at their end included.

    And when the first batch was done: what is timed are those after it, the longest left out.
    """
    examples = sorted((_example(tokenizer, row) for row in rows), key=lambda found: -len(found[0]))
    total, tokens, first = 0.0, 0, 0.0
    for start in range(0, len(examples), batch):
        part = examples[start : start + batch]
        longest = max(len(ids) for ids, _ in part)
        ids = torch.zeros(len(part), longest, dtype=torch.long)
        mask, labels = torch.zeros_like(ids), torch.full_like(ids, -100)
        for place, (row, given) in enumerate(part):
            ids[place, : len(row)] = torch.tensor(row)
            mask[place, : len(row)] = 1
            labels[place, given : len(row)] = torch.tensor(row[given:])
        count = int((labels != -100).sum())
        total += model(input_ids=ids, attention_mask=mask, labels=labels).loss.item() * count
        tokens += count
        first = first or time.perf_counter()
    return total / tokens, first


def _example(tokenizer: Any, row: dict[str, str]) -> tuple[list[int], int]:  # noqa: ANN401
    prompt = _prompt(tokenizer, row)
    turns = [
        {"role": "user", "content": row["question"]},
        {"role": "assistant", "content": row["answer"]},
    ]
    text = tokenizer.apply_chat_template(turns, tokenize=False).rstrip()
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids, len(tokenizer(prompt, add_special_tokens=False)["input_ids"])


if __name__ == "__main__":
    main()
