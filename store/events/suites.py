"""Facts about suites: the questions that models are asked and compared by."""

from __future__ import annotations

from pydantic import JsonValue

from store.events.fact import Fact


class SuiteDefined(Fact):
    """An immutable, content-addressed version of a suite came to be.

    `content` is the SHA-256 of the prompts in the blobs, a line of JSON each (`messages`, and where
    there are any `tools` and the `reference` answer); `answered` counts the prompts that have
    one. `dataset` is the version that they were taken from, `source` the file. What is None of the
    sampling is left to whoever asks. `scorers` are what answers are scored by, each with its id,
    its version and its settings.
    """

    type_name = "SuiteDefined"
    schema_number = 2
    id: str
    name: str
    version: int
    content: str
    bytes: int
    prompts: int
    answered: int = 0
    source: str | None = None
    dataset: str | None = None
    system: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    stop: list[str] = []
    scorers: list[dict[str, JsonValue]] = []
