"""The form of a new job: its fields, what they hold, and what is said beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message

from engine.planning import LOCAL
from tui.command_line import NO, YES, Draft
from tui.ink import Ink
from tui.screens.new_job_fields import (
    FIELDS,
    Completes,
    Field,
    fitting,
    is_shown,
    methods_of,
)
from tui.screens.new_job_offers import Offer, matching
from tui.widgets.form_choice import FormChoice
from tui.widgets.form_field import FormField
from tui.widgets.form_fold import FormFold
from tui.widgets.form_text import FormText

Word = tuple[str, Ink, str]
"""What is said of a field, its ink, and the glyph before it."""

_NOTHING: Word = ("", "dim", " ")
_CHOSEN = ("provider", "method")


class JobForm(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Holds a draft of a job.

    Args:
        draft: what it holds at first.
    """

    class Edited(Message):
        """The person changed something."""

    class Visited(Message):
        """Another field has the focus."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(id="form")
        self._draft: dict[str, str] = dict(draft)
        self._fields: dict[str, FormField] = {}
        self._controls: dict[str, FormText | FormChoice] = {}
        self._fold = FormFold()
        self._method: str | None = None
        self._place = ""
        self._models: dict[str, str] = {}
        self._usual: Mapping[str, str] = {}
        self.offers: dict[Completes, Sequence[Offer]] = {}

    def compose(self) -> ComposeResult:
        """Put the fields that are used most before the fold."""
        for field in FIELDS:
            if not field.more:
                yield self._made(field)
        yield self._fold

    def on_mount(self) -> None:
        """Show the fields that fit."""
        if any(self._draft.get(field.name) for field in FIELDS if field.more):
            self.action_fold()
        self._fit()

    def _made(self, field: Field) -> FormField:
        control = self._control(field)
        control.put(self._draft.get(field.name, ""))
        self._controls[field.name] = control
        made = self._fields[field.name] = FormField(field.name, field.label, control)
        made.display = is_shown(field, self._draft, self._method)
        return made

    def _control(self, field: Field) -> FormText | FormChoice:
        if field.name in _CHOSEN:
            usual = LOCAL if field.name == "provider" else "usual"
            return FormChoice(field.name, (), usual)
        if field.is_flag:
            return FormChoice(field.name, field.choices, YES if field.choices == (NO,) else NO)
        if field.choices:
            return FormChoice(field.name, field.choices, "usual")
        completes = field.completes
        if completes is None:
            return FormText(field.name)
        return FormText(
            field.name,
            lambda text: matching(self.offers.get(completes, ()), text),
            wanted=field.wanted,
        )

    @property
    def draft(self) -> dict[str, str]:
        """What all fields hold, those too that do not fit at present."""
        for name, control in self._controls.items():
            self._draft[name] = control.text
        return {name: text for name, text in self._draft.items() if text}

    @property
    def said(self) -> dict[str, str]:
        """What the fields that fit hold."""
        return fitting(self.draft, self._method)

    def put(self, draft: Draft) -> None:
        """Hold another draft."""
        self._draft = dict(draft)
        self._place, self._models = draft.get("provider", ""), {}
        for name, control in self._controls.items():
            if control.text != draft.get(name, ""):
                control.put(draft.get(name, ""))
                if isinstance(control, FormText):
                    control.close()
        self._fit()
        self.post_message(self.Edited())

    def offer_providers(self, names: Sequence[str]) -> None:
        """Offer these places where jobs run."""
        self._choice("provider").offer(names)

    def _choice(self, name: str) -> FormChoice:
        return cast("FormChoice", self._controls[name])

    def _fit(self) -> None:
        """Show the fields that fit the place and the method, and what is usual there."""
        draft = self.draft
        method = self._choice("method")
        methods = methods_of(draft)
        if method.text and method.text not in methods:
            method.put("")
            draft = self.draft
        method.offer(methods)
        for field in FIELDS:
            if field.name in self._fields:
                shown = is_shown(field, draft, self._method)
                self._fields[field.name].display = shown and (not field.more or self._fold.is_open)
        for name, control in self._controls.items():
            control.show_usual(self._usual.get(name, ""))
        further = [f for f in FIELDS if f.more and is_shown(f, draft, self._method)]
        self._fold.tell(len(further), sum(bool(draft.get(field.name)) for field in further))

    def show_usual(self, usual: Mapping[str, str], method: str | None) -> None:
        """Show what counts where nothing is said.

        Args:
            usual: by the names of the fields.
            method: the usual method.
        """
        said = {name: words for name, words in self._usual.items() if self.draft.get(name)}
        self._usual, self._method = {**said, **usual}, method
        self._fit()

    def tell(self, words: Mapping[str, Word]) -> None:
        """Say a word on fields, by their names; nothing on the others."""
        for name, field in self._fields.items():
            field.tell(*words.get(name, _NOTHING))

    def is_shown(self, name: str) -> bool:
        """Tell whether a field is in the form now, folded away or not."""
        found = next((field for field in FIELDS if field.name == name), None)
        return found is not None and is_shown(found, self.draft, self._method)

    def visit(self, name: str) -> None:
        """Go to a field."""
        field = next((each for each in FIELDS if each.name == name), None)
        if field is not None and field.more and not self._fold.is_open:
            self.action_fold()
        if name in self._controls:
            self.call_after_refresh(self._controls[name].focus)

    @property
    def visited(self) -> Field | None:
        """The field that has the focus."""
        return next((field for field in FIELDS if self._has_focus(field.name)), None)

    def _has_focus(self, name: str) -> bool:
        return name in self._controls and self._controls[name].has_focus

    @property
    def control(self) -> FormText | FormChoice | FormFold | None:
        """What of the form has the focus."""
        focused = self.screen.focused
        return focused if isinstance(focused, FormText | FormChoice | FormFold) else None

    @property
    def is_unfolded(self) -> bool:
        """Whether the rarer fields are shown."""
        return self._fold.is_open

    def action_fold(self) -> None:
        """Fold the rarer fields open, or together."""
        self._fold.turn()

    def turn_fold(self) -> None:
        """Fold the rarer fields open or together, and go there: it happens below what is seen."""
        self.screen.set_focus(self._fold, scroll_visible=False)
        self._fold.turn()

    async def on_form_fold_turned(self) -> None:
        """Show the rarer fields, made when they are first wanted; or hide them."""
        made = [field.name for field in FIELDS if field.more and field.name in self._fields]
        if self._fold.is_open and not made:
            await self.mount(*(self._made(field) for field in FIELDS if field.more))
        self._fit()
        if self.screen.focused is self._fold:
            top = self._fold.is_open
            self.call_after_refresh(self._fold.scroll_visible, top=top, animate=False)

    def on_form_changed(self) -> None:
        """Show what fits now, and tell."""
        self._change_place(self._controls["provider"].text)
        self._fit()
        self.post_message(self.Edited())

    def _change_place(self, place: str) -> None:
        """Show the base model that was named for this place; each place has its own."""
        if place != self._place:
            self._models[self._place] = self._controls["model"].text
            self._controls["model"].put(self._models.get(place, ""))
            self._place, self._method, self._usual = place, None, {}

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """Tell which field is visited."""
        self.post_message(self.Visited())
