"""What models answered to the same prompts, out of their recordings."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evaluation.answers import text_said
from engine.suites.prompts import Prompt, kept, text_of
from store.errors import StoreError
from store.queries.compared import SaidRow, said_by
from store.queries.recordings import recording_list

if TYPE_CHECKING:
    from store.blobs import BlobStore


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said to a prompt at temperature 0.

    Attributes:
        text: the answer; a tool call in place of one as its JSON.
        refusal: with which words the model refused, or why its provider would not answer.
        finish_reason: why the answer ended.
        tokens: of the answer.
        seconds: until it was whole.
        cost: US dollars.
        asked_otherwise: whether it was asked with other settings than most of the others.
    """

    text: str
    refusal: str | None = None
    finish_reason: str | None = None
    tokens: int | None = None
    seconds: float | None = None
    cost: float | None = None
    asked_otherwise: bool = False

    @property
    def meaning(self) -> tuple[str, str | None]:
        """What is compared with other answers."""
        return self.text.strip(), self.refusal


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt, and what models said to it.

    Attributes:
        digest: the SHA-256 of what was asked.
        prompt: what was asked; None if its text is not here any more.
        said: the answers by the id of the model.
    """

    digest: str
    prompt: Prompt | None
    said: Mapping[str, Said]

    def differs(self, models: Iterable[str]) -> bool:
        """Tell whether some of these models said different things."""
        return len({self.said[model].meaning for model in models if model in self.said}) > 1

    @property
    def hoped_for(self) -> str | None:
        """The answer that was hoped for, if one is known."""
        if self.prompt is None or self.prompt.reference is None:
            return None
        return text_of(self.prompt.reference)


def recorded_answers(
    connection: sqlite3.Connection, blobs: BlobStore, models: Sequence[str]
) -> list[Asked]:
    """Return every prompt that any of the models was asked, in the order of their recordings.

    Args:
        connection: where to read.
        blobs: where the prompts lie; those that are missing there have no text.
        models: the ids of the models.
    """
    by_prompt: dict[str, list[SaidRow]] = {}
    for row in said_by(connection, models):
        by_prompt.setdefault(row.prompt, []).append(row)
    prompts = _prompts(connection, blobs, models) if by_prompt else {}
    known = [digest for digest in prompts if digest in by_prompt]
    unknown = [digest for digest in by_prompt if digest not in prompts]
    return [
        Asked(digest, prompts.get(digest), _chosen(by_prompt[digest]))
        for digest in (*known, *unknown)
    ]


def shared_by(asked: Iterable[Asked], models: Sequence[str]) -> list[Asked]:
    """Return the prompts that at least two of these models were asked."""
    return [each for each in asked if sum(model in each.said for model in models) > 1]


def _chosen(rows: Sequence[SaidRow]) -> dict[str, Said]:
    """Return one answer of each model: if it can be, to the request that most of them had.

    The same prompt may have been asked with other settings by another recording.
    """
    requests = Counter(row.request for row in rows)
    # Of as many, the newest: rows come in the order in which they were answered.
    usual = max(reversed(list(requests)), key=lambda request: requests[request])
    found: dict[str, SaidRow] = {}
    for row in rows:
        if found.get(row.model) is None or found[row.model].request != usual:
            found[row.model] = row
    return {model: _said(row, otherwise=row.request != usual) for model, row in found.items()}


def _said(row: SaidRow, *, otherwise: bool) -> Said:
    return Said(
        text_said(row),
        row.refusal or row.error,
        row.finish_reason,
        row.completion_tokens,
        row.seconds,
        row.cost,
        otherwise,
    )


def _prompts(
    connection: sqlite3.Connection, blobs: BlobStore, models: Sequence[str]
) -> dict[str, Prompt]:
    """Return what was asked, by its digest, as the newest recordings have it."""
    recordings = [each for model in models for each in recording_list(connection, model)]
    found: dict[str, Prompt] = {}
    for content in dict.fromkeys(each.prompts for each in recordings):
        try:
            for prompt in kept(blobs, content):
                found.setdefault(prompt.digest, prompt)
        except (StoreError, OSError):
            # Without their texts the answers can still be compared.
            continue
    return found
