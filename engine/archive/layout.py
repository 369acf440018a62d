"""Where things are in an archive: names that every file system takes and everybody can type."""

from __future__ import annotations

import re

MANIFEST = "manifest.json"
README = "README.txt"
EVENTS = "events.jsonl"
FIRST = (MANIFEST, README, EVENTS)
"""The members that an archive begins with, in this order."""

CHATS = "chats.jsonl"
DATASETS = "datasets"
JOBS = "jobs"
MODELS = "models"
FILES = "files"
RECORDINGS = "recordings"
EVALUATIONS = "evaluations"
SUITES = "suites"
SWEEPS = "sweeps"
CONTENTS = "contents"
WEIGHTS = "weights"

LONGEST = 100
"""Bytes of a name that the header of a tar file has room for without any extension of it."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._/-]+")
_MISLEADING = re.compile(r"(?<![^/])[.-]+")
_MEMBER = re.compile(r"[A-Za-z0-9._@~-]+(?:/[A-Za-z0-9._@~-]+)*")


def safe(name: str, most: int = 40) -> str:
    """Return a name as a part of a path: ASCII, short, nothing hidden and nothing leading away.

    A slash in it stays one: `sums/train` lies beside `sums/test`.
    """
    plain = _MISLEADING.sub("_", _UNSAFE.sub("_", name))
    parts = (part for part in plain.split("/") if part)
    return "/".join(parts)[:most].rstrip("/.") or "_"


def is_member_name(name: str) -> bool:
    """Tell whether an archive may have a member of this name: a plain relative path."""
    parts = name.split("/")
    return bool(_MEMBER.fullmatch(name)) and not any(set(part) == {"."} for part in parts)


class Names:
    """Gives each thing a name that no other has, even where case makes no difference."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def claim(self, wanted: str) -> str:
        """Return the wanted name, or one with a number behind it if that is taken."""
        name, number = wanted, 1
        while name.lower() in self._taken:
            number += 1
            name = f"{wanted}~{number}"
        self._taken.add(name.lower())
        return name
