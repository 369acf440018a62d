"""The training itself: transformers' Trainer, with every step told to the progress file."""

from __future__ import annotations

import json
import platform
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

from engine.training import checkpoints
from engine.training.chat_template import ensure_chat_template
from engine.training.batches import Collator
from engine.training.examples import Tally, encoded_examples
from engine.training.perplexity import evaluate
from engine.training.plan import TrainingPlan
from engine.training.progress import ProgressWriter

if TYPE_CHECKING:
    from datasets import Dataset

_CHECKPOINTS_KEPT = 2
_BEFORE = "evaluation_before.json"


class StoppedError(Exception):
    """Somebody asked the process to end."""


class Training:
    """One run of a training process.

    Args:
        plan: what to train.
        run: the run folder.
        progress: where every step is told.
        stopped: tells whether somebody asked the process to end.
    """

    def __init__(
        self,
        plan: TrainingPlan,
        run: Path,
        progress: ProgressWriter,
        stopped: Callable[[], bool],
    ) -> None:
        self.plan = plan
        self.run = run
        self.progress = progress
        self.stopped = stopped
        self.step = 0

    def train(self, attempt: int, resume_step: int | None) -> None:
        """Train, from the beginning or from a checkpoint, to the finished model.

        Raises:
            StoppedError: if it was asked to end; a checkpoint of the last step is then saved, unless
                training had not begun.
            LookupError: if the checkpoint to go on from is not whole.
        """
        settings = self.plan.hyperparameters
        checkpoint = self._checkpoint(resume_step)
        self.step = resume_step or 0
        transformers.set_seed(self.plan.seed)
        tokenizer = self._tokenizer()
        examples = self._examples(self.plan.train, tokenizer)
        self.validation = self._validation_rows(tokenizer)
        self._check_stop()
        total_steps = settings.total_steps(len(examples))
        done = self.step >= total_steps
        model = self._model(checkpoint if done else None)
        self._collate = Collator(tokenizer, _bare(model))
        self._tell_start(attempt, total_steps)
        before = self._evaluate_before(model)
        if not done:
            model = self._run_trainer(model, examples, checkpoint)
        self._check_stop()
        after = self.evaluate(model)
        self._save(model, tokenizer)
        evaluation = {"before": before, "after": after} if after else None
        self.progress.write("finished", step=self.step, evaluation=evaluation)

    def _checkpoint(self, step: int | None) -> Path | None:
        """Return the checkpoint to go on from, and forget what was saved after it."""
        if step is not None and not checkpoints.is_whole(self.run, step):
            raise LookupError(f"checkpoint {step} is not whole: there is nothing to go on from")
        checkpoints.discard_after(self.run, step or 0)
        return None if step is None else checkpoints.folder_of(self.run, step)

    def _run_trainer(self, model: Any, examples: Dataset, checkpoint: Path | None) -> Any:  # noqa: ANN401
        trainer = _Trainer(
            model=model,
            args=self._arguments(),
            train_dataset=examples,
            data_collator=self._collate,
        )
        trainer.remove_callback(transformers.PrinterCallback)
        trainer.add_callback(_Teller(self, trainer))
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        return trainer.model

    def _tokenizer(self) -> Any:  # noqa: ANN401 - transformers is untyped here
        tokenizer = AutoTokenizer.from_pretrained(self.plan.base_model)
        if not tokenizer.is_fast:
            raise ValueError(f"{self.plan.base_model} has no fast tokenizer (tokenizer.json)")
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        ensure_chat_template(tokenizer)
        return tokenizer

    def _examples(self, file: Path, tokenizer: Any) -> Dataset:  # noqa: ANN401
        """Tokenize a file into Arrow on disk: a dataset need not fit into memory."""
        from datasets import Dataset, Features, Sequence, Value, disable_progress_bars

        disable_progress_bars()
        cache = self.run / "cache"
        shutil.rmtree(cache, ignore_errors=True)
        tally = Tally()
        length = self.plan.hyperparameters.max_length
        columns = {"input_ids": "int32", "attention_mask": "int8", "labels": "int64"}
        examples = Dataset.from_generator(
            partial(encoded_examples, file, tokenizer, length, tally),
            features=Features({name: Sequence(Value(kind)) for name, kind in columns.items()}),
            cache_dir=str(cache),
        )
        self._tell_tally(tally, length)
        return examples

    def _tell_tally(self, tally: Tally, length: int) -> None:
        if tally.truncated:
            text = f"{tally.truncated} examples were cut to {length} tokens (max_length)"
            self.progress.write("message", level="warning", text=text)
        if tally.empty:
            text = (
                f"{tally.empty} examples were left out: no word of the assistant's is left in them"
            )
            self.progress.write("message", level="warning", text=text)
        if not tally.examples:
            raise ValueError("no example has a word of the assistant's left to learn")

    def _validation_rows(self, tokenizer: Any) -> list[Any]:  # noqa: ANN401
        if self.plan.validation is None:
            return []
        settings = self.plan.hyperparameters
        rows = encoded_examples(self.plan.validation, tokenizer, settings.max_length, Tally())
        return list(islice(rows, settings.validation_examples))

    def _model(self, finished: Path | None) -> Any:  # noqa: ANN401
        """Load the base model ready to be trained, or the model of a finished training."""
        source = finished if finished and self.plan.method == "full" else self.plan.base_model
        model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32).to(_device())
        model.config.use_cache = False
        if self.plan.method == "full":
            return model
        if finished:
            from peft import PeftModel

            return PeftModel.from_pretrained(model, finished)
        return self._with_adapter(model)

    def _with_adapter(self, model: Any) -> Any:  # noqa: ANN401
        from peft import LoraConfig, get_peft_model

        settings = self.plan.hyperparameters
        lora = LoraConfig(
            task_type="CAUSAL_LM",
            r=settings.lora_rank,
            lora_alpha=settings.lora_alpha,
            lora_dropout=settings.lora_dropout,
            target_modules="all-linear",
        )
        return get_peft_model(model, lora)

    def _arguments(self) -> transformers.TrainingArguments:
        settings = self.plan.hyperparameters
        return transformers.TrainingArguments(
            output_dir=str(self.run / checkpoints.FOLDER),
            num_train_epochs=settings.epochs,
            max_steps=settings.max_steps or -1,
            per_device_train_batch_size=settings.batch_size,
            gradient_accumulation_steps=settings.gradient_accumulation,
            learning_rate=settings.learning_rate,
            lr_scheduler_type=settings.scheduler,
            warmup_steps=settings.warmup_ratio,
            weight_decay=settings.weight_decay,
            max_grad_norm=settings.max_grad_norm,
            seed=self.plan.seed,
            data_seed=self.plan.seed,
            bf16=_has_fast_bf16(),
            save_strategy="steps",
            save_steps=settings.save_every,
            logging_steps=1,
            logging_nan_inf_filter=False,
            disable_tqdm=True,
            report_to="none",
            remove_unused_columns=False,
            dataloader_pin_memory=torch.cuda.is_available(),
        )

    def _tell_start(self, attempt: int, total_steps: int) -> None:
        self.progress.write(
            "started",
            attempt=attempt,
            from_step=self.step,
            total_steps=total_steps,
            device=str(_device()),
            environment=_environment(),
        )

    def _evaluate_before(self, model: Any) -> dict[str, float] | None:  # noqa: ANN401
        """Evaluate the base model once; a resumed run finds what the first one measured."""
        kept = self.run / _BEFORE
        if self.step > 0 and kept.exists():
            found: dict[str, float] | None = json.loads(kept.read_text())
            return found
        before = self.evaluate(model)
        kept.write_text(json.dumps(before))
        return before

    def evaluate(self, model: Any) -> dict[str, float] | None:  # noqa: ANN401
        """Evaluate on the validation examples, if there are any, and tell the figures.

        Raises:
            StoppedError: if asked to end meanwhile.
        """
        if not self.validation:
            return None
        size = self.plan.hyperparameters.batch_size
        found = evaluate(model, self.validation, self._collate, size, self.stopped)
        if found is None:
            raise StoppedError
        values = {"eval_loss": found["loss"], "eval_perplexity": found["perplexity"]}
        self.progress.write("metrics", step=self.step, values=values)
        return found

    def _check_stop(self) -> None:
        if self.stopped():
            raise StoppedError

    def _save(self, model: Any, tokenizer: Any) -> None:  # noqa: ANN401
        """Put the finished model in its place, whole or not at all."""
        output = self.plan.output
        output.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{output.name}-", dir=output.parent))
        model.config.use_cache = True
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        if output.exists():
            shutil.rmtree(output)
        folder.rename(output)


class _Trainer(transformers.Trainer):  # type: ignore[misc]  # transformers is untyped here
    """A Trainer that counts the tokens it sees."""

    tokens = 0

    def training_step(self, model: Any, inputs: dict[str, Any], *rest: Any) -> torch.Tensor:  # noqa: ANN401
        self.tokens += int(inputs["attention_mask"].sum())
        loss: torch.Tensor = super().training_step(model, inputs, *rest)
        return loss


class _Teller(transformers.TrainerCallback):  # type: ignore[misc]  # transformers is untyped here
    """Tells the progress file of steps and checkpoints, and ends the training when asked."""

    def __init__(self, training: Training, trainer: _Trainer) -> None:
        self._training = training
        self._trainer = trainer
        self._begun = (0.0, 0)
        self._rate = 0.0

    def on_step_begin(self, *_: object, **__: object) -> None:
        self._begun = (time.perf_counter(), self._trainer.tokens)

    def on_step_end(self, _args: object, state: Any, control: Any, **_: object) -> None:  # noqa: ANN401
        seconds, tokens = self._begun
        self._rate = (self._trainer.tokens - tokens) / (time.perf_counter() - seconds)
        self._training.step = state.global_step
        self._heed_stop(control)

    def on_log(
        self,
        _args: object,
        state: Any,  # noqa: ANN401
        control: Any,  # noqa: ANN401
        logs: dict[str, float] | None = None,
        **_: object,
    ) -> None:
        if logs is None or "loss" not in logs:
            return
        names = ("loss", "learning_rate", "grad_norm", "epoch")
        values = {name: float(logs[name]) for name in names if name in logs}
        values["tokens_per_second"] = round(self._rate, 1)
        self._training.progress.write("metrics", step=state.global_step, values=values)
        self._evaluate_when_due(state)
        self._heed_stop(control)

    def _evaluate_when_due(self, state: Any) -> None:  # noqa: ANN401
        every = self._training.plan.hyperparameters.evaluate_every
        if every and state.global_step % every == 0 and state.global_step < state.max_steps:
            with suppress(StoppedError):
                self._training.evaluate(self._trainer.model)

    def _heed_stop(self, control: Any) -> None:  # noqa: ANN401
        if self._training.stopped():
            control.should_save = True
            control.should_training_stop = True

    def on_save(self, _args: object, state: Any, _control: object, **_: object) -> None:  # noqa: ANN401
        run, step = self._training.run, state.global_step
        checkpoints.seal(run, step)
        path = checkpoints.folder_of(run, step).relative_to(run)
        self._training.progress.write("checkpoint", step=step, path=str(path))
        checkpoints.prune(run, _CHECKPOINTS_KEPT)


def _bare(model: Any) -> torch.nn.Module:  # noqa: ANN401 - transformers is untyped here
    """Return the causal model under an adapter, whose `forward` names what it takes."""
    bare: torch.nn.Module = model.get_base_model() if hasattr(model, "get_base_model") else model
    return bare


def _device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _has_fast_bf16() -> bool:
    """Tell whether 16-bit arithmetic is fast here: on most GPUs, and on CPUs with AMX."""
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported()
    return bool(torch.cpu._is_amx_tile_supported())  # noqa: SLF001 - torch has no public name for it


def _environment() -> dict[str, str | int]:
    names = ("torch", "transformers", "peft", "accelerate", "datasets")
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "threads": torch.get_num_threads(),
        **{name: version(name) for name in names},
    }
