"""Which models a key acts on: the marked ones, or the one under the cursor."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from store.queries.models import ModelRow
from tui.background import Background
from tui.model_permissions import why_no_base
from tui.partners import Partner, partner_of
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.lab import Lab
    from tui.app import FtlabApp


class ModelChoice(Screen[None], Background):
    """A screen with chosen models, base models among them."""

    lab: Lab
    now: Callable[[], datetime]

    @abstractmethod
    def chosen_models(self) -> list[ModelRow]:
        """Return the model versions that a key acts on."""

    @abstractmethod
    def chosen_bases(self) -> list[Partner]:
        """Return the base models that a key acts on."""

    @abstractmethod
    def why_not_asked(self, row: ModelRow) -> str | None:
        """Return why a model cannot be asked; None if it may answer."""

    @property
    def _ftlab(self) -> FtlabApp:
        return cast("FtlabApp", self.app)

    def refuse(self, words: str) -> None:
        """Say why something cannot be done."""
        self.app.notify(words, severity="warning", markup=False)

    def allowed(
        self, why_not: Callable[[ModelRow], str | None] = lambda _row: None, *, acts: bool = True
    ) -> list[ModelRow]:
        """Return the chosen model versions for which an action makes sense.

        If none is left, it says why.

        Args:
            why_not: says why it makes no sense for one.
            acts: whether it is more than looking.
        """
        rows = self.chosen_models()
        if not rows:
            self.refuse(self.why_no_version())
            return []
        if acts and self.lab.why_not is not None:
            self.refuse(self.lab.why_not)
            return []
        found = [row for row in rows if why_not(row) is None]
        if not found:
            self.refuse(why_not(rows[0]) or "")
        return found

    def why_no_version(self) -> str:
        """Return why there is no model version to act on."""
        bases = self.chosen_bases()
        if not bases:
            return "no model is selected"
        name = bases[0].name or "this"
        return f"{name} is a base model: that key is for what was made of it, j goes there"

    def allowed_to_ask(self) -> list[Partner]:
        """Return whom of the chosen ones, base models too, one can ask; say why if nobody."""
        bases = self.chosen_bases()
        if not bases:
            return [partner_of(row) for row in self.allowed(self.why_not_asked)]
        if self.lab.why_not is not None:
            self.refuse(self.lab.why_not)
            return []
        rows = [row for row in self.chosen_models() if self.why_not_asked(row) is None]
        there = [partner_of(row) for row in rows]
        there += [base for base in bases if why_no_base(base) is None]
        if not there:
            self.refuse(why_no_base(bases[0]) or "")
        return there


def called(models: Sequence[ModelRow | Partner]) -> str:
    """Return what models are called in a sentence: one by its name, several by their number."""
    return models[0].name if len(models) == 1 else number_of(len(models), "model")
