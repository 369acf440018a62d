"""Asking a model one question at a time and waiting for the whole answer, from many tasks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from engine.chatting.manner import Manner
from engine.chatting.sampling import Sampling
from engine.errors import ProviderError
from engine.recording.replies import Reply, read_answer, without_probabilities
from engine.recording.settings import Question

if TYPE_CHECKING:
    import openai

    from engine.providers.hosted.service import Service


class Asker:
    """Asks one model.

    Args:
        service: where it is, opened.
        model: its name there.
        completes: whether it is known to be a model of the legacy completions.
    """

    def __init__(self, service: Service, model: str, *, completes: bool = False) -> None:
        self._service = service
        self._model = model
        self._completes = completes
        self._manners: dict[Sampling, Manner] = {}

    async def ask(self, question: Question) -> Reply:
        """Return the answer, asked for in another manner for as long as the model refuses one.

        Raises:
            ProviderError: if the service refuses, or does not answer.
        """
        manner = self._manner(question.sampling)
        while True:
            changes = manner.changes
            try:
                return await self._asked(manner, question)
            except ProviderError as failure:
                # Of several questions under way the first refusal changes the manner of all.
                if manner.changes == changes and not manner.adapt(failure):
                    raise

    def _manner(self, sampling: Sampling) -> Manner:
        if sampling not in self._manners:
            manner = Manner(sampling, completes=self._completes, streams=False)
            self._manners[sampling] = manner
        return self._manners[sampling]

    async def _asked(self, manner: Manner, question: Question) -> Reply:
        prompt = question.prompt
        body: Any = manner.request(self._model, prompt.messages, prompt.tools)
        completes, left_out = manner.completes, tuple(manner.left_out)

        async def send(client: openai.AsyncOpenAI) -> Reply:
            began = time.monotonic()
            endpoint: Any = client.completions if completes else client.chat.completions
            answer = await endpoint.with_raw_response.create(**body)
            seconds = time.monotonic() - began
            raw = self._service.without_key(answer.content)
            if raw != answer.content:
                # The probabilities tell the same text once more, in pieces.
                raw = without_probabilities(raw)
            return Reply(read_answer(raw), raw, seconds, answer.request_id, left_out)

        return await self._service.read(send)
