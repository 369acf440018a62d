"""Facts about datasets and their versions."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, JsonValue

from store.events.fact import CONFIG, Fact


class LeftOut(BaseModel):
    """A row of an imported file that is not in the dataset version, and why."""

    model_config = CONFIG
    line: int
    reason: str


class DatasetImported(Fact):
    """A file was read from outside.

    `left_out` names the first rows that were not taken; `left_out_count` counts them all.
    """

    type_name = "DatasetImported"
    source: str
    bytes: int
    format: str
    rows: int
    left_out_count: int = 0
    left_out: tuple[LeftOut, ...] = ()


class DatasetVersionRecorded(Fact):
    """An immutable, content-addressed dataset version came to be.

    `content` is the SHA-256 of the canonical JSONL in the blobs; `recipe` says how it was made
    (from a file with these templates, cleaned by these steps, a split of its parent), `parents` of
    which versions.
    """

    type_name = "DatasetVersionRecorded"
    schema_number = 2
    id: str
    name: str
    version: int
    content: str
    kind: Literal["chat", "preference"] = "chat"
    examples: int
    messages: int
    characters: int
    bytes: int
    parents: tuple[str, ...] = ()
    recipe: dict[str, JsonValue] = {}


class DatasetCounted(Fact):
    """The tokens of a dataset version were counted, the way a tokenizer and its rule do.

    `statistics` describes the tokens of an example (least, most, mean, percentiles, a histogram);
    `lengths` names the blob with every example's tokens, four bytes each (little-endian), in order.
    """

    type_name = "DatasetCounted"
    version: str
    tokenizer: str
    tokens: int
    assistant_tokens: int
    statistics: dict[str, JsonValue] = {}
    lengths: str | None = None


class DatasetChecked(Fact):
    """A dataset version was checked for a method and, if one was named, a model.

    `rules` counts the findings of each rule; `report` is the whole of what was found.
    """

    type_name = "DatasetChecked"
    version: str
    method: str
    model: str | None = None
    errors: int
    warnings: int
    rules: dict[str, int] = {}
    report: dict[str, JsonValue] = {}


class DatasetSplit(Fact):
    """A dataset version was divided; `parts` maps train, validation and test to version ids."""

    type_name = "DatasetSplit"
    version: str
    parts: dict[str, str]
    seed: int
    test: float | int
    validation: float | int
