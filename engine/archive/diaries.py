"""Streams in which labs write of themselves, and which are taken in otherwise than all others.

The diary of a lab (`lab`) tells of no thing that has a state. Another lab's is kept beside the own
one, as `lab/ID`, and what is not there yet is added to it. What a lab noted of its own imports
(`archive/…`) stays with it.
"""

from __future__ import annotations

OWN = "lab"
IMPORTS = "archive/"
"""What begins the names of streams that tell what was taken in from archives."""

_DIGITS = 16


def is_diary(stream: str) -> bool:
    """Tell whether a stream is the diary of a lab."""
    return stream == OWN or stream.startswith(f"{OWN}/")


def diary_of(lab: str, here: str) -> str:
    """Return the stream in which a lab keeps the diary of another one, or its own.

    Args:
        lab: whose diary it is.
        here: the lab that keeps it.
    """
    return OWN if lab == here else f"{OWN}/{lab}"


def imports_of(digest: str) -> str:
    """Return the stream that tells what was taken in from an archive."""
    return f"{IMPORTS}{digest[:_DIGITS]}"
