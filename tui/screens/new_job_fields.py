"""The fields of the form of a new job: which there are, in which order, and when each is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import click

from engine.planning import LOCAL
from tui.command_line import NO, YES, Draft, option_of, parameters

Place = Literal["anywhere", "here", "hosted"]
Completes = Literal["datasets", "base models", "models"]

_HOSTED_METHODS = ("supervised", "dpo", "reinforcement")
_LOCAL_METHODS = ("lora", "full")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form.

    Attributes:
        name: the name of the command's parameter.
        label: what it is called in the form.
        place: where jobs run that it is for.
        methods: the methods that it is for; all of them if empty.
        more: whether it is folded away at first.
        completes: what its list offers, if it has one.
        wanted: whether a job cannot do without; its list begins with a row chosen.
    """

    name: str
    label: str
    place: Place = "anywhere"
    methods: tuple[str, ...] = ()
    more: bool = False
    completes: Completes | None = None
    wanted: bool = False

    @property
    def option(self) -> str:
        """What it is called on the command line."""
        return option_of(self.name)

    @property
    def help(self) -> str:
        """What it is for, in a sentence."""
        return _HELP.get(self.name) or str(getattr(parameters()[self.name], "help", ""))

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be chosen beside the usual; nothing if it takes any text."""
        parameter = parameters()[self.name]
        if isinstance(parameter, click.Option) and parameter.is_flag:
            return (NO,) if parameter.secondary_opts else (YES,)
        if isinstance(parameter.type, click.Choice):
            return tuple(map(str, parameter.type.choices))
        return ()

    @property
    def is_flag(self) -> bool:
        """Whether it is answered with yes or no."""
        return bool(getattr(parameters()[self.name], "is_flag", False))


FIELDS = (
    Field("dataset", "dataset", completes="datasets", wanted=True),
    Field("provider", "where"),
    Field("model", "base model", completes="base models", wanted=True),
    Field("earlier", "or go on from", "here", completes="models"),
    Field("method", "method"),
    Field("grader", "grader", "hosted", ("reinforcement",)),
    Field("epochs", "epochs"),
    Field("batch_size", "batch size"),
    Field("learning_rate", "learning rate", "here"),
    Field("learning_rate_multiplier", "rate multiplier", "hosted"),
    Field("beta", "beta", "hosted", ("dpo",)),
    Field("lora_rank", "LoRA rank", "here", ("lora",)),
    Field("suffix", "name"),
    Field("validation", "validation", completes="datasets"),
    Field("max_cost", "cost at most $", "hosted"),
    Field("queued", "wait in queue", "here"),
    Field("priority", "priority", "here"),
    Field("max_steps", "steps at most", "here", more=True),
    Field("gradient_accumulation", "accumulation", "here", more=True),
    Field("devices", "devices", "here", more=True),
    Field("max_length", "tokens at most", "here", more=True),
    Field("packing", "packing", "here", more=True),
    Field("group_by_length", "group by length", "here", more=True),
    Field("scheduler", "scheduler", "here", more=True),
    Field("warmup_ratio", "warm-up ratio", "here", more=True),
    Field("weight_decay", "weight decay", "here", more=True),
    Field("max_grad_norm", "gradient norm", "here", more=True),
    Field("lora_alpha", "LoRA alpha", "here", ("lora",), more=True),
    Field("lora_dropout", "LoRA dropout", "here", ("lora",), more=True),
    Field("lora_target_modules", "LoRA layers", "here", ("lora",), more=True),
    Field("precision", "precision", "here", more=True),
    Field("gradient_checkpointing", "checkpointing", "here", more=True),
    Field("evaluate_every", "evaluate every", "here", more=True),
    Field("validation_examples", "evaluate on", "here", more=True),
    Field("early_stopping", "early stopping", "here", more=True),
    Field("keep_best", "keep the best", "here", more=True),
    Field("save_every", "save every", "here", more=True),
    Field("save_epochs", "save epochs", "here", more=True),
    Field("keep_checkpoints", "checkpoints", "here", more=True),
    Field("seed", "seed", more=True),
    Field("wandb", "wandb project", "hosted", more=True),
)
"""All of them, the most used first."""

_HELP = {
    "dataset": "What to train on: name (newest version), name@version, or id; the list narrows as "
    "you type.",
    "provider": "Where to train: on this machine, or at a hosted service of a profile.",
    "method": "How: lora trains an adapter, full every weight; hosted supervised, dpo or "
    "reinforcement.",
    "model": "What to train; the list has what is known.",
}


def is_shown(field: Field, draft: Draft, method: str | None) -> bool:
    """Tell whether a field is for the place and the method that a draft names.

    Args:
        field: the field.
        draft: what the form holds.
        method: the usual method where the draft names none, if that is known.
    """
    here = is_here(draft)
    if field.place != "anywhere" and (field.place == "here") != here:
        return False
    if field.name == "priority":
        return draft.get("queued") == YES
    chosen = draft.get("method") or method or (_LOCAL_METHODS if here else _HOSTED_METHODS)[0]
    return not field.methods or chosen in field.methods


def is_here(draft: Draft) -> bool:
    """Tell whether a draft's job runs on this machine."""
    return draft.get("provider", "") in ("", LOCAL)


def methods_of(draft: Draft) -> tuple[str, ...]:
    """Return the methods of the place that a draft names."""
    return _LOCAL_METHODS if is_here(draft) else _HOSTED_METHODS


def fitting(draft: Draft, method: str | None) -> dict[str, str]:
    """Return what of a draft is said in the fields that are shown."""
    kept = {
        field.name: draft[field.name].strip()
        for field in FIELDS
        if draft.get(field.name, "").strip() and is_shown(field, draft, method)
    }
    if kept.get("method") not in (None, *methods_of(draft)):
        kept.pop("method")
    return kept


@cache
def by_name() -> Mapping[str, Field]:
    """Return the fields by their names."""
    return {field.name: field for field in FIELDS}
