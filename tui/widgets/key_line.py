"""The keys that work here, on the last row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from textual import events
from textual.geometry import Offset

from tui.actions import NONE, Action, Place, key_line
from tui.ink import Span
from tui.jumping import Spot
from tui.widgets.fixed_lines import FixedLines

_NOT_IN_THE_PAST = frozenset({"ftlab.new_job"})


class KeyLine(FixedLines):
    """Names as many keys as there is room for, the most important first; a click presses one.

    Args:
        places: whose keys.
    """

    def __init__(self, *places: Place) -> None:
        super().__init__(id="keys")
        self._places = places
        self._left_out: frozenset[str] = frozenset()
        self._labels: Mapping[str, str] = NONE
        self._renamed: Mapping[str, str] = NONE
        self._offered: Sequence[Action] = ()
        self._ends: list[tuple[int, Action]] = []

    def offer(self, *places: Place) -> None:
        """Offer the keys of other places."""
        if places != self._places:
            self._places = places
            self.on_resize()

    def leave_out(self, *ids: str) -> None:
        """Offer all but these, which do nothing now."""
        if self._left_out != frozenset(ids):
            self._left_out = frozenset(ids)
            self.on_resize()

    def call(self, labels: Mapping[str, str], renamed: Mapping[str, str] = NONE) -> None:
        """Call some actions otherwise, by their ids.

        Args:
            labels: those of which it matters what they do now: they come before all others.
            renamed: those that keep their places.
        """
        if (self._labels, self._renamed) != (labels, renamed):
            self._labels, self._renamed = labels, renamed
            self.on_resize()

    def on_resize(self) -> None:
        """Show as many as fit."""
        line: list[Span] = []
        self._ends, end = [], 0
        known = key_line(*self._places, own=getattr(self.app, "own_keys", NONE))
        out = self._left_out | (_NOT_IN_THE_PAST if getattr(self.app, "as_of", None) else set())
        names = {**self._renamed, **self._labels}
        self._offered = [
            replace(action, label=names.get(action.id, action.label))
            for action in sorted(known, key=lambda action: action.id not in self._labels)
            if action.id not in out
        ]
        for action in self._fitting():
            key = action.first_key
            line += [(f" {key}", "key"), (f" {action.label} ", "dim")]
            end += len(key) + len(action.label) + 3
            self._ends.append((end, action))
        self.show([line])

    def _fitting(self) -> list[Action]:
        """Return those that fit; help and the way out stay to the last."""
        kept = list(self._offered)
        while len(kept) > 2 and _width(kept) > self.size.width:
            del kept[-3]
        return kept

    async def on_click(self, event: events.Click) -> None:
        """Do what the clicked key does."""
        for end, action in self._ends:
            if event.x < end:
                await self._press(action)
                return

    def spots(self) -> list[Spot]:
        """Return where the keys are named."""
        starts = [0, *(end for end, _ in self._ends)]
        return [
            Spot(Offset(start, 0), partial(self._press, action))
            for start, (_, action) in zip(starts, self._ends, strict=False)
        ]

    async def _press(self, action: Action) -> None:
        if not self.is_attached:
            # Its screen was left by the click before, or by a key meanwhile.
            return
        await self.app.run_action(action.does, default_namespace=self.screen)


def _width(actions: Sequence[Action]) -> int:
    return sum(len(action.first_key) + len(action.label) + 3 for action in actions)
