"""The states of a recording, in the order in which they are usually gone through."""

from __future__ import annotations

PLANNED = "planned"
"""Its questions are being asked, or whoever asked them was killed."""

STOPPED = "stopped"
"""It ended before its end, and goes on when it is asked for again."""

COMPLETED = "completed"
"""Every prompt was asked."""
