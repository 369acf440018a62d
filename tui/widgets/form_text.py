"""A line of a form in which a value is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.message import Message
from textual.widgets import Input

from tui.widgets.form_field import FormChanged
from tui.widgets.form_list import FormList, Offered

Find = Callable[[str], Sequence[Offered]]


class FormText(Input):
    """Takes text; offers what fits, where there is something to offer.

    Args:
        name: the field's name.
        finds: returns what fits a text; None where nothing is offered.
        wanted: whether it must not stay empty: enter then takes the first thing that is offered.
    """

    class Entered(Message):
        """Enter was pressed: the person is done with the field."""

    class Turned(Message):
        """The list of what fits was opened, or closed."""

    def __init__(self, name: str, finds: Find | None = None, *, wanted: bool = False) -> None:
        super().__init__(name=name, compact=True, select_on_focus=False, classes="form-control")
        self.cursor_blink = False
        self._finds = finds
        self._wanted = wanted
        self._list: FormList | None = None
        self._was_closed = False
        self._offers_all = False
        self._settled = ""

    @property
    def text(self) -> str:
        """What is written."""
        return self.value

    def put(self, text: str) -> None:
        """Show a value that was settled elsewhere."""
        self._settled = self.value = text

    def show_usual(self, words: str) -> None:
        """Show what counts where nothing is written."""
        if words != self.placeholder:
            self.placeholder = words

    @property
    def is_open(self) -> bool:
        """Whether the list of what fits is open."""
        return self._list is not None

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell, and offer what fits."""
        event.stop()
        if self.value == self._settled:
            return
        self._settled = self.value
        self.post_message(FormChanged())
        if self.has_focus:
            self.open()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what is chosen in the list, or go on."""
        event.stop()
        if not self.take():
            self.post_message(self.Entered())

    def on_focus(self) -> None:
        """Show what there is, where nothing is written yet."""
        self._was_closed = False
        if not self.value:
            self.open(chooses=self._wanted)

    def on_blur(self) -> None:
        """Close the list."""
        self.close()

    def offer_anew(self) -> None:
        """Offer what there is by now, the same chosen; a list that was closed stays so."""
        if self._list is None:
            if not self.value and not self._was_closed:
                self.open(chooses=self._wanted)
            return
        chosen = self._list.chosen
        self.open(everything=self._offers_all, chooses=chosen is not None)
        if self._list is not None and chosen is not None:
            self._list.return_to(chosen.value)

    def open(self, *, everything: bool = False, chooses: bool = True) -> bool:
        """Offer what fits, or everything; tell whether there is anything.

        Args:
            everything: whether it does not matter what is written.
            chooses: whether enter takes the first one; what is written already is always chosen.
        """
        self._offers_all = everything
        offers = self._finds("" if everything else self.value) if self._finds is not None else ()
        if not offers or [offer.value for offer in offers] == [self.value]:
            self.close()
            return False
        if self._list is None:
            self._list = FormList()
            self.screen.mount(self._list)
            self.post_message(self.Turned())
        first = 0 if chooses else None
        chosen = next((n for n, offer in enumerate(offers) if offer.value == self.value), first)
        self._list.offer(self, offers, chosen)
        return True

    def lie(self) -> None:
        """Put the list where the field is by now."""
        if self._list is not None:
            self._list.lie()

    def close(self) -> bool:
        """Close the list; tell whether it was open."""
        if self._list is None:
            return False
        opened, self._list = self._list, None
        self._was_closed = True
        opened.remove()
        self.post_message(self.Turned())
        return True

    def move(self, rows: int) -> None:
        """Move in the list."""
        if self._list is not None:
            self._list.choose(rows)

    def take(self) -> bool:
        """Write what is chosen in the list; tell whether something else stands there now."""
        chosen = self._list.chosen if self._list is not None else None
        self.close()
        if chosen is None or chosen.value == self.value:
            return False
        self._settled = self.value = chosen.value
        self.cursor_position = len(self.value)
        self.post_message(FormChanged())
        return True

    def on_form_list_taken(self, message: FormList.Taken) -> None:
        """Write what was clicked."""
        message.stop()
        self.take()

    def on_click(self, _event: events.Click) -> None:
        """Offer what there is."""
        if not self.is_open:
            self.open(everything=True)
