"""How a model is asked: by which endpoint, and with which of the wishes that it heeds.

Models differ in what they take: babbage-002, davinci-002 and what was made of them know nothing but
the legacy completions, reasoning models know no temperature, older services no
`max_completion_tokens`. A service tells so when it refuses, before it has cost anything; what it
refuses is then put in another way, or left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.chatting.sampling import Sampling
from engine.data.shapes.example import texts_of
from engine.errors import LabError, ProviderError

if TYPE_CHECKING:
    import openai
    from openai import Stream
    from openai.types import Completion, CompletionChoice
    from openai.types.chat import ChatCompletionChunk
    from openai.types.chat.chat_completion_chunk import Choice

    Chunks: TypeAlias = "Stream[ChatCompletionChunk] | Stream[Completion]"

Message = dict[str, Any]

_LIMIT, _OLD_LIMIT = "max_completion_tokens", "max_tokens"
_PROBABILITIES, _ALTERNATIVES = "logprobs", "top_logprobs"
_MOST_OLD_ALTERNATIVES = 5
_NO_CHAT_MODEL = "not a chat model"
"""OpenAI's words for a model of the legacy completions, with the status 404."""

_NO_CHAT_OPERATION = "OperationNotSupported"
"""Azure's code for the same."""

_UNHEEDED_CODES = frozenset({"unsupported_parameter", "unsupported_value", "unknown_parameter"})
_UNHEEDED = re.compile(
    r"unsupported|not supported|does not support|unrecognized|unknown|extra inputs|not permitted"
    r"|input should be (false|none)",
    re.IGNORECASE,
)
_NOT_ALLOWED = "not allowed to request logprobs"
"""What reasoning models answer with the status 403 and no code."""


class Manner:
    """How one model is asked.

    Args:
        sampling: how answers are to be drawn.
        completes: whether it is known to be a model of the legacy completions.
        streams: whether answers come word by word, or as a whole.

    Attributes:
        completes: whether it completes a text, instead of answering in a conversation.
        left_out: the wishes that it does not heed.
        changes: how often a refusal has changed it.
    """

    def __init__(
        self, sampling: Sampling, *, completes: bool = False, streams: bool = True
    ) -> None:
        self.completes = completes
        self.left_out: list[str] = []
        self.changes = 0
        limit = _OLD_LIMIT if completes else _LIMIT
        wishes = {
            "temperature": sampling.temperature,
            limit: sampling.max_tokens,
            "seed": sampling.seed,
            "stop": list(sampling.stop) or None,
            "stream_options": {"include_usage": True} if streams else None,
            **_probabilities(sampling.top_logprobs, completes),
        }
        self._options: dict[str, Any] = {
            name: wish for name, wish in wishes.items() if wish is not None
        }

    def begin(self, client: openai.OpenAI, model: str, messages: Sequence[Message]) -> Chunks:
        """Ask, and return the stream of the answer.

        Args:
            client: of the service.
            model: what the service calls the model.
            messages: the conversation; see `request`.
        """
        asked: Any = {**self.request(model, messages), "stream": True}
        chunks: Chunks
        if self.completes:
            chunks = client.completions.create(**asked)
        else:
            chunks = client.chat.completions.create(**asked)
        return chunks

    def request(
        self, model: str, messages: Sequence[Message], tools: Sequence[Message] = ()
    ) -> Mapping[str, Any]:
        """Return what is sent to ask a question.

        Args:
            model: what the service calls the model.
            messages: the conversation, the question last. A model that completes texts sees no
                more of it than the system prompt, if there is one, and the question.
            tools: what the model may call; one that completes texts calls nothing.
        """
        if self.completes:
            return {"model": model, "prompt": "\n\n".join(_seen(messages)), **self._options}
        offered = {"tools": list(tools)} if tools else {}
        return {"model": model, "messages": list(messages), **offered, **self._options}

    def adapt(self, failure: LabError) -> bool:
        """Heed a refusal; tell whether it is worth asking again in the new manner."""
        if not isinstance(failure, ProviderError):
            return False
        if not self.completes and _wants_a_completion(failure):
            self._complete_from_now_on()
        elif name := self._unheeded(failure):
            self._leave_out(name)
        else:
            return False
        self.changes += 1
        return True

    def _complete_from_now_on(self) -> None:
        self.completes = True
        if _LIMIT in self._options:
            self._options[_OLD_LIMIT] = self._options.pop(_LIMIT)
        wanted = self._options.pop(_ALTERNATIVES, None)
        self._options |= _probabilities(wanted, completes=True)

    def _leave_out(self, name: str) -> None:
        wish = self._options.pop(name)
        if name == _LIMIT:
            self._options[_OLD_LIMIT] = wish
            return
        if name == _PROBABILITIES:
            self._options.pop(_ALTERNATIVES, None)
        if name != "stream_options":
            self.left_out.append(name)

    def _unheeded(self, failure: ProviderError) -> str | None:
        """Return the option that a service does not know, or not with this value, if it says so."""
        said = str(failure)
        if _NOT_ALLOWED in said and _PROBABILITIES in self._options:
            return _PROBABILITIES
        if failure.kind != "bad_request":
            return None
        if failure.code not in _UNHEEDED_CODES and not _UNHEEDED.search(said):
            return None
        if failure.param in self._options:
            return failure.param
        return next((name for name in self._options if re.search(rf"\b{name}\b", said)), None)


def _probabilities(alternatives: int | None, completes: bool) -> dict[str, Any]:
    """Return how the two endpoints are asked for the probabilities of what they say."""
    if alternatives is None:
        return {}
    if completes:
        return {_PROBABILITIES: min(alternatives, _MOST_OLD_ALTERNATIVES)}
    return {_PROBABILITIES: True, _ALTERNATIVES: alternatives}


def words_of(choice: Choice | CompletionChoice) -> str:
    """Return the words in a piece of an answer, of either endpoint."""
    delta = getattr(choice, "delta", None)
    if delta is None:
        return getattr(choice, "text", None) or ""
    said = "".join(texts_of({"content": getattr(delta, "content", None)}))
    return said or getattr(delta, "refusal", None) or ""


def _seen(messages: Sequence[Message]) -> list[str]:
    """Return what a model that completes texts sees: it was not trained on conversations."""
    system = [message for message in messages[:1] if message["role"] == "system"]
    return ["".join(texts_of(message)) for message in (*system, messages[-1])]


def _wants_a_completion(failure: ProviderError) -> bool:
    return failure.code == _NO_CHAT_OPERATION or _NO_CHAT_MODEL in str(failure)
