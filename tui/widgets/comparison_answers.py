"""What models answered to one prompt after the other, side by side or one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events

from tui.ink import Line, joined
from tui.widgets.comparison_answer_lines import (
    AnswerColumn,
    answers_beside,
    how_to_record,
    nothing_found,
    prompt_lines,
)
from tui.widgets.line_view import LineView
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.comparing.answers import Asked

_PROMPT_PART = 3
_LEAST_PROMPT = 4


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """Which prompts are offered, and how.

    Attributes:
        only_different: whether those are left out to which all answered the same.
        search: words of which each has to stand in the prompt or in an answer.
        whole: whether a long prompt is shown to its end.
    """

    only_different: bool = False
    search: str = ""
    whole: bool = False


class ComparisonAnswers(LineView):
    """Shows a prompt and the answers to it.

    Attributes:
        choice: which prompts are offered, and how.
        asked: every prompt that any of the models was asked; None while that is being read.
        found: the prompts that are offered.
    """

    def __init__(self) -> None:
        super().__init__(id="comparison-answers")
        self.choice = AnswerChoice()
        self.asked: Sequence[Asked] | None = None
        self.found: Sequence[Asked] = ()
        self._columns: Sequence[AnswerColumn] = ()
        self._selected = 0
        self._digest: str | None = None

    @property
    def prompt(self) -> Asked | None:
        """The prompt in sight."""
        return next((each for each in self.found if each.digest == self._digest), None)

    @property
    def columns(self) -> Sequence[AnswerColumn]:
        """Whose answers are shown."""
        return self._columns

    def take(self, asked: Sequence[Asked]) -> None:
        """Show what was read."""
        self.asked = asked
        self._choose()

    def show_columns(self, columns: Sequence[AnswerColumn], selected: int) -> None:
        """Show the answers of these, in this order."""
        self._columns, self._selected = columns, selected
        self._choose()

    def offer(self, choice: AnswerChoice) -> None:
        """Offer other prompts, or offer them in another way."""
        self.choice = choice
        self._choose()

    def turn(self, by: int) -> None:
        """Show the next prompt, or the one before; past an end it begins anew."""
        if self.found:
            digests = [each.digest for each in self.found]
            place = digests.index(self._digest) if self._digest in digests else 0
            self._digest = digests[(place + by) % len(digests)]
            self.paint()
            self.scroll_home(animate=False)

    def on_resize(self, _event: events.Resize) -> None:
        """Fit the answers to the room."""
        self.paint()

    @property
    def _models(self) -> list[str]:
        return [column.model for column in self._columns if column.model is not None]

    @property
    def shared(self) -> Sequence[Asked]:
        """The prompts that at least two of the models in sight were asked."""
        from engine.comparing.answers import shared_by

        return shared_by(self.asked or (), self._models)

    def _choose(self) -> None:
        models, words = self._models, self.choice.search.casefold().split()
        self.found = [
            each
            for each in self.shared
            if (not self.choice.only_different or each.differs(models))
            and all(word in _searched(each, models) for word in words)
        ]
        if self.prompt is None:
            # The prompt that stood here is no longer offered.
            self._digest = self.found[0].digest if self.found else None
            self.scroll_home(animate=False)
        self.paint()

    def paint(self) -> None:
        """Show the prompt in sight as it is now."""
        if self._columns and self.room:
            self.show(self._painted())

    def _painted(self) -> list[Line]:
        if self.asked is None:
            return [[("reading…", "dim")]]
        shared = len(self.shared)
        if not shared:
            return how_to_record(self.asked, self._columns, self.room)
        prompt = self.prompt
        if prompt is None:
            return nothing_found(self.choice.search, shared, self.room)
        lines: list[Line] = [self._place(prompt, shared)]
        most = max(_LEAST_PROMPT, self.size.height // _PROMPT_PART)
        lines += prompt_lines(prompt, self.room, None if self.choice.whole else most)
        return [*lines, [], *answers_beside(prompt, self._columns, self._selected, self.room)]

    def _place(self, prompt: Asked, shared: int) -> Line:
        place = f"prompt {self.found.index(prompt) + 1} of {len(self.found)}"
        if len(self.found) < shared:
            place += f" found in {shared}"
        differs = prompt.differs(self._models)
        answered = sum(model in prompt.said for model in self._models)
        part = None if prompt.prompt is None else prompt.prompt.part
        pieces: list[Line] = [
            [(place, "strong")],
            [("≠ differ" if differs else "= the same", "warn" if differs else "good")],
            [(part or "", "dim")],
        ]
        if answered < len(self._columns):
            pieces.append([(number_of(answered, "answer"), "dim")])
        if self.choice.only_different:
            pieces.append([("a shows all", "dim")])
        return joined(pieces, self.room, " · ")


def _searched(asked: Asked, models: Sequence[str]) -> str:
    """Return everything in which words are looked for."""
    texts = [asked.said[model].text for model in models if model in asked.said]
    if asked.prompt is not None:
        texts += [str(message.get("content") or "") for message in asked.prompt.messages]
    return "\n".join(texts).casefold()
