"""The command palette's entries, out of the table of actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui.actions import NONE, Action, Place, actions_of

_NEVER: frozenset[Place] = frozenset(("rows", "lines", "question", "choose", "search", "help"))
"""Moving about, and dialogs: nobody looks for these by name."""


class Commands(Provider):
    """Offers what works on the present screen, each entry with its topic before it."""

    def _offered(self) -> Iterator[tuple[str, Action, Callable[[], object]]]:
        places: tuple[Place, ...] = getattr(self.screen, "PLACES", ("everywhere",))
        own = getattr(self.app, "own_keys", NONE)
        for action in actions_of(*(place for place in places if place not in _NEVER), own=own):
            run = partial(self.app.run_action, action.does, default_namespace=self.screen)
            yield f"{action.topic}: {action.label}", action, run

    async def discover(self) -> Hits:
        """Offer everything."""
        for title, action, run in self._offered():
            yield DiscoveryHit(title, run, help=_help(action))

    async def search(self, query: str) -> Hits:
        """Offer what fits."""
        matcher = self.matcher(query)
        for title, action, run in self._offered():
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), run, help=_help(action))


def _help(action: Action) -> str:
    return f"{action.help} ({action.first_key})"
