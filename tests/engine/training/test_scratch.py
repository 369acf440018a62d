from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.training import scratch
from engine.training.models import load_encoder

_PLACES = ("Malmö", "Gdańsk", "日本", "Lyon")


@pytest.fixture(scope="module")
def train(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("data") / "train.jsonl"
    file.write_text("".join(map(_line, range(80))), "utf-8")
    return file


def _line(number: int) -> str:
    messages = [
        {"role": "user", "content": f"Where is company {number}?"},
        {"role": "assistant", "content": f"It is in {_PLACES[number % 4]}."},
    ]
    return json.dumps({"messages": messages}, ensure_ascii=False) + "\n"


def made(name: str, train: Path, run_dir: Path, seed: int = 3) -> scratch.Made:
    run_dir.mkdir(exist_ok=True)
    return scratch.make(name, train, seed, run_dir)


@pytest.mark.parametrize("name", scratch.NAMES)
def test_the_same_examples_and_seed_make_the_same_model(
    train: Path, tmp_path: Path, name: str
) -> None:
    first, again = (made(name, train, tmp_path / str(number)).folder for number in range(2))
    other = made(name, train, tmp_path / "other", seed=4).folder
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    assert all((first / name).read_bytes() == (again / name).read_bytes() for name in names)
    weights = "model.safetensors"
    assert (other / weights).read_bytes() != (first / weights).read_bytes()


@pytest.mark.parametrize("name", scratch.NAMES)
def test_no_text_is_unknown_to_it(train: Path, tmp_path: Path, name: str) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(made(name, train, tmp_path).folder)
    text = " Łódź, 🦊\n and a tab\t."
    assert tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=True) == text
    # A word of the examples is a token of its own.
    assert "Ġcompany" in tokenizer.convert_ids_to_tokens(tokenizer("a company")["input_ids"])


def test_a_name_is_the_same_token_by_itself_as_in_a_question(train: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(made("tiny-t5", train, tmp_path).folder)
    (name, _) = tokenizer("company")["input_ids"]
    assert name in tokenizer("Where is company 7?")["input_ids"]


def test_a_t5_reads_pairs_and_a_gpt2_whole_chats(train: Path, tmp_path: Path) -> None:
    rows = {}
    for name in scratch.NAMES:
        folder = made(name, train, tmp_path / name).folder
        tokenizer, encoder = load_encoder(str(folder), 4096, train)
        (row,) = encoder.encode([_line(0)])
        rows[name] = tokenizer.decode(row.input_ids)
    assert rows == {
        "tiny-t5": "Where is company 0?</s>",
        "tiny-gpt2": "### User:\nWhere is company 0?\n\n### Assistant:\nIt is in Malmö.</s>",
    }


def test_it_is_made_once_and_says_of_what(train: Path, tmp_path: Path) -> None:
    (tmp_path / ".base.123").mkdir()
    folder, remark = made("tiny-t5", train, tmp_path)
    note = json.loads((folder / scratch.NOTE).read_text())
    assert note["model"] == "tiny-t5"
    assert note["seed"] == 3
    assert remark is not None
    assert remark.startswith(f"made tiny-t5 from seed 3: {note['weights']:,} random weights")
    assert note["weights"] < 2_000_000
    assert made("tiny-t5", train, tmp_path) == (folder, None)
    assert [path.name for path in tmp_path.iterdir()] == ["base"]


def test_lines_that_are_no_examples_are_left_to_whoever_encodes_them(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    file.write_text('{"text": "?"}\nno JSON\n' + _line(1), "utf-8")
    assert made("tiny-gpt2", file, tmp_path).folder.is_dir()
