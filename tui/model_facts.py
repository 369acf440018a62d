"""Everything that is known of one model version, read in a thread."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from store.errors import NotFoundError, StoreError
from store.queries.chats import chat_list
from store.queries.datasets import DatasetRow, dataset
from store.queries.jobs import JobDetail, job_detail
from store.queries.model_tags import TagMove, tag_moves
from store.queries.recordings import RecordingRow, recording_list
from tui.model_book import ModelBook, ModelItem

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.results import Table

_RELATIVES = 12
"""How many relatives stand in the tables of scores beside a model."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Chats:
    """The conversations with a model: how many, their turns, and when the newest was opened."""

    count: int
    turns: int
    newest: str | None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model version in full; what is not known, or does not apply, is None.

    Attributes:
        item: its line of the list.
        hyperparameters_json: its own, or those of its job.
        above: the model versions that it was made of, the nearest first.
        below: those that were made of it.
        rebuilt: those that were to be like it.
        rebuilds: the one that it was to be like.
        job: what made it.
        data: what it learned from.
        lost: why that is not here, in words.
        validation: what it was evaluated on.
        tables: its scores beside those of its relatives, one for each set of examples.
        weights: the folder with its weights, from the data directory on.
        weights_bytes: their size; None if they are not there.
        recordings: how it answers, the newest first.
        chats: the conversations with it.
        moves: which tags it got and lost, and why, the newest first.
        names: what the models are called that had or have one of its tags, by their ids.
    """

    item: ModelItem
    hyperparameters_json: str
    above: tuple[ModelItem, ...]
    below: tuple[ModelItem, ...]
    rebuilt: tuple[ModelItem, ...]
    rebuilds: ModelItem | None
    job: JobDetail | None
    data: DatasetRow | None
    lost: str | None
    validation: DatasetRow | None
    tables: tuple[Table, ...]
    weights: str | None
    weights_bytes: int | None
    recordings: tuple[RecordingRow, ...]
    chats: Chats
    moves: tuple[TagMove, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def model_facts(lab: Lab, book: ModelBook, model: str) -> ModelFacts | None:
    """Return all that is known of a model version; None if there is none of this id."""
    item = book.by_id.get(model)
    if item is None:
        return None
    reader, row = lab.database.reader, item.row
    job = _known(job_detail, reader, row.job)
    data = _known(dataset, reader, row.dataset)
    children = [book.by_id[child] for child in book.children.get(model, ())]
    likeness = item.origin.rebuilds if item.is_here else None
    own = json.loads(row.hyperparameters_json)
    return ModelFacts(
        item=item,
        hyperparameters_json=(
            row.hyperparameters_json if own or job is None else job.hyperparameters_json
        ),
        above=tuple(above for above in book.ancestors(model) if above.row.id != likeness),
        below=tuple(child for child in children if child.origin.rebuilds != model),
        rebuilt=tuple(child for child in children if child.origin.rebuilds == model),
        rebuilds=book.by_id.get(likeness or ""),
        job=job,
        data=data,
        lost=_lost(lab, item) if data is None else None,
        validation=_known(dataset, reader, None if job is None else job.validation),
        tables=_tables(reader, book, model),
        weights=row.path,
        weights_bytes=_size(lab, item),
        recordings=tuple(recording_list(reader, model)),
        chats=_chats(reader, model),
        moves=(moves := tuple(tag_moves(reader, model))),
        names={
            each: book.by_id[each].row.name
            for move in moves
            for each in move.other
            if each in book.by_id
        },
    )


def _known(
    question: Callable[[sqlite3.Connection, str], _T],
    reader: sqlite3.Connection,
    reference: str | None,
) -> _T | None:
    """Look up what a model refers to: it may name what was never recorded here."""
    try:
        return None if reference is None else question(reader, reference)
    except StoreError:
        return None


def _lost(lab: Lab, item: ModelItem) -> str | None:
    """Say why the data of a hosted model is not here."""
    if item.row.kind != "hosted":
        return None
    from engine.rescue.retirement import data_of

    try:
        state = data_of(lab, item.row)
    except NotFoundError:
        return None
    profile = item.row.provider
    return {
        "kept": "kept as a file whose rows are no examples to train on",
        "gone": f"gone: its file was deleted at {profile}",
        "missing": f"not taken in yet: `ftlab import openai --profile {profile}` does so",
    }.get(state)


def _tables(reader: sqlite3.Connection, book: ModelBook, model: str) -> tuple[Table, ...]:
    from engine.results import results, tables

    above = [item.row.id for item in book.ancestors(model)]
    family = [*reversed(above[:_RELATIVES]), model, *book.children.get(model, ())]
    try:
        return tuple(tables(results(reader, list(islice(family, _RELATIVES * 2)))))
    except StoreError:
        # One of them was taken away meanwhile; the next look knows.
        return ()


def _size(lab: Lab, item: ModelItem) -> int | None:
    if item.row.path is None:
        return None
    from engine.deleting.folders import size_of

    folder = lab.places.home / item.row.path
    try:
        return size_of(folder) if folder.is_dir() else None
    except OSError:
        return None


def _chats(reader: sqlite3.Connection, model: str) -> Chats:
    found = [chat for chat in chat_list(reader, model) if chat.turns]
    newest = max((chat.opened_at for chat in found), default=None)
    return Chats(len(found), sum(chat.turns for chat in found), newest)
