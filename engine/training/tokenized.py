"""A data file as a tokenized dataset, kept in the run folder for the next attempt."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.training import layout
from engine.training.durable import sync_tree
from engine.training.examples import IGNORED, Encoder, ExampleError, Tokenized

if TYPE_CHECKING:
    from datasets import Dataset

_COLUMNS = ["input_ids", "labels"]


class TokenizedFile(NamedTuple):
    """The examples of a data file.

    Attributes:
        examples: rows of `input_ids` and `labels`, those that have something to learn.
        remarks: in words, what was left out of the file; none if an earlier attempt tokenized it.
    """

    examples: Dataset
    remarks: list[str]


def tokenize_file(
    source: Path, encoder: Encoder, run_dir: Path, name: str, limit: int | None = None
) -> TokenizedFile:
    """Tokenize a file of canonical examples.

    The result is written to `cache/NAME.arrow` in the run folder, and taken from there if an
    earlier attempt made it.

    Args:
        source: a line of JSON for each example.
        encoder: what makes tokens of a line.
        run_dir: the run folder.
        name: what the dataset is called in it.
        limit: how many lines to take at most, from the first.

    Raises:
        ExampleError: naming the file and line that is no example, or the file without any.
    """
    from datasets import Dataset

    cached = run_dir / layout.CACHE / f"{name}.arrow"
    if cached.exists():
        return TokenizedFile(Dataset.from_file(str(cached)).select_columns(_COLUMNS), [])
    cached.parent.mkdir(exist_ok=True)
    lines = _lines(source, cached.parent / "lines", limit)
    try:
        made = _encoded(lines, encoder, cached)
    except ExampleError as error:
        raise ExampleError(f"{source}, {error}") from error
    if not len(made):
        raise ExampleError(f"{source} has no example with a word of the assistant's to learn")
    shutil.rmtree(cached.parent / "lines")
    sync_tree(cached.parent)
    remarks = _remarks(name, encoder.max_length, len(lines), made)
    return TokenizedFile(made.select_columns(_COLUMNS), remarks)


def _lines(source: Path, cache: Path, limit: int | None) -> Dataset:
    """Return the file's lines as they stand.

    They are read as text, not as JSON: a column of JSON has one type, so that an optional field of
    one example (a tool call, say) would be put into every other.
    """
    from datasets import Dataset

    if not source.is_file():
        raise ExampleError(f"the data file {source} is missing")
    if not source.stat().st_size:
        raise ExampleError(f"the data file {source} is empty")
    lines = Dataset.from_text(str(source), cache_dir=str(cache))
    return lines if limit is None else lines.select(range(min(limit, len(lines))))


def _encoded(lines: Dataset, encoder: Encoder, cached: Path) -> Dataset:
    from datasets import Features, List, Value

    def encode(texts: list[str], places: list[int]) -> dict[str, list[Any]]:
        rows = encoder.encode(texts, first_line=places[0] + 1)
        kept = [row for row in rows if _has_target(row)]
        return {
            "input_ids": [row.input_ids for row in kept],
            "labels": [row.labels for row in kept],
            "truncated": [row.truncated for row in kept],
        }

    ids = List(Value("int32"))
    return lines.map(
        encode,
        batched=True,
        with_indices=True,
        input_columns="text",
        remove_columns="text",
        features=Features({"input_ids": ids, "labels": ids, "truncated": Value("bool")}),
        cache_file_name=str(cached),
        # Computing one would pickle the tokenizer; the run folder says what this is made of.
        new_fingerprint=cached.stem,
    )


def _has_target(row: Tokenized) -> bool:
    """Tell whether there is a token to learn; the first is predicted from none."""
    return any(label != IGNORED for label in row.labels[1:])


def _remarks(name: str, max_length: int, lines: int, made: Dataset) -> list[str]:
    remarks = []
    truncated = sum(made["truncated"])
    if truncated:
        remarks.append(f"{truncated} of {lines} {name} examples are cut off at {max_length} tokens")
    if len(made) < lines:
        remarks.append(
            f"{lines - len(made)} of {lines} {name} examples are left out: no word of the "
            f"assistant's is among their first {max_length} tokens"
        )
    return remarks
