from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.training.examples import IGNORED, ExampleEncoder, ExampleError
from engine.training.tokenized import tokenize_file

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def line(answer: str, **fields: object) -> str:
    messages = [
        {"role": "user", "content": "How many clips?"},
        {"role": "assistant", "content": answer} | fields,
    ]
    return json.dumps({"messages": messages}, ensure_ascii=False) + "\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "examples.jsonl"


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


@pytest.fixture
def encoder(tokenizer: PreTrainedTokenizerBase) -> ExampleEncoder:
    return ExampleEncoder(tokenizer, max_length=40)


def learned(tokenizer: PreTrainedTokenizerBase, row: dict[str, Any]) -> str:
    text: str = tokenizer.decode([label for label in row["labels"] if label != IGNORED])
    return text


def test_every_line_is_an_example_in_the_files_order(
    source: Path, run_dir: Path, encoder: ExampleEncoder, tokenizer: PreTrainedTokenizerBase
) -> None:
    # U+2028 ends a line for Python's splitlines, not in a file of JSON lines.
    answers = ["24.", "one\u2028line", "café"]
    source.write_text("".join(map(line, answers)), "utf-8")
    file = tokenize_file(source, encoder, run_dir, "training")
    assert [learned(tokenizer, row) for row in file.examples] == [f"{a}<|end|>" for a in answers]
    assert file.remarks == []


def test_a_field_of_one_example_does_not_get_into_the_others(
    source: Path, run_dir: Path, encoder: ExampleEncoder
) -> None:
    tools = [{"type": "function", "function": {"name": "add", "parameters": {"a": 1}}}]
    plain = json.loads(line("24."))
    source.write_text(f"{json.dumps(plain | {'tools': tools})}\n{line('24.')}")
    with_tools, without = tokenize_file(source, encoder, run_dir, "training").examples
    alone = encoder.encode([line("24.")])[0]
    assert without["input_ids"] == alone.input_ids
    assert with_tools["input_ids"] == alone.input_ids


def test_what_is_cut_or_left_out_is_counted(
    source: Path, run_dir: Path, tokenizer: PreTrainedTokenizerBase
) -> None:
    source.write_text(line("ok") + line("clips " * 30) + line("ok", weight=0))
    file = tokenize_file(source, ExampleEncoder(tokenizer, 20), run_dir, "training")
    assert len(file.examples) == 2
    left_out = "no word of the assistant's is among their first 20 tokens"
    assert file.remarks == [
        "1 of 3 training examples are cut off at 20 tokens",
        f"1 of 3 training examples are left out: {left_out}",
    ]


def test_the_next_attempt_takes_what_was_tokenized(
    source: Path, run_dir: Path, encoder: ExampleEncoder
) -> None:
    source.write_text(line("24."))
    first = tokenize_file(source, encoder, run_dir, "training")
    source.unlink()
    again = tokenize_file(source, encoder, run_dir, "training")
    assert list(again.examples) == list(first.examples)


def test_no_more_lines_are_taken_than_wanted(
    source: Path, run_dir: Path, encoder: ExampleEncoder
) -> None:
    source.write_text(line("a") + line("b") + "no JSON\n")
    assert len(tokenize_file(source, encoder, run_dir, "validation", limit=2).examples) == 2


def test_a_bad_line_is_named_with_its_file(
    source: Path, run_dir: Path, encoder: ExampleEncoder
) -> None:
    source.write_text(line("24.") * 1500 + "no JSON\n")
    with pytest.raises(ExampleError, match=r"examples\.jsonl, line 1501 is no example: "):
        tokenize_file(source, encoder, run_dir, "training")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "the data file .*examples.jsonl is missing"),
        ("", "the data file .*examples.jsonl is empty"),
        (line("24.", weight=0), "has no example with a word of the assistant's to learn"),
    ],
)
def test_a_file_without_examples_is_refused(
    content: str | None, said: str, source: Path, run_dir: Path, encoder: ExampleEncoder
) -> None:
    if content is not None:
        source.write_text(content)
    with pytest.raises(ExampleError, match=said):
        tokenize_file(source, encoder, run_dir, "training")
