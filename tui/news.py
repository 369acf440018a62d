"""News that screens follow while they are open."""

from __future__ import annotations

from typing import TypeVar

from textual.dom import DOMNode
from textual.signal import Signal, SignalCallbackType

T = TypeVar("T")


class News(Signal[T]):
    """A signal that lets go of who is closed, also when there is nothing new for long.

    Textual's own forgets a closed screen, with all that hangs on it, only when it next publishes.
    """

    def subscribe(
        self, node: DOMNode, callback: SignalCallbackType[T], immediate: bool = False
    ) -> None:
        """Call back with what is new, for as long as the node is open."""
        for other in list(self._subscriptions):
            if not other.is_running:
                self.unsubscribe(other)
        super().subscribe(node, callback, immediate)
