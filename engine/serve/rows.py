"""A request as a row of a batch: the tokens that are read, and the answer as far as it has come.

Loads torch; imported with the generation.
"""

from __future__ import annotations

import math
from functools import partial

from jinja2 import TemplateError

from engine.serve.batching import Job
from engine.serve.errors import bad_request, context_exceeded
from engine.serve.following import Follower, InOnePiece
from engine.serve.likelihood import Likelihood
from engine.serve.models import ReadyModel
from engine.serve.requests import ChatRequest

_DEFAULT_LIMIT = 4096
"""Tokens of an answer without a limit by a model that does not say how long its context is."""


class Row:
    """An answer in a batch.

    Args:
        model: who answers.
        job: what is answered.

    Attributes:
        job: the same.
        prompt: the tokens that are read.
        room: how many the model can write behind them.
        limit: how many it may.

    Raises:
        ApiError: 400, if the prompt cannot be made or is too long.
    """

    def __init__(self, model: ReadyModel, job: Job[ChatRequest]) -> None:
        self.job = job
        self.prompt = _encode(model, job.request)
        self.room = _room(model, len(self.prompt))
        unlimited = _DEFAULT_LIMIT if model.context is None else self.room
        self.limit = int(min(self.room, job.request.token_limit or unlimited))
        self._model = model
        self._is_told = False
        self.begin()

    def begin(self) -> None:
        """Begin the answer, also one that was begun in vain."""
        request, tell = self.job.request, self.job.tell
        decode = partial(
            self._model.tokenizer.decode,
            skip_special_tokens=True,
            clean_up_tokenization_spaces=False,
        )
        self._follower = Follower(
            decode,
            self._model.end_tokens,
            self.limit,
            request.stop or [],
            tell if request.stream else InOnePiece(tell),
        )

    @property
    def count(self) -> int:
        """How many tokens were drawn."""
        return self._follower.count

    @property
    def is_over(self) -> bool:
        """Whether no more tokens are wanted."""
        return self._is_told or self._follower.is_over or self.job.cancelled.is_set()

    def take(self, token: int, likelihood: Likelihood | None, place: int) -> None:
        """Take the next token.

        Args:
            token: its id.
            likelihood: knows how likely it was.
            place: the row's place in the batch, by which that one knows it.
        """
        if likelihood is None or self.job.request.alternatives is None:
            self._follower.take(token)
            return
        first = self._follower.count == 0
        self._follower.take(token, lambda: likelihood.of(place, token, first=first))

    def finish(self) -> None:
        """Tell how the answer ended; once, however often it is called."""
        if not self._is_told:
            self._is_told = True
            self._follower.finish()


def _encode(model: ReadyModel, request: ChatRequest) -> list[int]:
    """Write the messages with the chat template.

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
    ids: list[int] = model.tokenizer(text, add_special_tokens=model.reads_apart)["input_ids"]
    return ids


def _room(model: ReadyModel, prompt_tokens: int) -> float:
    """Return how many tokens fit into the context behind a prompt; infinitely many if it has none.

    Raises:
        ApiError: 400, if there is not even one.
    """
    if model.context is None:
        return math.inf
    room = model.context if model.reads_apart else model.context - prompt_tokens
    if room < 1 or prompt_tokens > model.context:
        raise context_exceeded(prompt_tokens, model.context)
    return room
