"""What can be done in the form of a new job."""

from __future__ import annotations

from tui.actions.action import Action

NEW_JOB: tuple[Action, ...] = ()
