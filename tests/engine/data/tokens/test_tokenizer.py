from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from engine.data.errors import DataError
from engine.data.tokens.counting import ExampleTokens
from engine.data.tokens.tokenizer import (
    TokenizerSpec,
    hosted_tokenizer,
    local_tokenizer,
    tokenizer_for,
)


def test_a_hosted_model_is_counted_by_its_encoding(tmp_path: Path) -> None:
    spec = tokenizer_for("ft:gpt-4o-mini-2024-07-18:acme::B1x", tmp_path)
    assert spec == TokenizerSpec("hosted", "o200k_base", tmp_path / "tokenizers")
    assert spec.label == "o200k_base"


def test_a_model_folder_is_counted_by_its_own_tokenizer(tmp_path: Path) -> None:
    folder = tmp_path / "my-model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    spec = tokenizer_for(str(folder), tmp_path)
    assert (spec.kind, spec.name, spec.label) == ("local", str(folder), "my-model")


def test_counts_of_models_with_one_label_are_kept_apart(tmp_path: Path) -> None:
    specs: list[TokenizerSpec] = []
    for template in ("{{ messages }}", "{{ messages }}{{ messages }}", "{{ messages }}"):
        folder = tmp_path / str(len(specs)) / "my-model"
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(f'{{"layers": {len(specs)}}}')
        (folder / "tokenizer.json").write_text("{}")
        (folder / "chat_template.jinja").write_text(template)
        specs.append(local_tokenizer(str(folder), tmp_path))
    one, other, same = (spec.key for spec in specs)
    assert {spec.label for spec in specs} == {"my-model"}
    assert one.startswith("my-model@")
    assert one != other
    assert one == same
    (Path(specs[2].name) / "tokenizer.json").write_text('{"version": "2"}')
    assert specs[2].key != one


def test_a_model_that_is_no_folder_is_kept_under_its_own_name(tmp_path: Path) -> None:
    assert hosted_tokenizer("gpt-4o", tmp_path).key == "o200k_base"
    assert local_tokenizer("user/model", tmp_path).key == "user/model"


def test_a_hub_id_is_counted_by_its_own_tokenizer(tmp_path: Path) -> None:
    spec = tokenizer_for("HuggingFaceTB/SmolLM2-135M", tmp_path)
    assert (spec.kind, spec.name) == ("local", "HuggingFaceTB/SmolLM2-135M")


def test_a_deployment_of_ones_own_name_is_counted_by_the_encoding_that_is_given(
    tmp_path: Path,
) -> None:
    with pytest.raises(DataError, match="knows no model 'our-support-bot'"):
        tokenizer_for("our-support-bot", tmp_path)
    spec = tokenizer_for("our-support-bot", tmp_path, encoding="o200k_base")
    assert spec.name == "o200k_base"


def test_a_tokenizer_travels_and_is_loaded_once(tmp_path: Path) -> None:
    spec = hosted_tokenizer("gpt-4o", tmp_path)
    counter = spec.load()
    assert pickle.loads(pickle.dumps(spec)).load() is counter  # noqa: S301
    assert counter.counts([{"prompt": "hello", "completion": " world"}]) == [
        ExampleTokens(2, 1, 0, 2)
    ]


def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"tokenizer of .*empty cannot be read"):
        TokenizerSpec("local", str(tmp_path / "empty"), tmp_path).load()
