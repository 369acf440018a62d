"""One answer of a model: prompt in, tokens out, told as events while they come.

Loads torch; imported by the worker thread when the first model is wanted.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event
from typing import Any

import torch
from jinja2 import TemplateError
from transformers import GenerationConfig, StoppingCriteria

from engine.serve.decoding import IncrementalDecoder, StopStrings, WithText
from engine.serve.errors import bad_request, context_exceeded
from engine.serve.events import DrawnToken, Finished, GenerationEvent, Piece, Started
from engine.serve.likelihood import Likelihood
from engine.serve.models import ReadyModel
from engine.serve.requests import ChatRequest
from engine.serve.token_texts import TokenTexts

log = logging.getLogger(__name__)

Tell = Callable[[GenerationEvent], None]

_GREEDY_BELOW = 1e-4
"""Scores divided by a smaller temperature would overflow; the answer is the greedy one there."""

_DEFAULT_LIMIT = 4096
"""Tokens of an answer without a limit by a model that does not say how long its context is."""


def answer(model: ReadyModel, request: ChatRequest, tell: Tell, cancelled: Event) -> None:
    """Generate one answer and tell of it as it comes; returns early when `cancelled` is set.

    Raises:
        ApiError: 400, before anything was told, if the prompt cannot be made or is too long.
    """
    prompt = _encode(model, request)
    length = prompt["input_ids"].shape[1]
    limit = _token_limit(model, request, length)
    tell(Started(length))
    likelihood = _likelihood(model, request)
    follower = _Follower(model, request.stop or [], likelihood, tell, cancelled)
    _seed(request.seed)
    log.info("answering on %d prompt tokens", length)
    began = time.monotonic()
    with torch.inference_mode():
        model.network.generate(
            **prompt,
            generation_config=_generation_config(model, request, limit),
            logits_processor=[likelihood] if likelihood else None,
            stopping_criteria=[follower],
        )
    follower.finish()
    log.info("%d tokens answered in %.2f s", follower.count, time.monotonic() - began)


def _encode(model: ReadyModel, request: ChatRequest) -> dict[str, torch.Tensor]:
    """Write the messages with the chat template: ids and attention mask of shape (1, tokens).

    A source that is read apart ends as the tokenizer ends texts, as it did in training.
    """
    messages = [message.for_template() for message in request.messages]
    try:
        text = model.tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, tokenize=False
        )
    except TemplateError as error:
        raise bad_request(
            "messages", f"The model's chat template refuses these messages: {error}."
        ) from error
    encoded = model.tokenizer(text, add_special_tokens=model.reads_apart, return_tensors="pt")
    return {
        name: encoded[name].to(model.network.device) for name in ("input_ids", "attention_mask")
    }


def _token_limit(model: ReadyModel, request: ChatRequest, prompt_tokens: int) -> int:
    if model.context is None:
        return request.token_limit or _DEFAULT_LIMIT
    room = model.context if model.reads_apart else model.context - prompt_tokens
    if room < 1 or prompt_tokens > model.context:
        raise context_exceeded(prompt_tokens, model.context)
    return min(room, request.token_limit or room)


def _generation_config(model: ReadyModel, request: ChatRequest, limit: int) -> GenerationConfig:
    temperature = 1.0 if request.temperature is None else request.temperature
    ends = sorted(model.end_tokens)
    common: dict[str, Any] = {
        "max_new_tokens": limit,
        "use_cache": True,
        "eos_token_id": ends or None,
        "pad_token_id": ends[0] if ends else 0,
        "decoder_start_token_id": model.network.generation_config.decoder_start_token_id,
    }
    if temperature < _GREEDY_BELOW:
        return GenerationConfig(do_sample=False, **common)
    top_p = 1.0 if request.top_p is None else request.top_p
    # top_k=0: the library would else look at the 50 likeliest tokens only.
    return GenerationConfig(do_sample=True, temperature=temperature, top_p=top_p, top_k=0, **common)


def _likelihood(model: ReadyModel, request: ChatRequest) -> Likelihood | None:
    if request.alternatives is None:
        return None
    return Likelihood(TokenTexts(model.tokenizer), request.alternatives)


def _seed(seed: int | None) -> None:
    if seed is None:
        torch.seed()
    else:
        torch.manual_seed(seed)


class _Follower(StoppingCriteria):  # type: ignore[misc]  # transformers ships no types
    """Sees each token as it is drawn, tells its text, and says when to stop.

    Attributes:
        count: the tokens drawn so far.
    """

    def __init__(
        self,
        model: ReadyModel,
        stops: list[str],
        likelihood: Likelihood | None,
        tell: Tell,
        cancelled: Event,
    ) -> None:
        self._ends = model.end_tokens
        self._decoder = IncrementalDecoder(
            lambda tokens: str(
                model.tokenizer.decode(
                    tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
                )
            )
        )
        self._stops = StopStrings(stops)
        self._likelihood = likelihood
        self._tokens: WithText[DrawnToken] = WithText()
        self._told = 0
        self._tell = tell
        self._cancelled = cancelled
        self._ended = False
        self.count = 0

    def __call__(self, input_ids: torch.Tensor, *_: object, **__: object) -> torch.Tensor:
        """Take the last of `input_ids`, shape (1, tokens); returns whether to stop, shape (1,)."""
        if not self._stopping():
            self._take(int(input_ids[0, -1]))
        return torch.full((1,), self._stopping(), device=input_ids.device)

    def finish(self) -> None:
        """Tell what was held back, and how the answer ended."""
        self._pass_on(self._stops.pass_on(self._decoder.end()) + self._stops.end())
        if not self._stops.met and (rest := self._tokens.rest()):
            self._tell(Piece("", rest))
        stopped = self._ended or self._stops.met
        self._tell(Finished("stop" if stopped else "length", self.count))

    def _take(self, token: int) -> None:
        self.count += 1
        self._ended = token in self._ends
        if self._ended:
            return
        text = self._decoder.add(token)
        if self._likelihood:
            self._tokens.add(self._decoder.begins, self._likelihood.of(token))
        self._pass_on(self._stops.pass_on(text))

    def _pass_on(self, text: str) -> None:
        if text:
            self._told += len(text)
            self._tell(Piece(text, self._tokens.told(self._told)))

    def _stopping(self) -> bool:
        return self._ended or self._stops.met or self._cancelled.is_set()
