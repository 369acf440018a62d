"""Notifications that hide little: a line above the keys, for as long as it takes to read it."""

from __future__ import annotations

from textual import events
from textual.app import App
from textual.notifications import Notify, SeverityLevel
from textual.widgets._toast import Toast

_MOST = 3
"""How many are shown at once; an older one gives way."""

_LEAST_SECONDS, _MOST_SECONDS = 2.0, 8.0
_SECONDS_A_CHARACTER = 0.04


class Toasting(App[int]):
    """An app whose notifications go by themselves, or with escape beside its usual work."""

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a notification for as long as it takes to read it."""
        super().notify(
            message,
            title=title,
            severity=severity,
            timeout=_seconds(message) if timeout is None else timeout,
            markup=markup,
        )

    def on_notify(self, event: Notify) -> None:
        """Make room for a notification; one that is told again is shown once."""
        shown = list(self._notifications)
        others = [each for each in shown if each.message != event.notification.message]
        for each in shown:
            if each not in others[-(_MOST - 1) :]:
                self._unnotify(each, refresh=False)

    @property
    def _shows_any(self) -> bool:
        return bool(self._notifications) and bool(self.screen.query(Toast))

    async def on_event(self, event: events.Event) -> None:
        """Take the notifications away with escape."""
        if isinstance(event, events.Key) and event.key == "escape" and self._shows_any:
            self.clear_notifications()
        await super().on_event(event)


def _seconds(message: str) -> float:
    return min(_MOST_SECONDS, _LEAST_SECONDS + _SECONDS_A_CHARACTER * len(message))
