"""Going on after an error that nobody foresaw.

Textual ends the whole app at the first one. Here it is told and written into a report, and only the
handler that raised it is lost; a storm of errors ends the app in good order.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.app import App
from textual.strip import Strip
from textual.worker import WorkerFailed

from tui.actions import ACTIONS
from tui.faults import Faults, Verdict
from tui.harmless import harmless

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.geometry import Region
    from textual.message import Message
    from textual.widget import Widget

    from engine.lab import Lab

_REMEMBERED = 20
_NOT_PAINTED = " ✗ this could not be painted"


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error that nobody foresaw.

    Attributes:
        words: what it says.
        report: where the report was saved; None if it could not be.
    """

    words: str
    report: Path | None

    def tell(self) -> None:
        """Say on standard error why the app has ended."""
        sys.stderr.write(f"ftlab: this should not have happened: {self.words}\n")
        if self.report is not None:
            sys.stderr.write(f"The details are in {self.report}: please report them.\n")


class Enduring(App[int]):
    """An app that outlives the errors of its widgets.

    Attributes:
        lab: whose data directory has the reports.
        endures: whether it does; if not, the first error ends it, as a test wants it.
        ended_by: the error that ended it all the same.
    """

    lab: Lab
    endures = False
    ended_by: Trouble | None = None

    def __init__(self) -> None:
        self._faults = Faults()
        self._done: deque[str] = deque(maxlen=_REMEMBERED)
        super().__init__()

    def _handle_exception(self, error: Exception) -> None:
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            error = error.error
        if not self.endures:
            super()._handle_exception(error)
            return
        if self.ended_by is not None:
            return
        verdict = self._faults.happened(error, monotonic())
        if verdict is Verdict.STORM or not self._dom_ready:
            self._end(self._trouble(error))
        elif verdict is Verdict.NEW:
            self.call_later(self._tell, self._trouble(error))
        elif verdict is Verdict.AGAIN:
            words = f"{_words(error)}: this happened again"
            self.notify(words, severity="error", markup=False)

    def _trouble(self, error: Exception) -> Trouble:
        from tui.reporting import known_secrets, save_report, without_secrets

        report = save_report(error, self.lab.places, self._situation())
        return Trouble(without_secrets(_words(error), known_secrets(self.lab.places)), report)

    def _situation(self) -> Mapping[str, str]:
        """Return where somebody was: names of screens and of actions, no text of theirs."""
        focused = self.focused if self._screen_stack else None
        return {
            "screens": " > ".join(type(screen).__name__ for screen in self._screen_stack),
            "focus": "nothing" if focused is None else f"{type(focused).__name__} {focused.id}",
            "size": f"{self.size.width}x{self.size.height}",
            "theme": self.theme,
            "actions": " ".join(self._done) or "none",
        }

    def _tell(self, trouble: Trouble) -> None:
        from tui.screens.error import ErrorScreen

        if isinstance(self.screen, ErrorScreen):
            self.screen.add(trouble)
        else:
            self.push_screen(ErrorScreen(trouble))

    def _end(self, trouble: Trouble) -> None:
        self.ended_by = trouble
        self._return_code = 1
        self._close_messages_no_wait()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, and remember its name for a report."""
        self._done.append(_name_of(action))
        return await super().run_action(action, default_namespace, namespaces)

    async def _dispatch_message(self, message: Message) -> None:
        if not (self.endures and self._dom_ready):
            await super()._dispatch_message(message)
            return
        try:
            await super()._dispatch_message(message)
        except Exception as error:  # noqa: BLE001 - whatever it is, the app goes on
            self._handle_exception(error)

    def _register_child(
        self, parent: DOMNode, child: Widget, before: int | None, after: int | None
    ) -> None:
        if self.endures and child not in self._registry:
            _guard_messages(child, self._handle_exception)
            _guard_painting(child, self._handle_exception)
        super()._register_child(parent, child, before, after)


def _guard_messages(widget: Widget, raised: Callable[[Exception], None]) -> None:
    """Let a widget go on after a handler's error, for which Textual ends its loop of messages."""
    dispatch: Callable[[Message], Awaitable[None]] = widget._dispatch_message  # noqa: SLF001

    async def guarded(message: Message) -> None:
        try:
            await dispatch(message)
        except Exception as error:  # noqa: BLE001 - whatever it is, the app goes on
            raised(error)

    widget._dispatch_message = guarded  # type: ignore[method-assign]  # noqa: SLF001


def _guard_painting(widget: Widget, raised: Callable[[Exception], None]) -> None:
    """Let the screen be painted around a widget that cannot be."""
    paint = widget.render_lines

    def guarded(crop: Region) -> list[Strip]:
        try:
            return paint(crop)
        except Exception as error:  # noqa: BLE001 - whatever it is, the app goes on
            raised(error)
            words = Strip([Segment(_NOT_PAINTED)]).crop_extend(crop.x, crop.right, None)
            return [words if y == 0 else Strip.blank(crop.width) for y in crop.line_range]

    widget.render_lines = guarded  # type: ignore[method-assign]


def _words(error: Exception) -> str:
    text = harmless(str(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _name_of(action: str | ActionParseResult) -> str:
    """Return the id of an action of ours; of one of Textual's its name, without parameters."""
    if not isinstance(action, str):
        return action[1]
    known = next((each.id for each in ACTIONS if each.does == action), None)
    return known or action.partition("(")[0]
