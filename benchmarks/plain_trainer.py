"""What people write without ftlab: tokenize, Trainer, train.

Writes `told.json` into the folder: when each step ended, and the mean loss. With `--trim` the model
computes no logits of what comes before the first learned token of a batch, as ftlab has it.

Usage: plain_trainer.py MODEL DATA FOLDER STEPS BATCH [--trim]
"""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from typing import Any

from datasets import load_dataset
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)


class Clock(TrainerCallback):  # type: ignore[misc]  # transformers' types are not followed
    """Notes when each step ended."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *_: object, **__: object) -> None:
        """Note the time."""
        self.ends.append(time.time())


class Trimming(DataCollatorForSeq2Seq):  # type: ignore[misc]  # likewise
    """Has the logits of the words before a batch's first learned token left out."""

    def __call__(self, rows: list[dict[str, Any]], return_tensors: str | None = None) -> Any:  # noqa: ANN401
        """Return a batch."""
        batch = super().__call__(rows, return_tensors)
        first = int((batch["labels"] != -100).any(dim=0).nonzero()[0])
        keep = batch["labels"].shape[1] - max(0, first - 1)
        batch["labels"] = batch["labels"][:, -keep:]
        batch["logits_to_keep"] = keep
        return batch


def main() -> None:
    base, data, folder, steps, batch, *options = sys.argv[1:]
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForCausalLM.from_pretrained(base)

    def encode(example: dict[str, Any]) -> dict[str, list[int]]:
        turns = example["messages"]
        prompt = tokenizer.apply_chat_template(
            turns[:-1], add_generation_prompt=True, tokenize=False
        )
        text = tokenizer.apply_chat_template(turns, tokenize=False)
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        given = len(tokenizer(prompt, add_special_tokens=False)["input_ids"])
        return {"input_ids": ids, "labels": [-100] * given + ids[given:]}

    examples = load_dataset("json", data_files=data, split="train", cache_dir=f"{folder}/cache")
    examples = examples.map(encode, remove_columns=examples.column_names)
    clock = Clock()
    collator = Trimming if "--trim" in options else DataCollatorForSeq2Seq
    # What differs from Trainer's defaults is what ftlab's are, so that the steps are the same.
    arguments = TrainingArguments(
        output_dir=folder,
        max_steps=int(steps),
        per_device_train_batch_size=int(batch),
        learning_rate=2e-5,
        warmup_steps=math.ceil(0.05 * int(steps)),
        seed=0,
        data_seed=0,
        remove_unused_columns=False,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=examples,
        data_collator=collator(tokenizer, label_pad_token_id=-100),
        callbacks=[clock],
    )
    loss = trainer.train().training_loss
    told = {"ends": clock.ends, "loss": loss}
    Path(folder, "told.json").write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
