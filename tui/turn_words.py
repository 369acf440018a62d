"""What a model's answer took, in the words of commands and screens."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.chatting.turns import ChatTurn

_ENDINGS = {
    "length": "cut off at the limit of tokens",
    "content_filter": "cut off by the service's content filter",
    "cancelled": "stopped",
    "tool_calls": "asked for a tool instead of answering",
}


def took(turn: ChatTurn, *, hosted: bool) -> list[str]:
    """Return in a few words each how an answer ended, its tokens, its cost, what was left out.

    Args:
        turn: the answer.
        hosted: whether it has a price, known or not.
    """
    words = [_ENDINGS.get(turn.finish_reason or "", ""), _tokens(turn)]
    if turn.cost is not None:
        words.append(dollars(turn.cost))
    elif hosted and turn.completion_tokens is not None:
        words.append("no price known")
    if turn.left_out:
        words.append(f"without {' and '.join(turn.left_out)}, which this model does not take")
    return [word for word in words if word]


def dollars(amount: float) -> str:
    """Return an amount of US dollars: to the cent, or what is less by its first two digits."""
    told = float(f"{amount:.1e}")
    if told == 0 or told >= 0.1:
        return f"${amount:,.2f}"
    return f"${told:.{1 - math.floor(math.log10(told))}f}"


def _tokens(turn: ChatTurn) -> str:
    if turn.prompt_tokens is None or turn.completion_tokens is None:
        return ""
    cached = f" ({turn.cached_tokens:,} of them cached)" if turn.cached_tokens else ""
    return f"{turn.prompt_tokens:,} tokens in{cached}, {turn.completion_tokens:,} out"
