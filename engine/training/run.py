"""One attempt at a training job, from the plan to the model folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.training import checkpoints, layout, models, origin, scratch
from engine.training.checkpoints import CheckpointError
from engine.training.output import Result, find_result, save_result
from engine.training.plan import TrainingPlan
from engine.training.stopping import StopRequested

if TYPE_CHECKING:
    from datasets import Dataset
    from transformers import PreTrainedTokenizerBase

    from engine.training.batches import Collate
    from engine.training.devices import Device
    from engine.training.evaluation import Evaluator
    from engine.training.progress import ProgressWriter
    from engine.training.stopping import StopSignal
    from engine.training.trainer import ProgressTrainer


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an attempt begins with.

    Attributes:
        run_dir: the run folder.
        number: how many attempts there have been, with this one.
        from_step: the step of the checkpoint to go on from, 0 to begin.
        writer: whom to tell what happens.
        stop: what ends it early.
    """

    run_dir: Path
    number: int
    from_step: int
    writer: ProgressWriter
    stop: StopSignal


def carry_out(attempt: Attempt) -> None:
    """Train as the run folder's plan says, and tell that it is done.

    An attempt that was killed after it put the model into its place is finished by the next.

    Raises:
        StopRequested: if it was asked to end before it was through.
        Exception: if it cannot be done; `failures.in_a_sentence` knows what to say.
    """
    plan = TrainingPlan.read(attempt.run_dir / layout.PLAN)
    result = find_result(plan) or _trained(plan, attempt)
    attempt.writer.finished(*result)


def _trained(plan: TrainingPlan, attempt: Attempt) -> Result:
    models.check_folder(plan.base_model, plan.adapter)
    _go_back_to(attempt.from_step, attempt.run_dir)
    _set_environment(plan, attempt.run_dir)
    with attempt.stop.interrupting():
        ready = _with_base(plan, attempt)
        data = _read_data(ready, attempt)
        trainer, evaluator = _built(ready, attempt, data)
        _evaluate_first(trainer, evaluator, attempt)
    step = _train(trainer, evaluator, attempt, data.total_steps)
    if evaluator is not None and evaluator.is_due(step):
        raise StopRequested(step)
    if step < data.total_steps:
        attempt.writer.message(
            f"training ended early, after step {step} of {data.total_steps}: the last "
            f"{plan.hyperparameters.early_stopping} evaluations were no better than an earlier one"
        )
    chosen = _choose(plan, trainer, evaluator, attempt, step)
    result = _result(evaluator, step, chosen)
    save_result(plan, trainer.model, data.tokenizer, result)
    return result


def _with_base(plan: TrainingPlan, attempt: Attempt) -> TrainingPlan:
    """Return a plan whose base model can be read; one that is made for the job is made now."""
    if plan.base_model not in scratch.NAMES:
        return plan
    made = scratch.make(plan.base_model, plan.train, plan.seed, attempt.run_dir)
    if made.remark is not None:
        attempt.writer.message(made.remark)
    return plan.model_copy(update={"base_model": str(made.folder)})


def _go_back_to(step: int, run_dir: Path) -> None:
    """Make sure of the checkpoint to go on from, and remove what lies past it."""
    if step:
        try:
            checkpoints.verify(run_dir, step)
        except CheckpointError:
            checkpoints.set_aside(run_dir, step)
            raise
    checkpoints.discard_after(run_dir, step)


def _set_environment(plan: TrainingPlan, run_dir: Path) -> None:
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
    # With several GPUs Trainer would split every batch over all of them.
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "0")


@dataclass(frozen=True, slots=True)
class _Data:
    """What is known once the data files are read."""

    tokenizer: PreTrainedTokenizerBase
    training: Dataset
    validation: Dataset | None
    total_steps: int
    evaluate_every: int


def _read_data(plan: TrainingPlan, attempt: Attempt) -> _Data:
    from engine.training.tokenized import tokenize_file

    chosen = plan.hyperparameters
    tokenizer, encoder = models.load_encoder(plan.base_model, chosen.max_length, plan.train)

    def read(source: Path, name: str, limit: int | None = None) -> Dataset:
        file = tokenize_file(source, encoder, attempt.run_dir, name, limit)
        for remark in file.remarks:
            attempt.writer.message(remark, "warning")
        return file.examples

    training = read(plan.train, "training")
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
    return _Data(tokenizer, training, validation, total_steps, every)


def _built(
    plan: TrainingPlan, attempt: Attempt, data: _Data
) -> tuple[ProgressTrainer, Evaluator | None]:
    """Load the model, and tell that training begins."""
    from engine.training.devices import environment, find_device

    device = find_device(plan.hyperparameters.precision)
    attempt.writer.started(
        attempt=attempt.number,
        from_step=attempt.from_step,
        total_steps=data.total_steps,
        device=device.kind,
        environment=environment(device) | origin.read(attempt.run_dir) | {"seed": plan.seed},
    )
    from transformers import set_seed

    from engine.training.batches import collator
    from engine.training.losses import loss_for
    from engine.training.trainer import ProgressTrainer, Surroundings, training_arguments

    set_seed(plan.seed)
    model = models.load_model(plan, device)
    base = models.without_adapter(model)
    collate = collator(data.tokenizer, base)
    evaluator = _evaluator(plan, attempt, data, device, collate)
    trainer = ProgressTrainer(
        Surroundings(
            attempt.run_dir, attempt.writer, attempt.stop, evaluator, plan.hyperparameters
        ),
        model=model,
        args=training_arguments(
            plan,
            attempt.run_dir,
            device,
            data.total_steps,
            evaluate_every=None if evaluator is None else data.evaluate_every,
        ),
        data_collator=collate,
        compute_loss_func=loss_for(base),
        train_dataset=data.training,
        eval_dataset=data.validation,
    )
    return trainer, evaluator


def _evaluator(
    plan: TrainingPlan,
    attempt: Attempt,
    data: _Data,
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


def _evaluate_first(
    trainer: ProgressTrainer, evaluator: Evaluator | None, attempt: Attempt
) -> None:
    """Evaluate the base model, or what a stop kept from being evaluated in the attempt before."""
    if evaluator is None or not evaluator.is_due(attempt.from_step):
        return
    if attempt.from_step:
        trainer.restore(attempt.from_step)
    evaluator.evaluate(trainer.model, attempt.from_step)


def _train(
    trainer: ProgressTrainer, evaluator: Evaluator | None, attempt: Attempt, total_steps: int
) -> int:
    """Make the steps that are left, unless the evaluations say that they would gain nothing.

    Returns:
        The last step.

    Raises:
        StopRequested: if that was cut short; there is a checkpoint of the last step then.
    """
    step = attempt.from_step
    if step == total_steps or _is_exhausted(evaluator):
        # Trainer would make one step more.
        trainer.restore(step)
        return step
    folder = layout.checkpoint(attempt.run_dir, step)
    trainer.train(resume_from_checkpoint=str(folder) if step else None)
    step = int(trainer.state.global_step)
    if step < total_steps and not _is_exhausted(evaluator):
        raise StopRequested(step)
    return step


def _is_exhausted(evaluator: Evaluator | None) -> bool:
    return evaluator is not None and evaluator.is_exhausted()


def _choose(
    plan: TrainingPlan,
    trainer: ProgressTrainer,
    evaluator: Evaluator | None,
    attempt: Attempt,
    step: int,
) -> int:
    """Put the weights of the best evaluation into the model if the plan wants them.

    Returns:
        The step whose weights the model has.
    """
    if evaluator is None or not plan.hyperparameters.keep_best:
        return step
    best = evaluator.evaluations.best()
    if best is None or best == step:
        return step
    try:
        checkpoints.verify(attempt.run_dir, best)
    except CheckpointError as error:
        attempt.writer.message(
            f"the model is the one of step {step}, not of step {best}, which was better: {error}",
            "warning",
        )
        return step
    trainer.restore(best)
    attempt.writer.message(f"the model is the one of step {best}, whose evaluation was the best")
    return best


def _result(evaluator: Evaluator | None, step: int, chosen: int) -> Result:
    if evaluator is None:
        return Result(step, None, None)
    return Result(step, evaluator.evaluations.at(0), evaluator.evaluations.at(chosen))
