"""Proving that the history is whole, with what is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from tui.actions import Place, bindings
from tui.background import Background, Failure
from tui.formats import bar, count
from tui.ink import Ink, Line
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.title_line import TitleLine
from tui.wording import number_of
from tui.wrapping import wrap

if TYPE_CHECKING:
    from store.database import Database
    from store.verify import Verification

_BAR = 40
_APART_SECONDS = 0.2


class _LeftError(Exception):
    """Nobody waits for the outcome any more."""


class Proof(Screen[None], Background):
    """Recomputes the hash chain and folds the log anew, and says what is not as it was recorded.

    Args:
        database: what is proved.
    """

    BINDINGS = bindings("proof")
    PLACES: tuple[Place, ...] = ("proof", "lines", "everywhere")

    @dataclass
    class Advanced(Message):
        """So many events are checked, of so many; each is looked at twice."""

        done: int
        of: int
        folding: bool

    @dataclass
    class Ended(Message):
        """Everything was checked."""

        outcome: Verification

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database
        self._lines: Callable[[int], list[Line]] = lambda _width: [[("reading the log…", "dim")]]

    def compose(self) -> ComposeResult:
        """Put the outcome between the title and the keys."""
        yield TitleLine("verify")
        yield LineView(id="proof-lines")
        yield KeyLine("proof", "everywhere")

    def on_mount(self) -> None:
        """Begin."""
        self.query_one(LineView).focus()
        self._show(self._lines)
        self.in_background("verify", self._verify)

    def _show(self, lines: Callable[[int], list[Line]]) -> None:
        self._lines = lines
        self.on_resize()

    def on_resize(self) -> None:
        """Fit the lines to the screen."""
        view = self.query_one(LineView)
        view.show(self._lines(max(1, view.room)))

    def _verify(self) -> Message | None:
        from store.verify import verify

        worker = get_current_worker()
        told, last, passes = 0.0, 0, 0

        def progress(done: int, of: int) -> None:
            nonlocal told, last, passes
            if worker.is_cancelled:
                raise _LeftError
            passes += done < last
            last = done
            if monotonic() - told >= _APART_SECONDS:
                told = monotonic()
                self.post_message(self.Advanced(done, of, folding=passes > 0))

        try:
            return self.Ended(verify(self._database, progress))
        except _LeftError:
            return None

    def on_proof_advanced(self, message: Advanced) -> None:
        """Say how far it is."""
        doing = "comparing what follows from them" if message.folding else "recomputing hashes"
        part = message.done / max(1, message.of)
        self._show(
            lambda width: [
                [(f"{doing}: {count(message.done)} of {count(message.of)} events", "plain")],
                bar(part, min(_BAR, width)),
            ]
        )

    def on_proof_ended(self, message: Ended) -> None:
        """Say what was found."""
        self._show(lambda width: proof_lines(message.outcome, width))

    def work_failed(self, failure: Failure) -> None:
        """Say why it cannot be proved."""
        self._show(lambda width: _wrapped(failure.words, width, "bad"))

    def action_back(self) -> None:
        """Return to the log; what is under way ends."""
        self.workers.cancel_node(self)
        self.dismiss()


def proof_lines(outcome: Verification, width: int) -> list[Line]:
    """Return what a verification found, in lines of so many cells."""
    if outcome.whole:
        head: Line = [("✓ ", "good"), (f"{number_of(outcome.events, 'event')}, whole", "strong")]
        told = "Every hash follows from the one before, and everything shown follows from the log."
    else:
        found = number_of(len(outcome.findings), "finding")
        head = [("✗ ", "bad"), (f"{number_of(outcome.events, 'event')}, {found}", "strong")]
        told = "Something was changed after it was recorded. A backup may still have it."
    kept = "The last hash; whoever kept it can tell later that the history before is the same:"
    lines: list[Line] = [head, [], *_wrapped(told, width, "plain"), []]
    for finding in outcome.findings:
        lines += _wrapped(finding.what, width, "bad")
    if outcome.findings:
        lines.append([])
    return [*lines, *_wrapped(kept, width, "dim"), *_wrapped(outcome.head, width, "plain")]


def _wrapped(text: str, width: int, ink: Ink) -> list[Line]:
    return [[(line, ink)] for line in wrap(text, width)]
