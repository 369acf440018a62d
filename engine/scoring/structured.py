"""Whether an answer is JSON, and of the right shape."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from engine.scoring.answer import Answer
from engine.scoring.errors import ScorerError, UnscorableError
from engine.scoring.json_text import Json, read_json
from engine.scoring.matching import verdict
from engine.scoring.schemas import MOST_BYTES, first_wrong, validator_of
from engine.scoring.scorer import About, Score, Scorer

_SHOWN = 120
"""Characters of what a schema finds wrong."""


@dataclass(frozen=True, slots=True)
class JsonValid(Scorer):
    """Whether an answer is JSON.

    Attributes:
        fenced: whether it may stand in a Markdown code block.
    """

    about: ClassVar[About] = About("json_valid", "the answer is JSON (RFC 8259)")
    fenced: bool = False

    def score(self, answer: Answer) -> Score | None:
        """Return 1 or 0, with what is wrong."""
        try:
            read_json(answer.text, fenced=self.fenced)
        except ValueError as error:
            return verdict(False, str(error))
        return verdict(True)


@dataclass(frozen=True, slots=True)
class JsonSchema(Scorer):
    """Whether an answer is JSON of the shape that a schema describes.

    Schemas of all drafts are known, 2020-12 if they do not say which; see `engine.scoring.schemas`.

    Attributes:
        schema: the schema itself, not the name of its file.
        fenced: whether the answer may stand in a Markdown code block.
    """

    about: ClassVar[About] = About(
        "json_schema", "the answer is JSON that a schema describes", main="schema"
    )
    schema: Json = field(hash=False)
    fenced: bool = False

    def __post_init__(self) -> None:
        """Look at the schema.

        Raises:
            ScorerError: if it is none, or asks for what is not supported.
            MissingPackageError: if jsonschema is not installed.
        """
        validator_of(_written(self.schema))

    @classmethod
    def read_main(cls, text: str) -> object:
        """Return the schema in the file of this name.

        Raises:
            ScorerError: if it cannot be read, or is no JSON.
        """
        file = Path(text).expanduser()
        try:
            size = file.stat().st_size
            if not file.is_file():
                raise ScorerError(f"the schema {text} is no file")
            if size > MOST_BYTES:
                raise ScorerError(f"the schema {text} is larger than {MOST_BYTES:,} bytes")
            return read_json(file.read_text("utf-8-sig"))
        except (OSError, RuntimeError, ValueError, UnscorableError) as error:
            raise ScorerError(f"the schema {text} cannot be read: {error}") from error

    def score(self, answer: Answer) -> Score | None:
        """Return 1 or 0, with the first thing that is wrong.

        Raises:
            UnscorableError: if it takes too long, or the schema refers to what it has not.
        """
        try:
            value = read_json(answer.text, fenced=self.fenced)
        except ValueError as error:
            return verdict(False, f"no JSON: {error}")
        wrong = first_wrong(_written(self.schema), value)
        return verdict(wrong is None, wrong and _shortened(wrong))


def _written(schema: Json) -> str:
    return json.dumps(schema, sort_keys=True, ensure_ascii=False)


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
