"""Which keys of the jobs screen make sense now, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui.actions import actions_of

_OF_JOBS = frozenset(action.id for action in actions_of("jobs") if action.topic != "Ftlab")
_BACK, _TIME = "job.back", "ftlab.time"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the screen stands.

    Attributes:
        refused: what could only be refused for the chosen jobs.
        has_jobs: whether there is any job at all.
        has_rows: whether the list has any.
        zoomed: whether a job has the whole screen.
        listed: whether the list has it.
        marked: whether jobs are marked.
        searched: whether the list leaves jobs out.
        is_past: whether the past is shown.
    """

    refused: frozenset[str] = frozenset()
    has_jobs: bool = True
    has_rows: bool = True
    zoomed: bool = False
    listed: bool = False
    marked: bool = False
    searched: bool = False
    is_past: bool = False

    @property
    def left_out(self) -> frozenset[str]:
        """The actions that would do nothing, or only say why not."""
        out = set(self.refused)
        if not self.has_jobs:
            out |= _OF_JOBS
        elif not self.has_rows:
            out |= _OF_JOBS - {"list.search"}
        out.discard(_BACK)
        if self.zoomed:
            out |= {"job.open", "list.mark"}
        if self._back is None:
            out.add(_BACK)
        if self.listed and not self.zoomed:
            out |= {"list.whole", "panel.metric"}
        return frozenset(out)

    @property
    def labels(self) -> Mapping[str, str]:
        """What actions are called that do something else than usual."""
        labels = {} if self._back is None else {_BACK: self._back}
        return {**labels, _TIME: "other time"} if self._returns else labels

    @property
    def _returns(self) -> bool:
        return self._back == "back to now"

    @property
    def _back(self) -> str | None:
        """What escape does; None for nothing."""
        if self.zoomed:
            return "back"
        if self.marked:
            return "unmark"
        if self.searched:
            return "all jobs"
        if self.listed:
            return "back"
        return "back to now" if self.is_past else None
