"""Good values for hyperparameters that are left to ftlab (`auto`).

The rules are those of others, but for models of random weights: these have rules of their own,
measured on the table of companies in `examples/`, whose facts they make `tiny-t5` know by heart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.pricing.epochs import default_epochs

AUTO = "auto"
NAMES = ("epochs", "batch_size", "learning_rate")
"""Which can be left to ftlab."""

_SHARE, _LEAST, _MOST = 0.002, 4, 256
_AT_ONCE = 8
_BASE_RATE, _BASE_WIDTH, _EXPONENT, _OF_LORA = 5e-5, 2000, 0.78, 10.0
_OF_ENCODER_DECODERS = (3e-4, 1e-3)
_LOWEST_RATE, _HIGHEST_RATE = 1e-6, 1e-2
_USUAL_WIDTH = 2048
_WIDTHS = ("hidden_size", "d_model", "n_embd")
_SCRATCH_RATE = 2e-3
_SCRATCH_SEEN, _SCRATCH_LEAST, _SCRATCH_MOST = 48_000, 3, 100
_SCRATCH_STEPS, _SCRATCH_BATCH = 16, 32


class Known(NamedTuple):
    """What the rules go by.

    Attributes:
        method: `lora` or `full`.
        examples: how many there are to train on.
        model: the base model's `config.json`, empty if it is not known yet.
        random: whether it begins with random weights.
    """

    method: str
    examples: int
    model: Mapping[str, Any]
    random: bool = False


def settle(given: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """Return hyperparameters with a value in the place of each `auto` that there is a rule for."""
    settled = dict(given)
    if settled.get("epochs") == AUTO:
        settled["epochs"] = float(_epochs(known))
    if settled.get("batch_size") == AUTO:
        wanted, at_once = _step(known)
        devices = settled.get("devices")
        if isinstance(devices, int) and devices > 1:
            wanted = max(1, wanted // devices)
        settled |= _batches(wanted, at_once, settled.get("gradient_accumulation"))
    if settled.get("learning_rate") == AUTO:
        settled["learning_rate"] = learning_rate(known)
    return settled


def examples_a_step(examples: int) -> int:
    """Return from how many examples a step should learn.

    A five-hundredth of them, as a power of two from 4 to 256: what OpenAI's guide to fine-tuning
    says that its service does ("~0.2% of the number of examples in the training set, capped at
    256"), with a floor for small sets.
    """
    wanted = _LEAST
    while wanted * 2 <= min(_MOST, examples * _SHARE):
        wanted *= 2
    return wanted


def learning_rate(known: Known) -> float:
    """Return the peak learning rate.

    `5e-5 * (2000 / width) ** 0.78`, ten times that for LoRA: Thinking Machines' fit over Llama
    models ("LoRA Without Regret", 2025, and the function `get_lr` of its cookbook), where LoRA's
    best rate was about ten times the one of full fine-tuning whatever the model. The width is the
    model's hidden size, taken as 2048 if it is not known. Encoder-decoder models take 3e-4, the
    upper one of those that transformers' page on T5 names for AdamW, and 1e-3 for LoRA, as in
    peft's example of such a model.

    Models of random weights take 2e-3: with 5e-3 they learn no faster.
    """
    if known.random:
        return _SCRATCH_RATE
    if known.model.get("is_encoder_decoder"):
        return _OF_ENCODER_DECODERS[known.method == "lora"]
    of_method = _OF_LORA if known.method == "lora" else 1.0
    width = next((known.model[name] for name in _WIDTHS if known.model.get(name)), _USUAL_WIDTH)
    rate = of_method * _BASE_RATE * (_BASE_WIDTH / width) ** _EXPONENT
    return float(f"{min(max(rate, _LOWEST_RATE), _HIGHEST_RATE):.2g}")


def _epochs(known: Known) -> int:
    """Return how often to go through the examples.

    Random weights know nothing and have to see a fact again and again: 48,000 examples in all (24
    epochs of 2,000), but from 3 to 100 epochs.
    """
    if not known.random:
        return default_epochs(known.examples)
    wanted = _SCRATCH_SEEN // max(1, known.examples)
    return min(_SCRATCH_MOST, max(_SCRATCH_LEAST, wanted))


def _step(known: Known) -> tuple[int, int]:
    """Return from how many examples a step should learn, and how many fit in a batch.

    Of random weights a sixteenth of the examples, as a power of two from 4 to 32: an epoch has
    steps enough, and batches of a model so small cost no memory.
    """
    if not known.random:
        return examples_a_step(known.examples), _AT_ONCE
    wanted = _LEAST
    while wanted * 2 <= min(_SCRATCH_BATCH, known.examples // _SCRATCH_STEPS):
        wanted *= 2
    return wanted, _SCRATCH_BATCH


def _batches(wanted: int, at_once: int, accumulation: object) -> dict[str, int]:
    """Return how a step's examples are cut into batches.

    Args:
        wanted: how many examples a step learns from on each device.
        at_once: how many a batch may have.
        accumulation: how many batches make a step, if that was chosen.
    """
    if isinstance(accumulation, int):
        # One below 1 stays as it is, for whoever checks it.
        return {"batch_size": max(1, wanted // max(1, accumulation))}
    size = min(wanted, at_once)
    return {"batch_size": size, "gradient_accumulation": wanted // size}
