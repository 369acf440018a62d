"""A plan in the words of transformers' Trainer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from transformers import TrainingArguments

from engine.training import layout

if TYPE_CHECKING:
    from engine.training.devices import Device
    from engine.training.plan import TrainingPlan

_SCHEDULERS: dict[str, tuple[str, dict[str, float]]] = {
    "linear": ("linear", {}),
    "cosine": ("cosine", {}),
    "constant": ("constant_with_warmup", {}),
    "polynomial": ("polynomial", {"power": 2.0, "lr_end": 0.0}),
    "inverse_sqrt": ("inverse_sqrt", {}),
}
_SUMMED_ALIKE = 2
"""Of so many numbers the sum is the same in whatever order they are added."""


def training_arguments(
    plan: TrainingPlan,
    run_dir: Path,
    device: Device,
    total_steps: int,
    *,
    evaluate_every: int | None,
) -> TrainingArguments:
    """Return a plan in the Trainer's words; without `evaluate_every` nothing is evaluated."""
    chosen = plan.hyperparameters
    scheduler, of_scheduler = _SCHEDULERS[chosen.scheduler]
    return TrainingArguments(
        output_dir=str(run_dir / layout.CHECKPOINTS),
        max_steps=total_steps,
        per_device_train_batch_size=chosen.batch_size,
        gradient_accumulation_steps=chosen.gradient_accumulation,
        learning_rate=chosen.learning_rate,
        warmup_steps=chosen.warmup_steps(total_steps),
        lr_scheduler_type=scheduler,
        lr_scheduler_kwargs=of_scheduler,
        weight_decay=chosen.weight_decay,
        max_grad_norm=chosen.max_grad_norm,
        seed=plan.seed,
        data_seed=plan.seed,
        bf16=device.bf16,
        fp16=device.fp16,
        gradient_checkpointing=chosen.gradient_checkpointing,
        gradient_checkpointing_kwargs={"use_reentrant": False},
        use_cpu=device.kind == "cpu",
        logging_steps=1,
        # A loss that is no number is told as it is, not replaced by the mean of those before it.
        logging_nan_inf_filter=False,
        save_strategy="steps",
        save_steps=chosen.save_every,
        eval_strategy="steps" if evaluate_every else "no",
        eval_steps=evaluate_every or total_steps,
        dataloader_pin_memory=device.kind == "cuda",
        # No weight goes unused; but DDP, when it looks for such, keeps gradients in the groups in
        # which it first added them up. Otherwise it regroups them after a process's first step:
        # sums of three and more would change in their last digit wherever training goes on.
        ddp_find_unused_parameters=chosen.devices > _SUMMED_ALIKE,
        remove_unused_columns=False,
        report_to="none",
        disable_tqdm=True,
    )
