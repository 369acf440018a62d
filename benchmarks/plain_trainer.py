"""What people write without ftlab: tokenize, Trainer, train. Prints when each step ended, as JSON.

Usage: plain_trainer.py MODEL DATA FOLDER STEPS BATCH
"""

from __future__ import annotations

import json
import sys
import time
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
    """Notes when each step was logged."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_log(self, *_: object, logs: dict[str, float], **__: object) -> None:
        """Note the time if a step was logged."""
        if "loss" in logs:
            self.ends.append(time.time())


def main() -> None:
    base, data, folder, steps, batch = sys.argv[1:]
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
    arguments = TrainingArguments(
        output_dir=folder,
        max_steps=int(steps),
        per_device_train_batch_size=int(batch),
        learning_rate=2e-5,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        use_cpu=True,
    )
    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=examples,
        data_collator=DataCollatorForSeq2Seq(tokenizer, label_pad_token_id=-100),
        callbacks=[clock],
    )
    trainer.train()
    print(json.dumps(clock.ends))


if __name__ == "__main__":
    main()
