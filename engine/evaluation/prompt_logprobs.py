"""How likely a service holds the tokens that it is sent: the `prompt_logprobs` of chat completions.

vLLM has them, and what speaks as it does (docs.vllm.ai, "OpenAI-Compatible Server"): asked with
`prompt_logprobs`, an answer tells of every token of the prompt its id, its text, the logarithm of
its probability, and its rank among all tokens at its place.

The tokens that count are those that training learns, and that this machine's own server counts
(`engine.serve.references`): what the model's chat template makes of the answer, and the mark with
which the turn ends, but not the white space after it. So the answer is sent as a whole turn, and
not as one to be continued (`continue_final_message`), which would have no such mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from engine.suites.prompts import Prompt, text_of

if TYPE_CHECKING:
    from engine.evaluation.likelihoods import ReadToken

FIELDS = ("prompt_logprobs", "add_generation_prompt")
"""What is asked for beside the fields that every service knows."""

_LEAST = -9999.0
"""vLLM's word for a token that cannot be: JSON has no infinity."""


@dataclass(frozen=True, slots=True)
class PromptToken:
    """A token of a conversation that a service was sent.

    Attributes:
        id: its number in the model's vocabulary, as text; None of the first, of which nothing is
            told: no token comes before it that could foretell it.
        text: the token, as text.
        logprob: the natural logarithm of its probability.
        rank: 1 if the model held no other token likelier at its place.
    """

    id: str | None
    text: str = ""
    logprob: float = 0.0
    rank: int = 0

    @property
    def blank(self) -> bool:
        """Whether it is nothing but white space."""
        return self.text.isspace()


def request(model: str, prompt: Prompt, *, answered: bool) -> dict[str, Any]:
    """Return what is sent to have a service tell how likely it holds a conversation.

    Args:
        model: what the service calls the model.
        prompt: the conversation.
        answered: whether the answer that was hoped for stands at its end; else it ends where the
            model would begin to answer.
    """
    messages = list(prompt.messages)
    if answered:
        messages.append({"role": "assistant", "content": text_of(prompt.reference)})
    body: dict[str, Any] = {
        "model": model,
        "messages": messages,
        # The fewest that a service writes: what it says is of no interest.
        "max_tokens": 1,
        "extra_body": {"prompt_logprobs": 0, "add_generation_prompt": not answered},
    }
    if prompt.tools:
        body["tools"] = list(prompt.tools)
    return body


def prompt_tokens(said: dict[str, Any]) -> list[PromptToken] | None:
    """Return what an answer tells of its prompt's tokens; None if it does not tell of all."""
    told = said.get("prompt_logprobs")
    if not isinstance(told, list) or len(told) < 2:
        return None
    first, *others = told
    found = [PromptToken(None) if first is None else _token(first), *map(_token, others)]
    known = [token for token in found if token is not None]
    return known if len(known) == len(found) else None


def _token(told: object) -> PromptToken | None:
    """Read one token; where others are told beside it, that of the prompt comes first."""
    if not isinstance(told, dict) or not told:
        return None
    number, token = next(iter(told.items()))
    if not isinstance(token, dict):
        return None
    text = token.get("decoded_token")
    logprob, rank = _number(token.get("logprob")), _number(token.get("rank"))
    if logprob is None or rank is None:
        return None
    return PromptToken(str(number), text if isinstance(text, str) else "", logprob, int(rank))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return float(value)


def learned(
    answered: Sequence[PromptToken], asked: Sequence[PromptToken]
) -> list[ReadToken] | None:
    """Return the tokens of an answer that training would learn.

    Args:
        answered: the tokens of the conversation with the answer.
        asked: those of the same without it, up to where the model would begin to answer.

    Returns:
        None if it cannot be told where the answer ends: some templates begin another answer behind
        it, whatever they are asked for.
    """
    from engine.evaluation.likelihoods import ReadToken

    start = _shared(answered, asked)
    end = _end(answered, start)
    if end > start and answered[end - 1].id == asked[_end(asked, 0) - 1].id:
        return None
    return [
        ReadToken(token.text, max(_LEAST, token.logprob), token.rank == 1)
        for token in answered[max(1, start) : end]
    ]


def _shared(one: Sequence[PromptToken], other: Sequence[PromptToken]) -> int:
    """Return how many tokens two conversations share before they differ."""
    pairs = enumerate(zip(one, other, strict=False))
    longest = min(len(one), len(other))
    return next((place for place, (a, b) in pairs if a.id != b.id), longest)


def _end(tokens: Sequence[PromptToken], start: int) -> int:
    """Return where the white space begins that ends a conversation."""
    end = len(tokens)
    while end > start and tokens[end - 1].blank:
        end -= 1
    return end
