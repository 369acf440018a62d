"""A form in which it is set how the models of a chat are asked."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from tui.actions import bindings
from tui.chat_settings import ChatSettings, SettingError, Written, settings_of, written_of
from tui.widgets.key_line import KeyLine

_TOLD = "Other settings begin a new conversation; blank leaves it to the model's server."


class SettingsForm(ModalScreen[ChatSettings | None]):
    """Lets somebody change the settings; gives them, or nothing if it was left.

    Args:
        settings: those that hold now.
    """

    BINDINGS = bindings("chat_form")
    PLACES = ("chat_form",)
    CSS_PATH = "../styles/chat.tcss"

    def __init__(self, settings: ChatSettings) -> None:
        super().__init__()
        self._before = written_of(settings)

    def compose(self) -> ComposeResult:
        """Put a field under each name."""
        before = self._before
        with Vertical(classes="chat-form"):
            yield Static(Content("How the models are asked"), id="asked")
            yield Static(Content("system prompt"), classes="field-name")
            yield TextArea(before.system, id="system", compact=True, placeholder="none")
            for field, name, hint in _FIELDS:
                with Vertical(classes="field-row"):
                    yield Static(Content(name), classes="field-name")
                    value = getattr(before, field)
                    yield Input(value, placeholder=hint, id=field, compact=True)
            yield Static(
                Content("stop texts, a line each, \\n for a line break"), classes="field-name"
            )
            yield TextArea(before.stop, id="stop", compact=True, placeholder="none")
            yield Static(Content(_TOLD), id="told")
            yield KeyLine("chat_form")

    def on_mount(self) -> None:
        """Begin with the system prompt."""
        for field in self.query(Input):
            field.cursor_blink = False
        for text in self.query(TextArea):
            text.cursor_blink = False
        self.query_one("#system", TextArea).focus()

    def _written(self) -> Written:
        return Written(
            system=self.query_one("#system", TextArea).text,
            temperature=self.query_one("#temperature", Input).value,
            max_tokens=self.query_one("#max_tokens", Input).value,
            seed=self.query_one("#seed", Input).value,
            stop=self.query_one("#stop", TextArea).text,
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what is written."""
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Give the settings, or say what cannot be."""
        try:
            settings = settings_of(self._written())
        except SettingError as error:
            told = self.query_one("#told", Static)
            told.update(Content(f"! {error}"))
            told.add_class("wrong")
            self.query_one(f"#{error.field}").focus()
            return
        self.dismiss(settings)

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)


_FIELDS = (
    ("temperature", "temperature", "0 always answers alike, 2 is the wildest"),
    ("max_tokens", "longest answer", "in tokens"),
    ("seed", "seed", "a whole number, for repeatable answers"),
)
