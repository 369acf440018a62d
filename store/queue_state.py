"""How far a job has come that was put into the queue; one that ended has left it."""

from __future__ import annotations

WAITING = "waiting"
"""It is not its turn yet: there is no process, and nobody may look for one."""

STARTING = "starting"
"""Its turn has come, and its process is not recorded yet."""

STARTED = "started"
"""Its process is recorded; it holds its devices until it ends."""
