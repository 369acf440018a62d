"""An answer, edited, as a training example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import RequestError

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow


@dataclass(frozen=True, slots=True)
class AnswerExample:
    """What is to be learned from an answer.

    Attributes:
        question: the question, as it is to be learned.
        answer: the answer, as it should have been.
        system: the system prompt that is learned with it; None for none.
        before: the questions and answers that led to it, the oldest first.
        chat: the conversation that it is from.
        turn: the place of the answer in the conversation, counted from 1.
        edited: whether anything was changed.
    """

    question: str
    answer: str
    chat: str
    turn: int
    system: str | None = None
    before: tuple[tuple[str, str], ...] = ()
    edited: bool = False

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages of the example."""
        said = [] if self.system is None else [{"role": "system", "content": self.system}]
        for question, answer in (*self.before, (self.question, self.answer)):
            said.append({"role": "user", "content": question})
            said.append({"role": "assistant", "content": answer})
        return said


def learn(lab: Lab, example: AnswerExample, name: str) -> DatasetRow:
    """Record a dataset's next version, with the example at its end; return that version.

    Args:
        lab: where.
        example: the example.
        name: the dataset, which is begun if there is none of this name.

    Raises:
        RequestError: if the question or the answer is empty.
        WishError: if nothing can be named so.
        DataError: if the example does not fit into the dataset, or is in it already.
    """
    for word, text in (("question", example.question), ("answer", example.answer)):
        if not text.strip():
            raise RequestError(f"the {word} is empty: there is nothing to learn from it")
    origin = {"chat": example.chat, "turn": example.turn, "edited": example.edited}
    return lab.datasets.append(name, example.messages, origin)
