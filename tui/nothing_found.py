"""What the job list says of a search that no job fits."""

from __future__ import annotations

from store.job_status import STATUSES
from store.queries.job_search import unknown_statuses
from tui.ink import Line
from tui.wrapping import wrap


def nothing_found(search: str, width: int) -> list[Line]:
    """Return what the list says of a search that no job fits."""
    lines: list[Line] = [[(line, "strong")] for line in wrap(f"No job fits {search}", width)]
    if unknown := unknown_statuses(search):
        known = f"There is no status {' or '.join(unknown)}, only {', '.join(STATUSES)}."
        lines += [[(line, "plain")] for line in wrap(known, width)]
    lines.append([("esc", "accent"), (" shows all jobs again", "dim")])
    return lines
