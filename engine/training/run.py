"""One attempt at a training job, from the plan to the model folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.training import building, checkpoints, launch, layout, models
from engine.training.checkpoints import CheckpointError
from engine.training.launch import Ranks
from engine.training.output import Result, find_result, save_result
from engine.training.plan import TrainingPlan
from engine.training.stopping import StopRequested

if TYPE_CHECKING:
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
    devices = plan.hyperparameters.devices
    _go_back_to(attempt.from_step, attempt.run_dir, devices)
    building.set_environment(plan, attempt.run_dir)
    with launch.ranks(attempt, devices) as others:
        return _trained_with(others, plan, attempt)


def take_part(attempt: Attempt, rank: int, size: int, meeting: Path) -> None:
    """Train as one of the further ranks, once rank 0 has read the data.

    Args:
        attempt: the attempt, in which this process tells nothing.
        rank: which one it is.
        size: how many there are.
        meeting: where they meet.
    """
    plan = TrainingPlan.read(attempt.run_dir / layout.PLAN)
    ready = building.with_base(plan, attempt)
    data = building.read_data(ready, attempt)
    trainer, _ = building.built(ready, attempt, data, building.Place(rank, size, meeting))
    _make_steps(trainer, attempt)


def _trained_with(others: Ranks | None, plan: TrainingPlan, attempt: Attempt) -> Result:
    with attempt.stop.interrupting():
        ready = building.with_base(plan, attempt)
        data = building.read_data(ready, attempt)
        place = None
        if others is not None:
            others.call()
            place = building.Place(0, others.size, others.meeting)
        trainer, evaluator = building.built(ready, attempt, data, place)
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
    attempt.writer.check_claim()
    save_result(plan, trainer.model, data.tokenizer, result)
    return result


def _go_back_to(step: int, run_dir: Path, devices: int) -> None:
    """Make sure of the checkpoint to go on from, and remove what lies past it."""
    if step:
        try:
            checkpoints.verify(run_dir, step)
        except CheckpointError:
            checkpoints.set_aside(run_dir, step)
            raise
        checkpoints.check_ranks(run_dir, step, devices)
    checkpoints.discard_after(run_dir, step)


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
    step = _make_steps(trainer, attempt)
    if step < total_steps and not _is_exhausted(evaluator):
        raise StopRequested(step)
    return step


def _make_steps(trainer: ProgressTrainer, attempt: Attempt) -> int:
    step = attempt.from_step
    folder = layout.checkpoint(attempt.run_dir, step)
    trainer.train(resume_from_checkpoint=str(folder) if step else None)
    return int(trainer.state.global_step)


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
