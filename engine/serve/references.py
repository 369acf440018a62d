"""How likely a model holds answers that are given, by the tokens that training would learn of them.

Loads torch; imported by the worker thread.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import torch

from engine.serve.batching import MOST, Job, shares
from engine.serve.errors import ApiError, bad_request, model_failed, reference_exceeds
from engine.serve.events import Failed, Weighed, WeighedToken
from engine.serve.likelihood import in_json
from engine.serve.memory import in_halves
from engine.serve.models import ReadyModel
from engine.serve.padding import padded
from engine.serve.requests import LikelihoodRequest
from engine.serve.token_texts import TokenTexts
from engine.training.examples import IGNORED, Encoder, ExampleEncoder, ExampleError
from engine.training.pairs import PairEncoder

log = logging.getLogger(__name__)

_READ_AT_ONCE = 8192
"""Tokens that are read together, padding included."""

_SCORES_AT_ONCE = 1 << 26
"""Scores of tokens that a batch may have, one for each place and word of the vocabulary: 256 MB."""

_COMPARED_AT_ONCE = 1 << 23
"""How many of them are made probabilities at the same time."""

_KEEP = "logits_to_keep"


@dataclass(frozen=True, slots=True)
class _Row:
    """A request in tokens.

    Attributes:
        job: the request.
        read: the tokens that the model reads.
        learned: where those stand that it would learn, and which they are: among `read`, or in the
            text that is written if the model reads apart.
    """

    job: Job[LikelihoodRequest]
    read: list[int]
    learned: list[tuple[int, int]]


def weigh(model: ReadyModel, jobs: Sequence[Job[LikelihoodRequest]]) -> None:
    """Tell how likely the model holds each reference; what fails one of them is told to that one.

    Args:
        model: the model.
        jobs: the requests.
    """
    encoder = _encoder(model)
    rows = [row for job in jobs if (row := _row(model, encoder, job)) is not None]
    rows.sort(key=lambda row: len(row.read))
    texts = TokenTexts(model.tokenizer)
    for share in shares(rows, partial(_fits, model)):
        in_halves(share, partial(_weigh, model, texts), _fail)


def _encoder(model: ReadyModel) -> Encoder:
    """Return what makes examples of training; nothing is cut off, for that would be told."""
    kind = PairEncoder if model.reads_apart else ExampleEncoder
    return kind(model.tokenizer, sys.maxsize)


def _fail(rows: list[_Row], error: Exception) -> None:
    for row in rows:
        row.job.tell(Failed(model_failed(row.job.served.id, error)))


def _row(model: ReadyModel, encoder: Encoder, job: Job[LikelihoodRequest]) -> _Row | None:
    """Return the request in tokens; None, and tell it, if that cannot be."""
    if job.cancelled.is_set():
        return None
    try:
        return _encoded(model, encoder, job)
    except ApiError as error:
        job.tell(Failed(error))
    except Exception as error:
        log.exception("%s cannot read a reference", job.served.id)
        job.tell(Failed(model_failed(job.served.id, error)))
    return None


def _encoded(model: ReadyModel, encoder: Encoder, job: Job[LikelihoodRequest]) -> _Row:
    request = job.request
    turns = [{"role": each.role, "content": each.content} for each in request.messages]
    turns.append({"role": "assistant", "content": request.reference})
    try:
        [example] = encoder.encode([json.dumps({"messages": turns})])
    except ExampleError as error:
        raise bad_request(
            "messages", f"The model's chat template refuses these messages: {error.__cause__}."
        ) from error
    # A causal model foretells a token from those before it: the first from none.
    first = 0 if model.reads_apart else 1
    learned = [
        (place, token)
        for place, token in enumerate(example.labels)
        if token != IGNORED and place >= first
    ]
    if not learned:
        raise bad_request("reference", "The reference has no token that a model could learn.")
    longest = max(len(example.input_ids), len(example.labels))
    if model.context is not None and longest > model.context:
        raise reference_exceeds(longest, model.context)
    return _Row(job, example.input_ids, learned)


def _fits(model: ReadyModel, rows: list[_Row]) -> bool:
    places = len(rows) * (len(_kept(rows)) if _KEEP in model.parameters else _longest(rows))
    if model.reads_apart:
        places = len(rows) * max(len(row.learned) for row in rows)
    return (
        len(rows) <= MOST
        and len(rows) * _longest(rows) <= _READ_AT_ONCE
        and places * _vocabulary(model) <= _SCORES_AT_ONCE
    )


def _longest(rows: list[_Row]) -> int:
    return max(len(row.read) for row in rows)


def _vocabulary(model: ReadyModel) -> int:
    return int(model.network.config.get_text_config().vocab_size)


def _kept(rows: list[_Row]) -> list[int]:
    """Return the places from which a learned token of any row is foretold."""
    return sorted({place - 1 for row in rows for place, _ in row.learned})


def _weigh(model: ReadyModel, texts: TokenTexts, rows: list[_Row]) -> None:
    began = time.monotonic()
    with torch.inference_mode():
        found = list(_found(*(_written if model.reads_apart else _continued)(model, rows)))
    for row in rows:
        told, found = found[: len(row.learned)], found[len(row.learned) :]
        row.job.tell(_told(model, texts, row, told))
    log.info("%d references weighed in %.2f s", len(rows), time.monotonic() - began)


_Scores = tuple[torch.Tensor, list[tuple[int, int, int]]]
"""Scores of shape (rows, places, vocabulary), and of each learned token its row, place and id."""


def _continued(model: ReadyModel, rows: list[_Row]) -> _Scores:
    """Have a causal model read all, and score the places of learned tokens alone if it can."""
    ids, mask = padded([row.read for row in rows], model.network.device, to_left=False)
    kept = _kept(rows) if _KEEP in model.parameters else list(range(ids.shape[1]))
    options = {_KEEP: torch.tensor(kept, device=ids.device)} if _KEEP in model.parameters else {}
    scores = model.network(input_ids=ids, attention_mask=mask, use_cache=False, **options).logits
    at = {place: number for number, place in enumerate(kept)}
    return scores, [
        (number, at[place - 1], token)
        for number, row in enumerate(rows)
        for place, token in row.learned
    ]


def _written(model: ReadyModel, rows: list[_Row]) -> _Scores:
    """Have a model that reads apart score what it would write."""
    ids, mask = padded([row.read for row in rows], model.network.device, to_left=False)
    targets = [[token for _, token in row.learned] for row in rows]
    labels, written = padded(targets, model.network.device, to_left=False)
    scores = model.network(
        input_ids=ids,
        attention_mask=mask,
        labels=labels.masked_fill(written == 0, IGNORED),
        use_cache=False,
    ).logits
    return scores, [
        (number, place, token) for number, row in enumerate(rows) for place, token in row.learned
    ]


def _found(
    scores: torch.Tensor, learned: list[tuple[int, int, int]]
) -> Iterator[tuple[float, bool]]:
    """Give of each token its log probability, and whether none is likelier; a few at a time."""
    at_once = max(1, _COMPARED_AT_ONCE // scores.shape[-1])
    for start in range(0, len(learned), at_once):
        rows, places, tokens = torch.tensor(
            learned[start : start + at_once], device=scores.device
        ).unbind(dim=1)
        part = scores[rows, places].float()
        drawn = part.log_softmax(dim=-1).gather(1, tokens[:, None]).squeeze(1)
        yield from zip(drawn.tolist(), (part.argmax(dim=-1) == tokens).tolist(), strict=True)


def _told(
    model: ReadyModel, texts: TokenTexts, row: _Row, found: list[tuple[float, bool]]
) -> Weighed:
    places = {place for place, _ in row.learned}
    tokens = tuple(
        WeighedToken(texts.of(token, first=place - 1 not in places)[0], in_json(logprob), likeliest)
        for (place, token), (logprob, likeliest) in zip(row.learned, found, strict=True)
    )
    read = len(row.read) - (0 if model.reads_apart else len(tokens))
    return Weighed(read, tokens)
