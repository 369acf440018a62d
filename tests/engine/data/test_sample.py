from __future__ import annotations

from engine.data.examples import Example, read_examples
from engine.data.sample import sample_path


def test_the_sample_has_200_short_examples_and_its_licence() -> None:
    examples = list(read_examples(sample_path(), prompt="{question}", completion="{answer}"))
    assert len(examples) == 200
    for example in examples:
        assert isinstance(example, Example)
        assert sum(len(message["content"]) for message in example.record["messages"]) <= 420
    assert "MIT License" in (sample_path().parent / "LICENSE").read_text(encoding="utf-8")
