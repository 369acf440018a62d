"""Answers of a model: prompts in, tokens out, told as events while they come.

Loads torch; imported by the worker thread when the first model is wanted.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from transformers import GenerationConfig, StoppingCriteria
from transformers.cache_utils import DynamicCache, DynamicLayer

from engine.serve.batching import MOST, Job, shares
from engine.serve.errors import ApiError, model_failed
from engine.serve.events import Failed, Started
from engine.serve.likelihood import Likelihood
from engine.serve.memory import in_halves
from engine.serve.models import ReadyModel
from engine.serve.padding import padded
from engine.serve.requests import ChatRequest
from engine.serve.rows import Row
from engine.serve.token_texts import TokenTexts

log = logging.getLogger(__name__)

_READ_AT_ONCE = 8192
"""Tokens of prompts that are answered together, padding included."""

_STILL_WORTH = 0.75
"""The part of a batch's rows below which it is made smaller: those that are over cost as much."""


def answer(model: ReadyModel, jobs: Sequence[Job[ChatRequest]]) -> None:
    """Generate answers, as many together as go together, and tell of them as they come.

    What fails one of them is told to that one; a cancelled one ends alone.

    Args:
        model: who answers.
        jobs: the requests; if there are several, all are greedy.
    """
    rows = [row for job in jobs if (row := _row(model, job)) is not None]
    # Those of one length go together: little is padded then.
    rows.sort(key=lambda row: len(row.prompt))
    for share in shares(rows, partial(_fits, model)):
        in_halves(share, partial(_generate, model), _fail)


def _fail(rows: list[Row], error: Exception) -> None:
    for row in rows:
        row.job.tell(Failed(model_failed(row.job.served.id, error)))


def _row(model: ReadyModel, job: Job[ChatRequest]) -> Row | None:
    """Return the request as a row; None, and tell it, if it cannot be answered."""
    try:
        row = Row(model, job)
    except ApiError as error:
        job.tell(Failed(error))
        return None
    except Exception as error:
        log.exception("%s cannot read a prompt", job.served.id)
        job.tell(Failed(model_failed(job.served.id, error)))
        return None
    job.tell(Started(len(row.prompt)))
    return row


def _fits(model: ReadyModel, rows: list[Row]) -> bool:
    lengths = {len(row.prompt) for row in rows}
    return (
        len(rows) <= MOST
        and len(rows) * max(lengths) <= _READ_AT_ONCE
        and (model.takes_padding or len(lengths) == 1)
    )


def _generate(model: ReadyModel, rows: list[Row]) -> None:
    """Answer some rows in one batch."""
    for row in rows:
        row.begin()
    log.info("answering %d on %d prompt tokens", len(rows), sum(len(row.prompt) for row in rows))
    began = time.monotonic()
    batch = _Batch(model, rows)
    with torch.inference_mode():
        while batch.rows:
            batch.go_on()
    log.info(
        "%d tokens answered in %.2f s", sum(row.count for row in rows), time.monotonic() - began
    )


class _Batch:
    """Rows that are answered together, as far as they have come.

    It goes in legs: once enough rows are over, the others go on without them.

    Args:
        model: who answers.
        rows: the rows.

    Attributes:
        rows: those that go on.
    """

    def __init__(self, model: ReadyModel, rows: list[Row]) -> None:
        self._model = model
        self._ids, self._mask = padded(
            [row.prompt for row in rows], model.network.device, to_left=not model.reads_apart
        )
        self._cache: DynamicCache | None = None
        self._is_divisible = not model.reads_apart
        self._texts = TokenTexts(model.tokenizer)
        self.rows = rows
        self._drop({place for place, row in enumerate(rows) if row.is_over})

    def go_on(self) -> None:
        """Draw tokens until some rows are over."""
        likelihood = self._likelihood()
        leg = _Leg(self.rows, likelihood, self._least())
        _seed(self.rows[0].job.request.seed)
        made = self._model.network.generate(
            input_ids=self._ids,
            attention_mask=self._mask,
            past_key_values=self._cache,
            generation_config=self._config(),
            logits_processor=[likelihood] if likelihood else None,
            stopping_criteria=[leg],
        )
        if self._model.reads_apart:
            # What is written has one length in all rows: none fills the context before the others.
            self.rows = []
        else:
            self._take_up(made)

    def _likelihood(self) -> Likelihood | None:
        wanted = [row.job.request.alternatives for row in self.rows]
        if all(count is None for count in wanted):
            return None
        return Likelihood(self._texts, wanted)

    def _least(self) -> int:
        """Return how many rows must go on for the leg to go on."""
        return int(_STILL_WORTH * len(self.rows)) if self._is_divisible else 0

    def _config(self) -> GenerationConfig:
        # A row that is over stays in the batch for a while: it must not leave the context, either.
        until_full = min(row.room - row.count for row in self.rows)
        return _generation_config(
            self._model,
            self.rows[0].job.request,
            int(min(until_full, max(row.limit - row.count for row in self.rows))),
        )

    def _take_up(self, made: Any) -> None:  # noqa: ANN401 (transformers' own type)
        """Take what a leg has come to, without the rows that are over."""
        drawn = made.sequences.shape[1] - self._ids.shape[1]
        self._ids = made.sequences
        self._mask = torch.cat([self._mask, self._mask.new_ones(len(self.rows), drawn)], dim=1)
        self._cache = made.past_key_values if _can_be_divided(made.past_key_values) else None
        # Without its cache, what was read and written would be read again in each leg.
        self._is_divisible = self._cache is not None
        self._drop({place for place, row in enumerate(self.rows) if row.is_over})

    def _drop(self, places: set[int]) -> None:
        """Let rows go, that are over."""
        for place in places:
            self.rows[place].finish()
        stay = [place for place in range(len(self.rows)) if place not in places]
        self.rows = [self.rows[place] for place in stay]
        if not places or not stay:
            return
        self._ids, self._mask = self._ids[stay], self._mask[stay]
        if self._cache is not None:
            self._cache.batch_select_indices(torch.tensor(stay, device=self._ids.device))


class _Leg(StoppingCriteria):  # type: ignore[misc]  # transformers ships no types
    """Sees each token as it is drawn, hands it to its row, and says when the leg is over.

    Args:
        rows: the rows of the batch.
        likelihood: knows how likely a token was; None if nobody wants to know.
        least: how few rows may go on in the same batch, but for the last ones.
    """

    def __init__(self, rows: list[Row], likelihood: Likelihood | None, least: int) -> None:
        self._rows = rows
        self._likelihood = likelihood
        self._least = least
        self._is_over = False

    def __call__(self, input_ids: torch.Tensor, *_: object, **__: object) -> torch.Tensor:
        """Take the last of `input_ids`, shape (rows, tokens); returns whether to stop, (rows,)."""
        # On some devices a step more is made before it stops, and undone.
        if not self._is_over:
            self._is_over = self._take(input_ids[:, -1].tolist())
        return torch.full((len(input_ids),), self._is_over, device=input_ids.device)

    def _take(self, last: list[int]) -> bool:
        """Hand each row its token; tell whether the leg is over."""
        for place, (row, token) in enumerate(zip(self._rows, last, strict=True)):
            if not row.is_over:
                row.take(token, self._likelihood, place)
            if row.is_over:
                row.finish()
        going = sum(not row.is_over for row in self._rows)
        return going == 0 or going <= self._least < len(self._rows)


def _can_be_divided(cache: object) -> bool:
    """Tell whether rows can be taken out of a cache of keys and values."""
    return isinstance(cache, DynamicCache) and all(
        isinstance(layer, DynamicLayer) for layer in cache.layers
    )


def _generation_config(model: ReadyModel, request: ChatRequest, limit: int) -> GenerationConfig:
    ends = sorted(model.end_tokens)
    common: dict[str, Any] = {
        "max_new_tokens": limit,
        "use_cache": True,
        "return_dict_in_generate": True,
        "eos_token_id": ends or None,
        "pad_token_id": ends[0] if ends else 0,
        "decoder_start_token_id": model.network.generation_config.decoder_start_token_id,
    }
    if request.is_greedy:
        return GenerationConfig(do_sample=False, **common)
    temperature = 1.0 if request.temperature is None else request.temperature
    top_p = 1.0 if request.top_p is None else request.top_p
    # top_k=0: the library would else look at the 50 likeliest tokens only.
    return GenerationConfig(do_sample=True, temperature=temperature, top_p=top_p, top_k=0, **common)


def _seed(seed: int | None) -> None:
    if seed is None:
        torch.seed()
    else:
        torch.manual_seed(seed)
