"""What a job ran in, in a few fields: its command, code, interpreter, machine and packages."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store.queries.jobs import JobDetail

_OF_THEIR_OWN = ("command", "folder", "git_commit", "git_dirty", "python", "platform", "host")
_NO_PACKAGES = ("seeds", "rank", "trainer", "threads", "bf16", "gpu", "precision", "backend")


def environment_fields(detail: JobDetail) -> list[tuple[str, str]]:
    """Return what is recorded of where a job ran; nothing for one that did not tell."""
    report = json.loads(detail.report_json or "{}")
    found = report.get("environment") if isinstance(report, dict) else None
    if not isinstance(found, dict):
        return []
    fields = [
        ("command", _command(found.get("command"))),
        ("folder", found.get("folder")),
        ("commit", _commit(found)),
        ("python", found.get("python")),
        ("machine", ", ".join(str(found[name]) for name in ("host", "platform") if name in found)),
        ("device", _device(report.get("device"), found)),
        ("packages", _packages(found)),
    ]
    return [(name, str(value)) for name, value in fields if value]


def _command(words: Any) -> str | None:  # noqa: ANN401 - whatever was recorded
    return shlex.join(map(str, words)) if isinstance(words, list) else None


def _commit(found: dict[str, Any]) -> str | None:
    commit = found.get("git_commit")
    if not commit:
        return None
    return f"{commit[:12]}, with changes" if found.get("git_dirty") else str(commit)[:12]


def _device(kind: Any, found: dict[str, Any]) -> str | None:  # noqa: ANN401 - whatever was recorded
    several = found.get("devices", 1) != 1
    return f"{found['devices']} x {kind} ({found.get('backend')})" if kind and several else kind


def _packages(found: dict[str, Any]) -> str:
    named = (name for name in sorted(found) if name not in (*_OF_THEIR_OWN, *_NO_PACKAGES))
    return ", ".join(f"{name} {found[name]}" for name in named if isinstance(found[name], str))
