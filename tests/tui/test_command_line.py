from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning import TrainingRequest
from tui.cli.training import asked_for, train
from tui.command_line import NO, YES, line_of, option_of, parameters, read
from tui.screens.new_job_fields import FIELDS, Field

_WHOLE = ("max_steps", "devices", "lora_rank", "save_every", "early_stopping", "keep_checkpoints")
_PARTS = ("learning_rate_multiplier", "warmup_ratio", "lora_alpha", "weight_decay", "beta")
_TEXTS = ("method", "lora_target_modules", "suffix", "validation")
_ONLY_YES = ("packing", "keep_best", "group_by_length", "gradient_checkpointing")
_OWN_PLACES = ("method", "suffix", "validation")

texts = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda text: text == text.strip()
)
numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)


def _maybe(names: tuple[str, ...], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, values))


@st.composite
def drafts(draw: st.DrawFn) -> tuple[dict[str, str], TrainingRequest, int | None]:
    """What a form holds, and what it means: put together without the command."""
    whole = draw(_maybe(_WHOLE, st.integers()))
    parts = draw(_maybe(_PARTS, numbers))
    said = draw(_maybe(_TEXTS, texts))
    flags = draw(_maybe(_ONLY_YES, st.just(YES)))
    auto = draw(_maybe(("epochs", "learning_rate"), st.just("auto") | numbers))
    dataset, start = draw(texts), draw(texts)
    earlier = draw(st.booleans())
    saves = draw(st.sampled_from(["", YES, NO]))
    waits = draw(st.sampled_from([None, "", "-7", "12"]))
    seed, cost = draw(st.integers()), draw(st.none() | st.floats(0, 1e9))
    draft = {name: str(value) for name, value in (whole | parts | said | flags | auto).items()}
    draft |= {"dataset": dataset, "model": start, "seed": str(seed), "save_epochs": saves}
    if earlier:
        draft["earlier"] = start
    if cost is not None:
        draft["max_cost"] = str(cost)
    if waits is not None:
        draft |= {"queued": YES, "priority": waits}
    hyperparameters: dict[str, Any] = whole | parts | auto | dict.fromkeys(flags, True)
    if "lora_target_modules" in said:
        hyperparameters["lora_target_modules"] = said["lora_target_modules"]
    if saves:
        hyperparameters["save_epochs"] = saves == YES
    request = TrainingRequest(
        dataset=dataset,
        base_model="" if earlier else start,
        hyperparameters=hyperparameters,
        seed=seed,
        options={"from": start} if earlier else {},
        max_cost=cost,
        **{name: said[name] for name in _OWN_PLACES if name in said},
    )
    return draft, request, None if waits is None else int(waits or 0)


@given(drafts())
def test_the_shown_command_asks_for_what_the_form_says(
    made: tuple[dict[str, str], TrainingRequest, int | None],
) -> None:
    draft, request, priority = made
    program, command, *words = shlex.split(line_of(draft))
    assert (program, command) == ("ftlab", "train")
    assert asked_for(train.make_context("train", words).params) == (request, priority)
    asked = read(draft)
    assert (asked.request, asked.priority, asked.faults) == (request, priority, {})


def test_only_what_is_not_usual_is_in_the_command() -> None:
    draft = {"dataset": "gsm8k/train", "model": "tiny-t5", "provider": "local", "seed": "0"}
    assert line_of(draft) == "ftlab train gsm8k/train --model tiny-t5"
    draft |= {"epochs": "auto", "packing": YES, "save_epochs": NO, "suffix": "it's", "seed": "4"}
    assert line_of(draft) == (
        "ftlab train gsm8k/train --model tiny-t5 --epochs auto --packing --no-save-epochs "
        "--seed 4 --suffix 'it'\"'\"'s'"
    )


def test_a_model_made_here_takes_the_place_of_a_base_model() -> None:
    draft = {"dataset": "d", "model": "tiny-t5", "earlier": "gsm8k-1"}
    assert line_of(draft) == "ftlab train d --from gsm8k-1"


def test_a_priority_goes_with_the_queue() -> None:
    draft = {"dataset": "d", "model": "m", "priority": "5"}
    assert line_of(draft) == "ftlab train d --model m"
    assert line_of(draft | {"queued": YES}) == "ftlab train d --model m --queue --priority 5"


def test_what_cannot_be_read_is_told_by_its_field_all_at_once() -> None:
    asked = read({"dataset": "d", "model": "m", "epochs": "three", "seed": "1.5", "max_cost": "-1"})
    assert asked.faults == {
        "epochs": "'three' is not a valid float.",
        "seed": "'1.5' is not a valid integer.",
        "max_cost": "-1.0 is not in the range x>=0.",
    }
    assert asked.request == TrainingRequest(dataset="d", base_model="m")


def test_a_form_that_says_nothing_yet_is_read_as_well() -> None:
    assert read({}).request == TrainingRequest(dataset="", base_model="")
    assert line_of({}) == "ftlab train"


def test_a_grader_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "grader.json"
    draft = {"dataset": "d", "model": "m", "grader": str(file)}
    assert "does not exist" in read(draft).faults["grader"]
    file.write_text("[1]")
    assert "holds no JSON object" in read(draft).faults["grader"]
    file.write_text('{"type": "x"}')
    assert read(draft).request.options == {"grader": {"type": "x"}}


def test_every_option_of_the_command_has_its_field() -> None:
    not_of_a_job = {"dry_run", "follow", "as_json", "db"}
    assert set(parameters()) - not_of_a_job == {field.name for field in FIELDS}
    assert option_of("earlier") == "--from"


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_field_says_what_it_is_for(field: Field) -> None:
    assert field.help
    assert len(field.label) <= 15
