"""Recorded answers, as scorers take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.scoring.answer import Answer

if TYPE_CHECKING:
    from engine.comparing.answers import Asked, Said


def answer_of(asked: Asked, model: str, other: str | None = None) -> Answer | None:
    """Return what a model said to a prompt, to be scored.

    Args:
        asked: the prompt with its answers.
        model: the id of the model.
        other: the id of the model with which its answer is to agree.

    Returns:
        None if the model was not asked.
    """
    said = asked.said.get(model)
    if said is None:
        return None
    beside = None if other is None else asked.said.get(other)
    return _answer(said, asked.hoped_for, None if beside is None else _answer(beside))


def _answer(said: Said, reference: str | None = None, other: Answer | None = None) -> Answer:
    return Answer(
        said.text,
        reference,
        said.refusal,
        said.tokens,
        said.seconds,
        said.cost,
        other=other,
    )
