from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.data.errors import DataError
from engine.data.exporting.export import Unfit, UnfitError, export
from engine.data.exporting.targets import Target
from engine.data.shapes.example import Record
from tests.engine.data.exporting.conftest import ASSISTANT, SYSTEM, USER, chat, json_lines, pair

FITTING = chat(USER, ASSISTANT, id=7)
LONGER = chat(USER, ASSISTANT, USER, ASSISTANT)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.mark.parametrize("to", Target)
def test_every_target_is_written_and_nothing_else_is_left_behind(target: Path, to: Target) -> None:
    exported = export([FITTING, FITTING], target, to)
    assert (exported.path, exported.written, exported.unfit_count) == (target, 2, 0)
    assert [path.name for path in target.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("to", Target)
def test_an_example_that_does_not_fit_is_named_and_nothing_is_written(
    target: Path, to: Target
) -> None:
    with pytest.raises(UnfitError) as caught:
        export([FITTING, pair(USER)], target, to)
    assert str(caught.value) == (
        "example 2 is a preference example after chat examples: a file holds one kind\n"
        f"1 example cannot be written as {to} without loss, so nothing was written. Choose another "
        "shape (openai has everything), or leave them out with --skip-unfit."
    )
    assert caught.value.unfit == [
        Unfit(2, "is a preference example after chat examples: a file holds one kind")
    ]
    assert not list(target.parent.iterdir())


def test_of_many_that_do_not_fit_the_first_are_named_and_all_are_counted(target: Path) -> None:
    with pytest.raises(UnfitError) as caught:
        export([LONGER] * 1000, target, Target.PROMPT_COMPLETION)
    lines = str(caught.value).split("\n")
    assert lines[0] == "example 1 has 2 questions, not one question and its answer"
    assert lines[9:11] == [
        "example 10 has 2 questions, not one question and its answer",
        "… and 990 more",
    ]
    assert (caught.value.count, len(caught.value.unfit)) == (1000, 100)


def test_what_does_not_fit_is_left_out_on_request_and_counted(target: Path) -> None:
    exported = export([LONGER, FITTING, LONGER], target, Target.PROMPT_COMPLETION, skip_unfit=True)
    assert (exported.written, exported.unfit_count) == (1, 2)
    assert [unfit.number for unfit in exported.unfit] == [1, 3]
    assert json_lines(target) == [{"prompt": "Hi", "completion": "Hello!"}]


def test_columns_that_are_not_written_are_named(target: Path) -> None:
    records = [chat(USER, ASSISTANT, zeta=1), chat(USER, ASSISTANT, alpha=1)]
    exported = export(records, target, Target.OPENAI)
    assert exported.columns_left_out == ("alpha", "zeta")
    assert json_lines(target) == [chat(USER, ASSISTANT)] * 2
    kept = export(records, target, Target.OPENAI, keep_columns=True, replace=True)
    assert kept.columns_left_out == ()
    assert json_lines(target) == records


def test_columns_can_be_left_out_of_any_target(target: Path) -> None:
    exported = export([FITTING], target, Target.ALPACA, keep_columns=False)
    assert exported.columns_left_out == ("id",)
    assert json_lines(target) == [{"instruction": "Hi", "input": "", "output": "Hello!"}]


@pytest.mark.parametrize(
    ("records", "reason"),
    [([], "no examples"), ([LONGER], "none of the 1 examples fits csv")],
)
def test_an_empty_file_is_not_written(target: Path, records: list[Record], reason: str) -> None:
    with pytest.raises(DataError) as caught:
        export(records, target, Target.CSV, skip_unfit=True)
    assert str(caught.value) == f"There is nothing to write to {target}: {reason}."
    assert not target.exists()


def test_half_a_character_is_a_fault_of_the_example(target: Path) -> None:
    broken = chat({"role": "user", "content": "\ud800"}, ASSISTANT)
    for to in Target:
        with pytest.raises(UnfitError, match="example 1 has half of a surrogate pair"):
            export([broken], target, to)


def test_a_failure_of_the_source_leaves_nothing_behind(target: Path) -> None:
    def failing() -> Iterator[Record]:
        yield FITTING
        raise DataError("the version is damaged")

    for to in Target:
        with pytest.raises(DataError, match="the version is damaged"):
            export(failing(), target, to)
    assert not list(target.parent.iterdir())


@pytest.mark.parametrize("to", [Target.OPENAI, Target.CSV, Target.PARQUET])
def test_many_times_more_examples_take_no_more_memory(tmp_path: Path, to: Target) -> None:
    def records(count: int) -> Iterator[Record]:
        for number in range(count):
            yield chat({"role": "user", "content": f"{number:5} " * 500}, ASSISTANT, id=number)

    def peak(count: int) -> int:
        tracemalloc.start()
        assert export(records(count), tmp_path / f"{to}{count}", to).written == count
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    assert peak(12_000) < 1.5 * peak(4000) + 1_000_000


def test_plain_examples_go_to_openai_as_they_are_stored(target: Path) -> None:
    export([chat(SYSTEM, USER, ASSISTANT)], target, Target.OPENAI)
    assert target.read_bytes() == (
        b'{"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"},'
        b'{"role":"assistant","content":"Hello!"}]}\n'
    )


def test_importing_shapes_and_exports_loads_nothing_beyond_the_standard_library() -> None:
    program = (
        "import sys; before = set(sys.modules); "
        "import engine.data.exporting.export, engine.data.shapes.conversion; "
        "print({name.split('.')[0] for name in set(sys.modules) - before}"
        " - sys.stdlib_module_names)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout
    assert shown == "{'engine'}\n"
