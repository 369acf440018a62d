"""Prompts out of what a model was trained, validated and tested on, each marked as which."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from engine.suites.prompts import Prompt
from engine.suites.reading import prompts_kept, prompts_of
from store.projections.hosted import DELETED, GONE
from store.queries.datasets import dataset, split_beside
from store.queries.hosted import remote_file
from store.queries.jobs import JobDetail, job_detail

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.models import ModelRow

TRAINING, VALIDATION, HELD_OUT, SUITE = "training", "validation", "held-out", "suite"
PARTS = (TRAINING, VALIDATION, HELD_OUT, SUITE)

_ROOM = 1000


def own_prompts(lab: Lab, model: ModelRow, count: int, seed: int) -> list[Prompt]:
    """Return prompts of a model's own data, as evenly as there are some of each part.

    A prompt that stands in the training data counts as that, wherever else it stands too. The same
    seed draws the same prompts.

    Args:
        lab: where the data is.
        model: whose data.
        count: how many prompts at most.
        seed: another seed draws others.
    """
    seen: set[str] = set()
    drawn = {part: _drawn(prompts, count, seed, seen) for part, prompts in _sources(lab, model)}
    parts = [drawn[part] for part in (HELD_OUT, VALIDATION, TRAINING) if part in drawn]
    return _evenly(parts, count)


def has_data(lab: Lab, model: ModelRow) -> bool:
    """Tell whether anything is here that a model was trained on."""
    return any(True for _ in _sources(lab, model))


def is_gone(lab: Lab, model: ModelRow) -> bool:
    """Tell whether the file that a model was trained on was deleted before it could be rescued."""
    job = job_detail(lab.database.reader, model.job) if model.job else None
    if job is None or job.training_file is None:
        return False
    file = remote_file(lab.database.reader, job.provider, job.training_file)
    return file is not None and file.state in (GONE, DELETED)


def _sources(lab: Lab, model: ModelRow) -> Iterator[tuple[str, Iterator[Prompt]]]:
    """Give what a model knows, and what it does not know, the training data first."""
    job = job_detail(lab.database.reader, model.job) if model.job else None
    training = model.dataset
    if training is not None:
        yield TRAINING, _of_version(lab, training, TRAINING)
    elif job is not None:
        yield from _of_file(lab, job, job.training_file, TRAINING)
    beside = {} if training is None else split_beside(lab.database.reader, training)
    validation = (job.validation if job else None) or beside.get("validation")
    if validation is not None and validation != training:
        yield VALIDATION, _of_version(lab, validation, VALIDATION)
    elif validation is None and job is not None:
        yield from _of_file(lab, job, job.validation_file, VALIDATION)
    held_out = beside.get("test")
    if held_out is not None and held_out not in (training, validation):
        yield HELD_OUT, _of_version(lab, held_out, HELD_OUT)


def _of_version(lab: Lab, version: str, part: str) -> Iterator[Prompt]:
    return prompts_of(lab, dataset(lab.database.reader, version), part)


def _of_file(
    lab: Lab, job: JobDetail, file: str | None, part: str
) -> Iterator[tuple[str, Iterator[Prompt]]]:
    """Give the prompts of a provider's file that is kept, but is no dataset version."""
    if file is None:
        return
    kept = remote_file(lab.database.reader, job.provider, file)
    if kept is not None and kept.content is not None and kept.content in lab.blobs:
        yield part, prompts_kept(lab.blobs.verified(kept.content), part)


def _drawn(prompts: Iterable[Prompt], count: int, seed: int, seen: set[str]) -> list[Prompt]:
    """Return so many prompts by chance; those that were seen in another part are left out.

    The order of chance is that of a hash of each, so that memory holds no more than are wanted.
    """
    found: dict[str, Prompt] = {}
    own: set[str] = set()
    for prompt in prompts:
        own.add(prompt.digest)
        if prompt.digest not in seen:
            found[prompt.digest] = prompt
        if len(found) > count + _ROOM:
            found = {each.digest: each for each in _first(found.values(), count, seed)}
    seen |= own
    return _first(found.values(), count, seed)


def _first(prompts: Iterable[Prompt], count: int, seed: int) -> list[Prompt]:
    return sorted(prompts, key=lambda prompt: _lot(prompt, seed))[:count]


def _lot(prompt: Prompt, seed: int) -> bytes:
    return hashlib.sha256(f"{seed} {prompt.digest}".encode()).digest()


def _evenly(parts: list[list[Prompt]], count: int) -> list[Prompt]:
    """Take one of each part in turn until there are enough; what follows each other stays so."""
    taken = [0] * len(parts)
    while sum(taken) < count:
        open_parts = [at for at, part in enumerate(parts) if taken[at] < len(part)]
        if not open_parts:
            break
        for at in open_parts[: count - sum(taken)]:
            taken[at] += 1
    return [prompt for part, size in zip(parts, taken, strict=True) for prompt in part[:size]]
