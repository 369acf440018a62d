"""What an attempt trains with, made from its plan: data, model and training loop."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.training import layout, models, origin, scratch
from engine.training.checkpoints import CheckpointError
from engine.training.group import Group, join

if TYPE_CHECKING:
    from datasets import Dataset
    from transformers import PreTrainedTokenizerBase

    from engine.training.batches import Collate
    from engine.training.devices import Device
    from engine.training.evaluation import Evaluator
    from engine.training.plan import TrainingPlan
    from engine.training.run import Attempt
    from engine.training.trainer import ProgressTrainer


def set_environment(plan: TrainingPlan, run_dir: Path) -> None:
    """Set what the libraries read from the environment when they are loaded."""
    cache = run_dir / layout.CACHE
    os.environ |= {
        "HF_DATASETS_CACHE": str(cache / "datasets"),
        "HF_MODULES_CACHE": str(cache / "modules"),
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    if models.is_local(plan.base_model):
        os.environ["HF_HUB_OFFLINE"] = "1"
    # OpenMP's threads wait for one another by spinning, for milliseconds unless told otherwise.
    # Beside other processes that want the processor, that makes training four times slower.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    # Operations that Apple's GPUs lack are done by the processor, rather than not at all.
    os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")
    # If one process saw several GPUs, Trainer would split every batch over all of them.
    devices = plan.hyperparameters.devices
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", ",".join(map(str, range(devices))))
    os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(visible.split(",")[:devices])


def with_base(plan: TrainingPlan, attempt: Attempt) -> TrainingPlan:
    """Return a plan whose base model can be read; one that is made for the job is made now."""
    if plan.base_model not in scratch.NAMES:
        return plan
    made = scratch.make(plan.base_model, plan.train, plan.seed, attempt.run_dir)
    if made.remark is not None:
        attempt.writer.message(made.remark)
    return plan.model_copy(update={"base_model": str(made.folder)})


@dataclass(frozen=True, slots=True)
class Data:
    """What is known once the data files are read."""

    tokenizer: PreTrainedTokenizerBase
    training: Dataset
    validation: Dataset | None
    total_steps: int
    evaluate_every: int


def read_data(plan: TrainingPlan, attempt: Attempt) -> Data:
    """Tokenize the data files; what is left out of them is told.

    Raises:
        ExampleError: if one of them cannot be trained on.
        CheckpointError: if the plan ends before the checkpoint to go on from.
    """
    from engine.training.packing import pack_file
    from engine.training.tokenized import tokenize_file

    chosen = plan.hyperparameters
    tokenizer, encoder = models.load_encoder(plan.base_model, chosen.max_length, plan.train)

    def read(source: Path, name: str, limit: int | None = None) -> Dataset:
        file = tokenize_file(source, encoder, attempt.run_dir, name, limit)
        for remark in file.remarks:
            attempt.writer.message(remark, "warning")
        return file.examples

    training = read(plan.train, "training")
    if chosen.packing:
        packed = pack_file(training, encoder, plan.seed, attempt.run_dir)
        training = packed.rows
        if packed.remark is not None:
            attempt.writer.message(packed.remark)
    validation = None
    if plan.validation is not None:
        validation = read(plan.validation, "validation", chosen.validation_examples)
    total_steps = chosen.total_steps(len(training))
    if attempt.from_step > total_steps:
        raise CheckpointError(
            f"there is nothing to go on with: the plan ends at step {total_steps}, before the "
            f"checkpoint of step {attempt.from_step}"
        )
    every = chosen.evaluation_steps(len(training))
    return Data(tokenizer, training, validation, total_steps, every)


class Place(NamedTuple):
    """A process's place among those that train together.

    Attributes:
        rank: which one it is.
        size: how many there are.
        meeting: the folder in which they meet.
    """

    rank: int
    size: int
    meeting: Path


def built(
    plan: TrainingPlan, attempt: Attempt, data: Data, place: Place | None
) -> tuple[ProgressTrainer, Evaluator | None]:
    """Meet the other ranks if there are any, load the model, and tell that training begins.

    Returns:
        The training loop, and what measures the model if this process does that.
    """
    from engine.training.devices import environment, find_device, take

    if place is not None:
        take(place.rank)
    device = find_device(plan.hyperparameters.precision)
    group = Group() if place is None else join(place.rank, place.size, device, place.meeting)
    attempt.writer.started(
        attempt=attempt.number,
        from_step=attempt.from_step,
        total_steps=data.total_steps,
        device=device.kind,
        environment=environment(device)
        | origin.read(attempt.run_dir)
        | {"seed": plan.seed}
        | group.described(),
    )
    from transformers import set_seed

    from engine.training import separation
    from engine.training.arguments import training_arguments
    from engine.training.batches import PackedCollator, collator
    from engine.training.losses import loss_for
    from engine.training.trainer import ProgressTrainer, Surroundings

    set_seed(plan.seed)
    model = models.load_model(plan, device)
    base = models.without_adapter(model)
    collate = collator(data.tokenizer, base)
    evaluator = _evaluator(plan, attempt, data, device, collate) if group.is_first else None
    packing = plan.hyperparameters.packing
    if packing:
        separation.check(base)
    trainer = ProgressTrainer(
        Surroundings(
            attempt.run_dir,
            group,
            attempt.writer,
            attempt.stop,
            evaluator,
            plan.hyperparameters,
        ),
        model=model,
        args=training_arguments(
            plan,
            attempt.run_dir,
            device,
            data.total_steps,
            evaluate_every=None if data.validation is None else data.evaluate_every,
        ),
        data_collator=PackedCollator(data.tokenizer, base) if packing else collate,
        compute_loss_func=loss_for(base),
        train_dataset=data.training,
        eval_dataset=data.validation,
    )
    if not group.is_first:
        # Trainer gives all ranks one seed; each shall leave out other neurons.
        set_seed(plan.seed + group.rank)
    return trainer, evaluator


def _evaluator(
    plan: TrainingPlan,
    attempt: Attempt,
    data: Data,
    device: Device,
    collate: Collate,
) -> Evaluator | None:
    from engine.training.evaluation import Evaluations, Evaluator

    if data.validation is None:
        return None
    evaluations = Evaluations(attempt.run_dir / layout.EVALUATIONS)
    evaluations.forget_after(attempt.from_step)
    return Evaluator(
        examples=data.validation,
        collate=collate,
        batch_size=plan.hyperparameters.batch_size,
        every=data.evaluate_every,
        total_steps=data.total_steps,
        device=device,
        evaluations=evaluations,
        writer=attempt.writer,
        stop=attempt.stop,
        patience=plan.hyperparameters.early_stopping,
    )
