"""A dialog in which models are given a tag, or one is taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from engine.errors import RequestError
from engine.model_tags import check_tag
from tui.actions import bindings
from tui.formats import fit
from tui.harmless import harmless
from tui.ink import Line
from tui.widgets.row_list import RowList
from tui.wording import number_of

_TAG = 24
_MOST_ROWS = 10


@dataclass(frozen=True, slots=True)
class TagChange:
    """What somebody wants of a tag."""

    tag: str
    given: bool


@dataclass(frozen=True, slots=True)
class KnownTag:
    """A tag: how many of the chosen models have it, and how many models in all."""

    tag: str
    here: int
    everywhere: int


class _Tags(RowList):
    """The tags that begin as is written, and what is written itself if it is none yet."""

    def __init__(self, known: Sequence[KnownTag], models: int) -> None:
        super().__init__(id="tags")
        self._known, self.models = known, models
        self.shown: Sequence[KnownTag] = known

    @property
    def row_count(self) -> int:
        """How many there are."""
        return len(self.shown)

    def row(self, place: int, width: int) -> Line:
        """Return what choosing a tag would do."""
        tag = self.shown[place]
        return [
            ("• " if tag.here else "  ", "accent"),
            (fit(tag.tag, min(_TAG, max(4, width // 2))), "plain"),
            (f" {self._hint(tag)}", "dim"),
        ]

    def _hint(self, tag: KnownTag) -> str:
        if tag.here == self.models:
            return "enter takes it away"
        if tag.here:
            return f"on {tag.here} of {self.models}: enter tags all"
        return f"on {number_of(tag.everywhere, 'model')}" if tag.everywhere else "a new tag"

    def narrow(self, written: str) -> None:
        """Show only tags that have this in them, and it itself first."""
        before = self.in_sight()
        low = written.casefold()
        found = [tag for tag in self._known if low in tag.tag.casefold()]
        exact = [tag for tag in found if tag.tag == written]
        first = exact or ([KnownTag(written, 0, 0)] if written else [])
        self.shown = [*first, *(tag for tag in found if tag not in exact)]
        self.rows_changed(before, 0, 0)


class TagModels(ModalScreen[TagChange | None]):
    """Lets somebody write or choose a tag.

    Args:
        models: what the chosen models are called, in words.
        tags: the tags of each of them.
        counts: every tag there is, with how many models have it.
    """

    BINDINGS = bindings("choose")

    def __init__(
        self, models: str, tags: Sequence[Sequence[str]], counts: Mapping[str, int]
    ) -> None:
        super().__init__()
        here = {tag: sum(tag in each for each in tags) for tag in counts}
        # Those that the chosen models have come first: they can be taken away.
        known = [KnownTag(tag, here[tag], counts[tag]) for tag in counts]
        known.sort(key=lambda tag: -tag.here)
        self._asked = harmless(f"Tag {models}")
        self._tags = _Tags(known, len(tags))
        self._written = Input(
            placeholder="a tag, such as prod or eu/candidate",
            suggester=SuggestFromList([tag.tag for tag in known]),
            id="tag-input",
            compact=True,
        )

    def compose(self) -> ComposeResult:
        """Put what is written over the tags there are."""
        with Vertical(id="tagging"):
            yield Static(Content(self._asked), id="asked")
            yield self._written
            yield self._tags
            yield Static(Content("enter tags, or takes the tag away"), id="tag-hint")

    def on_mount(self) -> None:
        """Listen."""
        self._written.cursor_blink = False
        self._written.focus()
        self._narrow("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the tags that fit."""
        event.stop()
        self._narrow(event.value.strip())

    def _narrow(self, written: str) -> None:
        self._tags.narrow(written)
        self._tags.styles.height = min(_MOST_ROWS, self._tags.row_count)

    def on_key(self, event: events.Key) -> None:
        """Let the arrows choose while somebody writes."""
        steps = {"up": -1, "down": 1}
        if event.key in steps:
            event.stop()
            self._tags.cursor += steps[event.key]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the tag under the cursor."""
        event.stop()
        self.action_take()

    def on_click(self) -> None:
        """Take what was clicked."""
        if self._tags.has_focus and self._tags.mouse_hover:
            self.action_take()

    def action_take(self) -> None:
        """Tag the models, or take the tag away if all of them have it."""
        if not self._tags.shown:
            return
        chosen = self._tags.shown[self._tags.cursor]
        given = chosen.here < self._tags.models
        try:
            self.dismiss(TagChange(check_tag(chosen.tag) if given else chosen.tag, given))
        except RequestError as error:
            self.app.notify(harmless(str(error)), severity="warning", markup=False)

    def action_leave(self) -> None:
        """Leave the tags as they are."""
        self.dismiss(None)
