"""The forms in which a version is checked, and in which its tokens are counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual.message import Message
from textual.widget import Widget

from tui.ink import Line
from tui.screens.dataset_form import DatasetForm
from tui.widgets.dataset_fields import Field, Pick

if TYPE_CHECKING:
    from engine.data.checking.rules import Method
    from engine.data.versions.checks import CheckWish
    from engine.lab import Lab
    from store.queries.dataset_tree import VersionRow

_METHODS = {
    "": "what each row tells",
    "supervised": "supervised: learn the answers",
    "dpo": "dpo: prefer one answer to another",
    "completion": "completion: a prompt with its completion",
}
_YES_NO = {"": "no", "yes": "yes, which takes a while"}


class ModelForm(DatasetForm):
    """A form with a field for a model.

    Args:
        lab: what is acted on.
        version: what it is about.
        what: what is done with it.
    """

    @dataclass
    class ModelsRead(Message):
        """It was read which models are known."""

        models: list[str]

    def __init__(self, lab: Lab, version: VersionRow, what: str) -> None:
        super().__init__(lab, f"{what} {version.reference}")
        self._version = version

    def on_mount(self) -> None:
        """Find out which models are known."""
        lab = self._lab
        self.in_background("models", lambda: self.ModelsRead(known_models(lab)))

    def on_model_form_models_read(self, message: ModelsRead) -> None:
        """Offer them."""
        self.field("model").offer(message.models)
        lines: list[Line] = [[("MODELS: the right arrow takes what is offered", "faint")]]
        lines += [[(model, "plain")] for model in message.models]
        self.tell(lines)


class CheckForm(ModelForm):
    """Asks for what a version is checked; gives the wish.

    Args:
        lab: what is acted on.
        version: what is checked.
    """

    def __init__(self, lab: Lab, version: VersionRow) -> None:
        super().__init__(lab, version, "check")

    def fields(self) -> Iterator[Widget]:
        """Yield the model, the method, and what it should share nothing with."""
        yield Field("model", "for model", "none: no tokens are counted, no limit is looked at")
        yield Pick("method", "for method", _METHODS)
        yield Field("against", "against", "datasets that it should share no example with")
        yield Pick("near", "near copies", _YES_NO)

    def changed(self) -> None:
        """Say what enter does."""
        self.say("enter begins; it goes on in the background, and what is found is recorded")

    def go(self) -> None:
        """Give the wish."""
        from engine.data.versions.checks import CheckWish

        against = tuple(filter(None, map(str.strip, self.value("against").split(","))))
        method = cast("Method | None", self.value("method") or None)
        wish: CheckWish = CheckWish(
            self.value("model") or None, method, against, bool(self.value("near"))
        )
        self.dismiss(wish)


class TokensForm(ModelForm):
    """Asks whose tokens to count; gives the model.

    Args:
        lab: what is acted on.
        version: what is counted.
    """

    def __init__(self, lab: Lab, version: VersionRow) -> None:
        super().__init__(lab, version, "count the tokens of")

    def fields(self) -> Iterator[Widget]:
        """Yield the model."""
        yield Field("model", "as for model", "a hosted or a local model")

    def changed(self) -> None:
        """Say what enter does."""
        self.say("enter begins; it goes on in the background, and the counts are recorded")

    def go(self) -> None:
        """Give the model."""
        if model := self.value("model"):
            self.dismiss(model)
        else:
            self.refuse("Say which model: every model cuts texts into tokens of its own.")


def known_models(lab: Lab) -> list[str]:
    """Return the models whose tokens can be counted: local ones, then hosted ones."""
    from engine.base_models import EMBEDDED_MODELS
    from engine.pricing.catalogue import catalogue
    from store.queries.models import model_list

    embedded = [model.name for model in EMBEDDED_MODELS]
    used = [model.base_model for model in model_list(lab.database.reader)]
    hosted = list(catalogue(lab.places.prices).models)
    return list(dict.fromkeys([*embedded, *used, *hosted]))
