"""How a model is asked: by which endpoint, and with which of the wishes that it heeds.

Models differ in what they take: babbage-002, davinci-002 and what was made of them know nothing but
the legacy completions, reasoning models know no temperature, older services no
`max_completion_tokens`. A service tells so when it refuses, before it has cost anything; what it
refuses is then put in another way, or left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.chatting.sampling import Sampling
from engine.errors import LabError, ProviderError

if TYPE_CHECKING:
    import openai
    from openai import Stream
    from openai.types import Completion, CompletionChoice
    from openai.types.chat import ChatCompletionChunk
    from openai.types.chat.chat_completion_chunk import Choice

    Chunks: TypeAlias = "Stream[ChatCompletionChunk] | Stream[Completion]"

Message = dict[str, str]

_LIMIT, _OLD_LIMIT = "max_completion_tokens", "max_tokens"
_NO_CHAT_MODEL = "not a chat model"
"""OpenAI's words for a model of the legacy completions, with the status 404."""

_NO_CHAT_OPERATION = "OperationNotSupported"
"""Azure's code for the same."""

_UNHEEDED_CODES = frozenset({"unsupported_parameter", "unsupported_value", "unknown_parameter"})
_UNHEEDED = re.compile(
    r"unsupported|not supported|does not support|unrecognized|unknown|extra inputs|not permitted",
    re.IGNORECASE,
)


class Manner:
    """How one model is asked.

    Args:
        sampling: how answers are to be drawn.
        completes: whether it is known to be a model of the legacy completions.

    Attributes:
        completes: whether it completes a text, instead of answering in a conversation.
        left_out: the wishes that it does not heed.
    """

    def __init__(self, sampling: Sampling, *, completes: bool = False) -> None:
        self.completes = completes
        self.left_out: list[str] = []
        limit = _OLD_LIMIT if completes else _LIMIT
        wishes = {
            "temperature": sampling.temperature,
            limit: sampling.max_tokens,
            "seed": sampling.seed,
            "stop": list(sampling.stop) or None,
            "stream_options": {"include_usage": True},
        }
        self._options: dict[str, Any] = {
            name: wish for name, wish in wishes.items() if wish is not None
        }

    def begin(self, client: openai.OpenAI, model: str, messages: Sequence[Message]) -> Chunks:
        """Ask, and return the stream of the answer.

        Args:
            client: of the service.
            model: what the service calls the model.
            messages: the conversation, the question last. A model that completes texts sees no
                more of it than the system prompt, if there is one, and the question.
        """
        chunks: Chunks
        if self.completes:
            prompt = "\n\n".join(_seen(messages))
            chunks = client.completions.create(
                model=model, prompt=prompt, stream=True, **self._options
            )
        else:
            asked: Any = list(messages)
            chunks = client.chat.completions.create(
                model=model, messages=asked, stream=True, **self._options
            )
        return chunks

    def adapt(self, failure: LabError) -> bool:
        """Heed a refusal; tell whether it is worth asking again in the new manner."""
        if not isinstance(failure, ProviderError):
            return False
        if not self.completes and _wants_a_completion(failure):
            self._complete_from_now_on()
            return True
        name = self._unheeded(failure)
        if name is None:
            return False
        wish = self._options.pop(name)
        if name == _LIMIT:
            self._options[_OLD_LIMIT] = wish
        elif name != "stream_options":
            self.left_out.append(name)
        return True

    def _complete_from_now_on(self) -> None:
        self.completes = True
        if _LIMIT in self._options:
            self._options[_OLD_LIMIT] = self._options.pop(_LIMIT)

    def _unheeded(self, failure: ProviderError) -> str | None:
        """Return the option that a service does not know, or not with this value, if it says so."""
        if failure.kind != "bad_request":
            return None
        said = str(failure)
        if failure.code not in _UNHEEDED_CODES and not _UNHEEDED.search(said):
            return None
        if failure.param in self._options:
            return failure.param
        return next((name for name in self._options if re.search(rf"\b{name}\b", said)), None)


def words_of(choice: Choice | CompletionChoice) -> str:
    """Return the words in a piece of an answer, of either endpoint."""
    delta = getattr(choice, "delta", None)
    if delta is None:
        return getattr(choice, "text", None) or ""
    return delta.content or getattr(delta, "refusal", None) or ""


def _seen(messages: Sequence[Message]) -> list[str]:
    """Return what a model that completes texts sees: it was not trained on conversations."""
    system = [message["content"] for message in messages[:1] if message["role"] == "system"]
    return [*system, messages[-1]["content"]]


def _wants_a_completion(failure: ProviderError) -> bool:
    return failure.code == _NO_CHAT_OPERATION or _NO_CHAT_MODEL in str(failure)
