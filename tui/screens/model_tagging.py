"""A dialog in which models are given a tag, or one is taken away, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from engine.errors import RequestError
from engine.model_tags import check_tag, checked_reason
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
    """What somebody wants of a tag.

    Attributes:
        tag: the tag.
        given: whether the models get it; otherwise they lose it.
        moves: whether other models lose it.
        reason: why, in their words.
    """

    tag: str
    given: bool
    moves: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class KnownTag:
    """A tag: how many of the chosen models have it, and how many models in all.

    `holder` is what the only other model that has it is called; `moves` says whether that loses it.
    """

    tag: str
    here: int
    everywhere: int
    holder: str | None = None
    moves: bool = False


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
        if tag.holder is not None:
            return f"moves from {tag.holder}" if tag.moves else f"shared with {tag.holder}"
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
        tags = [*first, *(tag for tag in found if tag not in exact)]
        self.shown = [choice for tag in tags for choice in _choices(tag)]
        self.rows_changed(before, 0, 0)


def _choices(tag: KnownTag) -> list[KnownTag]:
    """Return what can be done with a tag: one that a single other model has moves, or does not."""
    return [tag] if tag.holder is None else [replace(tag, moves=True), tag]


class TagModels(ModalScreen[TagChange | None]):
    """Lets somebody write or choose a tag.

    Args:
        models: what the chosen models are called, in words.
        tags: the tags of each of them.
        counts: every tag there is, with how many models have it.
        holders: what the only model is called that has a tag, by the tag.
    """

    BINDINGS = bindings("choose")

    def __init__(
        self,
        models: str,
        tags: Sequence[Sequence[str]],
        counts: Mapping[str, int],
        holders: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        # Of several models none can be the only one.
        held = (holders or {}) if len(tags) == 1 else {}
        here = {tag: sum(tag in each for each in tags) for tag in counts}
        # Those that the chosen models have come first: they can be taken away.
        known = [
            KnownTag(tag, here[tag], counts[tag], None if here[tag] else held.get(tag))
            for tag in counts
        ]
        known.sort(key=lambda tag: -tag.here)
        self._asked = harmless(f"Tag {models}")
        self._tags = _Tags(known, len(tags))
        self._narrowed_to: str | None = None
        self._written = Input(
            placeholder="a tag, such as prod or eu/candidate",
            suggester=SuggestFromList([tag.tag for tag in known]),
            id="tag-input",
            compact=True,
        )
        self._why = Input(placeholder="why: it stays in the history", id="tag-reason", compact=True)

    def compose(self) -> ComposeResult:
        """Put what is written over the tags there are."""
        with Vertical(id="tagging"):
            yield Static(Content(self._asked), id="asked")
            yield self._written
            # Right below, so that tab goes there and not to the list, in which the arrows choose.
            yield self._why
            yield self._tags
            yield Static(
                Content("enter tags, or takes the tag away; tab to say why"), id="tag-hint"
            )

    def on_mount(self) -> None:
        """Listen."""
        self._written.cursor_blink = self._why.cursor_blink = False
        self._written.focus()
        self._narrow()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the tags that fit."""
        event.stop()
        self._narrow()

    def _narrow(self) -> None:
        """Show the tags that fit what is written now, which may be more than was told of yet."""
        written = self._written.value.strip()
        if written == self._narrowed_to:
            return
        self._narrowed_to = written
        self._tags.narrow(written)
        self._tags.styles.height = min(_MOST_ROWS, self._tags.row_count)

    def on_key(self, event: events.Key) -> None:
        """Let the arrows choose while somebody writes."""
        steps = {"up": -1, "down": 1}
        if event.key in steps:
            event.stop()
            self._narrow()
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
        self._narrow()
        if not self._tags.shown:
            return
        chosen = self._tags.shown[self._tags.cursor]
        given = chosen.here < self._tags.models
        try:
            tag = check_tag(chosen.tag) if given else chosen.tag
            reason = checked_reason(self._why.value)
            self.dismiss(TagChange(tag, given, chosen.moves, reason))
        except RequestError as error:
            self.app.notify(harmless(str(error)), severity="warning", markup=False)

    def action_leave(self) -> None:
        """Leave the tags as they are."""
        self.dismiss(None)
