"""What a model's answer took, in the words of commands and screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.money import dollars

if TYPE_CHECKING:
    from engine.chatting.turns import ChatTurn
    from store.queries.chats import ChatTurnRow

_LEAST_PACED = 8

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


def took_in_full(turn: ChatTurn, *, hosted: bool) -> str:
    """Return the same with the seconds before and the speed after it, in one line."""
    words = [f"{turn.seconds:.1f} s", *took(turn, hosted=hosted)]
    if (pace := _pace(turn)) is not None:
        words.append(pace)
    return " · ".join(words)


def took_then(turn: ChatTurnRow) -> str:
    """Return what an answer of the log took, in one line."""
    words = [
        "" if turn.seconds is None else f"{turn.seconds:.1f} s",
        _ENDINGS.get(turn.finish_reason or "", ""),
        _counted(turn.prompt_tokens, turn.completion_tokens, 0),
        "" if turn.cost is None else dollars(turn.cost),
    ]
    return " · ".join(word for word in words if word)


def _tokens(turn: ChatTurn) -> str:
    return _counted(turn.prompt_tokens, turn.completion_tokens, turn.cached_tokens)


def _counted(prompt: int | None, completion: int | None, cached: int | None) -> str:
    if prompt is None or completion is None:
        return ""
    of_them = f" ({cached:,} of them cached)" if cached else ""
    return f"{prompt:,} tokens in{of_them}, {completion:,} out"


def _pace(turn: ChatTurn) -> str | None:
    """Return how fast the words came, once they came; of a few of them nothing can be said."""
    if turn.seconds_to_first_token is None or (turn.completion_tokens or 0) < _LEAST_PACED:
        return None
    spent = turn.seconds - turn.seconds_to_first_token
    return f"{(turn.completion_tokens or 0) / spent:,.0f} tokens/s" if spent > 0 else None
