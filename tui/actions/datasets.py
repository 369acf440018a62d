"""What can be done with datasets."""

from __future__ import annotations

from tui.actions.action import Action

DATASETS: tuple[Action, ...] = ()
