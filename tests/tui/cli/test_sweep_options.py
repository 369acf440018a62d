"""What `ftlab sweep` is asked for, as it is typed."""

from __future__ import annotations

import click
import pytest

from engine.errors import RequestError
from engine.sweeping.plan import SweepWish
from engine.sweeping.space import Choice, Range, grid
from engine.sweeping.subsets import Sizes
from tui.cli.sweep import run, sweep
from tui.cli.sweep_options import wish_of


def _read(*words: str) -> SweepWish:
    arguments = ["sums", "--model", "base", *words]
    with run.make_context("run", arguments) as context:
        return wish_of(context.params)


def test_values_are_read_as_the_options_of_train_read_them() -> None:
    wish = _read(
        *("--grid", "learning-rate=1e-4,auto", "--grid", "batch_size=2, 4"),
        *("--grid", "packing=yes,no", "--grid", "scheduler=cosine,linear", "--grid", "seed=1,2"),
    )
    assert wish.axes == {
        "learning_rate": Choice((1e-4, "auto")),
        "batch_size": Choice((2, 4)),
        "packing": Choice((True, False)),
        "scheduler": Choice(("cosine", "linear")),
        "seed": Choice((1, 2)),
    }
    assert (wish.mode, len(grid(wish.axes))) == ("grid", 32)


def test_what_all_trials_share_is_read_by_train() -> None:
    wish = _read("--grid", "lora-rank=8,16", "--epochs", "2", "--seed", "7", "--suffix", "ranks")
    request = wish.request
    assert (request.dataset, request.base_model, request.suffix) == ("sums", "base", "ranks")
    assert (request.hyperparameters, request.seed) == ({"epochs": 2.0}, 7)


def test_ranges_are_drawn_from() -> None:
    wish = _read(
        *("--random", "5", "--range", "learning-rate=1e-5..1e-3:log"),
        *("--range", "lora-rank=4..64", "--grid", "epochs=1,2", "--by", "eval_accuracy"),
    )
    assert wish.axes == {
        "epochs": Choice((1.0, 2.0)),
        "learning_rate": Range(1e-5, 1e-3, log=True),
        "lora_rank": Range(4, 64, whole=True),
    }
    assert (wish.mode, wish.draws, wish.by) == ("random", 5, "eval_accuracy")


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("10,25,50,100%", Sizes((10, 25, 50, 100), percent=True)),
        ("0.5%, 100%", Sizes((0.5, 100), percent=True)),
        ("100,400", Sizes((100, 400), percent=False)),
    ],
)
def test_a_learning_curve_has_sizes(text: str, sizes: Sizes) -> None:
    wish = _read("--learning-curve", text)
    assert (wish.mode, wish.sizes) == ("learning_curve", sizes)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say what to try"),
        (("--range", "epochs=1..2"), "goes with --random"),
        (("--grid", "epochs"), "says no values"),
        (("--grid", "epochs="), "says no values"),
        (("--grid", "epochs=many"), "many"),
        (("--grid", "epochs=1", "--grid", "epochs=2"), "named twice"),
        (("--grid", "max-length=8,16"), "cannot be swept"),
        (("--random", "2", "--range", "epochs=1"), "is no range"),
        (("--random", "2", "--range", "batch-size=1.5..2"), "1.5"),
        (("--random", "2", "--range", "packing=0..1"), "has no range"),
        (("--learning-curve", "ten"), "are no sizes"),
    ],
)
def test_what_cannot_be_read_is_wrong_usage(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(click.UsageError, match=said):
        _read(*words)


def test_a_range_that_ends_before_it_begins_is_refused_later() -> None:
    with pytest.raises(RequestError, match="nothing is between"):
        grid(_read("--random", "2", "--range", "epochs=2..1").axes)


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        (["sums", "--model", "base"], "run"),
        (["--grid", "epochs=1,2", "sums"], "run"),
        (["run", "sums"], "run"),
        (["list"], "list"),
        (["show", "rates"], "show"),
    ],
)
def test_what_names_no_command_begins_a_sweep(words: list[str], chosen: str) -> None:
    with sweep.make_context("sweep", list(words)) as context:
        # Click keeps the words of a command to come here.
        assert [*context._protected_args, *context.args][0] == chosen


@pytest.mark.parametrize("words", [["lst"], ["shw", "rates"], ["resum", "rates", "--detach"]])
def test_what_is_nearly_a_command_is_not_taken_for_a_dataset(words: list[str]) -> None:
    with pytest.raises(click.UsageError, match=f"No such command '{words[0]}'. Did you mean"):
        sweep.make_context("sweep", list(words))


def test_a_dataset_may_be_called_nearly_as_a_command_is() -> None:
    with sweep.make_context("sweep", ["lists", "--grid=epochs=1,2"]) as context:
        assert [*context._protected_args, *context.args][:2] == ["run", "lists"]
