"""Trains a tiny model with transformers: `trainer.py MODEL OUTPUT STEPS [own]`."""

from __future__ import annotations

import sys
from typing import Any

import torch
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments

import ftlab

base, output, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
row: dict[str, Any] = {"input_ids": torch.arange(8), "labels": torch.arange(8)}
arguments = TrainingArguments(
    output_dir=output,
    max_steps=steps,
    logging_steps=1,
    eval_strategy="steps",
    eval_steps=2,
    save_strategy="steps",
    save_steps=2,
    per_device_train_batch_size=2,
    learning_rate=1e-3,
    report_to=[],
    disable_tqdm=True,
    use_cpu=True,
    seed=11,
    dataloader_pin_memory=False,
)
run = ftlab.start("own", {"notes": "mine"}) if "own" in sys.argv else None
trainer = Trainer(
    model=AutoModelForCausalLM.from_pretrained(base),
    args=arguments,
    train_dataset=[row] * 8,
    eval_dataset=[row] * 2,
    callbacks=[ftlab.TrainerCallback(run)],
)
trainer.train()
trainer.evaluate()
if run is not None:
    run.finish()
